//! Kernels where and how Rust allows functions.
#![deny(warnings, missing_docs, unreachable_pub, clippy::all)]
#![forbid(unsafe_code)]

use fusewire::kernel::{self, Mapping, Program};
use fusewire::prelude::*;

/// A row.
#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub struct Row {
    /// What is in it.
    pub x: [i32; 2],
}

mod kernels {
    use super::Row;
    use fusewire::prelude::stage;

    /// Sums.
    #[stage(kernel)]
    pub(crate) fn sum(row: Row) -> i32 {
        row.x[0] + row.x[1]
    }

    #[stage(kernel)]
    pub(super) fn fee(price: i32, fees: &[i32]) -> i32 {
        price + fees[1]
    }
}

macro_rules! kernel {
    ($name:ident, $argument:ident: $ty:ty, $body:expr) => {
        #[stage(kernel)]
        fn $name($argument: $ty) -> $ty {
            let unit = 1;
            <$ty>::wrapping_add($body, unit)
        }
    };
}

kernel!(next, x: i32, x);

use kernels as prices;

impl Row {
    const ZERO: i32 = 0;
}

#[stage(kernel)]
fn with_a_table_of_one(settings: &Row, x: i32) -> i32 {
    let _ = Row::ZERO;
    settings.x[0] * x
}

fn main() {
    #[stage(kernel)]
    fn inside(x: i32) -> i32 {
        twice(x) + prices::sum(Row { x: [x; 2] })
    }

    #[stage(kernel)]
    fn twice(x: i32) -> i32 {
        x * 2
    }

    let fees = vec![5, 6, 7];
    let charge = prices::fee::with(&fees[..]);
    drop(fees);
    let clone = std::thread::spawn(move || (charge.clone())(4) + charge(1)).join().unwrap();
    assert_eq!(clone, 17);
    let _ = with_a_table_of_one::with(Row { x: [3, 4] });

    let functions = [
        prices::sum::bind().erased(),
        inside::bind().erased(),
        prices::fee::bind([1, 2]).erased(),
        with_a_table_of_one::bind(Row { x: [3, 4] }).erased(),
        next::bind().erased(),
    ];
    let program = Program::new(&functions).unwrap();
    let expected = 3 * (inside(9) + 2) + 1;
    assert_eq!(kernel::interpret::<Row, i32>(&program, &Row { x: [4, 5] }), Ok(expected));
    assert_eq!(<prices::sum as Mapping>::call(&(), Row { x: [4, 5] }), 9);
    assert_eq!(next(1), 2);
}
