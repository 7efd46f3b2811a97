//! Tables, and kernels one behind the other.

use fusewire::kernel;
use fusewire::prelude::*;

use super::layouts::{Padded, padded};
use crate::harness::{Case, case, chain};

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Node {
    feature: u8,
    leaf: bool,
    left: u16,
    threshold: i32,
    value: i32,
}

fn tree() -> Vec<Node> {
    let node = |feature, left, threshold, value| Node { feature, leaf: left == 0, left, threshold, value };
    vec![
        node(0, 1, 0, 0),
        node(1, 3, 100, 0),
        node(2, 5, -100, 0),
        node(0, 0, 0, 11),
        node(0, 0, 0, -7),
        node(0, 0, 0, 1000),
        node(0, 0, 0, i32::MIN),
    ]
}

#[stage(kernel)]
fn descend(row: [i32; 3], nodes: &[Node], from: u16) -> i32 {
    let mut at = from;
    for _ in 0..3 {
        let node = nodes[at as usize];
        if node.leaf {
            return node.value;
        }
        at = node.left + (row[node.feature as usize] >= node.threshold) as u16;
    }
    nodes[at as usize].value
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Settings {
    scale: i32,
    shift: [u8; 3],
}

#[stage(kernel)]
fn margin(settings: &Settings, row: [i32; 3], nodes: &[Node]) -> i32 {
    let copy = *settings;
    let mut sum = 0i32;
    for tree in 0..2u16 {
        sum = sum.wrapping_add(descend(row, nodes, tree));
    }
    (sum.wrapping_mul(settings.scale) >> settings.shift[1]).wrapping_add(copy.scale + nodes.len() as i32)
}

#[stage(kernel)]
fn look_up(index: [u32; 2], values: &[u64], other: &[u64]) -> u64 {
    let near = values[(index[0] & 7) as usize];
    near ^ other[index[1] as usize] ^ values[values.len() - 1]
}

#[stage(kernel)]
fn clamp_row(row: [i32; 3]) -> [i32; 3] {
    let mut out = row;
    for i in 0..out.len() {
        out[i] = out[i].clamp(-1000, 1000);
    }
    out
}

#[stage(kernel)]
fn widen(margin: i32) -> Padded {
    Padded {
        flag: margin < 0,
        wide: margin as u64,
        small: (margin >> 8) as i16,
        ratio: margin as f32 / 16.0,
        tail: [margin as u8; 3],
        on: margin == 11,
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let settings = Settings { scale: -3, shift: [1, 2, 3] };
    vec![
        case(margin::bind(settings, tree())),
        case(look_up::bind([1, 1 << 40, 3, u64::MAX, 5, 6, 7, 8], vec![9; 40])).at_least(500),
        chain(
            "three kernels in a row",
            &[clamp_row::bind().erased(), margin::bind(settings, tree()).erased(), widen::bind().erased()],
            move |row| widen(margin(&settings, clamp_row(row), &tree())),
        ),
        chain(
            "a kernel twice, with other tables",
            &[padded::bind().erased(), padded::bind().erased()],
            |value| padded(padded(value)),
        ),
    ]
}
