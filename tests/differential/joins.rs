//! Sources that are joined, on one context and on several.

use fusewire::prelude::*;

use super::{A, B, Odd, Wrong, both, double, even, evens, later, plain, small};

both! {
    joins: |a, b| { from_iter(0..4u64).join(from_iter(10..20u64)) }
    join_that_ends_first: |a, b| { from_iter(0..9u64).join(from_iter(10..13u64).map(double)).map(|(p, q)| p + q) }
    join_of_a_filter: |a, b| { from_iter(0..6u64).join(just(3u64).map(double)).filter(|(p, _)| p % 2 == 0) }

    join_of_a_source_that_fails: |a, b| { from_iter(0..4u64).join(from_iter([0u64, 2, 5]).try_map(even)).map(|(p, q)| p + q) }
    join_of_an_error: |a, b| { just(4u64).join(just_error::<u64, _>(Odd(1)).map(double)).map(|(p, q)| p + q) }
    errors_of_a_join_join: |a, b| {
        from_iter([2u64, 4, 5]).try_map(even).join(from_iter([0u64, 6]).try_map(small)).map_err(|e: Wrong| e.to_string())
    }

    join_behind_a_hop: |a, b| { from_iter(0..40u64).then(on(a)).map(double).join(from_iter(10..20u64)).map(|(p, q)| p + q) }
    join_of_a_hop: |a, b| { from_iter(0..40u64).join(from_iter(10..60u64).then(on(a)).map(double)).map(|(p, q)| p + q) }
    join_of_a_hop_that_ends_first: |a, b| { from_iter(0..400u64).join(from_iter(10..33u64).then(on(a)).map(double)).map(|(p, q)| p + q) }
    join_of_hops: |a, b| {
        from_iter(0..40u64).then(on(a)).map(double).join(from_iter(10..400u64).map(double).then(on(b)).map(|x| x + 1)).map(|(p, q)| p + q)
    }
    join_of_hops_to_one_context: |a, b| {
        from_iter(0..40u64).then(on(a.clone())).map(double).join(from_iter(10..400u64).then(on(a)).map(|x| x + 1)).then(on(b)).map(|(p, q)| p + q)
    }
    join_of_nothing: |a, b| { from_iter(0..40u64).then(on(a)).join(from_iter(std::iter::empty::<u64>()).then(on(b))) }
    nothing_joins: |a, b| { from_iter(std::iter::empty::<u64>()).then(on(a)).join(from_iter(0..40u64).then(on(b))) }
    join_behind_a_filter: |a, b| { from_iter(0..40u64).filter(|x| x % 3 == 0).join(from_iter(100..130u64)) }
    join_behind_a_filter_and_a_hop: |a, b| { from_iter(0..40u64).filter(|x| x % 3 == 0).then(on(a)).join(from_iter(100..130u64)) }
    join_behind_a_hop_and_a_filter: |a, b| { from_iter(0..40u64).then(on(a)).filter(|x| x % 3 == 0).join(from_iter(100..130u64)) }
    join_of_filters: |a, b| {
        from_iter(0..40u64).then(on(a)).filter(|x| x % 3 != 0).join(from_iter(100..130u64).filter_map(|x| (x % 2 == 0).then_some(x * 2)).then(on(b)).map(double))
    }
    join_of_a_filter_between_hops: |a, b| {
        from_iter(0..40u64).join(from_iter(100..130u64).then(on(a)).filter(|x| x % 2 == 0).then(on(b)).map(double)).filter(|(p, _)| p % 4 != 0)
    }
    join_behind_an_error: |a, b| { from_iter([0u64, 2, 4, 5, 6]).try_map(even).join(from_iter(100..130u64)) }
    join_of_an_error_behind_a_hop: |a, b| { from_iter(0..9u64).join(from_iter([0u64, 2, 4, 5, 6]).then(on(a)).try_map(even)) }
    join_of_errors: |a, b| { from_iter([0u64, 2, 4, 5, 6]).then(on(b)).try_map(even).join(from_iter([0u64, 2, 6]).then(on(a)).try_map(small)) }
    join_of_errors_in_one_pass: |a, b| { from_iter([0u64, 2, 5]).then(on(b)).try_map(even).join(from_iter([0u64, 2, 6]).then(on(a)).try_map(small)) }
    join_of_an_error_after_the_end: |a, b| { from_iter([0u64, 2, 5]).try_map(even).join(from_iter([0u64, 2]).then(on(a)).map(double)) }
    join_is_mended: |a, b| {
        from_iter(0..30u64).try_map(even).then(on(a)).join(from_iter(0..20u64).then(on(b)).map(double)).or_else(|Odd(x)| just((x, 1000))).map(|(p, q)| p + q)
    }
    join_of_what_is_mended: |a, b| {
        from_iter(0..30u64).try_map(even).then(on(a)).or_else(|Odd(x)| just(x + 100)).join(from_iter(0..20u64).try_map(even).then(on(b)).or_else(|Odd(x)| later(x)))
    }
    join_behind_a_sequence: |a, b| { from_iter(0..30u64).and(later).join(from_iter(0..20u64)).map(|(p, q)| p + q) }
    join_of_a_sequence: |a, b| { from_iter(0..30u64).join(from_iter(0..20u64).and(later)).map(|(p, q)| p + q) }
    join_of_a_sequence_that_filters: |a, b| { from_iter(0..30u64).join(from_iter(0..20u64).and(|x| just(x).filter(|x| x % 2 == 0))).map(|(p, q)| p + q) }
    join_of_a_function: |a, b| { from_iter(0..30u64).join(evens()).map(|(p, q)| p + q) }
    join_behind_a_function: |a, b| { evens().then(on(a)).join(from_iter(0..20u64)).map(|(p, q)| p + q) }
    join_of_joins: |a, b| {
        from_iter(0..30u64).then(on(a.clone())).join(from_iter(0..20u64).then(on(b.clone())).map(double)).map(|(p, q)| p + q)
            .join(from_iter(0..25u64).then(on(a)).join(from_iter(3..99u64).then(on(b)).filter(|x| x % 5 != 0)))
    }
    join_of_a_join: |a, b| { from_iter(0..30u64).join(from_iter(0..25u64).then(on(a)).join(from_iter(3..99u64).then(on(b)).filter(|x| x % 5 != 0))) }
    three_meet: |a, b| { from_iter(0..30u64).then(on(a)).join(from_iter(0..20u64)).join(from_iter(0..25u64).then(on(b)).map(double)).map(|((p, q), r)| p + q + r) }
    join_of_a_fork: |a, b| {
        from_iter(0..30u64).join(from_iter(0..20u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x)).map(|(p, q)| p + q)).map(|(p, q)| p + q)
    }
    join_behind_a_fork: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x).filter(|x| x % 3 != 0)).map(|(p, q)| p + q).join(from_iter(0..20u64).then(on(b))).map(|(p, q)| p + q)
    }
    fork_behind_a_join: |a, b| {
        from_iter(0..30u64).join(from_iter(0..20u64).then(on(b)).filter(|x| x % 3 != 0)).fork(|x| just(x).then(on(A.clone())).map(|(p, q)| p + q), |x| just(x))
    }
    join_of_batches: |a, b| { from_iter(0..30u64).batch::<4>().map(|batch| batch.to_vec()).join(from_iter(0..30u64).then(on(b))) }
    join_of_a_batch: |a, b| { from_iter(0..30u64).join(from_iter(0..30u64).then(on(b)).batch::<4>().map(|batch| batch.to_vec())) }
    batch_behind_a_join: |a, b| { from_iter(0..30u64).then(on(a)).join(from_iter(0..22u64).then(on(b))).batch::<4>().map(|batch| batch.to_vec()) }
    join_over_small_edges: |a, b| { from_iter(0..300u64).then(on(a).capacity(1)).map(double).join(from_iter(0..200u64).then(on(b).capacity(2))).map(|(p, q)| p + q) }
    join_with_drops: |a, b| {
        from_iter(0..30u64).map(|x| vec![x.to_string()]).then(on(a)).join(from_iter(0..20u64).map(|x| x.to_string()).then(on(b)).filter(|x| x != "7")).map(|(p, q)| p.concat() + &q)
    }
    repeats_join: |a, b| { from_iter(0..30u64).map(double).repeat(3).then(on(a)).join(from_iter(0..30u64).repeat(2).map(double)).map(|(p, q)| p + q) }
    join_of_a_scan: |a, b| { from_iter(0..30u64).then(on(a)).scan(0u64, |s, x| { *s += x; *s }).join(from_iter(0..30u64).scan(0u64, |s, x| { *s += x; *s }).then(on(b))) }
    wraps_in_a_join: |a, b| { from_iter(0..6u64).join(from_iter(0..9u64).try_map(even).upon_error(|Odd(x)| x).map(double)) }
    arm_that_hops_joins_a_hop: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).join(from_iter(0..3u64).then(on(B.clone())).map(double)), |x| just(x)) }
}
