//! Packets in memory to order bytes: the stages of `examples/tick_to_trade` on two contexts.
//!
//! The first context reads a packet, keeps the book and writes orders; the second makes features
//! and scores the model. Snapshots of 128 bytes go there, orders of 24 bytes come back.

#[path = "../../examples/tick_to_trade/parts.rs"]
#[allow(missing_docs, unused_imports, reason = "a part of the example is used")]
pub mod parts;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fusewire::context::{MayBlock, Scheduler};
use fusewire::graph::Graph;
use fusewire::loan::{Lent, Returned, lend};
use fusewire::prelude::*;

use self::parts::clock::Clock;
use self::parts::desk::{Desk, ORDER_PACKET};
use self::parts::feed::Feed;
use self::parts::model::Model;
use self::parts::order::Order;
use self::parts::snapshot::Snapshot;
use self::parts::strategy::Strategy;
use self::parts::tape::{Tape, flow};
use super::bare::{Bare, Lanes};
use super::hop::ring::{Pop, Push, indexed, slotted};

/// Values that a ring holds.
const CAPACITY: usize = 1024;

/// What both forms work on.
#[derive(Debug, Clone)]
pub struct Job {
    tape: Arc<Tape>,
    model: Arc<Model>,
    clock: Clock,
}

/// What one run changes.
struct State {
    feed: Feed,
    strategy: Strategy,
    desk: Desk,
}

impl Job {
    /// `packets` packets of the embedded exchange, and the example's own model.
    pub fn new(packets: usize) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tick_to_trade/model.json");
        let text = std::fs::read(path).expect("the example has its model");
        let model = Model::from_json("model.json", &text).expect("the example's model can be read");
        Self { tape: Arc::new(flow::generate(7, packets)), model: Arc::new(model), clock: Clock::start() }
    }

    fn state(&self) -> State {
        State {
            feed: Feed::new(),
            strategy: Strategy::new(self.model.clone(), flow::TICK),
            desk: Desk::new(self.clock, flow::SYMBOL),
        }
    }
}

/// Order bytes, one behind the other; when the space is used up, from its beginning again.
#[derive(Debug)]
pub struct Wire {
    bytes: Vec<u8>,
    at: usize,
    orders: u64,
}

impl Wire {
    /// Room for the orders of a run.
    pub fn new() -> Self {
        // Touched here, so that no order meets a page fault.
        Self { bytes: vec![1; 4096 * ORDER_PACKET], at: 0, orders: 0 }
    }

    #[inline]
    fn put(&mut self, order: &[u8; ORDER_PACKET]) {
        self.bytes[self.at..self.at + ORDER_PACKET].copy_from_slice(order);
        self.at = if self.at + ORDER_PACKET == self.bytes.len() { 0 } else { self.at + ORDER_PACKET };
        self.orders += 1;
    }

    /// How many orders were written, and a number that stands for all their bytes.
    pub fn answer(&self) -> (u64, u64) {
        let hash = self.bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        (self.orders, hash)
    }
}

/// The fused pipeline over the first `packets` packets, from `io` to `compute` and back.
pub fn graph<C: Scheduler<Runs = MayBlock>>(
    job: &Job,
    packets: usize,
    io: C,
    compute: C,
    mut wire: Lent<Wire>,
) -> impl Graph {
    let State { mut feed, mut strategy, mut desk } = job.state();
    let tape = job.tape.clone();
    fuse! {
        from_iter(0..packets)
            .filter_map(move |number: usize| feed.on_packet(tape.packet(number), 0))
            .then(on(compute).capacity(CAPACITY))
            .filter_map(move |snapshot: Snapshot| strategy.on_snapshot(&snapshot))
            .then(on(io).capacity(CAPACITY))
            .map(move |order: Order| desk.on_order(&order))
            .for_each(move |bytes: [u8; ORDER_PACKET]| wire.put(&bytes))
    }
}

/// The same, ready to run.
pub fn fused(job: &Job, packets: usize) -> (Lanes, Returned<Wire>) {
    let (wire, back) = lend(Wire::new());
    let (io, compute) = (Bare::new(), Bare::new());
    let graph = graph(job, packets, io.clone(), compute.clone(), wire);
    (Lanes::launch(graph, &[io, compute]), back)
}

/// The same by hand: what the first thread does until its ring is full or there are no packets.
#[inline(never)]
fn hand_io(
    (feed, desk, wire): (&mut Feed, &mut Desk, &mut Wire),
    tape: &Tape,
    packets: &mut std::ops::Range<usize>,
    (snapshots, orders): (&mut impl Push<Snapshot>, &mut impl Pop<Order>),
    stop: &AtomicBool,
) {
    let (mut to, mut from, mut rest) = (*snapshots, *orders, packets.clone());
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) {
        while let Some(order) = from.pop() {
            wire.put(&desk.on_order(&order));
        }
        if !to.has_room() {
            break;
        }
        let Some(number) = rest.next() else { break };
        if let Some(snapshot) = feed.on_packet(tape.packet(number), 0) {
            to.push(snapshot);
        }
    }
    (*snapshots, *orders, *packets) = (to, from, rest);
}

/// What the second thread does until its ring is empty.
#[inline(never)]
fn hand_compute(
    strategy: &mut Strategy,
    (snapshots, orders): (&mut impl Pop<Snapshot>, &mut impl Push<Order>),
    stop: &AtomicBool,
) {
    let (mut from, mut to) = (*snapshots, *orders);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && to.has_room() {
        let Some(snapshot) = from.pop() else { break };
        if let Some(order) = strategy.on_snapshot(&snapshot) {
            to.push(order);
        }
    }
    (*snapshots, *orders) = (from, to);
}

/// Everything that the hand-written pipeline needs.
pub struct Hand {
    state: State,
    tape: Arc<Tape>,
    snapshots: indexed::Ring<Snapshot, CAPACITY>,
    orders: slotted::Ring<Order, CAPACITY>,
    wire: Wire,
}

impl Hand {
    /// Makes the rings, the book and the rest.
    pub fn new(job: &Job) -> Self {
        Self {
            state: job.state(),
            tape: job.tape.clone(),
            snapshots: indexed::Ring::new(),
            orders: slotted::Ring::new(),
            wire: Wire::new(),
        }
    }

    /// Both loops, each in turn, over the first `packets` packets.
    pub fn run(&mut self, packets: usize, stop: &AtomicBool) {
        let mut rest = 0..packets;
        let (mut snapshots_in, mut snapshots_out) = self.snapshots.ends();
        let (mut orders_in, mut orders_out) = self.orders.ends();
        let State { feed, strategy, desk } = &mut self.state;
        loop {
            let ends = (&mut snapshots_in, &mut orders_out);
            hand_io((feed, desk, &mut self.wire), &self.tape, &mut rest, ends, stop);
            if rest.is_empty() && snapshots_out.is_empty() {
                return;
            }
            hand_compute(strategy, (&mut snapshots_out, &mut orders_in), stop);
        }
    }

    /// What came of it.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }
}
