//! What each way between processes costs, in one run, block by block in turn: `edge::shm`, iceoryx2, and Aeron over `aeron:ipc`; beside them a
//! ring inside of the process, and iceoryx2 by hand.
//!
//! `cargo run --release --all-features --example engines [-- blocks]`. Two threads of this process, each pinned where there are two cores, so
//! that no scheduler comes between; each way is the one that two processes would have. Before anything is timed the same graph runs over
//! each edge, and must give the same values in the same order.

use std::sync::{Arc, Mutex};

use fusewire::context::cpu::Cpu;
use fusewire::edge::{Edge, Spsc, shm};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_remote::{MediaDriver, iceoryx2, remote};
use hdrhistogram::Histogram;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::{BackpressureStrategy, NodeBuilder, ipc_threadsafe};
use turns::{In, Lane, Out, median, ping_pong, show, stream};

#[path = "common/turns.rs"]
mod turns;

type Failure = Box<dyn std::error::Error>;

/// Room for as many values everywhere.
const CAPACITY: usize = 1024;

type ByHand = ipc_threadsafe::Service;

/// iceoryx2 as its own examples use it: a copy is sent, and tells by how many it was received.
struct HandOut(Publisher<ByHand, u64, ()>);
struct HandIn(Subscriber<ByHand, u64, ()>);

impl Out for HandOut {
    #[inline(always)]
    fn send(&mut self, value: u64) -> bool {
        self.0.send_copy(value).is_ok_and(|receivers| receivers > 0)
    }
}

impl In for HandIn {
    #[inline(always)]
    fn receive(&mut self, each: &mut dyn FnMut(u64)) {
        while let Ok(Some(sample)) = self.0.receive() {
            each(*sample);
        }
    }
}

fn by_hand(name: &str) -> Result<(HandOut, HandIn), Failure> {
    let node = NodeBuilder::new().create::<ByHand>()?;
    let service = node
        .service_builder(&name.try_into()?)
        .publish_subscribe::<u64>()
        .enable_safe_overflow(false)
        .history_size(0)
        .subscriber_max_buffer_size(CAPACITY)
        .max_publishers(1)
        .max_subscribers(1)
        .open_or_create()?;
    let receiver = service.subscriber_builder().create()?;
    let sender =
        service.publisher_builder().backpressure_strategy(BackpressureStrategy::DiscardData).create()?;
    // The ports keep the service, and the service its node.
    Ok((HandOut(sender), HandIn(receiver)))
}

/// What the graph gives whose hop goes over this edge.
fn answer<E>(edge: E) -> Result<Vec<u64>, Failure>
where
    E: Edge<u64> + Send + 'static,
    E::Sender: 'static,
    E::Receiver: 'static,
{
    let cpu = || Cpu::builder().wait(Wait::spin_then_yield()).build();
    let (io, compute) = (cpu()?, cpu()?);
    let out = Arc::<Mutex<Vec<u64>>>::default();
    let into = Arc::clone(&out);
    let graph = fuse! {
        from_iter(0..50_000_u64)
            .map(|n: u64| n.rotate_left(9))
            .then(on(compute).edge(edge))
            .map(|n: u64| n ^ 0x5555)
            .for_each(move |n: u64| into.lock().expect("no panic").push(n))
    };
    Engine::on(io).run(graph)?.join()?;
    Ok(std::mem::take(&mut *out.lock().expect("no panic")))
}

/// Both directions of one way, and what was measured of it.
struct Way<O, I> {
    name: &'static str,
    there: (O, I),
    back: (O, I),
    trips: Histogram<u64>,
    streams: Vec<f64>,
}

impl<O: Out, I: In> Way<O, I> {
    fn new(name: &'static str, there: (O, I), back: (O, I)) -> Result<Self, Failure> {
        let trips = Histogram::new_with_bounds(1, 60_000_000_000, 3)?;
        Ok(Self { name, there, back, trips, streams: Vec::new() })
    }

    fn block(&mut self) {
        let Self { there: (out, echo_in), back: (echo_out, back), trips, streams, .. } = self;
        ping_pong(out, echo_in, echo_out, back, trips);
        streams.push(stream(out, echo_in));
    }

    fn show(&mut self) {
        show(self.name, &self.trips);
        println!("  {:<16} stream  {:>7.1} ns a value", self.name, median(&mut self.streams));
    }
}

fn edge<E: Edge<u64>>(
    name: &'static str,
    there: E,
    back: E,
) -> Result<Way<Lane<E::Sender>, Lane<E::Receiver>>, Failure> {
    let lanes = |(sender, receiver)| (Lane(sender), Lane(receiver));
    Way::new(name, lanes(there.open()?), lanes(back.open()?))
}

fn main() -> Result<(), Failure> {
    let blocks: u64 = std::env::args().nth(1).map_or(Ok(10), |blocks| blocks.parse())?;
    turns::ask_for_cores();
    let driver = MediaDriver::embedded().term_length(16 << 20).start()?;
    let named = |name: &str| format!("fusewire-engines-{}-{name}", std::process::id());
    let ring = || Spsc::new().capacity(CAPACITY);
    let shared = |name| shm::shm(named(name)).capacity(CAPACITY);
    let iceoryx = |name| iceoryx2(named(name)).capacity(CAPACITY);
    let aeron = |stream| remote("aeron:ipc", stream).driver(&driver);

    let expected = answer(ring())?;
    let same = answer(shared("same"))? == expected
        && answer(iceoryx("same"))? == expected
        && answer(aeron(1))? == expected;
    shared("same").remove()?;
    if !same {
        return Err("the edges do not give the same values".into());
    }
    println!("{} values, the same over each edge; {blocks} blocks of each in turn:", expected.len());

    let mut spsc = edge("in process", ring(), ring())?;
    let mut shm = edge("edge::shm", shared("there"), shared("back"))?;
    let mut hand =
        Way::new("iceoryx2 by hand", by_hand(&named("hand-there"))?, by_hand(&named("hand-back"))?)?;
    let mut ice = edge("iceoryx2", iceoryx("there"), iceoryx("back"))?;
    let mut ipc = edge("aeron:ipc", aeron(2), aeron(3))?;
    for _ in 0..blocks {
        spsc.block();
        shm.block();
        hand.block();
        ice.block();
        ipc.block();
    }
    spsc.show();
    shm.show();
    hand.show();
    ice.show();
    ipc.show();
    for name in ["there", "back"] {
        shared(name).remove()?;
    }
    Ok(())
}
