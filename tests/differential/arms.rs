//! Arms on the context of what they branch from.

use fusewire::prelude::*;

use fusewire::stages::{skip, window};

use super::memory::{
    counting, counting_errors, counting_later, counting_mends, never_twice, stepping, takes_once,
    twice_is_odd,
};
use super::{Wrong, both, double, even, later, plain, small};

both! {
    forks: |a, b| { from_iter(0..5u64).fork(|x| just(x).map(double), |x| just(x + 1).map(|x| x as f64)) }
    fork_of_three: |a, b| { from_iter(0..5u64).fork3(|x| just(x), |x| just(x).map(double), |x| just(x * 3)) }
    fork_of_four: |a, b| {
        from_iter(0..5u64).fork4(|x| just(x), |x| just(x).map(double), |x| just(x * 3), |x| just(x).map(|x| x.to_string()))
    }
    fork_in_a_fork: |a, b| {
        from_iter(0..5u64).fork(|x| just(x).fork(|x| just(x).map(double), |x| just(x)), |x| just(x)).map(|((p, q), r)| p + q + r)
    }
    fork_that_filters: |a, b| { from_iter(0..6u64).fork(|x| just(x).filter(|x| x % 2 == 0), |x| just(x)) }
    fork_that_fails: |a, b| { from_iter([0u64, 2, 5]).fork(|x| just(x).try_map(even), |x| just(x).map(double)) }
    fork_whose_last_arm_fails: |a, b| { from_iter([0u64, 2, 5]).fork(|x| just(x).map(double), |x| just(x).try_map(even)) }
    errors_of_arms_join: |a, b| { from_iter([0u64, 2, 5]).fork(|x| just(x).try_map(even), |x| just(x).try_map(small)) }
    errors_of_later_arms_join: |a, b| { from_iter([0u64, 2, 6]).fork(|x| just(x).try_map(even), |x| just(x).try_map(small)) }
    errors_of_three_arms_join: |a, b| {
        from_iter([0u64, 2, 5]).fork3(|x| just(x).try_map(even), |x| just(x), |x| just(x).try_map(small)).map(|t| t.0)
    }
    errors_before_and_in_arms_join: |a, b| {
        from_iter([0u64, 2, 5]).try_map(even).fork(|x| just(x).try_map(small), |x| just(x)).map_err(|e: Wrong| e.to_string()).map(|t| t.0)
    }
    errors_of_a_route_join: |a, b| {
        from_iter([0u64, 4, 5, 6]).route(|x| *x > 4, |x| just(x).try_map(even), |x| just(x).try_map(small)).map_err(|e: Wrong| e.to_string())
    }
    fork_of_functions: |a, b| { from_iter(0..4u64).fork(later, |x| just(x)) }
    fork_that_sequences: |a, b| { from_iter(0..4u64).fork(|x| just(x).and(later), |x| just(x)).map(|(p, q)| p * q) }
    fork_behind_an_error: |a, b| { from_iter([0u64, 2, 5]).try_map(even).fork(|x| just(x), |x| just(x).map(double)) }
    arm_that_uses_its_variable: |a, b| {
        from_iter(0..5u64).fork(|x| just(x + 1).map(move |y| y * x), |x| just(x)).map(|(p, q)| p + q)
    }
    arm_whose_stage_hides_its_variable: |a, b| { from_iter(0..5u64).fork(|x| just(x + 1).map(|x| x * 2), |x| just(x)) }
    arm_that_prints_its_variable: |a, b| {
        from_iter(0..5u64).route(|x| *x > 2, |x| just(x + 1).map(move |y| format!("{x} {y}")), |x| just(x.to_string()))
    }
    arm_of_a_pattern: |a, b| {
        from_iter(0..5u64).map(|x| (x, x + 1)).fork(|(x, _)| just(x).map(double), |(x, y)| just(y).map(move |y| x * y))
    }
    fork_with_state: |a, b| {
        from_iter(0..5u64).fork(|x| just(x).scan(10u64, |s, x| { *s += x; *s }), |x| just(x)).map(|(p, q)| p + q)
    }

    routes: |a, b| { from_iter(0..6u64).route(|x| *x > 2, |x| just(x).map(double), |x| just(x + 100)) }
    route_that_filters: |a, b| { from_iter(0..6u64).route(|x| *x > 2, |x| just(x).filter(|x| x % 2 == 0), |x| just(x)) }
    route_that_fails: |a, b| { from_iter([0u64, 4, 5, 6]).route(|x| *x > 2, |x| just(x).try_map(even), |x| just(x)) }
    route_in_a_fork: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).route(|x| x % 2 == 0, |x| just(x).map(double), |x| just(x)), |x| just(x))
    }
    route_that_sequences: |a, b| { from_iter(0..6u64).route(|x| *x > 2, |x| just(x).and(later), |x| just(x)) }

    arm_skips: |a, b| { from_iter(0..6u64).fork(|x| just(x).filter(skip(3)), |x| just(x)) }
    arm_skips_none: |a, b| { from_iter(0..6u64).fork(|x| just(x).filter({ skip(0) }).map(double), |x| just(x).filter(skip(0))) }
    arm_has_a_window: |a, b| { from_iter(0..6u64).fork(|x| just(x).filter_map(window::<_, 1>()), |x| just(x)) }
    arm_has_a_window_of_two: |a, b| { from_iter(0..6u64).fork(|x| just(x).filter_map(window::<_, 2>()), |x| just(x)) }
    arm_counts: |a, b| { from_iter(0..6u64).fork(|x| just(x).map(counting(7)).map(double), |x| just(x)).map(|(p, q)| p + q) }
    arm_counts_in_a_block: |a, b| { from_iter(0..6u64).fork(|x| just(x).map({ let mut n = 7; move |x| { n += x; n } }), |x| just(x)) }
    arm_counts_by_a_macro: |a, b| { from_iter(0..6u64).fork(|x| just(x).map(made!(7)), |x| just(x)) }
    arm_counts_by_a_method: |a, b| { from_iter(0..6u64).fork(|x| just(x).map(counting(7).clone()), |x| just(x)) }
    arm_counts_by_a_choice: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).map(if cfg!(test) { counting(7) } else { counting(9) }), |x| just(x).map(match "a".len() { 1 => counting(7), n => counting(n as u64) }))
    }
    arm_looks_and_takes: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).inspect_value(never_twice()).map(double), |x| just(x).for_each(takes_once()))
    }
    arm_scans_with_a_memory: |a, b| { from_iter(0..6u64).fork(|x| just(x).scan(1u64, stepping()), |x| just(x)) }
    arm_fails_the_second_time: |a, b| { from_iter(0..6u64).fork(|x| just(x).try_map(twice_is_odd()), |x| just(x)) }
    arm_counts_its_errors: |a, b| {
        from_iter([0u64, 2, 5]).fork(|x| just(x).try_map(even).map_err(counting_errors()).map(double), |x| just(x))
    }
    arm_sequences_with_a_memory: |a, b| { from_iter(0..6u64).fork(|x| just(x).and(counting_later(7)), |x| just(x)) }
    arm_mends_with_a_memory: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).try_map(even).or_else(counting_mends(7)).map(double), |x| just(x))
    }
    arm_in_an_arm_skips: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).map(counting(1)).fork(|x| just(x).map(counting(7)), |x| just(x).filter(skip(0))), |x| just(x))
    }
    arm_chooses_with_a_memory: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).route(skip(1), |x| just(x).map(double), |x| just(x + 100)), |x| just(x))
    }
    arm_joins_with_a_memory: |a, b| { from_iter(0..6u64).fork(|x| just(x).join(from_iter(0..3u64).map(counting(7))), |x| just(x)) }
    fork_counts_before_its_arms: |a, b| { from_iter(0..6u64).map(counting(7)).fork(|x| just(x), |x| just(x).map(double)).filter(skip(2)) }
    ways_of_a_route_remember_nothing: |a, b| { from_iter(0..9u64).route(|x| x % 2 == 0, |x| just(x).filter(skip(2)), |x| just(x).map(counting(7))) }
    route_chooses_with_a_memory: |a, b| { from_iter(0..6u64).route(skip(3), |x| just(x).map(counting(7)), |x| just(x + 100)) }
}

macro_rules! made {
    ($from:literal) => {
        counting($from)
    };
}
use made;
