//! Arms with lanes of their own.

use fusewire::prelude::*;
use fusewire::stages::{skip, window};

use super::memory::{counting, counting_later, counting_mends};
use super::{A, B, Odd, Wrong, both, double, even, later, plain, small};

both! {
    arms_hop: |a, b| {
        from_iter(0..50u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x + 1).then(on(B.clone())).map(|x| x * x)).map(|(p, q)| p + q)
    }
    arms_hop_and_go_on_elsewhere: |a, b| {
        from_iter(0..50u64)
            .fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x).then(on(B.clone())).map(|x| x + 1))
            .then(on(A.clone()))
            .map(|(p, q)| p + q)
            .filter(|x| x % 2 == 0)
    }
    one_arm_hops: |a, b| { from_iter(0..50u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x).map(|x| x + 1)).map(|(p, q)| p * q) }
    last_arm_hops: |a, b| { from_iter(0..50u64).fork(|x| just(x).map(double), |x| just(x).then(on(A.clone())).map(|x| x + 1)) }
    arm_hops_twice: |a, b| {
        from_iter(0..50u64).fork(|x| just(x).map(double).then(on(A.clone())).map(|x| x + 1).then(on(B.clone())).map(double), |x| just(x)).map(|(p, q)| p + q)
    }
    arms_hop_to_one_context: |a, b| {
        from_iter(0..50u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x).then(on(A.clone())).map(|x| x + 1)).then(on(B.clone())).map(|(p, q)| p + q)
    }
    arms_of_three_hop: |a, b| {
        from_iter(0..50u64).fork3(|x| just(x).then(on(A.clone())).map(double), |x| just(x), |x| just(x).then(on(B.clone())).map(|x| x.to_string()))
    }
    arms_of_four_hop: |a, b| {
        from_iter(0..50u64).fork4(|x| just(x), |x| just(x).then(on(A.clone())).map(double), |x| just(x).then(on(B.clone())).map(|x| x + 3), |x| just(x).then(on(A.clone())).map(|x| x.to_string()))
    }
    arms_hop_behind_a_hop: |a, b| {
        from_iter(0..50u64).then(on(A.clone())).map(double).fork(|x| just(x).then(on(B.clone())).map(|x| x + 1), |x| just(x).map(double)).map(|(p, q)| p + q)
    }
    arms_hop_there_and_back: |a, b| {
        from_iter(0..50u64).then(on(A.clone())).fork(|x| just(x).then(on(B.clone())).map(double).then(on(A.clone())).map(|x| x + 1), |x| just(x)).map(|(p, q)| p + q)
    }
    arms_that_hop_filter: |a, b| {
        from_iter(0..50u64).fork(|x| just(x).then(on(A.clone())).filter(|x| x % 2 == 0).map(double), |x| just(x).then(on(B.clone())).filter_map(|x| (x % 3 == 0).then_some(x)))
    }
    arm_filters_before_its_hop: |a, b| {
        from_iter(0..50u64).fork(|x| just(x).filter(|x| x % 2 == 0).then(on(A.clone())).map(double), |x| just(x).filter(|x| x % 3 == 0))
    }
    arm_filters_between_hops: |a, b| {
        from_iter(0..50u64).fork(|x| just(x).then(on(A.clone())).filter(|x| x % 2 == 0).then(on(B.clone())).map(double), |x| just(x).map(double)).filter(|(p, _)| p % 3 == 0)
    }
    arm_that_hops_fails: |a, b| {
        from_iter((0..30u64).map(|x| if x == 17 { 17 } else { 2 * x })).fork(|x| just(x).then(on(A.clone())).try_map(even).map(double), |x| just(x).then(on(B.clone())).map(double))
    }
    both_arms_that_hop_fail: |a, b| {
        from_iter([0u64, 2, 4, 6, 7]).fork(|x| just(x).then(on(A.clone())).try_map(even), |x| just(x).then(on(B.clone())).try_map(small))
    }
    arms_that_hop_fail_in_one_pass: |a, b| {
        from_iter([0u64, 2, 4, 7, 9]).fork(|x| just(x).then(on(A.clone())).map(double).map(|x| x / 2).try_map(even), |x| just(x).then(on(B.clone())).try_map(small))
    }
    arm_mends_behind_its_hop: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).try_map(even).or_else(|Odd(x)| just(x + 1000)).map(double), |x| just(x).then(on(B.clone())).map(double))
    }
    arm_mends_over_its_hop: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).try_map(even).then(on(A.clone())).or_else(|Odd(x)| later(x)).map(double), |x| just(x))
    }
    arm_maps_its_error_over_its_hop: |a, b| {
        from_iter([0u64, 2, 5]).fork(|x| just(x).try_map(even).then(on(A.clone())).map_err(|Odd(x)| Odd(x + 1)).map(double), |x| just(x))
    }
    error_of_an_arm_that_hops_is_mended_behind: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).try_map(even), |x| just(x).then(on(B.clone())).map(double)).or_else(|Odd(x)| just((x, 0))).map(|(p, q)| p + q)
    }
    error_goes_past_arms_that_hop: |a, b| {
        from_iter(0..30u64).try_map(even).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x)).or_else(|Odd(x)| just((x, 0))).map(|(p, q)| p + q)
    }
    error_is_mapped_past_arms_that_hop: |a, b| {
        from_iter([0u64, 2, 5]).try_map(even).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x)).map_err(|Odd(x)| Odd(x + 2))
    }
    errors_before_and_in_arms_that_hop_are_mended: |a, b| {
        from_iter(0..30u64).try_map(even).fork(|x| just(x).then(on(A.clone())).try_map(small), |x| just(x).then(on(B.clone())).map(double)).or_else(|e: Wrong| just((e.to_string().len() as u64, 0))).map(|(p, q)| p + q)
    }
    error_goes_past_arms_that_filter: |a, b| {
        from_iter(0..30u64).try_map(even).fork(|x| just(x).then(on(A.clone())).filter(|x| x % 3 != 0), |x| just(x).then(on(B.clone())).map(double)).or_else(|Odd(x)| just((x, 0))).map(|(p, q)| p + q)
    }
    error_goes_past_arms_behind_a_filter: |a, b| {
        from_iter(0..30u64).filter(|x| x % 3 != 0).try_map(even).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x)).or_else(|Odd(x)| just((x, 0))).map(|(p, q)| p + q)
    }
    error_goes_past_arms_to_a_hop: |a, b| {
        from_iter(0..30u64).then(on(b.clone())).try_map(even).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x)).then(on(a)).or_else(|Odd(x)| just((x, 0))).map(|(p, q)| p + q).then(on(b))
    }
    error_goes_past_three_arms: |a, b| {
        from_iter(0..30u64).try_map(even).fork3(|x| just(x).then(on(A.clone())).try_map(small), |x| just(x).then(on(B.clone())).map(double), |x| just(x)).or_else(|e: Wrong| just((e.to_string().len() as u64, 0, 0))).map(|(p, q, r)| p + q + r)
    }
    error_goes_past_a_route_that_hops: |a, b| {
        from_iter(0..30u64).try_map(even).route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).map(double), |x| just(x).then(on(B.clone())).filter(|x| x % 5 != 0)).or_else(|Odd(x)| just(x + 500)).map(double)
    }
    error_goes_past_arms_on_a_side: |a, b| {
        from_iter(0..30u64).try_map(even).fork(|x| just(x).then(on(A.clone())).filter(|x| x % 3 != 0), |x| just(x)).join(from_iter(0..20u64).then(on(B.clone())).map(double)).or_else(|Odd(x)| just(((x, 0), 0)))
    }
    error_goes_past_arms_in_an_arm: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(B.clone())).try_map(even).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x).filter(|x| x % 3 != 0)).map(|(p, q)| p + q).or_else(|Odd(x)| later(x)), |x| just(x))
    }
    error_goes_past_arms_and_over_small_edges: |a, b| {
        from_iter(0..300u64).try_map(even).fork(|x| just(x).then(on(A.clone()).capacity(1)).map(double), |x| just(x).then(on(B.clone()).capacity(2)).map(double)).then(on(a).capacity(1)).or_else(|Odd(x)| just((x, 0))).map(|(p, q)| p + q)
    }
    error_with_drops_goes_past_arms: |a, b| {
        from_iter(0..30u64).try_map(|x| even(x).map(|x| vec![x]).map_err(|e| Odd(e.to_string().len() as u64 + e.0))).fork(|x| just(x).then(on(A.clone())).map(|x| [x, vec![7]].concat()), |x| just(x)).or_else(|Odd(x)| just((vec![x], vec![])))
    }
    error_before_arms_that_hop: |a, b| {
        from_iter([0u64, 2, 4, 5, 6]).try_map(even).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x).then(on(B.clone())).try_map(small))
    }
    fork_in_an_arm_that_hops: |a, b| {
        from_iter(0..50u64)
            .fork(
                |x| just(x).then(on(A.clone())).fork(|x| just(x).then(on(B.clone())).map(double), |x| just(x).map(|x| x + 1)).map(|(p, q)| p + q),
                |x| just(x).then(on(A.clone())).map(double),
            )
            .map(|(p, q)| p * q)
    }
    fork_in_an_arm_that_filters: |a, b| {
        from_iter(0..50u64)
            .fork(
                |x| just(x).then(on(A.clone())).filter(|x| x % 3 != 0).fork(|x| just(x).then(on(B.clone())).map(double), |x| just(x).filter(|x| x % 5 != 0)),
                |x| just(x),
            )
            .map(|((p, q), r)| p + q + r)
    }
    route_in_an_arm_that_filters: |a, b| {
        from_iter(0..50u64)
            .fork(
                |x| just(x).filter(|x| x % 3 != 0).then(on(A.clone())).route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).map(double), |x| just(x).filter(|x| x % 5 != 0)),
                |x| just(x),
            )
            .map(|(p, r)| p + r)
    }
    fork_behind_a_fork: |a, b| {
        from_iter(0..50u64)
            .fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x))
            .map(|(p, q)| p + q)
            .fork(|x| just(x).then(on(B.clone())).map(double), |x| just(x).then(on(A.clone())).map(|x| x + 1))
    }
    fork_behind_a_fork_at_once: |a, b| {
        from_iter(0..50u64)
            .fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x))
            .fork(|x| just(x).then(on(B.clone())).map(|(p, q)| p + q), |x| just(x).then(on(A.clone())).map(|(p, _)| p + 1))
    }
    arm_that_hops_sequences: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).and(later).map(double), |x| just(x).and(later)).map(|(p, q)| p + q)
    }
    arm_sequences_before_its_hop: |a, b| { from_iter(0..30u64).fork(|x| just(x).and(later).then(on(A.clone())).map(double), later) }
    arm_that_hops_sequences_and_filters: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).and(|x| just(x).filter(|x| x % 2 == 0)).map(double), |x| just(x))
    }
    arm_that_hops_and_uses_its_variable: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x + 1).map(move |y| x + y))
    }
    arm_that_hops_remembers: |a, b| {
        from_iter(0..30u64).fork(|x| just(x).then(on(A.clone())).scan(10u64, |s, x| { *s += x; *s }), |x| just(x)).map(|(p, q)| p + q)
    }
    arm_that_hops_joins: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).join(from_iter(0..3u64)), |x| just(x)) }
    arm_that_hops_joins_behind_a_filter: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).filter(|x| x % 2 == 0).join(from_iter(0..3u64).filter(|x| x % 2 == 1)), |x| just(x)) }
    arm_that_fails_joins_nothing: |a, b| { from_iter(0..9u64).fork(|x| just(x).try_map(even).join(from_iter(0..0u64)), |x| just(x)) }
    arm_that_filters_joins_nothing: |a, b| { from_iter(1..9u64).fork(|x| just(x).filter(|x| x % 2 == 0).join(from_iter(0..0u64)), |x| just(x)) }
    arm_that_filters_and_hops_joins_nothing: |a, b| { from_iter(1..9u64).route(|x| *x < 9, |x| just(x).then(on(A.clone())).filter(|x| x % 2 == 0).join(from_iter(0..0u64)).map(|(p, _)| p), |x| just(x)) }
    arm_joins_what_fails: |a, b| { from_iter(0..9u64).fork(|x| just(x).join(from_iter([5u64]).try_map(even)).map(|(p, q)| p + q), |x| just(x).try_map(small)) }
    arm_joins_from_its_variable: |a, b| { from_iter(0..9u64).fork(|x| just(x).join(from_iter(x..99u64).map(double)), |x| just(x)) }
    arm_scans_from_its_variable: |a, b| { from_iter(0..9u64).fork(|x| just(x).scan(x, |s, x| { *s += x; *s }), |x| just(x)) }
    arm_that_hops_scans_from_its_variable: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).scan(x, |s, x| { *s += x; *s }), |x| just(x)) }
    arm_that_hops_repeats: |a, b| { from_iter(0..9u64).fork(|x| just(x).repeat(2).then(on(A.clone())).map(double), |x| just(x)) }
    arm_of_a_join_in_a_route: |a, b| { from_iter(0..9u64).route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).join(from_iter(3..5u64).scan(1u64, |s, x| { *s += x; *s })).map(|(p, q)| p + q), |x| just(x).scan(7u64, |s, x| { *s += x; *s })) }
    arm_that_joins: |a, b| { from_iter(0..9u64).fork(|x| just(x).join(from_iter(0..3u64)), |x| just(x)) }
    batch_behind_arms_that_hop: |a, b| {
        from_iter(0..10u64).fork(|x| just(x).then(on(A.clone())).map(double), |x| just(x)).batch::<4>().map(|batch| batch.to_vec())
    }
    batch_before_arms_that_hop: |a, b| {
        from_iter(0..10u64).batch::<4>().map(|batch| batch.to_vec()).fork(|x| just(x).then(on(A.clone())).map(|x| x.len()), |x| just(x))
    }
    arms_hop_over_small_edges: |a, b| {
        from_iter(0..200u64).fork(|x| just(x).then(on(A.clone()).capacity(1)).map(double), |x| just(x).then(on(B.clone()).capacity(2)).map(double)).map(|(p, q)| p + q)
    }
    arms_hop_with_drops: |a, b| {
        from_iter(0..30u64).map(|x| vec![x.to_string()]).fork(|x| just(x).then(on(A.clone())).map(|x| x.concat()), |x| just(x).then(on(B.clone())).filter(|x| x.concat() != "7"))
    }

    routes_hop: |a, b| { from_iter(0..50u64).route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).map(double), |x| just(x).then(on(B.clone())).map(|x| x + 100)) }
    route_hops_one_way: |a, b| { from_iter(0..50u64).route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).map(double), |x| just(x + 100)).map(|x| x + 1) }
    route_hops_and_goes_on_elsewhere: |a, b| {
        from_iter(0..50u64).route(|x| x % 7 == 0, |x| just(x).then(on(A.clone())).map(double), |x| just(x + 100)).then(on(B.clone())).map(|x| x + 1)
    }
    route_that_hops_filters: |a, b| {
        from_iter(0..50u64).route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).filter(|x| x % 2 == 0), |x| just(x).filter_map(|x| (x % 5 == 0).then_some(x)))
    }
    route_that_hops_fails: |a, b| {
        from_iter([0u64, 4, 8, 3, 5, 6]).route(|x| *x > 4, |x| just(x).then(on(A.clone())).try_map(even), |x| just(x).then(on(B.clone())).try_map(small))
    }
    route_that_hops_is_mended: |a, b| {
        from_iter(0..30u64).route(|x| *x > 4, |x| just(x).then(on(A.clone())).try_map(even), |x| just(x).then(on(B.clone())).map(double)).or_else(|Odd(x)| just(x + 1000))
    }
    route_in_a_route: |a, b| {
        from_iter(0..50u64).route(
            |x| x % 2 == 0,
            |x| just(x).then(on(A.clone())).route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(double), |x| just(x + 1)),
            |x| just(x).then(on(A.clone())).map(|x| x + 1000),
        )
    }

    arm_that_hops_skips: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).filter(skip(3)), |x| just(x).map(counting(7))) }
    arm_that_hops_counts: |a, b| {
        from_iter(0..9u64).fork(|x| just(x).map(counting(7)).then(on(A.clone())).map(counting(8)), |x| just(x).then(on(B.clone())).filter(skip(0)))
    }
    arm_that_hops_has_a_window: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).filter_map(window::<_, 1>()), |x| just(x)) }
    arm_that_hops_sequences_with_a_memory: |a, b| { from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).and(counting_later(7)), |x| just(x)) }
    arm_that_hops_mends_with_a_memory: |a, b| {
        from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).try_map(even).or_else(counting_mends(7)), |x| just(x))
    }
    function_beside_an_arm_that_hops_is_made_once: |a, b| { from_iter(0..9u64).fork(counting_later(7), |x| just(x).then(on(A.clone())).map(double)) }
    function_in_an_arm_that_hops_is_made_anew: |a, b| {
        from_iter(0..9u64).fork(|x| just(x).then(on(A.clone())).fork(counting_later(7), |x| just(x).then(on(B.clone())).map(counting(8))), |x| just(x))
    }
    ways_of_a_route_that_hops_remember_nothing: |a, b| {
        from_iter(0..9u64).route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).map(counting(7)), |x| just(x).filter(skip(1)))
    }
    route_that_hops_chooses_with_a_memory: |a, b| {
        from_iter(0..9u64).route(skip(4), |x| just(x).then(on(A.clone())).map(double), |x| just(x + 100))
    }
    route_that_hops_in_an_arm_chooses_with_a_memory: |a, b| {
        from_iter(0..9u64).fork(|x| just(x).route(skip(1), |x| just(x).then(on(A.clone())).map(double), |x| just(x).map(counting(7))), |x| just(x))
    }
}
