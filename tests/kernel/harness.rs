//! Cases, their inputs, and when two results are the same.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use fusewire::kernel::data::{load, store};
use fusewire::kernel::program::Type;
use fusewire::kernel::{Bound, BoundFunction, Data, Kernel, Program, Scalar};

type Host = Box<dyn Fn(&[u8]) -> Option<Vec<u8>>>;

/// A program and the Rust functions that it was made of.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) program: Program,
    host: Host,
    /// Whether the sign of a zero is open, as Rust says of `min` and `max`.
    pub(crate) zeros_are_one: bool,
    /// Rows that the host must answer without a panic.
    pub(crate) at_least: usize,
}

impl Case {
    /// What the Rust functions make of a row; `None` if they panic.
    pub(crate) fn host(&self, row: &[u8]) -> Option<Vec<u8>> {
        (self.host)(row)
    }

    /// Rows of edge values and random ones, the same at every call.
    pub(crate) fn inputs(&self, rows: usize) -> Vec<u8> {
        let mut random =
            Random(self.name.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte)));
        let ty = self.program.input();
        let mut bytes = vec![0; rows * ty.size()];
        for row in bytes.chunks_exact_mut(ty.size()) {
            fill(ty, row, &mut random);
        }
        bytes
    }

    pub(crate) fn zeros_are_one(mut self) -> Self {
        self.zeros_are_one = true;
        self
    }

    pub(crate) fn at_least(mut self, rows: usize) -> Self {
        self.at_least = rows;
        self
    }
}

/// A kernel alone.
pub(crate) fn case<K: Kernel + 'static>(bound: Bound<K>) -> Case {
    let functions = [bound.erased()];
    chain(K::NAME, &functions, move |value| bound.call(value))
}

/// Kernels in a row, with the host's way to run them.
pub(crate) fn chain<I: Data, O: Data>(
    name: &str,
    functions: &[BoundFunction],
    host: impl Fn(I) -> O + 'static,
) -> Case {
    let program = match Program::new(functions) {
        Ok(program) => program,
        Err(refused) => panic!("{refused}"),
    };
    let host = move |row: &[u8]| {
        let value = load::<I>(row);
        let result = caught(|| host(value))?;
        let mut bytes = vec![0; size_of::<O>()];
        store(&result, &mut bytes);
        Some(bytes)
    };
    Case { name: name.to_owned(), program, host: Box::new(host), zeros_are_one: false, at_least: 1000 }
}

thread_local! {
    /// Whether panics of this thread are expected.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What `host` gives, or `None` without a message if it panics.
fn caught<O>(host: impl FnOnce() -> O) -> Option<O> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                hook(panic);
            }
        }));
    });
    EXPECTED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(host));
    EXPECTED.set(false);
    result.ok()
}

/// Whether two results are the same: bit for bit, but one NaN is as good as another.
pub(crate) fn same(ty: &Type, one: &[u8], other: &[u8], zeros_are_one: bool) -> bool {
    let scalars = |bytes| {
        let mut list = Vec::new();
        ty.scalars(bytes, &mut |scalar, bits| {
            let value = f32::from_bits(bits as u32);
            list.push(match scalar {
                Scalar::F32 if value.is_nan() => u64::MAX,
                Scalar::F32 if value == 0.0 && zeros_are_one => 0,
                _ => bits,
            });
        });
        list
    };
    scalars(one) == scalars(other)
}

/// SplitMix64.
#[derive(Debug)]
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn fill(ty: &Type, bytes: &mut [u8], random: &mut Random) {
    match ty {
        Type::Unit => {}
        Type::Scalar(scalar) => {
            let bits = bits(*scalar, random).to_le_bytes();
            bytes[..scalar.size()].copy_from_slice(&bits[..scalar.size()]);
        }
        Type::Array(element, len) => {
            for at in 0..*len {
                fill(element, &mut bytes[at * element.size()..], random);
            }
        }
        Type::Struct(of) => {
            for field in &of.fields {
                fill(&field.ty, &mut bytes[field.offset..], random);
            }
        }
    }
}

fn bits(scalar: Scalar, random: &mut Random) -> u64 {
    match scalar {
        Scalar::Bool => random.next() & 1,
        Scalar::F32 => u64::from(float(random).to_bits()),
        integer => {
            let width = integer.bits();
            match random.below(6) {
                0 => random.one(&[0, 1, 2, u64::MAX, u64::MAX - 1]),
                1 => (1u64 << random.below(width as usize)).wrapping_sub(random.next() & 1),
                2 => random.one(&[1u64 << (width - 1), (1u64 << (width - 1)) - 1]),
                3 => random.next() & 15,
                4 => (random.next() & 15).wrapping_neg(),
                _ => random.next(),
            }
        }
    }
}

fn float(random: &mut Random) -> f32 {
    const EDGES: &[f32] = &[
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        f32::MAX,
        f32::MIN,
        f32::MIN_POSITIVE,
        f32::EPSILON,
        1e-45,
        -1e-40,
        127.0,
        128.0,
        -128.0,
        -129.0,
        255.9,
        256.0,
        32767.5,
        65535.5,
        65536.0,
        2147483648.0,
        -2147483648.0,
        4294967296.0,
        9223372036854775807.0,
        -9223372036854775808.0,
        18446744073709551615.0,
        16777217.0,
    ];
    match random.below(4) {
        0 => random.one(EDGES),
        1 => f32::from_bits(random.next() as u32),
        2 => (random.next() % 2001) as f32 / 10.0 - 100.0,
        _ => (random.next() as i64) as f32 / (1u64 << random.below(63)) as f32,
    }
}
