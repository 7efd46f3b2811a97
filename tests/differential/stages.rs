//! Sources, stages of one value, stages with a memory, and batches.

use fusewire::prelude::*;

use super::{both, double, plain};

both! {
    source_alone: |a, b| { from_iter(0..9u64) }
    maps: |a, b| { from_iter(0..9u64).map(double).map(|x| x + 1).map(double) }
    filters: |a, b| { from_iter(0..9u64).filter(|x| x % 2 == 1).filter(|x| x % 3 == 0).map(double) }
    filters_all: |a, b| { from_iter(0..9u64).filter(|_| false).map(double) }
    filter_maps: |a, b| { from_iter(0..9u64).filter_map(|x| (x % 3 == 1).then_some(x * 10)).map(double) }
    changes_types: |a, b| { from_iter(0..9u64).map(|x| x.to_string()).map(|x| x.len()).map(|x| x as f32) }
    no_values: |a, b| { from_iter(std::iter::empty::<u64>()).map(double) }
    one_value: |a, b| { from_iter([7u64]).map(double) }
    from_a_function: |a, b| { from_fn({ let mut n = 0u64; move || { n += 1; (n < 5).then_some(n) } }).map(double) }

    scan_keeps_its_state: |a, b| { from_iter(0..9u64).scan(0u64, |sum, x| { *sum += x; *sum }).map(double) }
    scan_behind_a_filter: |a, b| {
        from_iter(0..9u64).filter(|x| x % 2 == 0).scan(Vec::new(), |all: &mut Vec<u64>, x| { all.push(x); all.len() })
    }
    inspects: |a, b| { from_iter(0..4u64).inspect_value(|x| assert!(*x < 4)).map(double) }
    repeats: |a, b| { from_iter(0..12u64).map(double).repeat(4).map(|x| x + 1) }
    repeats_a_scan: |a, b| { from_iter(0..12u64).scan(0u64, |sum, x| { *sum += x; *sum }).repeat(3).map(double) }
    repeats_a_filter: |a, b| { from_iter(0..30u64).filter(|x| x % 4 != 1).repeat(3).map(double) }
    repeats_what_filters_now_and_then: |a, b| { from_iter(0..30u64).filter_map(|x| (x % 5 == 0).then_some(x + 1)).repeat(2).then(on(a)).map(double) }

    batches: |a, b| { from_iter(0..8u64).batch::<4>().map(|batch| batch.iter().sum::<u64>()) }
    batch_with_a_rest: |a, b| { from_iter(0..10u64).batch::<4>().map(|batch| batch.to_vec()).filter(|batch| batch.len() > 1) }
    batch_of_one: |a, b| { from_iter(0..3u64).batch::<1>().map(|batch| batch.to_vec()) }
    batch_larger_than_all: |a, b| { from_iter(0..3u64).batch::<8>().map(|batch| batch.to_vec()) }
    batch_of_batches: |a, b| { from_iter(0..11u64).batch::<2>().map(|batch| batch.to_vec()).batch::<2>().map(|batch| batch.to_vec()) }
    batch_behind_a_hop: |a, b| { from_iter(0..10u64).then(on(a)).batch::<4>().map(|batch| batch.to_vec()) }
    batch_before_a_hop: |a, b| { from_iter(0..10u64).batch::<4>().then(on(a)).map(|batch| batch.to_vec()) }
    batch_before_a_sequence: |a, b| { from_iter(0..5u64).batch::<2>().and(|batch| just(batch.to_vec())) }
}
