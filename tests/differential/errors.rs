//! Errors: where they go past, what mends them, and stages that wait.

use fusewire::prelude::*;

use super::{Odd, Wrong, both, double, even, fallible, later, plain, small};

both! {
    first_error: |a, b| { from_iter([2u64, 4, 5, 6, 7]).try_map(even).map(double) }
    first_pass_fails: |a, b| { from_iter([3u64, 4]).try_map(even).map(double) }
    errors_convert: |a, b| { from_iter([2u64, 4, 6, 7]).try_map(even).try_map(small) }
    errors_convert_late: |a, b| { from_iter([2u64, 4, 5, 7]).try_map(even).map(double).map(|x| x / 4).try_map(small) }
    error_is_mapped: |a, b| { from_iter([2u64, 5]).try_map(even).map_err(|Odd(x)| format!("mapped {x}")).map(double) }
    error_is_mapped_twice: |a, b| {
        from_iter([2u64, 5]).try_map(even).map_err(|Odd(x)| Odd(x + 1)).map(double).map_err(|Odd(x)| Odd(x * 2))
    }
    error_between_maps: |a, b| {
        from_iter([2u64, 4, 7]).try_map(even).map_err(|Odd(x)| Odd(x + 2)).try_map(small).map(double)
    }
    map_err_comes_first: |a, b| { from_iter([2u64, 5]).map_err(|never: Never| match never {}).map(|x: u64| Ok::<u64, Odd>(x)) }
    error_in_a_filter: |a, b| { from_iter([1u64, 2, 3]).filter(|x| *x > 1).try_map(even).filter(|x| *x > 2) }
    source_fails: |a, b| { just_error::<u64, _>(Odd(3)).map(double) }
    source_stops: |a, b| { just_stopped::<u64>().map(double) }

    mends: |a, b| { from_iter(0..6u64).try_map(even).or_else(|Odd(x)| just(x + 1000)).map(double) }
    mends_twice: |a, b| {
        from_iter(0..6u64).try_map(even).or_else(|Odd(x)| just(x + 3)).try_map(small).or_else(|_| just(0)).map(double)
    }
    mend_fails: |a, b| { from_iter([0u64, 2, 3]).try_map(even).or_else(|Odd(x)| just_error::<u64, _>(Wrong::Odd(x))) }
    mend_before_map_err: |a, b| {
        from_iter([0u64, 3, 4]).try_map(even).or_else(|Odd(x)| fallible(x)).map_err(|Odd(x)| Odd(x + 10)).map(double)
    }
    sequences: |a, b| { from_iter(0..6u64).and(later).map(double).and(|x| later(x + 1)) }
    sequence_fails: |a, b| { from_iter([0u64, 2, 5, 6]).and(fallible).map(double) }
    error_goes_past_a_sequence: |a, b| { from_iter([0u64, 2, 5, 6]).try_map(even).and(later).map(double) }
    errors_of_a_sequence_join: |a, b| { from_iter([0u64, 2, 4, 6]).try_map(even).and(|x| just(x).try_map(small)).map(double) }
    sequence_then_mend: |a, b| { from_iter(0..6u64).and(fallible).or_else(|Odd(x)| later(x)).map(double) }
    sequence_of_a_filter: |a, b| { from_iter(0..6u64).and(|x| just(x).filter(|x| x % 2 == 0)).map(double) }
    mend_of_no_error: |a, b| { from_iter(0..6u64).and(fallible).map_err(|Odd(x)| Odd(x + 1)).or_else(|Odd(x)| just(x)) }
}
