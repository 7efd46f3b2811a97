//! One description of each adaptor, run plain and fused: what it makes of a value, an error and every stop; the facts that go through
//! it; a drop before the start; a stop while it runs; passes that complete inside of their start and later.
//!
//! `tests/inventory.rs` fails when an adaptor has no description here, and is not said to climb elsewhere.

use std::time::Instant;

use fusewire::adaptors::{Elapsed, Retry, SenderExt};
use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::context::manual::Manual;
use fusewire::on::on;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

use crate::ladder::{self, Input};
use crate::script::{ENDED, FILTERED, Failure, PANICKED, REQUESTED, Script, Wider, error, stopped, value};

/// One of each completion, values before and after.
const EACH: [Input; 7] = [
    Completion::Value(1),
    Completion::Error(Failure(7)),
    FILTERED,
    ENDED,
    REQUESTED,
    PANICKED,
    Completion::Value(2),
];

fn is_script(sender: impl Sender<Value = i32, Error = Failure>) -> impl Sender<Value = i32, Error = Failure> {
    sender
}

/// Runs one form of a description: `$build` puts it behind a sender, whose type differs between the rungs.
macro_rules! climb {
    ($facts:ident, $later:ident, $build:expr, $script:expr, $expected:expr) => {{
        let script = Script::new(&$script);
        let expected = $expected;
        let inline = || ($build)(script.clone());
        ladder::inline(inline, &expected);
        ladder::$facts(inline, &script);
        ladder::dropped_unstarted(inline, &script);
        let manual = Manual::new();
        let later = || ($build)(SenderExt::then(script.clone(), on(manual.clone())));
        ladder::$later(later, &manual, &expected);
        ladder::dropped_unstarted(later, &script);
        let manual = Manual::new();
        let stopped = || ($build)(SenderExt::then(script.clone(), on(manual.clone())));
        ladder::stopped_while_running(stopped, &manual);
    }};
}

/// What stands behind a sender, and what becomes of what that completes with; each is a test of its name.
macro_rules! described {
    ($($(#[$about:meta])* $name:ident: [$($chain:tt)*], $script:expr => $expected:expr;)*) => {$(
        $(#[$about])*
        #[test]
        fn $name() {
            climb!(facts_reach, later, |sender| is_script(sender) $($chain)*, $script, $expected);
            climb!(facts_reach_by_the_start, later_at_home, |sender| fuse! { is_script(sender) $($chain)* }, $script, $expected);
        }
    )*};
}

described! {
    map: [.map(|n| format!("<{n}>"))], EACH => [
        value("<1>".to_owned()), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
        value("<2>".to_owned()),
    ];
    try_map: [.try_map(|n| if n % 2 == 0 { Ok(n * 10) } else { Err(Wider(9)) })], EACH => [
        Completion::Error(Wider(9)), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended), stopped(Requested),
        stopped(Panicked), value(20),
    ];
    filter: [.filter(|n| n % 2 == 0)], EACH =>
        [stopped(Filtered), error(7), FILTERED, ENDED, REQUESTED, PANICKED, value(2)];
    filter_map: [.filter_map(|n| (n == 2).then_some('b'))], EACH => [
        stopped(Filtered), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value('b'),
    ];
    scan: [.scan(10_i64, |sum, n| { *sum += i64::from(n); *sum })], EACH => [
        value(11), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value(13),
    ];
    inspect_value: [.inspect_value(|n| assert!(*n < 3))], EACH => EACH;
    map_err: [.map_err(|failure: Failure| u32::from(failure.0) * 2)], EACH => [
        value(1), Completion::Error(14), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value(2),
    ];
    upon_stopped: [.upon_stopped(|reason| if reason == Filtered { -1 } else { -3 })], EACH =>
        [value(1), error(7), value(-1), ENDED, value(-3), PANICKED, value(2)];
    upon_error: [.upon_error(|Failure(code)| -i32::from(code))], EACH => [
        value::<_, Never>(1), value(-7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value(2),
    ];
    inspect_error: [.inspect_error(|failure| assert_eq!(failure.0, 7))], EACH => EACH;
    for_each: [.for_each(|n| assert!(n < 3))], EACH => [
        value(()), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value(()),
    ];
    and: [.and(|n| just(n).try_map(|n| if n == 2 { Err(Wider(2)) } else { Ok(n + 4) }))], EACH => [
        value(5), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
        Completion::Error(Wider(2)),
    ];
    or_else: [.or_else(|Failure(code)| just(i32::from(code)).try_map(|n| if n == 7 { Err(Wider(0)) } else { Ok(n) }))],
        [value(1), error(7), error(8), FILTERED, ENDED, REQUESTED, PANICKED] => [
            value(1), Completion::Error(Wider(0)), value(8), stopped(Filtered), stopped(Ended), stopped(Requested),
            stopped(Panicked),
        ];
    or_stopped: [.or_stopped(|reason| just(9).try_map(move |n| if reason == Filtered { Ok(n) } else { Err(Failure(8)) }))],
        EACH => [value(1), error(7), value(9), ENDED, error(8), PANICKED, value(2)];
    route: [.route(|n| *n == 1, |n| just(n).map(|n| n + 10), |n| just(n).try_map(|n| if n == 2 { Err(Failure(2)) } else { Ok(n) }))],
        [value(1), value(2), value(3), error(7), FILTERED, ENDED, REQUESTED, PANICKED] =>
        [value(11), error(2), value(3), error(7), FILTERED, ENDED, REQUESTED, PANICKED];
    fork: [.fork(|n| just(n).map(|n| n + 1), |n| just(n).map(|n| n * 10))], EACH => [
        value((2, 10)), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value((3, 20)),
    ];
    fork3: [.fork3(|n| just(n).map(|n| n + 1), |n| just(n).map(|n| n * 10), |n| just(n).filter(|n| *n == 2))], EACH => [
        stopped(Filtered), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value((3, 20, 2)),
    ];
    fork4: [.fork4(|n| just(n).map(|n| n + 1), |n| just(n).map(|n| n + 2), |n| just(n).map(|n| n - 1), |n| just(n).map(|n| -n))], EACH => [
        value((2, 3, 0, -1)), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
        value((3, 4, 1, -2)),
    ];
    repeat_until: [.repeat_until(|n| *n == 2)], [value(1), value(2), value(3), error(7), value(2), ENDED, REQUESTED, PANICKED] =>
        [value(2), error(7), value(2), ENDED, REQUESTED, PANICKED];
    into_result: [.into_result()], EACH => [
        value::<_, Never>(Ok(1)), value(Err(Failure(7))), stopped(Filtered), stopped(Ended), stopped(Requested),
        stopped(Panicked), value(Ok(2)),
    ];
    stopped_as_none: [.stopped_as_none()], EACH => [
        value(Some(1)), error(7), value(None), stopped(Ended), value(None), stopped(Panicked), value(Some(2)),
    ];
    stopped_as_error: [.stopped_as_error(|reason| Wider(u8::from(reason == Filtered)))], EACH => [
        value(1), Completion::Error(Wider(107)), Completion::Error(Wider(1)), stopped(Ended), Completion::Error(Wider(0)),
        stopped(Panicked), value(2),
    ];
    materialize: [.materialize()], EACH => [
        value::<_, Never>(EACH[0]), value(EACH[1]), value(EACH[2]), stopped(Ended), value(EACH[4]), stopped(Panicked),
        value(EACH[6]),
    ];
    dematerialize: [.materialize().dematerialize()], EACH => EACH;
    sequence: [.sequence(from_iter(["a", "b"]))], EACH => [
        value("a"), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value("b"),
    ];
    finally: [.finally(|| just(()))], EACH => EACH;
    retry: [.retry(2)],
        [error(1), value(1), error(1), error(2), error(3), FILTERED, ENDED, REQUESTED, PANICKED, error(4), error(5), value(2)] =>
        [value(1), error(3), FILTERED, ENDED, REQUESTED, PANICKED, value(2)];
    retry_when: [.retry_when(|attempt: u32, error: &Failure| if error.0 < 5 && attempt < 3 { Retry::Now } else { Retry::GiveUp })],
        [error(1), error(5), error(1), error(2), error(3), error(4), value(1)] => [error(5), error(3), value(1)];
    take: [.take(2)], [value(1), error(7), FILTERED, value(2), value(3)] => [value(1), error(7), FILTERED, value(2)];
    take_while: [.take_while(|n| *n < 2)], [value(1), error(7), FILTERED, value(2), value(1)] =>
        [value(1), error(7), FILTERED, ENDED];
    unless_stop_requested: [.unless_stop_requested()], EACH => EACH;
    with_env: [.with_env(|env| env)], EACH => EACH;
    bulk: [.bulk(2, |_, n: &i32| assert!(*n < 3))], EACH => EACH;
    bulk_unchunked: [.bulk_unchunked(2, |at, n: &i32| if at == 1 && *n == 2 { Err(Wider(9)) } else { Ok(()) })], EACH => [
        value(1), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
        Completion::Error(Wider(9)),
    ];
    bulk_chunked: [.bulk_chunked(9, 4, |range, n: &i32| if range.start == 8 && *n == 2 { Err(Wider(9)) } else { Ok(()) })], EACH => [
        value(1), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
        Completion::Error(Wider(9)),
    ];
    bulk_each: [.map(|n| [n, 10]).bulk_each(|at, n: &mut i32| *n += at as i32)], EACH => [
        value([1, 11]), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value([2, 11]),
    ];
    bulk_each_chunked: [.map(|n| [n, 10, 20]).bulk_each_chunked(2, |first, part: &mut [i32]| part[0] += first as i32)], EACH => [
        value([1, 10, 22]), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
        value([2, 10, 22]),
    ];
}

/// Two that need more than a description has: a clock, and facts of their own.
#[test]
fn deadline_and_with_stop() {
    let (asked, late) = (StopSource::new(), Instant::now());
    asked.request_stop();
    let token = asked.token();
    assert_eq!(block_on(never::<u8>().with_stop(token.clone())), stopped(Requested));
    assert_eq!(block_on(fuse! { never::<u8>().with_stop(token) }), stopped(Requested));
    assert_eq!(block_on(never::<u8>().deadline(late)), Completion::Error(Elapsed));
    assert_eq!(block_on(fuse! { never::<u8>().deadline(late) }), Completion::Error(Elapsed));
}
