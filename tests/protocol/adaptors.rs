//! Adaptors that change a completion on the spot.

use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::prelude::*;

use crate::ladder::{Input, check, completes};
use crate::script::{ENDED, FILTERED, Failure, PANICKED, REQUESTED, Wider, error, stopped, value};

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

#[test]
fn map() {
    check!(
        |s| completes::<String, Failure, _>(is_script(s).map(|n| format!("<{n}>"))),
        EACH => [
            value("<1>".to_owned()), error(7), stopped(Filtered), stopped(Ended), stopped(Requested),
            stopped(Panicked), value("<2>".to_owned()),
        ],
    );
}

#[test]
fn try_map_joins_the_earlier_error() {
    let even = |n: i32| if n % 2 == 0 { Ok(n * 10) } else { Err(Wider(n as u8)) };
    check!(
        |s| completes::<i32, Wider, _>(is_script(s).try_map(even)),
        EACH => [
            Completion::Error(Wider(1)), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended),
            stopped(Requested), stopped(Panicked), value(20),
        ],
    );
}

#[test]
fn try_map_after_a_sender_that_cannot_fail() {
    let halves = from_iter([4, 5]).try_map(|n| if n % 2 == 0 { Ok(n / 2) } else { Err("odd") });
    let halves = completes::<i32, &str, _>(halves);
    assert_eq!(block_on(halves.clone()), Completion::Value(2));
    assert_eq!(block_on(halves.repeat(2)), Completion::Error("odd"));
}

#[test]
fn filter() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).filter(|n| n % 2 == 0)),
        EACH => [stopped(Filtered), error(7), FILTERED, ENDED, REQUESTED, PANICKED, value(2)],
    );
}

#[test]
fn filter_map() {
    check!(
        |s| completes::<char, Failure, _>(is_script(s).filter_map(|n| (n == 2).then_some('b'))),
        EACH => [
            stopped(Filtered), error(7), stopped(Filtered), stopped(Ended), stopped(Requested),
            stopped(Panicked), value('b'),
        ],
    );
}

#[test]
fn scan_keeps_its_state_from_pass_to_pass() {
    let sum = |sum: &mut i64, n: i32| {
        *sum += i64::from(n);
        *sum
    };
    check!(
        |s| completes::<i64, Failure, _>(is_script(s).scan(10, sum)),
        EACH => [
            value(11), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
            value(13),
        ],
    );
}

#[test]
fn inspect_value_sees_values_only() {
    let seen = std::sync::Mutex::new(Vec::new());
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).inspect_value(|n| seen.lock().unwrap().push(*n))),
        EACH => EACH,
    );
    assert!(seen.into_inner().unwrap().chunks(2).all(|pair| pair == [1, 2] || pair == [1]));
}

#[test]
fn map_err() {
    check!(
        |s| completes::<i32, u32, _>(is_script(s).map_err(|failure| u32::from(failure.0) * 2)),
        EACH => [
            value(1), Completion::Error(14), stopped(Filtered), stopped(Ended), stopped(Requested),
            stopped(Panicked), value(2),
        ],
    );
}

#[test]
fn upon_stopped_makes_a_value_of_a_stop_of_the_pass() {
    let code = |reason| match reason {
        Filtered => -1,
        Requested => -3,
        _ => unreachable!("what is about the whole graph goes past every function"),
    };
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).upon_stopped(code)),
        EACH => [value(1), error(7), value(-1), ENDED, value(-3), PANICKED, value(2)],
    );
}

#[test]
fn for_each() {
    let sum = std::sync::atomic::AtomicI32::new(0);
    let add = |n| {
        sum.fetch_add(n, std::sync::atomic::Ordering::Relaxed);
    };
    check!(
        |s| completes::<(), Failure, _>(is_script(s).for_each(add)),
        EACH => [
            value(()), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
            value(()),
        ],
    );
    // Inline and later saw both values, and the abandoned pass none.
    assert_eq!(sum.into_inner(), 6);
}

#[test]
fn a_function_returns_a_graph() {
    fn enriched(n: i32) -> impl Sender<Value = (i32, String), Error = Failure> {
        just(n).try_map(|n| if n < 0 { Err(Failure(1)) } else { Ok(n) }).map(|n| (n, n.to_string()))
    }
    assert_eq!(block_on(enriched(4)), value((4, "4".to_owned())));
    assert_eq!(block_on(just(-4).and(enriched)), error(1));
}

#[test]
fn functions_borrow() {
    let mut seen = Vec::new();
    let text = String::from("42");
    let parsed = block_on(just(&text).map(|text| text.len()).inspect_value(|n| seen.push(*n)));
    assert_eq!(parsed, Completion::<_, Never>::Value(2));
    assert_eq!(seen, [2]);
}
