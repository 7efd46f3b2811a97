//! Segments of kernels on a device: the same values in the same order, and what happens when the
//! device goes.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use fusewire::completion::{Completion, StopReason};
use fusewire::conformance::{check_all, device, harness};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::{RunError, Stop};
use fusewire::device::reference::{Fails, Reference, ReferenceBuilder};
use fusewire::device::{DeviceError, last_failure};
use fusewire::edge::{Pushed, Spsc};
use fusewire::engine::Engine;
use fusewire::kernel;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
struct Quote {
    live: bool,
    bid: u64,
    ask: u32,
}

fn quote(number: u64) -> Quote {
    Quote { live: number % 3 != 1, bid: number.wrapping_mul(0x9e37_79b9_7f4a_7c15), ask: number as u32 ^ 77 }
}

#[stage(kernel)]
fn widen(quote: Quote) -> Quote {
    let bid = if quote.live { quote.bid.rotate_left(9) } else { quote.bid.wrapping_add(1) };
    Quote { live: !quote.live, bid, ask: quote.ask.wrapping_mul(3) }
}

#[stage(kernel)]
fn middle(quote: Quote) -> u64 {
    quote.bid.wrapping_add(quote.ask as u64) / 2
}

#[stage(kernel)]
fn fee(price: u64, steps: &[u64]) -> u64 {
    price.wrapping_add(steps[(price % 5) as usize])
}

const STEPS: [u64; 5] = [2, 3, 5, 7, 11];

fn expected(count: u64) -> Vec<u64> {
    (0..count).map(|number| fee(middle(widen(widen(quote(number)))), &STEPS)).collect()
}

/// Devices of many shapes; the slow ones have few values to compute.
fn devices() -> Vec<(&'static str, ReferenceBuilder, u64)> {
    let builder = Reference::builder;
    let slow = Duration::from_micros(300);
    vec![
        ("as it comes", builder(), 5_000),
        ("one by one", builder().rows(1).window(1).within(Duration::ZERO), 500),
        ("one batch", builder().rows(7).window(1), 1_000),
        ("a long window", builder().rows(3).window(16).latency(slow), 1_000),
        ("slow", builder().rows(16).window(2).latency(slow), 500),
        ("it spins", builder().wait(Wait::Spin).latency(Duration::from_micros(20)), 2_000),
        ("it parks", builder().rows(5).wait(Wait::Park).latency(slow), 300),
        ("a batch too large to fill", builder().rows(4096).within(Duration::from_millis(1)), 1_000),
    ]
}

#[test]
fn the_reference_device_keeps_the_contract() {
    for (name, builder, _) in devices() {
        let make = || builder.clone().build().unwrap();
        device::check_all(make).unwrap_or_else(|violation| panic!("{name}: {violation}"));
        device::floats(make).unwrap_or_else(|violation| panic!("{name}: {violation}"));
    }
    for fails in [Fails::After(0), Fails::After(3), Fails::AtSubmit(0), Fails::AtSubmit(5)] {
        device::losing(|| Reference::builder().fails(fails).build().unwrap()).unwrap();
    }
    check_all(|| harness(Reference::builder().build().unwrap(), Reference::end)).unwrap();
}

#[test]
fn a_device_gives_what_a_host_gives_in_the_same_order() {
    for (name, builder, count) in devices() {
        let device = builder.build().unwrap();
        let sink = Cpu::builder().build().unwrap();
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter((0..count).map(quote))
                .then(on(device))
                .map(widen)
                .map(widen)
                .map(middle)
                .map(fee::with(STEPS))
                .then(on(sink))
                .for_each(move |price: u64| sent.send(price).unwrap())
        };
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (count, count), "{name}");
        assert_eq!(received.iter().collect::<Vec<_>>(), expected(count), "{name}");
    }
}

#[test]
fn the_same_graph_on_a_host_and_plain() {
    let (compute, sink) = (Manual::new(), Cpu::builder().build().unwrap());
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter((0..100).map(quote))
            .then(on(compute.clone())).map(widen).map(widen).map(middle).map(fee::with(STEPS))
            .then(on(sink.clone())).for_each(move |price: u64| sent.send(price).unwrap())
    };
    let running = Engine::on(sink.clone()).run(graph).unwrap();
    while !running.is_finished() {
        compute.turn();
    }
    running.join().unwrap();
    assert_eq!(received.iter().collect::<Vec<_>>(), expected(100));
    let (sent, received) = channel();
    let device = Reference::builder().build().unwrap();
    let plain = from_iter((0..100).map(quote))
        .then(on(device))
        .map(widen)
        .map(widen)
        .map(middle)
        .map(fee::with(STEPS))
        .then(on(sink.clone()))
        .for_each(move |price: u64| sent.send(price).unwrap());
    Engine::on(sink).run(plain).unwrap().join().unwrap();
    assert_eq!(received.iter().collect::<Vec<_>>(), expected(100));
}

#[test]
fn one_pass() {
    for (name, builder, _) in devices() {
        let device = builder.build().unwrap();
        for number in [0, 1, 2, 12_345] {
            let graph = fuse! {
                just(quote(number)).then(on(device.clone())).map(widen).map(widen).map(middle).map(fee::with(STEPS))
            };
            let host = fee(middle(widen(widen(quote(number)))), &STEPS);
            assert_eq!(block_on(graph), Completion::Value(host), "{name}");
        }
    }
}

#[test]
fn one_pass_after_another_keeps_the_queue() {
    let device = Reference::builder().build().unwrap();
    let sink = Cpu::builder().build().unwrap();
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter(0..50u64)
            .and(move |number| fuse! { just(quote(number)).then(on(device.clone())).map(middle) })
            .then(on(sink))
            .for_each(move |price: u64| sent.send(price).unwrap())
    };
    Engine::new().run(graph).unwrap().join().unwrap();
    let host: Vec<_> = (0..50).map(|number| middle(quote(number))).collect();
    assert_eq!(received.iter().collect::<Vec<_>>(), host);
}

#[test]
fn a_device_at_the_end_of_a_graph_and_twice_in_it() {
    let device = Reference::builder().rows(4).build().unwrap();
    let compute = Cpu::builder().build().unwrap();
    let graph = fuse! {
        from_iter((0..1_000).map(quote))
            .then(on(device.clone())).map(widen)
            .then(on(compute)).filter(|quote: &Quote| quote.live)
            .then(on(device.clone())).map(middle)
    };
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    let kept = (0..1_000).filter(|number| widen(quote(*number)).live).count() as u64;
    assert_eq!((report.started, report.completed), (1_000, kept));
}

fn next(results: &Receiver<u64>) -> u64 {
    results.recv_timeout(Duration::from_secs(20)).expect("a result without more values")
}

#[test]
fn a_partial_batch_is_submitted_at_its_deadline() {
    for wait in [Wait::Spin, Wait::SpinThenPark { spins: 10 }, Wait::Park] {
        let within = Duration::from_millis(5);
        let device = Reference::builder().rows(1_000).within(within).wait(wait).build().unwrap();
        let sink = Cpu::builder().build().unwrap();
        let (mut values, feed) = Spsc::new().capacity(16).open().unwrap();
        let (sent, received) = channel();
        let graph = fuse! {
            recv(feed).then(on(device)).map(middle).then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap())
        };
        let running = Engine::new().run(graph).unwrap();
        for number in 0..5 {
            let began = Instant::now();
            assert_eq!(values.push(quote(number)), Pushed::Ok);
            values.wake();
            assert_eq!(next(&received), middle(quote(number)), "{wait:?}");
            assert!(began.elapsed() >= within, "{wait:?}: it waited for others");
        }
        drop(values);
        assert_eq!(running.join().unwrap().completed, 5);
    }
}

#[test]
fn a_drain_finishes_what_is_in_flight() {
    let latency = Duration::from_millis(2);
    let device = Reference::builder().rows(8).window(8).latency(latency).build().unwrap();
    let sink = Cpu::builder().build().unwrap();
    let (sent, received) = channel();
    let mut number = 0;
    let source = from_fn(move || {
        number += 1;
        Some(quote(number - 1))
    });
    let graph = fuse! {
        source.then(on(device)).map(middle).then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap())
    };
    let running = Engine::new().run(graph).unwrap();
    next(&received);
    running.stop(Stop::Drain);
    let report = running.join().unwrap();
    assert_eq!(report.started, report.completed, "nothing is lost");
    let rest: Vec<_> = received.iter().collect();
    let host: Vec<_> = (1..report.completed).map(|number| middle(quote(number))).collect();
    assert_eq!(rest, host);
}

#[test]
fn an_abandoned_graph_ends_with_batches_in_flight() {
    for _ in 0..20 {
        let device =
            Reference::builder().rows(8).window(8).latency(Duration::from_millis(1)).build().unwrap();
        let sink = Cpu::builder().build().unwrap();
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter((0..u64::MAX).map(quote)).then(on(device)).map(middle)
                .then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap_or_default())
        };
        let running = Engine::new().run(graph).unwrap();
        next(&received);
        running.stop(Stop::Abandon);
        let report = running.join().unwrap();
        let results: Vec<_> = received.iter().collect();
        let host: Vec<_> = (1..=results.len() as u64).map(|number| middle(quote(number))).collect();
        assert_eq!(results, host, "what came is in order, and nothing twice");
        assert!(report.completed > results.len() as u64);
    }
}

/// Every way to fail, at every stage of a run.
fn failures() -> impl Iterator<Item = Fails> {
    [0, 1, 2, 5, 20].into_iter().flat_map(|after| [Fails::After(after), Fails::AtSubmit(after)])
}

#[test]
fn a_lost_device_ends_the_graph() {
    for fails in failures() {
        let device = Reference::builder().rows(8).fails(fails).build().unwrap();
        let sink = Cpu::builder().build().unwrap();
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter((0..10_000).map(quote)).then(on(device)).map(middle)
                .then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap())
        };
        match Engine::new().run(graph).unwrap().join() {
            Err(RunError::Device(DeviceError::Lost { device, .. })) => assert_eq!(device, "reference"),
            other => panic!("{fails:?}: {other:?}"),
        }
        let results: Vec<_> = received.iter().collect();
        let host: Vec<_> = (0..results.len() as u64).map(|number| middle(quote(number))).collect();
        assert_eq!(results, host, "{fails:?}");
    }
}

#[test]
fn with_a_host_behind_it_a_lost_device_loses_nothing() {
    for fails in failures() {
        for (rows, window) in [(1, 1), (8, 4), (64, 2)] {
            let builder = Reference::builder().rows(rows).window(window).fails(fails);
            let device = builder.latency(Duration::from_micros(50)).build().unwrap();
            let (compute, sink) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
            let (sent, received) = channel();
            let graph = fuse! {
                from_iter((0..3_000).map(quote)).then(on(device).or_on(compute))
                    .map(widen).map(widen).map(middle).map(fee::with(STEPS))
                    .then(on(sink).capacity(4)).for_each(move |price: u64| sent.send(price).unwrap())
            };
            let running = Engine::new().run(graph).unwrap();
            let results: Vec<_> = received.iter().collect();
            let drawing = running.inspect();
            let report = running.join().unwrap();
            assert_eq!((report.started, report.completed), (3_000, 3_000), "{fails:?}");
            assert_eq!(results, expected(3_000), "{fails:?}, {rows} rows");
            let info = drawing.lanes.iter().flat_map(|lane| &lane.devices).next().expect("a device");
            let counters = info.counters.expect("counters");
            let finished = counters.bytes_out / 8;
            assert!(finished < 3_000, "{fails:?}: it was lost in the middle: {counters:?}");
            assert!((1..=3_000).contains(&counters.on_host), "{fails:?}: {counters:?}");
            assert!(finished + counters.on_host >= 3_000, "{fails:?}: somebody computed each: {counters:?}");
            if let Fails::After(batches @ 1..) | Fails::AtSubmit(batches @ 1..) = fails {
                assert!(counters.batches >= batches, "{fails:?}: {counters:?}");
            }
        }
    }
}

#[test]
fn a_device_that_cannot_be_opened() {
    let open = |fails| {
        let device = Reference::builder().fails(fails).build().unwrap();
        let graph = fuse! { from_iter((0..10).map(quote)).then(on(device)).map(middle) };
        Engine::new().run(graph).map(drop)
    };
    match open(Fails::AtOpen) {
        Err(LaunchError::Device(DeviceError::NoDevice { .. })) => {}
        other => panic!("{other:?}"),
    }
    match open(Fails::OutOfMemory) {
        Err(error @ LaunchError::Device(DeviceError::OutOfMemory { asked, .. })) => {
            assert_eq!(asked, 4 * 64 * (size_of::<Quote>() + 8) as u64);
            assert!(error.to_string().contains("fewer rows"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let device = Reference::builder().fails(Fails::AtOpen).build().unwrap();
    let (compute, sink) = (Cpu::builder().name("compute").build().unwrap(), Cpu::builder().build().unwrap());
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter((0..100).map(quote)).then(on(device).or_on(compute)).map(middle)
            .then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap())
    };
    let running = Engine::new().run(graph).unwrap();
    let drawing = running.inspect().to_string();
    assert!(drawing.contains("its stages run on `compute`"), "{drawing}");
    running.join().unwrap();
    let host: Vec<_> = (0..100).map(|number| middle(quote(number))).collect();
    assert_eq!(received.iter().collect::<Vec<_>>(), host);
}

#[test]
fn a_device_says_what_it_makes_of_the_kernels_before_it_is_open() {
    let device = Reference::builder().latency(Duration::from_micros(7)).build().unwrap();
    let compute = Cpu::builder().name("compute").build().unwrap();
    let graph = fuse! {
        from_iter((0..10).map(quote)).then(on(device).or_on(compute)).map(widen).map(middle)
    };
    let drawing = graph.inspect();
    let forms = [drawing.to_string(), drawing.dot(), drawing.mermaid(), drawing.json(), drawing.svg()];
    for form in forms {
        assert!(form.contains("interpreted, 7") && form.contains("per batch"), "{form}");
    }
}

#[test]
fn a_single_pass_and_a_device_that_fails() {
    for fails in [Fails::AtOpen, Fails::OutOfMemory, Fails::After(0), Fails::AtSubmit(0)] {
        let device = Reference::builder().fails(fails).build().unwrap();
        let graph = fuse! { just(quote(4)).then(on(device.clone())).map(middle) };
        assert_eq!(block_on(graph), Completion::Stopped(StopReason::DeviceFailed), "{fails:?}");
        assert!(last_failure().is_some());
        let compute = Cpu::builder().build().unwrap();
        let graph = fuse! { just(quote(4)).then(on(device).or_on(compute)).map(middle) };
        assert_eq!(block_on(graph), Completion::Value(middle(quote(4))), "{fails:?}");
    }
}

#[test]
fn a_full_edge_behind_a_device_holds_it_back() {
    let device = Reference::builder().rows(16).build().unwrap();
    let sink = Cpu::builder().build().unwrap();
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter((0..500).map(quote)).then(on(device).capacity(2)).map(middle)
            .then(on(sink).capacity(1))
            .for_each(move |price: u64| {
                std::thread::sleep(Duration::from_micros(20));
                sent.send(price).unwrap();
            })
    };
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!(report.completed, 500);
    let host: Vec<_> = (0..500).map(|number| middle(quote(number))).collect();
    assert_eq!(received.iter().collect::<Vec<_>>(), host);
}

#[test]
fn an_edge_behind_a_device_may_drop() {
    let device = Reference::builder().rows(16).build().unwrap();
    let sink = Manual::new();
    let graph = fuse! {
        from_iter((0..500).map(quote)).then(on(device)).map(middle)
            .then(on(sink.clone()).capacity(8).policy(Overflow::DropNewest)).for_each(|_| {})
    };
    let running = Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    let dropped = loop {
        let counters = running.inspect().edges.iter().rev().find_map(|edge| edge.counters).unwrap();
        if counters.pushed == 500 || Instant::now() > until {
            break counters.dropped;
        }
    };
    assert_eq!(dropped, 492, "the sink took none yet, and the edge holds 8");
    while !running.is_finished() {
        sink.turn();
    }
    assert_eq!(running.join().unwrap().completed, 8);
}

#[test]
fn a_drawing_shows_the_device() {
    let device = Reference::builder().rows(32).window(3).build().unwrap();
    let (compute, sink) = (Cpu::builder().name("compute").build().unwrap(), Cpu::builder().build().unwrap());
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter((0..100).map(quote)).then(on(device).or_on(compute))
            .map(widen).map(middle).map(fee::with(STEPS))
            .then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap())
    };
    let before = graph.inspect();
    let info = before.lanes.iter().flat_map(|lane| &lane.devices).next().expect("a device");
    assert_eq!(info.kernels, ["widen", "middle", "fee"]);
    assert_eq!((info.batching.rows, info.batching.window), (32, 3));
    assert_eq!((info.input_bytes, info.output_bytes, info.table_bytes), (24, 8, 40));
    assert_eq!(info.fallback.as_deref(), Some("compute"));
    let text = before.to_string();
    for wanted in
        ["widen > middle > fee, fused into one", "32 within", "24 B there and 8 B back", "`compute`"]
    {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    for drawing in [before.json(), before.dot(), before.mermaid(), before.svg()] {
        assert!(drawing.contains("fused into one"), "{drawing}");
    }
    let running = Engine::new().run(graph).unwrap();
    assert_eq!(received.iter().count(), 100);
    let live = running.inspect();
    let counters =
        live.lanes.iter().flat_map(|lane| &lane.devices).next().unwrap().counters.expect("counters");
    assert_eq!((counters.rows, counters.on_host), (100, 0));
    assert_eq!((counters.bytes_in, counters.bytes_out), (2_400, 800));
    assert!(counters.batches >= 4 && counters.partial >= 1, "{counters:?}");
    running.join().unwrap();
}
