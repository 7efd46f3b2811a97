//! Every number as every other.

use fusewire::kernel;
use fusewire::prelude::*;

use crate::harness::{Case, case};

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Casts {
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: i8,
    f: i16,
    g: i32,
    h: i64,
    i: f32,
}

macro_rules! casts {
    ($($name:ident $ty:ty),*) => {
        $(
            #[stage(kernel)]
            fn $name(x: [$ty; 1]) -> Casts {
                let x = x[0];
                Casts {
                    a: x as u8,
                    b: x as u16,
                    c: x as u32,
                    d: x as u64,
                    e: x as i8,
                    f: x as i16,
                    g: x as i32,
                    h: x as i64,
                    i: x as f32,
                }
            }
        )*

        fn cast_cases() -> Vec<Case> {
            vec![$(case($name::bind())),*]
        }
    };
}

casts!(from_u8 u8, from_u16 u16, from_u32 u32, from_u64 u64, from_i8 i8, from_i16 i16, from_i32 i32, from_i64 i64, from_f32 f32);

#[stage(kernel)]
fn from_bool(x: [bool; 2]) -> Casts {
    let [p, q] = x;
    Casts {
        a: p as u8,
        b: u16::from(q),
        c: u32::from(p),
        d: q as usize as u64,
        e: i8::from(p),
        f: q as i16,
        g: p as i32 - q as i32,
        h: i64::from(p) * -9,
        i: f32::from(u8::from(p)),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = cast_cases();
    cases.push(case(from_bool::bind()));
    cases
}
