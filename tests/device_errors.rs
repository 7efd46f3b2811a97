//! Errors, and passes without a value that must not be missed, go past a device in the order of the values: to the
//! stage behind it that handles them, or to where lines meet.

use std::fmt;
use std::sync::mpsc::channel;
use std::time::Duration;

use fusewire::completion::Completion;
use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::device::reference::{Fails, Reference, ReferenceBuilder};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[derive(Debug, Clone, PartialEq)]
struct Refused(u64);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is refused", self.0)
    }
}

impl std::error::Error for Refused {}

/// An error of another type, into which one that came past the device is turned.
#[derive(Debug, PartialEq)]
struct Whole(String);

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Whole {}

#[stage(kernel)]
fn mixed(x: u64) -> u64 {
    x.rotate_left(9).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[stage(kernel)]
fn halved(x: u64) -> u64 {
    x / 2
}

/// Refuses some: one by one, several in a row, and the last.
fn check(x: u64) -> Result<u64, Refused> {
    if x % 7 == 3 || x % 50 > 42 || x % 1_000 == 999 { Err(Refused(x)) } else { Ok(x) }
}

/// What one value becomes, with a mark on those that were refused.
fn expected(x: u64) -> u64 {
    match check(x) {
        Ok(x) => halved(mixed(x)),
        Err(Refused(x)) => x | 1 << 63,
    }
}

fn devices() -> Vec<(&'static str, ReferenceBuilder, u64)> {
    let builder = Reference::builder;
    let slow = Duration::from_micros(300);
    vec![
        ("as it comes", builder(), 5_000),
        ("one by one", builder().rows(1).window(1).within(Duration::ZERO), 1_000),
        ("one batch", builder().rows(7).window(1), 1_000),
        ("a long window", builder().rows(3).window(16).latency(slow), 1_000),
        ("slow", builder().rows(16).window(2).latency(slow), 1_000),
        ("it spins", builder().wait(Wait::Spin).latency(Duration::from_micros(20)), 2_000),
        ("it parks", builder().rows(5).wait(Wait::Park).latency(slow), 300),
        ("a batch too large to fill", builder().rows(4096).within(Duration::from_millis(1)), 1_000),
    ]
}

fn cpu() -> Cpu {
    Cpu::builder().wait(Wait::Park).build().unwrap()
}

/// Runs a graph that ends with `mend`ed values; they and those that passed come in the order in which they went in.
macro_rules! mended {
    ($what:expr, $count:expr, $room:expr, $($hop:tt)*) => {{
        let (count, sink) = ($count, cpu());
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter(0..count).try_map(check)
                .then($($hop)*).map(mixed).map(halved)
                .then(on(sink).capacity($room))
                .or_else(|Refused(x)| just(x | 1 << 63))
                .for_each(move |x: u64| sent.send(x).unwrap())
        };
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (count, count), "{}", $what);
        let results: Vec<_> = received.iter().collect();
        assert_eq!(results, (0..count).map(expected).collect::<Vec<_>>(), "{}", $what);
    }};
}

#[test]
fn a_later_stage_mends_them_in_order() {
    for (what, builder, count) in devices() {
        let device = builder.build().unwrap();
        mended!(what, count, 1024, on(device));
    }
}

#[test]
fn a_full_edge_behind_holds_them_back() {
    for (what, builder, count) in devices() {
        let device = builder.build().unwrap();
        mended!(what, count.min(1_000), 1, on(device));
    }
}

#[test]
fn a_lost_device_with_a_host_behind_it_loses_none() {
    for after in [0, 1, 2, 5, 20] {
        for fails in [Fails::After(after), Fails::AtSubmit(after)] {
            let builder = Reference::builder().rows(8).window(4).fails(fails);
            let device = builder.latency(Duration::from_micros(50)).build().unwrap();
            mended!(format!("{fails:?}"), 2_000, 4, on(device).or_on(cpu()));
        }
    }
    let device = Reference::builder().fails(Fails::AtOpen).build().unwrap();
    mended!("not opened", 1_000, 4, on(device).or_on(cpu()));
}

#[test]
fn the_same_on_a_host() {
    mended!("a host", 5_000, 64, on(cpu()));
}

#[test]
fn plain() {
    let device = Reference::builder().build().unwrap();
    let (sent, received) = channel();
    let graph = from_iter(0..1_000)
        .try_map(check)
        .then(on(device))
        .map(mixed)
        .map(halved)
        .then(on(cpu()))
        .or_else(|Refused(x)| just(x | 1 << 63))
        .for_each(move |x: u64| sent.send(x).unwrap());
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (1_000, 1_000));
    assert_eq!(received.iter().collect::<Vec<_>>(), (0..1_000).map(expected).collect::<Vec<_>>());
}

#[test]
fn the_first_is_the_graphs_error_in_its_own_words() {
    for (what, builder, _) in devices() {
        let (device, sink) = (builder.build().unwrap(), cpu());
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter(0..1_000).try_map(check)
                .then(on(device)).map(mixed).map(halved)
                .then(on(sink))
                .map_err(|Refused(x)| Whole(format!("whole: {x}")))
                .for_each(move |x: u64| sent.send(x).unwrap())
        };
        let error = Engine::new().run(graph).unwrap().join().unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Whole("whole: 3".to_owned())), "{what}");
        assert_eq!(received.iter().collect::<Vec<_>>(), (0..3).map(expected).collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn a_lost_device_ends_the_graph_with_errors_beside_it() {
    for fails in [Fails::After(0), Fails::After(3), Fails::AtSubmit(0), Fails::AtSubmit(5)] {
        let device = Reference::builder().rows(8).fails(fails).build().unwrap();
        let sink = cpu();
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter(0..10_000).try_map(check).then(on(device)).map(mixed).map(halved)
                .then(on(sink)).or_else(|Refused(x)| just(x | 1 << 63)).for_each(move |x: u64| sent.send(x).unwrap())
        };
        match Engine::new().run(graph).unwrap().join() {
            Err(RunError::Device(_)) => {}
            other => panic!("{fails:?}: {other:?}"),
        }
        let results: Vec<_> = received.iter().collect();
        assert_eq!(results, (0..results.len() as u64).map(expected).collect::<Vec<_>>(), "{fails:?}");
    }
}

#[test]
fn one_pass() {
    let device = Reference::builder().build().unwrap();
    for x in [0, 1, 3, 49, 999] {
        let (there, back) = (device.clone(), cpu());
        let graph = fuse! {
            just(x).try_map(check).then(on(there)).map(mixed).map(halved).then(on(back)).or_else(|Refused(x)| just(x | 1 << 63))
        };
        assert_eq!(block_on(graph), Completion::Value(expected(x)));
        let (there, back) = (device.clone(), cpu());
        let graph = fuse! {
            just(x).try_map(check).then(on(there)).map(mixed).then(on(back)).map_err(|Refused(x)| Whole(x.to_string()))
        };
        let wanted = match check(x) {
            Ok(x) => Completion::Value(mixed(x)),
            Err(Refused(x)) => Completion::Error(Whole(x.to_string())),
        };
        assert_eq!(block_on(graph), wanted);
    }
}

#[test]
fn over_two_devices_and_a_fork() {
    let (device, a, b) = (Reference::builder().rows(4).build().unwrap(), cpu(), cpu());
    let (first, second, third) = (device.clone(), device.clone(), device);
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter(0..2_000).try_map(check)
            .then(on(first)).map(mixed)
            .then(on(a)).map(|x| x ^ 5)
            .then(on(second)).map(halved)
            .fork(|x| just(x).then(on(third)).map(mixed), |x| just(x).then(on(b)).map(|x| x + 1))
            .or_else(|Refused(x)| just((x, x)))
            .for_each(move |both: (u64, u64)| sent.send(both).unwrap())
    };
    let report = Engine::on(cpu()).run(graph).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (2_000, 2_000));
    let wanted = |x| match check(x) {
        Ok(x) => (mixed(halved(mixed(x) ^ 5)), halved(mixed(x) ^ 5) + 1),
        Err(Refused(x)) => (x, x),
    };
    assert_eq!(received.iter().collect::<Vec<_>>(), (0..2_000).map(wanted).collect::<Vec<_>>());
}

/// Where lines meet, a pass without a value takes one from the other line: it goes past the device too.
#[test]
fn filtered_passes_keep_step_past_a_device() {
    let device = || Reference::builder().rows(4).build().unwrap();
    let (first, second, third) = (device(), device(), device());
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter(0..2_000u64)
            .fork(
                |x| just(x).filter(|x| x % 3 != 0).then(on(first)).map(mixed),
                |x| just(x).try_map(check).then(on(second)).map(halved).then(on(cpu())).or_else(|Refused(x)| just(x)),
            )
            .for_each(move |both: (u64, u64)| sent.send(both).unwrap())
    };
    let report = Engine::on(cpu()).run(graph).unwrap().join().unwrap();
    let kept = (0..2_000u64).filter(|x| x % 3 != 0);
    assert_eq!((report.started, report.completed), (2_000, kept.clone().count() as u64));
    let wanted: Vec<_> = kept.map(|x| (mixed(x), check(x).map_or_else(|Refused(x)| x, halved))).collect();
    assert_eq!(received.iter().collect::<Vec<_>>(), wanted);

    let (sent, received) = channel();
    let graph = fuse! {
        from_iter(0..900u64).filter_map(|x| (x % 5 != 2).then_some(x)).then(on(third)).map(mixed)
            .join(from_iter(0..900u64))
            .for_each(move |both: (u64, u64)| sent.send(both).unwrap())
    };
    Engine::on(cpu()).run(graph).unwrap().join().unwrap();
    let wanted: Vec<_> = (0..900u64).filter(|x| x % 5 != 2).map(|x| (mixed(x), x)).collect();
    assert_eq!(received.iter().collect::<Vec<_>>(), wanted);
}

#[test]
fn a_drain_hands_them_on() {
    let device = Reference::builder().rows(8).window(8).latency(Duration::from_millis(2)).build().unwrap();
    let sink = cpu();
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter(0..).try_map(check).then(on(device)).map(mixed).map(halved)
            .then(on(sink)).or_else(|Refused(x)| just(x | 1 << 63)).for_each(move |x: u64| sent.send(x).unwrap())
    };
    let running = Engine::on(cpu()).run(graph).unwrap();
    let first = received.recv_timeout(Duration::from_secs(20)).expect("a first value");
    running.stop(Stop::Drain);
    let report = running.join().unwrap();
    assert_eq!(report.started, report.completed, "nothing is lost");
    let results: Vec<_> = std::iter::once(first).chain(received.iter()).collect();
    assert_eq!(results, (0..report.completed).map(expected).collect::<Vec<_>>());
}
