//! Kernels as users write them: core, interpreter and function agree, bit for bit.
#![allow(clippy::needless_range_loop, reason = "a kernel loops over a range")]

mod common;

use common::{Random, or_skip};
use fusewire::kernel::Interpreter;
use fusewire::kernel::{self, Data, Program};
use fusewire::prelude::*;
use fusewire_fpga::core_of;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::simulation::{Drive, Stream};

const WEIGHTS: [i32; 8] = [3, -7, 12, 0, 1, 255, -4096, 9];

#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
struct Row {
    kind: u8,
    live: bool,
    price: i32,
    sizes: [u32; 8],
    stamp: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
struct Out {
    a: i64,
    b: u32,
    c: bool,
    d: [i16; 3],
}

#[derive(Debug, Clone, Copy, kernel::Data)]
#[repr(C)]
struct Node {
    feature: u8,
    key: i32,
    left: u16,
    right: u16,
    leaf: i32,
}

/// Arithmetic of every width, constants, and a helper.
#[stage(kernel)]
fn mixed(row: Row) -> Out {
    let mut sum = 0i64;
    for i in 0..8 {
        sum += (row.sizes[i] as i64) * (WEIGHTS[i] as i64);
    }
    let scaled = fixed(row.price, 98765);
    let kind = match row.kind {
        0 => 7,
        1..=9 => row.kind as u32 * 3,
        10 | 20 | 30 => 99,
        _ => row.sizes[(row.kind % 8) as usize],
    };
    let c = row.live && row.price < 0 || sum > 1_000_000;
    let small = (row.stamp >> 7) as i16;
    Out { a: sum.wrapping_add(scaled as i64), b: kind, c, d: [small, small.wrapping_neg(), small / 13] }
}

#[stage(kernel)]
fn fixed(value: i32, by: i32) -> i32 {
    (((value as i64) * (by as i64)) >> 16) as i32
}

/// Loops that are left, and locals that change in branches.
#[stage(kernel)]
fn search(row: Row) -> i32 {
    let mut best = -1i32;
    let mut at = 0u32;
    for i in 0..8 {
        let size = row.sizes[i] % 1000;
        if size == 13 {
            continue;
        }
        if size > 990 {
            best = i as i32;
            break;
        }
        if (size as i32) > best {
            best = size as i32;
            at = i as u32;
        }
    }
    for i in 0..4 {
        for j in 0..3 {
            if row.sizes[i] & (1u32 << j) == 0 {
                break;
            }
            best = best.wrapping_add((i * 3 + j) as i32);
        }
    }
    if row.live { best } else { best ^ (at as i32) }
}

/// Arrays that are written at an index of the input, and numbers' methods.
#[stage(kernel)]
fn methods(row: Row) -> Out {
    let mut bins = [0u32; 8];
    for i in 0..8 {
        let bin = (row.sizes[i] & 15) as usize;
        if bin < 8 {
            bins[bin] += row.sizes[i] >> 4;
        }
    }
    let x = row.price;
    let y = row.sizes[1];
    let a = (x.abs() as i64).wrapping_mul(row.stamp).rotate_left(row.kind as u32);
    let b = y.count_ones() + y.leading_zeros() * 64 + y.trailing_zeros() * 4096;
    let low = x.max(-60).clamp(-50, 70).min(100);
    let d0 = row.price as i16;
    let d1 = (row.stamp as i16).saturating_add(d0);
    let d2 = (row.stamp as i16).saturating_sub(d0);
    Out {
        a: a ^ (bins[3] as i64) ^ ((bins[(row.kind & 7) as usize] as i64) << 20),
        b: b ^ y.swap_bytes(),
        c: low == 70,
        d: [d1, d2, low.signum() as i16],
    }
}

/// A tree in a table: a chain of dependent look-ups.
#[stage(kernel)]
fn tree(row: Row, nodes: &[Node]) -> i32 {
    let mut at = 0u16;
    for _ in 0..4 {
        let node = nodes[at as usize];
        let value = row.sizes[(node.feature & 7) as usize] as i32;
        if value < node.key {
            at = node.left;
        } else {
            at = node.right;
        }
    }
    nodes[at as usize].leaf
}

#[stage(kernel)]
fn key(bits: i32) -> i32 {
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

#[stage(kernel)]
fn twice(value: i32) -> i32 {
    value * 2
}

fn nodes(random: &mut Random, count: usize) -> Vec<Node> {
    let child = |random: &mut Random| random.below(count as u64 + 3) as u16;
    let one = |_| Node {
        feature: random.next() as u8,
        key: random.next() as i32,
        left: child(random),
        right: child(random),
        leaf: random.next() as i32,
    };
    (0..count).map(one).collect()
}

fn rows(seed: u64, count: usize) -> Vec<Row> {
    let mut random = Random(seed);
    let row = |_| Row {
        kind: random.word(8) as u8,
        live: random.chance(50),
        price: random.word(32) as i32,
        sizes: std::array::from_fn(|_| random.word(32) as u32),
        stamp: random.word(64) as i64,
    };
    (0..count).map(row).collect()
}

fn bytes<T: Data>(value: &T) -> Vec<u8> {
    let mut bytes = vec![0; size_of::<T>()];
    kernel::data::store(value, &mut bytes);
    bytes
}

/// Function, interpreter, netlist, and core under random back-pressure.
fn agree<I: Data, O: Data>(program: &Program, values: &[I], function: impl Fn(I) -> O) {
    let core = core_of(program, &Timing::ultrascale_plus(3_000)).unwrap();
    let mut interpreter = Interpreter::new(program);
    let inputs: Vec<Vec<u8>> = values.iter().map(bytes).collect();
    let mut expected = Vec::new();
    for (value, input) in values.iter().zip(&inputs) {
        let function = bytes(&function(*value));
        let mut output = vec![0; size_of::<O>()];
        interpreter.run(input, &mut output).unwrap();
        assert_eq!(output, function, "interpreter and function, {input:x?}");
        assert_eq!(core.netlist().evaluate(input), function, "netlist and function, {input:x?}");
        expected.push(function);
    }
    let Some(mut stream) = or_skip(Stream::open(&core, 3)) else { return };
    let mut random = Random(11);
    let (mut sent, mut received, mut offering) = (0, 0, false);
    while received < inputs.len() {
        offering = sent < inputs.len() && (offering || random.chance(70));
        let ready = random.chance(60);
        let offer = offering.then(|| (inputs[sent].as_slice(), false));
        let seen = stream.step(Drive { offer, ready });
        if seen.taken {
            sent += 1;
            offering = false;
        }
        if let (Some((value, _)), true) = (seen.offered, ready) {
            assert_eq!(value, expected[received], "value {received} of {}", core.name());
            received += 1;
        }
        assert!(stream.cycles() < 100_000, "the core stands still");
    }
}

fn program(functions: &[kernel::BoundFunction]) -> Program {
    Program::new(functions).unwrap_or_else(|refused| panic!("{refused}"))
}

#[test]
fn arithmetic_matches_and_helpers() {
    agree(&program(&[mixed::bind().erased()]), &rows(1, 300), mixed);
}

#[test]
fn breaks_and_continues() {
    agree(&program(&[search::bind().erased()]), &rows(2, 300), search);
}

#[test]
fn methods_and_written_arrays() {
    agree(&program(&[methods::bind().erased()]), &rows(3, 300), methods);
}

#[test]
fn trees_in_tables_small_and_large() {
    for count in [5, 700] {
        let nodes = nodes(&mut Random(4), count);
        // On the cpu an index behind the end panics, on a device it means the last: compare with that.
        let safe: Vec<Node> = nodes
            .iter()
            .map(|node| {
                let inside = |at: u16| at.min(count as u16 - 1);
                Node { left: inside(node.left), right: inside(node.right), ..*node }
            })
            .collect();
        agree(&program(&[tree::bind(nodes).erased()]), &rows(5, 300), |row| tree(row, &safe));
    }
}

#[test]
fn kernels_in_a_row_are_one_core() {
    let program = program(&[search::bind().erased(), key::bind().erased(), twice::bind().erased()]);
    agree(&program, &rows(6, 200), |row| key(search(row)).wrapping_mul(2));
    let core = core_of(&program, &Timing::ultrascale_plus(3_000)).unwrap();
    assert_eq!(core.name(), "kernel_search_key_twice");
}
