//! Arms on the context of what they branch from.

use fusewire::prelude::*;

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
}
