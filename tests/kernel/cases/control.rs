//! Branches, patterns, loops and early returns; the order of evaluation and what types are inferred.

use fusewire::prelude::*;

use crate::harness::{Case, case};

#[stage(kernel)]
fn branches(x: [i32; 3]) -> i32 {
    let [a, b, c] = x;
    let mut result = if a > 0 {
        if b > 0 {
            a.wrapping_add(b)
        } else if c > 0 {
            a.wrapping_sub(c)
        } else {
            let t = a.wrapping_mul(3);
            t ^ c
        }
    } else {
        c
    };
    if result & 1 == 1 {
        result = result.wrapping_mul(5);
        if b < 0 {
            return -1;
        }
    }
    let late;
    if c < 0 {
        late = 1;
    } else {
        late = 2;
    }
    result ^ late
}

const LOW: u8 = 10;
const HIGH: u8 = 20;

#[stage(kernel)]
fn matches(x: [u8; 3]) -> [u32; 6] {
    let [a, b, c] = x;
    let first = match a {
        0 => 1,
        1 | 3 | 5 => 2,
        LOW..=HIGH => 3,
        b'A'..=b'Z' => 4,
        128.. => 5,
        _ => 6,
    };
    let second = match (a & 1, b > 7) {
        (0, true) => 10,
        (1, false) => 20,
        (n, _) => n as u32 + 30,
    };
    let third = match b {
        n if n > c => n as u32,
        n @ (1..=9 | 50) => n as u32 * 100,
        HIGH => 7,
        _ if c == 0 => 8,
        other => {
            let twice = other as u32 * 2;
            twice + 1
        }
    };
    let fourth = match a > b {
        true => match c {
            0..100 => 1,
            _ => 2,
        },
        false => 3,
    };
    let fifth = match x {
        [0, ..] => 1,
        [.., 0] => 2,
        [p, q, r] if p == q && q == r => 3,
        [_, mid, _] => mid as u32,
    };
    let sixth = match -(a as i8 / 2) {
        -128..=-1 => 1,
        0 => 2,
        _ => 3u32,
    };
    [first, second, third, fourth, fifth, sixth]
}

#[stage(kernel)]
fn loops(x: [u32; 8]) -> [u32; 6] {
    let mut sum = 0u32;
    for i in 0..8 {
        sum = sum.wrapping_add(x[i]);
    }
    let mut odd = 0;
    for i in 0..8 {
        if x[i] % 2 == 0 {
            continue;
        }
        odd += 1;
        if odd == 3 {
            break;
        }
    }
    let mut back = 0u32;
    for i in (0..8).rev() {
        back = back.wrapping_mul(31).wrapping_add(x[i]);
    }
    let mut found = 99;
    for i in 0..1 {
        let _ = i;
        break;
    }
    for i in 2..=6u8 {
        for j in 0..3 {
            if x[i as usize] > x[j] {
                found = i as u32 * 10 + j as u32;
                break;
            }
        }
    }
    let mut wrapped = 0u32;
    for i in 250..=255u8 {
        wrapped += i as u32;
    }
    for i in (-3..3i64).rev() {
        wrapped = wrapped.wrapping_add((i * 1000) as u32);
    }
    let mut none = 5;
    for _ in 5..3 {
        none = 6;
    }
    [sum, odd, back, found, wrapped, none]
}

#[stage(kernel)]
fn early(x: [u32; 4]) -> u32 {
    for i in 0..4 {
        if x[i] == 0 {
            return i as u32;
        }
        for j in 0..2 {
            let _ = j;
        }
    }
    match x[0] {
        1 => return 100,
        2 => {}
        _ => {
            if x[1] == 1 {
                return 200;
            }
        }
    }
    let rest = match x[2] {
        7 => return 300,
        n => n.wrapping_mul(3),
    };
    if rest > 50 { return rest } else { rest.wrapping_sub(50) }
}

#[stage(kernel)]
fn order_of_evaluation(x: [u32; 4]) -> [u32; 4] {
    let mut a = x[0];
    let first =
        a ^ {
            a = a.wrapping_add(1);
            a
        } ^ a;
    let mut v = x;
    let mut i = (x[1] & 3) as usize;
    v[{
        i = (i + 1) & 3;
        i
    }] = {
        i = (i + 2) & 3;
        i as u32
    };
    let mut calls = 0u32;
    let both = x[2] > 5 && {
        calls += 1;
        x[3] > 5
    };
    let either = x[2] > 7 || {
        calls += 10;
        x[3] > 7
    };
    [first, v[1] ^ v[2], calls, both as u32 + either as u32 * 2]
}

#[stage(kernel)]
fn inferred(x: [u8; 4]) -> u8 {
    let one = 1;
    let mut sum = 0;
    let table = [3, 5, 7, 11];
    let mut seen = [false; 4];
    for i in 0..4 {
        sum = table[i].max(sum) ^ (x[i] & 15);
        seen[i] = sum > 9;
    }
    let rest: u8 = if seen[3] { one } else { Default2::ZERO };
    sum.wrapping_add(rest)
}

struct Default2;

impl Default2 {
    const ZERO: u8 = 0;
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(branches::bind()),
        case(matches::bind()),
        case(loops::bind()),
        case(early::bind()),
        case(order_of_evaluation::bind()),
        case(inferred::bind()),
    ]
}
