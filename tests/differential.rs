//! Plain and fused are one meaning: every graph here is written once and run four times, plain and
//! fused, for one pass by `block_on` and to its end by an engine. Values, their order, the first
//! error and the counts agree.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle, throttle_by, window};
use fusewire::wait::Wait;

#[derive(Debug, Clone, PartialEq)]
struct Odd(u64);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

#[derive(Debug, Clone, PartialEq)]
enum Wrong {
    Odd(u64),
    Large(u64),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Odd(x) => write!(f, "{x} is odd"),
            Self::Large(x) => write!(f, "{x} is large"),
        }
    }
}

impl std::error::Error for Wrong {}

impl From<Odd> for Wrong {
    fn from(Odd(x): Odd) -> Self {
        Self::Odd(x)
    }
}

#[stage]
fn double(x: u64) -> u64 {
    x * 2
}

#[stage]
fn even(x: u64) -> Result<u64, Odd> {
    if x.is_multiple_of(2) { Ok(x) } else { Err(Odd(x)) }
}

fn small(x: u64) -> Result<u64, Wrong> {
    if x < 6 { Ok(x) } else { Err(Wrong::Large(x)) }
}

fn later(x: u64) -> impl Sender<Value = u64, Error = Never> {
    just(x).map(|x| x + 100)
}

fn fallible(x: u64) -> impl Sender<Value = u64, Error = Odd> {
    just(x).try_map(even)
}

/// A graph that cannot be looked into, and filters.
fn evens() -> impl Sender<Value = u64, Error = Never> {
    from_iter(0..40u64).filter(|x| x % 2 == 0)
}

/// Everything that can be seen of a graph.
#[derive(Debug)]
struct Seen {
    once: String,
    values: Vec<String>,
    outcome: String,
}

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

static A: LazyLock<Cpu> = LazyLock::new(|| cpu("a"));
static B: LazyLock<Cpu> = LazyLock::new(|| cpu("b"));
static HOME: LazyLock<Engine> = LazyLock::new(|| Engine::on(cpu("home")));

fn run<S>(graph: S) -> String
where
    S: Sender<Value: Send, Error: fmt::Display + Send + 'static> + Send + 'static,
{
    match HOME.run(graph).unwrap().join() {
        Ok(report) => format!("{} passes of {} to the end", report.completed, report.started),
        Err(error) => format!("error: {error}"),
    }
}

/// `name: |a, b| chain` is a test; `a` and `b` are contexts that the chain may hop to.
macro_rules! both {
    ($($name:ident: |$a:ident, $b:ident| { $($chain:tt)* })*) => {
        $(
            #[test]
            #[allow(unused_variables, reason = "not every chain hops")]
            fn $name() {
                macro_rules! seen {
                    ($form:ident) => {{
                        let ($a, $b) = (A.clone(), B.clone());
                        let once = format!("{:?}", block_on($form! { $($chain)* }));
                        let ($a, $b) = (A.clone(), B.clone());
                        let values = Arc::new(Mutex::new(Vec::new()));
                        let log = values.clone();
                        let graph = $form! { $($chain)* .for_each(move |v| log.lock().unwrap().push(format!("{v:?}"))) };
                        let outcome = run(graph);
                        let values = std::mem::take(&mut *values.lock().unwrap());
                        Seen { once, values, outcome }
                    }};
                }
                let (plain, fused) = (seen!(plain), seen!(fuse));
                assert!(!plain.outcome.is_empty());
                assert_eq!(plain.once, fused.once, "plain on the left, fused on the right");
                assert_eq!(plain.outcome, fused.outcome, "plain on the left, fused on the right");
                assert_eq!(plain.values, fused.values, "plain on the left, fused on the right");
            }
        )*
    };
}

macro_rules! plain {
    ($($chain:tt)*) => { { $($chain)* } };
}

both! {
    source_alone: |a, b| { from_iter(0..9u64) }
    merges: |a, b| { merge(from_iter(0..9u64), from_iter(100..104u64)).map(double) }
    merges_three: |a, b| { merge3(from_iter(0..9u64), from_iter(100..104u64), from_iter(200..209u64)).map(double) }
    merges_four: |a, b| { merge4(from_iter(0..3u64), from_iter(10..14u64), from_iter(20..29u64), from_iter(30..31u64)) }
    merges_by_priority: |a, b| { merge_by_priority(from_iter(0..9u64), from_iter(100..104u64)).map(double).then(on(a)).filter(|x| x % 3 == 0) }
    merges_chains: |a, b| { merge(from_iter(0..20u64).map(double), from_iter(0..7u64).map(double).and(later)).map(double) }
    merges_errors: |a, b| { merge(from_iter(0..9u64).try_map(even), from_iter(100..104u64)).map(double) }
    merge_eachs: |a, b| { from_iter(0..9u64).map(double).merge_each(3, later).map(double) }
    merge_each_fails: |a, b| { from_iter([2u64, 4, 6, 7, 8]).merge_each(2, fallible).map(double) }
    merge_each_filters: |a, b| { from_iter(0..9u64).filter(|x| x % 2 == 1).merge_each(2, |x| just(x).filter(|x| x % 3 == 0)) }
    debounces_nothing: |a, b| { from_iter(0..9u64).map(double).debounce(Duration::ZERO).map(double) }
    debounces_all: |a, b| { from_iter(0..9u64).filter(|x| *x < 8).debounce(Duration::from_secs(3600)).map(double) }
    maps: |a, b| { from_iter(0..9u64).map(double).map(|x| x + 1).map(double) }
    filters: |a, b| { from_iter(0..9u64).filter(|x| x % 2 == 1).filter(|x| x % 3 == 0).map(double) }
    filters_all: |a, b| { from_iter(0..9u64).filter(|_| false).map(double) }
    filter_maps: |a, b| { from_iter(0..9u64).filter_map(|x| (x % 3 == 1).then_some(x * 10)).map(double) }
    changes_types: |a, b| { from_iter(0..9u64).map(|x| x.to_string()).map(|x| x.len()).map(|x| x as f32) }
    no_values: |a, b| { from_iter(std::iter::empty::<u64>()).map(double) }
    one_value: |a, b| { from_iter([7u64]).map(double) }
    from_a_function: |a, b| { from_fn({ let mut n = 0u64; move || { n += 1; (n < 5).then_some(n) } }).map(double) }

    first_error: |a, b| { from_iter([2u64, 4, 5, 6, 7]).try_map(even).map(double) }
    first_pass_fails: |a, b| { from_iter([3u64, 4]).try_map(even).map(double) }
    errors_convert: |a, b| { from_iter([2u64, 4, 6, 7]).try_map(even).try_map(small) }
    errors_convert_late: |a, b| { from_iter([2u64, 4, 5, 7]).try_map(even).map(double).map(|x| x / 4).try_map(small) }
    error_is_mapped: |a, b| { from_iter([2u64, 5]).try_map(even).map_err(|Odd(x)| format!("mapped {x}")).map(double) }
    error_is_mapped_twice: |a, b| {
        from_iter([2u64, 5]).try_map(even).map_err(|Odd(x)| Odd(x + 1)).map(double).map_err(|Odd(x)| Odd(x * 2))
    }
    error_between_maps: |a, b| {
        from_iter([2u64, 4, 7]).try_map(even).map_err(|Odd(x)| Odd(x + 2)).try_map(small).map(double)
    }
    map_err_comes_first: |a, b| { from_iter([2u64, 5]).map_err(|never: Never| match never {}).map(|x: u64| Ok::<u64, Odd>(x)) }
    error_in_a_filter: |a, b| { from_iter([1u64, 2, 3]).filter(|x| *x > 1).try_map(even).filter(|x| *x > 2) }
    source_fails: |a, b| { just_error::<u64, _>(Odd(3)).map(double) }
    source_stops: |a, b| { just_stopped::<u64>().map(double) }

    mends: |a, b| { from_iter(0..6u64).try_map(even).or_else(|Odd(x)| just(x + 1000)).map(double) }
    mends_twice: |a, b| {
        from_iter(0..6u64).try_map(even).or_else(|Odd(x)| just(x + 3)).try_map(small).or_else(|_| just(0)).map(double)
    }
    mend_fails: |a, b| { from_iter([0u64, 2, 3]).try_map(even).or_else(|Odd(x)| just_error::<u64, _>(Wrong::Odd(x))) }
    mend_before_map_err: |a, b| {
        from_iter([0u64, 3, 4]).try_map(even).or_else(|Odd(x)| fallible(x)).map_err(|Odd(x)| Odd(x + 10)).map(double)
    }
    sequences: |a, b| { from_iter(0..6u64).and(later).map(double).and(|x| later(x + 1)) }
    sequence_fails: |a, b| { from_iter([0u64, 2, 5, 6]).and(fallible).map(double) }
    error_goes_past_a_sequence: |a, b| { from_iter([0u64, 2, 5, 6]).try_map(even).and(later).map(double) }
    errors_of_a_sequence_join: |a, b| { from_iter([0u64, 2, 4, 6]).try_map(even).and(|x| just(x).try_map(small)).map(double) }
    sequence_then_mend: |a, b| { from_iter(0..6u64).and(fallible).or_else(|Odd(x)| later(x)).map(double) }
    sequence_of_a_filter: |a, b| { from_iter(0..6u64).and(|x| just(x).filter(|x| x % 2 == 0)).map(double) }
    mend_of_no_error: |a, b| { from_iter(0..6u64).and(fallible).map_err(|Odd(x)| Odd(x + 1)).or_else(|Odd(x)| just(x)) }

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
    a_function_that_filters: |a, b| { evens().map(double).filter(|x| x % 3 == 0).then(on(a)).map(|x| x + 1) }
    wraps_in_an_arm: |a, b| {
        from_iter(0..6u64).fork(|x| just(x).try_map(even).upon_error(|Odd(x)| x), |x| just(x).map(double))
    }

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
}
