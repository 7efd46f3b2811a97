//! What several suites share.
#![allow(dead_code, reason = "each suite uses a part of it")]

use fusewire_fpga::driver::OpenError;
use fusewire_fpga::netlist::{Builder, Id, Netlist, Table};
use fusewire_fpga::simulation::ToolError;

/// Random numbers that are the same in every run: splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Often a number at an end of its range.
    pub(crate) fn word(&mut self, width: u32) -> u64 {
        let mask = u64::MAX >> (64 - width);
        let word = match self.below(6) {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << (width - 1),
            3 => (1 << (width - 1)) - 1,
            4 => self.below(20),
            _ => self.next(),
        };
        word & mask
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend_from_slice(&self.word(64).to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }
}

/// The simulation, or a loud skip where its tools are missing.
pub(crate) fn or_skip<T>(made: Result<T, ToolError>) -> Option<T> {
    match made {
        Ok(made) => Some(made),
        Err(error @ ToolError::Missing { .. }) => {
            eprintln!("SKIPPED: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// A simulated card, or a loud skip where its tools are missing.
pub(crate) fn skip<T>(made: Result<T, OpenError>) -> Option<T> {
    match made {
        Ok(made) => Some(made),
        Err(OpenError::Tools(error)) => or_skip(Err(error)),
        Err(error) => panic!("{error}"),
    }
}

fn mask(width: u32) -> u64 {
    u64::MAX >> (64 - width)
}

fn signed(value: u64, width: u32) -> i64 {
    (value << (64 - width)) as i64 >> (64 - width)
}

const WIDTHS: [u32; 4] = [8, 16, 32, 64];

/// A random netlist over four 64-bit words, and the value of each of its outputs by plain arithmetic of Rust on `inputs`.
pub(crate) struct Grown {
    pub(crate) netlist: Netlist,
    pub(crate) expected: Vec<Vec<u8>>,
}

/// One node with its value for each input.
#[derive(Clone)]
struct Known {
    id: Id,
    width: u32,
    values: Vec<u64>,
}

pub(crate) const INPUT_BYTES: u32 = 32;

pub(crate) fn grow(random: &mut Random, size: usize, inputs: &[Vec<u8>]) -> Grown {
    let mut builder = Builder::new(INPUT_BYTES, 8 * size as u32);
    let mut nodes: Vec<Known> = Vec::new();
    for word in 0..4u32 {
        for width in WIDTHS {
            let values = inputs.iter().map(|bytes| {
                let at = word as usize * 8;
                u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) & mask(width)
            });
            nodes.push(Known { id: builder.input(word * 64, width), width, values: values.collect() });
        }
    }
    let mut made = 0;
    while made < size {
        let width = random.pick(&WIDTHS);
        let known = step(random, &mut builder, &nodes, width, inputs.len());
        builder.output(known.id, made as u32 * 64);
        nodes.push(known);
        made += 1;
    }
    let grown = &nodes[nodes.len() - size..];
    let expected = (0..inputs.len())
        .map(|at| grown.iter().flat_map(|known| known.values[at].to_le_bytes()).collect())
        .collect();
    Grown { netlist: builder.finish(), expected }
}

/// An operand of this width: a node, cut or extended to it, or a constant.
fn operand(random: &mut Random, builder: &mut Builder, nodes: &[Known], width: u32, count: usize) -> Known {
    if random.chance(15) {
        let value = random.word(width);
        return Known { id: builder.constant(value.into(), width), width, values: vec![value; count] };
    }
    let from = &nodes[random.below(nodes.len() as u64) as usize];
    let is_signed = random.chance(50);
    let id = builder.resize(from.id, width, is_signed);
    let value = |value: u64| {
        if is_signed { signed(value, from.width) as u64 & mask(width) } else { value & mask(width) }
    };
    Known { id, width, values: from.values.iter().map(|v| value(*v)).collect() }
}

fn step(random: &mut Random, builder: &mut Builder, nodes: &[Known], width: u32, count: usize) -> Known {
    let a = operand(random, builder, nodes, width, count);
    let b = operand(random, builder, nodes, width, count);
    let c = operand(random, builder, nodes, 8, count);
    let constant = random.word(width).max(1);
    let by = random.below(u64::from(width)) as u32;
    let is_signed = random.chance(50);
    let to_signed = |value| signed(value, width);
    let all = |of: &dyn Fn(u64, u64, u64) -> u64| -> Vec<u64> {
        (0..count).map(|at| of(a.values[at], b.values[at], c.values[at]) & mask(width)).collect()
    };
    let shift = |by: u64| (by % u64::from(width)) as u32;
    let (id, values) = match random.below(25) {
        0 => (builder.add(a.id, b.id), all(&|a, b, _| a.wrapping_add(b))),
        1 => (builder.subtract(a.id, b.id), all(&|a, b, _| a.wrapping_sub(b))),
        2 | 3 => (builder.multiply(a.id, b.id), all(&|a, b, _| a.wrapping_mul(b))),
        4 => {
            let by = random.pick(&[3u64, 5, 10, 26, 100, 0xffff_ffff_ffff_fff7]) & mask(width);
            let id = builder.constant(by.into(), width);
            (builder.multiply(a.id, id), all(&|a, _, _| a.wrapping_mul(by)))
        }
        5 => (builder.and(a.id, b.id), all(&|a, b, _| a & b)),
        6 => (builder.or(a.id, b.id), all(&|a, b, _| a | b)),
        7 => (builder.xor(a.id, b.id), all(&|a, b, _| a ^ b)),
        8 => (builder.not(a.id), all(&|a, _, _| !a)),
        9 => (builder.negate(a.id), all(&|a, _, _| a.wrapping_neg())),
        10 | 11 => {
            let (bit, less) = if is_signed {
                (builder.below_signed(a.id, b.id), all(&|a, b, _| u64::from(to_signed(a) < to_signed(b))))
            } else {
                (builder.below(a.id, b.id), all(&|a, b, _| u64::from(a < b)))
            };
            (builder.zero_extend(bit, width), less)
        }
        12 => {
            let bit = builder.equal(a.id, b.id);
            (builder.zero_extend(bit, width), all(&|a, b, _| u64::from(a == b)))
        }
        13 => {
            let bit = builder.below(a.id, b.id);
            (builder.select(bit, a.id, b.id), all(&|a, b, _| a.min(b)))
        }
        14 => {
            let bit = builder.slice(c.id, 3, 1);
            (builder.select(bit, a.id, b.id), all(&|a, b, c| if c >> 3 & 1 == 1 { a } else { b }))
        }
        15 => {
            let by = builder.shift_amount(c.id, width);
            (builder.shift_left(a.id, by), all(&|a, _, c| a << shift(c)))
        }
        16 => {
            let by = builder.shift_amount(c.id, width);
            let values = if is_signed {
                all(&|a, _, c| (to_signed(a) >> shift(c)) as u64)
            } else {
                all(&|a, _, c| a >> shift(c))
            };
            (builder.shift_right(a.id, by, is_signed), values)
        }
        17 => {
            let values =
                if is_signed { all(&|a, _, _| (to_signed(a) >> by) as u64) } else { all(&|a, _, _| a >> by) };
            (builder.shifted_right(a.id, by, is_signed), values)
        }
        18 => {
            let (mut id, mut values) = (
                builder.divide(a.id, constant.into(), is_signed),
                all(&|a, _, _| {
                    if is_signed {
                        to_signed(a).wrapping_div(to_signed(constant)) as u64
                    } else {
                        a / constant
                    }
                }),
            );
            if random.chance(50) {
                id = builder.remainder(a.id, constant.into(), is_signed);
                values = all(&|a, _, _| {
                    if is_signed {
                        to_signed(a).wrapping_rem(to_signed(constant)) as u64
                    } else {
                        a % constant
                    }
                });
            }
            (id, values)
        }
        19 => (
            builder.rotate_left(a.id, c.id),
            all(&|a, _, c| a << shift(c) | a.checked_shr(width - shift(c)).unwrap_or(0)),
        ),
        20 => (builder.count_ones(a.id, width), all(&|a, _, _| a.count_ones().into())),
        21 => (builder.leading_zeros(a.id, width), all(&|a, _, _| (a.leading_zeros() - (64 - width)).into())),
        22 => (builder.trailing_zeros(a.id, width), all(&|a, _, _| a.trailing_zeros().min(width).into())),
        23 => {
            let length = random.pick(&[2u64, 3, 5, 16, 60, 100, 300]);
            let entries: Vec<u64> = (0..length).map(|_| random.word(width)).collect();
            let table = Table { width, entries: entries.iter().map(|v| (*v).into()).collect() };
            (builder.look_up(&table, c.id), all(&|_, _, c| entries[c.min(length - 1) as usize]))
        }
        _ => {
            let others: Vec<Known> = (0..5).map(|_| operand(random, builder, nodes, width, count)).collect();
            let ids: Vec<Id> = others.iter().map(|known| known.id).collect();
            let id = builder.choose(&ids, c.id);
            let values = (0..count).map(|at| others[(c.values[at] as usize).min(4)].values[at]).collect();
            (id, values)
        }
    };
    Known { id, width, values }
}
