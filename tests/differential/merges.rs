//! Sources that are merged, and what goes on from one pass to the next.

use std::time::Duration;

use fusewire::prelude::*;

use super::{both, double, even, evens, fallible, later, plain};

both! {
    merges: |a, b| { merge(from_iter(0..9u64), from_iter(100..104u64)).map(double) }
    merges_three: |a, b| { merge3(from_iter(0..9u64), from_iter(100..104u64), from_iter(200..209u64)).map(double) }
    merges_four: |a, b| { merge4(from_iter(0..3u64), from_iter(10..14u64), from_iter(20..29u64), from_iter(30..31u64)) }
    merges_by_priority: |a, b| { merge_by_priority(from_iter(0..9u64), from_iter(100..104u64)).map(double).then(on(a)).filter(|x| x % 3 == 0) }
    merges_chains: |a, b| { merge(from_iter(0..20u64).map(double), evens().and(later)).map(double) }
    merges_errors: |a, b| { merge(from_iter(0..9u64).try_map(even), from_iter(100..104u64)).map(double) }
    merge_eachs: |a, b| { from_iter(0..9u64).map(double).merge_each(3, later).map(double) }
    merge_each_fails: |a, b| { from_iter([2u64, 4, 6, 7, 8]).merge_each(2, fallible).map(double) }
    merge_each_filters: |a, b| { from_iter(0..9u64).filter(|x| x % 2 == 1).merge_each(2, |x| just(x).filter(|x| x % 3 == 0)) }
    debounces_nothing: |a, b| { from_iter(0..9u64).map(double).debounce(Duration::ZERO).map(double) }
    debounces_all: |a, b| { from_iter(0..9u64).filter(|x| *x < 8).debounce(Duration::from_secs(3600)).map(double) }
}
