//! Kernels that devices are checked with: what one bit wrong in a lowering would change.

use crate::kernel::data::{load, store};
use crate::kernel::{self, Bound, BoundFunction, Data, Kernel, Program, Refused};
use crate::stage;

/// Fields of every width, with padding between and behind them.
#[derive(Debug, Clone, Copy, kernel::Data)]
#[repr(C)]
struct Mixed {
    flag: bool,
    wide: u64,
    narrow: i16,
    bytes: [u8; 3],
    word: i32,
}

#[stage(kernel)]
fn stir(value: Mixed) -> Mixed {
    let mut sum = value.wide;
    for i in 0..3 {
        sum = sum.wrapping_mul(31).wrapping_add(value.bytes[i] as u64);
    }
    let word = if value.flag { value.word.wrapping_neg() } else { value.word ^ (value.narrow as i32) };
    Mixed {
        flag: sum % 3 < 1,
        wide: sum.rotate_left(7),
        narrow: (word >> 5) as i16,
        bytes: [value.bytes[2], value.bytes[0], (sum >> 9) as u8],
        word,
    }
}

#[stage(kernel)]
fn fold(value: Mixed) -> i64 {
    let wide = (value.wide >> 3) as i64;
    let narrow = value.narrow as i64;
    if value.flag { wide.wrapping_sub(narrow) } else { wide.wrapping_add(value.word as i64) }
}

#[stage(kernel)]
fn look_up(key: u32, steps: &[i32]) -> i32 {
    let at = (key % 8) as usize;
    let mut sum = 0i32;
    for i in 0..4 {
        sum = sum.wrapping_add(steps[(at + i) % 8].wrapping_mul((key >> (i as u32)) as i32));
    }
    sum
}

#[stage(kernel)]
fn small(value: u8) -> bool {
    (value & 5) == 4
}

#[stage(kernel)]
fn float(value: [f32; 2]) -> f32 {
    let sum = value[0] * 3.5f32 + value[1];
    if sum > 100.0f32 { sum / 3.0f32 } else { sum.abs().sqrt() - value[0] }
}

const STEPS: [i32; 8] = [3, -1, 4, 1, -5, 9, 2, -6];

/// A program, its inputs by number, and what the host makes of them.
pub(super) struct Case {
    pub(super) name: &'static str,
    functions: Vec<BoundFunction>,
    pub(super) input_bytes: usize,
    pub(super) output_bytes: usize,
    /// Writes input number so and so.
    pub(super) input: Box<dyn Fn(u64, &mut [u8])>,
    /// Writes the output that belongs to it.
    pub(super) expected: Box<dyn Fn(u64, &mut [u8])>,
    /// Whether two outputs are the same value; padding is not looked at.
    pub(super) same: fn(&[u8], &[u8]) -> bool,
}

impl Case {
    fn new<V: Data, U: Data>(
        name: &'static str,
        functions: Vec<BoundFunction>,
        value: fn(u64) -> V,
        host: impl Fn(V) -> U + 'static,
    ) -> Self {
        Self {
            name,
            functions,
            input_bytes: size_of::<V>(),
            output_bytes: size_of::<U>(),
            input: Box::new(move |number, to| store(&value(number), to)),
            expected: Box::new(move |number, to| store(&host(value(number)), to)),
            same: |a, b| {
                let mut zeroed = [vec![0; a.len()], vec![0; b.len()]];
                for (from, to) in [a, b].into_iter().zip(&mut zeroed) {
                    store(&load::<U>(from), to);
                }
                zeroed[0] == zeroed[1]
            },
        }
    }

    pub(super) fn program(&self) -> Result<Program, Refused> {
        Program::new(&self.functions)
    }
}

fn plain<K: Kernel<Tables = ()>>() -> BoundFunction {
    Bound::<K>::new(()).erased()
}

/// Steele, Lea and Flood's SplitMix64: the bits of input number `number`.
const fn bits(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn mixed(number: u64) -> Mixed {
    let wide = bits(number);
    let other = bits(!number);
    Mixed {
        flag: other & 1 == 1,
        wide,
        narrow: (other >> 8) as i16,
        bytes: [(other >> 24) as u8, (other >> 32) as u8, (other >> 40) as u8],
        word: (other >> 16) as i32,
    }
}

/// One kernel, whose output is as wide as its input.
pub(super) fn stirred() -> Case {
    Case::new("one kernel", vec![plain::<stir>()], mixed, stir)
}

/// Every integer case.
pub(super) fn all() -> Vec<Case> {
    let looking = look_up::bind(STEPS);
    let host = looking.clone();
    vec![
        stirred(),
        Case::new(
            "three kernels in one",
            vec![plain::<stir>(), plain::<stir>(), plain::<fold>()],
            mixed,
            |value| fold(stir(stir(value))),
        ),
        Case::new(
            "a kernel with a table",
            vec![looking.erased()],
            |number| bits(number) as u32,
            move |key| host.call(key),
        ),
        Case::new("a kernel of bytes", vec![plain::<small>()], |number| bits(number) as u8, small),
    ]
}

/// A kernel of `f32`.
pub(super) fn floating() -> Case {
    let value = |number| {
        let part = |shift: u32| ((bits(number) >> shift) as i16) as f32 / 16.0;
        [part(0), part(16)]
    };
    Case::new("a kernel of f32", vec![plain::<float>()], value, float)
}
