//! Graphs whose kernels run on a simulated card: the same values in the same order, and what happens when it fails.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use fusewire::completion::Completion;
use fusewire::conformance::device::{check_all, losing};
use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::device::DeviceError;
use fusewire::engine::Engine;
use fusewire::kernel;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_fpga::core::Core;
use fusewire_fpga::driver::{Card, CardError, Cards, Identity, OpenError, Shape};
use fusewire_fpga::simulation::{Bus, Simulation};
use fusewire_fpga::{Fpga, FpgaBuilder};

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

#[stage(kernel)]
fn half(price: f32) -> f32 {
    price * 0.5
}

const STEPS: [u64; 5] = [2, 3, 5, 7, 11];

fn expected(count: u64) -> Vec<u64> {
    (0..count).map(|number| fee(middle(widen(quote(number))), &STEPS)).collect()
}

/// Whether cards can be simulated here; else a loud skip.
fn simulated() -> bool {
    let fpga = Fpga::simulated().build().unwrap();
    let graph = fuse! { just(quote(1)).then(on(fpga)).map(widen).map(middle).map(fee::with(STEPS)) };
    match block_on(graph) {
        Completion::Value(price) => {
            assert_eq!(price, expected(2)[1]);
            true
        }
        other => match fusewire::device::last_failure() {
            Some(error @ DeviceError::NoDevice { .. }) => {
                eprintln!("SKIPPED: {error}");
                false
            }
            error => panic!("{other:?}: {error:?}"),
        },
    }
}

/// Runs `count` quotes on a card and compares every result with the host's.
fn run(fpga: Fpga, count: u64, what: &str) {
    let sink = Cpu::builder().build().unwrap();
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter((0..count).map(quote))
            .then(on(fpga).capacity(16))
            .map(widen)
            .map(middle)
            .map(fee::with(STEPS))
            .then(on(sink).capacity(4))
            .for_each(move |price: u64| sent.send(price).unwrap())
    };
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (count, count), "{what}");
    assert_eq!(received.iter().collect::<Vec<_>>(), expected(count), "{what}");
}

#[test]
fn a_simulated_card_gives_what_a_host_gives_in_the_same_order() {
    if !simulated() {
        return;
    }
    let slow = Bus { latency: 400, stalls: 30, seed: 5 };
    let shapes: [(&str, FpgaBuilder<Simulation>, u64); 5] = [
        ("as it comes", Fpga::simulated(), 2_000),
        ("one by one", Fpga::simulated().rows(1).window(1).within(Duration::ZERO), 200),
        ("a long window", Fpga::simulated().rows(3).window(16), 1_000),
        ("a slow bus", Fpga::on_cards(Simulation::new().bus(slow)).rows(16), 1_000),
        ("it parks", Fpga::simulated().rows(5).wait(Wait::Park), 300),
    ];
    for (what, builder, count) in shapes {
        run(builder.build().unwrap(), count, what);
    }
}

#[test]
fn it_keeps_the_contract_of_a_device() {
    if simulated() {
        check_all(|| Fpga::simulated().rows(16).window(3).build().unwrap()).unwrap();
    }
}

#[test]
fn a_drain_finishes_what_is_in_flight_and_an_abandoned_graph_ends() {
    if !simulated() {
        return;
    }
    for how in [Stop::Drain, Stop::Abandon] {
        let (fpga, sink) = (Fpga::simulated().build().unwrap(), Cpu::builder().build().unwrap());
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter((0..u64::MAX).map(quote)).then(on(fpga)).map(widen).map(middle).map(fee::with(STEPS))
                .then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap_or_default())
        };
        let running = Engine::new().run(graph).unwrap();
        let first = received.recv_timeout(Duration::from_secs(60)).unwrap();
        running.stop(how);
        let report = running.join().unwrap();
        let mut results = vec![first];
        results.extend(received.iter());
        assert_eq!(results, expected(results.len() as u64), "{how:?}");
        if how == Stop::Drain {
            assert_eq!((report.started, report.completed), (results.len() as u64, results.len() as u64));
        }
    }
}

#[test]
fn inspection_says_what_the_core_is() {
    if !simulated() {
        return;
    }
    let fpga = Fpga::simulated().name("card").build().unwrap();
    let graph =
        fuse! { from_iter((0..50).map(quote)).then(on(fpga)).map(widen).map(middle).map(fee::with(STEPS)) };
    let running = Engine::new().run(graph).unwrap();
    let drawing = running.inspect().to_string();
    running.join().unwrap();
    assert!(drawing.contains("core kernel_widen_middle_fee: latency"), "{drawing}");
}

#[test]
fn arithmetic_with_floats_is_refused_with_its_line() {
    let fpga = Fpga::simulated().build().unwrap();
    let graph = fuse! { from_iter([1.0f32, 2.0]).then(on(fpga)).map(half) };
    match Engine::new().run(graph).map(drop) {
        Err(LaunchError::Device(DeviceError::Unsupported { stage, file, line, what, .. })) => {
            assert_eq!((stage.as_str(), line), ("half", half_line()));
            assert!(file.ends_with("tests/device.rs"), "{file}");
            assert!(what.contains("fixed point"), "{what}");
        }
        other => panic!("{other:?}"),
    }
}

/// The line of the multiplication in `half`.
fn half_line() -> u32 {
    let source = include_str!("device.rs");
    source.lines().position(|line| line.trim() == "price * 0.5").unwrap() as u32 + 1
}

/// A card that computes by the netlist and is lost after so many batches: what needs no simulation.
#[derive(Debug, Clone)]
struct Losing {
    after: u32,
}

#[derive(Debug)]
struct LosingCard {
    core: Arc<Core>,
    shape: Shape,
    left: AtomicU32,
    submitted: u64,
    finished: u64,
    rows: Vec<usize>,
    inputs: Vec<Vec<u8>>,
    outputs: Vec<Vec<u8>>,
}

impl Cards for Losing {
    type Card = LosingCard;

    fn open(&self, core: &Core, shape: Shape) -> Result<LosingCard, OpenError> {
        let identity = Identity::of(core);
        Ok(LosingCard {
            core: Arc::new(core.clone()),
            shape,
            left: AtomicU32::new(self.after),
            submitted: 0,
            finished: 0,
            rows: vec![0; shape.window],
            inputs: vec![vec![0; shape.rows * identity.input_bytes]; shape.window],
            outputs: vec![vec![0; shape.rows * identity.output_bytes]; shape.window],
        })
    }

    fn name(&self) -> String {
        "a card of a test".to_owned()
    }
}

impl LosingCard {
    fn lost(&self) -> Result<(), CardError> {
        match self.left.load(Ordering::SeqCst) {
            0 => Err(CardError::Lost { what: "it was taken out".to_owned() }),
            _ => Ok(()),
        }
    }
}

impl Card for LosingCard {
    fn identity(&self) -> Identity {
        Identity::of(&self.core)
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        &mut self.inputs[slot]
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), CardError> {
        self.lost()?;
        self.rows[slot] = rows;
        self.submitted += 1;
        Ok(())
    }

    fn poll(&mut self) -> Result<usize, CardError> {
        self.lost()?;
        if self.finished == self.submitted {
            return Ok(0);
        }
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.lost()?;
        }
        let slot = (self.finished % self.shape.window as u64) as usize;
        let Identity { input_bytes, output_bytes, .. } = self.identity();
        let values = self.inputs[slot].chunks(input_bytes).zip(self.outputs[slot].chunks_mut(output_bytes));
        for (value, result) in values.take(self.rows[slot]) {
            result.copy_from_slice(&self.core.netlist().evaluate(value));
        }
        self.finished += 1;
        Ok(1)
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        &self.outputs[slot]
    }

    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn a_lost_card_ends_the_graph_or_the_host_goes_on() {
    for after in [1, 2, 7] {
        let cards = || Fpga::on_cards(Losing { after }).rows(8).build().unwrap();
        losing(cards).unwrap();
        let graph = fuse! { from_iter((0..10_000).map(quote)).then(on(cards())).map(widen).map(middle) };
        match Engine::new().run(graph).unwrap().join() {
            Err(RunError::Device(DeviceError::Lost { device, why })) => {
                assert_eq!(device, "a card of a test");
                assert!(why.contains("taken out"), "{why}");
            }
            other => panic!("{other:?}"),
        }
        let (compute, sink) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter((0..500).map(quote)).then(on(cards()).or_on(compute)).map(widen).map(middle).map(fee::with(STEPS))
                .then(on(sink)).for_each(move |price: u64| sent.send(price).unwrap())
        };
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (500, 500));
        assert_eq!(received.iter().collect::<Vec<_>>(), expected(500), "after {after}");
    }
}
