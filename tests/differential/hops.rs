//! Hops along a chain.

use fusewire::prelude::*;

use super::{Odd, both, double, even, fallible, later, plain};

both! {
    hops: |a, b| { from_iter(0..9u64).map(double).then(on(a)).map(|x| x + 1) }
    hops_there_and_back: |a, b| {
        from_iter(0..9u64).then(on(a.clone())).map(double).then(on(b)).map(|x| x + 1).then(on(a)).map(double)
    }
    hops_nowhere: |a, b| { from_iter(0..9u64).then(on(a.clone())).map(double).then(on(a)).map(|x| x + 1) }
    hops_over_a_small_edge: |a, b| { from_iter(0..99u64).then(on(a).capacity(2)).map(double).then(on(b).capacity(1)) }
    error_before_a_hop: |a, b| { from_iter([2u64, 5]).try_map(even).then(on(a)).map(double) }
    error_behind_a_hop: |a, b| { from_iter([2u64, 5]).then(on(a)).try_map(even).then(on(b)).map(double) }
    error_is_mapped_over_a_hop: |a, b| { from_iter([2u64, 5]).try_map(even).then(on(a)).map_err(|Odd(x)| Odd(x + 1)).map(double) }
    error_is_mended_over_a_hop: |a, b| { from_iter(0..6u64).try_map(even).then(on(a)).or_else(|Odd(x)| later(x)).then(on(b)).map(double) }
    error_is_mended_two_hops_on: |a, b| {
        from_iter(0..6u64).try_map(even).then(on(a)).map(double).then(on(b)).or_else(|Odd(x)| just(x)).map(double)
    }
    filter_over_hops: |a, b| { from_iter(0..9u64).filter(|x| x % 2 == 0).then(on(a)).filter(|x| x % 4 == 0).then(on(b)).map(double) }
    scan_over_hops: |a, b| {
        from_iter(0..9u64).scan(0u64, |s, x| { *s += x; *s }).then(on(a)).scan(0u64, |s, x| { *s += x; *s })
    }
    sequence_over_hops: |a, b| { from_iter(0..5u64).then(on(a)).and(later).then(on(b)).and(fallible).map(double) }
    fork_over_hops: |a, b| { from_iter(0..5u64).then(on(a)).fork(|x| just(x).map(double), |x| just(x)).then(on(b)).map(|(p, q)| p + q) }
    large_values: |a, b| { from_iter(0..20u64).map(|x| [x; 40]).then(on(a)).map(|x| x.iter().sum::<u64>()).then(on(b)).map(double) }
    values_with_drops: |a, b| { from_iter(0..20u64).map(|x| vec![x.to_string()]).then(on(a)).map(|x| x.concat()).then(on(b)) }
}
