//! Adaptors that take the whole chain before them.

use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle, throttle_by, window};

use super::{Odd, both, double, even, evens, plain};

both! {
    upon_error: |a, b| { from_iter(0..6u64).try_map(even).upon_error(|Odd(x)| x + 1000).map(double) }
    upon_error_between_hops: |a, b| {
        from_iter(0..9u64).try_map(even).then(on(a)).upon_error(|Odd(x)| x + 1000).then(on(b)).map(double)
    }
    into_result: |a, b| { from_iter(0..6u64).try_map(even).into_result().map(|r| r.map_err(|Odd(x)| x)).then(on(a)) }
    stopped_as_none: |a, b| { from_iter(0..6u64).filter(|x| x % 2 == 0).stopped_as_none().map(|x| x.unwrap_or(99)) }
    stopped_as_error: |a, b| { from_iter([2u64, 4, 5]).filter(|x| x % 2 == 0).stopped_as_error(|_| Odd(0)).map(double) }
    materialize: |a, b| { from_iter(0..6u64).try_map(even).materialize().map(|c| format!("{c:?}")) }
    dematerialize: |a, b| { from_iter([0u64, 2, 3]).try_map(even).materialize().then(on(a)).dematerialize().map(double) }
    or_stopped: |a, b| { from_iter(0..6u64).filter(|x| x % 2 == 0).or_stopped(|_| just(7)).then(on(a)).map(double) }
    upon_stopped: |a, b| { from_iter(0..6u64).filter(|x| x % 2 == 0).upon_stopped(|_| 7).map(double) }
    sequence: |a, b| { from_iter(0..6u64).map(double).sequence(from_iter(10..99u64)).map(double) }
    finally: |a, b| { from_iter([0u64, 2, 3]).try_map(even).finally(|| just(())).map(double) }
    retry: |a, b| { from_iter(0..9u64).try_map(even).retry(1).map(double) }
    retry_gives_up: |a, b| { from_iter([0u64, 1, 2, 3, 5, 7]).try_map(even).retry(1).map(double) }
    retry_over_a_hop: |a, b| { from_iter(0..9u64).then(on(a)).try_map(even).retry(1).then(on(b)).map(double) }
    repeat_until: |a, b| { from_iter(0..12u64).map(double).repeat_until(|x| x % 3 == 0).map(|x| x + 1) }
    unstoppable: |a, b| { from_iter(0..4u64).map(double).unstoppable().unless_stop_requested().map(double) }
    timeout: |a, b| {
        from_iter(0..6u64).then(on(a)).map(double).timeout(std::time::Duration::from_secs(3600)).then(on(b)).map(double)
    }
    take: |a, b| { from_iter(0..9u64).then(on(a)).map(double).take(3).then(on(b)).map(double) }
    take_more_than_there_is: |a, b| { from_iter(0..3u64).take(9).map(double) }
    take_none: |a, b| { from_iter(0..3u64).take(0).map(double) }
    take_counts_no_errors: |a, b| { from_iter([0u64, 1, 2, 4]).try_map(even).take(2).map(double) }
    take_while: |a, b| { from_iter(0..9u64).then(on(a)).take_while(|x| *x < 5).then(on(b)).map(double) }
    skips: |a, b| { from_iter(0..9u64).then(on(a)).filter(skip(3)).then(on(b)).map(double) }
    windows: |a, b| { from_iter(0..9u64).then(on(a)).filter_map(window()).then(on(b)).map(|last: [u64; 3]| last[0] * 10 + last[2]) }
    only_changes: |a, b| { from_iter([1u64, 1, 2, 2, 1]).then(on(a)).filter(changes()).map(double) }
    throttles_by_value: |a, b| { from_iter(0..40u64).filter(throttle_by(7, |x: &u64| *x)).then(on(b)).map(double) }
    throttles: |a, b| { from_iter(0..40u64).filter(throttle(std::time::Duration::from_secs(3600))).then(on(b)).map(double) }
    stop_when: |a, b| { from_iter(0..6u64).map(double).stop_when(never::<()>()).map(double) }
    any_of_two: |a, b| { when_any(from_iter(0..6u64).then(on(a)), never::<u64>()).map(double).then(on(b)) }
    all_of_two: |a, b| {
        when_all(from_iter(0..6u64).then(on(a)).map(double), from_iter(3..99u64).then(on(b))).map(|(p, q)| p + q)
    }
    when_all_at_once: |a, b| { when_all4(from_iter(0..4u64), just(1u64), from_iter(3..9u64), just(2u64)).map(|t| t.0 + t.2) }
    when_all_fails: |a, b| {
        when_all(from_iter([0u64, 2, 3]).then(on(a)).try_map(even), from_iter(0..9u64).then(on(b))).map(|(p, q)| p + q)
    }
    wraps_twice: |a, b| {
        from_iter(0..12u64).try_map(even).retry(1).then(on(a)).filter(|x| x % 4 == 0).stopped_as_none().map(|x| x.is_some())
    }
    wraps_what_filters: |a, b| { from_iter(0..40u64).filter(|x| x % 3 == 0).take(9).map(double) }
    wraps_what_filters_to_its_end: |a, b| { from_iter(0..40u64).filter(|x| x % 3 == 0).take(99).then(on(a)).map(double) }
    wraps_what_filters_all: |a, b| { from_iter(0..5_000u64).filter(|_| false).finally(|| just(())).then(on(a)).map(double) }
    wraps_what_filters_behind_a_hop: |a, b| {
        from_iter(0..40u64).then(on(a)).filter_map(|x| (x % 4 == 1).then_some(x)).finally(|| just(())).then(on(b)).map(double)
    }
    wraps_what_filters_and_fails: |a, b| {
        from_iter(0..9u64).filter(|x| x % 3 != 1).try_map(even).finally(|| just(())).or_else(|Odd(x)| just(x + 100)).map(double)
    }
    wraps_what_fails_behind_a_filter: |a, b| { from_iter([2u64, 1, 4, 9]).filter(|x| *x != 1).try_map(even).take(9).map(double) }
    wraps_what_gathers: |a, b| { from_iter(0..10u64).batch::<3>().take(9).map(|batch| batch.len()) }
    wraps_what_gathers_behind_a_hop: |a, b| {
        from_iter(0..10u64).then(on(a)).batch::<3>().finally(|| just(())).map(|batch| batch.to_vec())
    }
    wraps_what_gathers_behind_a_stage_that_waits: |a, b| {
        merge(from_iter(0..7u64), from_iter(9..12u64)).and(just).batch::<3>().map(|batch| batch.to_vec()).and(just).finally(|| just(()))
    }
    wraps_what_gathers_on_both_sides_of_a_hop: |a, b| {
        from_iter(0..7u64).batch::<2>().map(|batch| batch.iter().sum::<u64>()).then(on(a)).batch::<3>()
            .map(|batch| batch.to_vec()).then(on(b)).finally(|| just(()))
    }
    wraps_what_gathers_behind_shards: |a, b| {
        from_iter(0..7u64).shard(|x| *x, [a, b], |_| |x| just(x * 2)).batch::<2>().finally(|| just(())).map(|batch| batch.to_vec())
    }
    wraps_what_gathers_behind_what_meets: |a, b| {
        from_iter(0..9u64).join(from_iter(2..7u64).then(on(a))).then(on(b)).map(|(x, y)| x * y).batch::<2>().finally(|| just(()))
            .map(|batch| batch.to_vec())
    }
    a_function_that_filters: |a, b| { evens().map(double).filter(|x| x % 3 == 0).then(on(a)).map(|x| x + 1) }
    wraps_in_an_arm: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).try_map(even).upon_error(|Odd(x)| x), |x| just(x).map(double))
    }
}
