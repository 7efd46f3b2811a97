//! The twin: the job as a good engineer writes it by hand. Two pinned threads, a ring each way, plain loops.

#[path = "hand/outbox.rs"]
mod outbox;
#[path = "hand/receive.rs"]
mod receive;
#[path = "hand/ring.rs"]
mod ring;

use std::net::{TcpStream, UdpSocket};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use hdrhistogram::Histogram;

use super::{Job, MOST_ORDERS_IN_MEMORY, Outcome, Wiring, pin};
use crate::parts::desk::{self, Desk, ORDER_PACKET};
use crate::parts::feed::Feed;
use crate::parts::input::BadInput;
use crate::parts::order::Order;
use crate::parts::snapshot::Snapshot;
use crate::parts::strategy::{Score, Strategy};
use crate::schedule::Schedule;
use outbox::Outbox;
use receive::Receiver;
use ring::{indexed, slotted};

/// Snapshots that may wait for the compute core.
const SNAPSHOTS: usize = 1024;
/// Orders that may wait for the io core.
const ORDERS: usize = 1024;
/// How long the sockets must be silent, after the exchange has sent everything, for the run to be over.
const SILENCE_NS: u64 = 20_000_000;
/// How long the last answers of the gateway are waited for.
const PATIENCE_NS: u64 = 5_000_000_000;
/// Looks at the feed that find nothing, between two looks at the gateway's answers.
const LOOKS: u32 = 256;

/// Runs the job.
///
/// # Errors
/// A core does not exist, or a socket fails.
pub fn run(job: &Job<'_>, wiring: Wiring<'_>) -> Result<Outcome, BadInput> {
    let (snapshots_in, snapshots_out) = indexed::ring::<Snapshot, SNAPSHOTS>();
    let (orders_in, orders_out) = slotted::ring::<Order, ORDERS>();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let rows = if job.recording { job.tape.numbered() } else { 0 };
        let mut strategy = Strategy::new(job.model.clone(), job.tick);
        let mut desk = Desk::new(job.clock, job.tape.symbol());
        if job.recording {
            strategy = strategy.recording(rows);
            desk = desk.recording(rows);
        }
        let (stop, core) = (&stop, job.compute_core);
        let (ready, is_ready) = std::sync::mpsc::channel();
        let compute = scope.spawn(move || {
            pin(core)?;
            // If the io thread is gone already, `stop` is up.
            let _ = ready.send(());
            Ok(compute_lane(strategy, snapshots_out, orders_in, stop))
        });
        let lane = Lane { feed: Feed::new(), desk, snapshots: snapshots_in, orders: orders_out };
        let io = scope.spawn(move || {
            let _stop_compute = Raise(stop);
            pin(job.io_core)?;
            if is_ready.recv().is_err() {
                return Err(BadInput::new(format!("the thread of core {core} did not start")));
            }
            match &wiring {
                Wiring::Memory => Ok(lane.run_in_memory(job, stop)),
                Wiring::Sockets { feed, orders, start, done } => {
                    lane.run_on_sockets(job, stop, feed, orders, start, done)
                }
            }
        });
        let outcome = io.join().expect("the io thread does not panic");
        let scores: Result<_, BadInput> = compute.join().expect("the compute thread does not panic");
        // What went wrong on the compute core comes first: the io core then only says that nobody answered.
        Ok(Outcome { scores: scores?, ..outcome? })
    })
}

/// Raises a flag however its owner ends, so that the other thread ends too.
struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        // ORDERING: Release, with the Acquire of the compute lane: it finds every snapshot that was pushed before.
        self.0.store(true, Ordering::Release);
    }
}

/// Everything the compute core does.
fn compute_lane(
    mut strategy: Strategy,
    mut snapshots: indexed::Consumer<Snapshot, SNAPSHOTS>,
    mut orders: slotted::Producer<Order, ORDERS>,
    stop: &AtomicBool,
) -> Vec<Score> {
    loop {
        if let Some(snapshot) = snapshots.front() {
            let order = strategy.on_snapshot(snapshot);
            snapshots.advance();
            if let Some(order) = order {
                while !orders.push(order) {
                    std::hint::spin_loop();
                }
            }
        // ORDERING: Acquire, with the Release in `Raise`; nothing is pushed after it, so one more look is enough.
        } else if stop.load(Ordering::Acquire) && snapshots.front().is_none() {
            return strategy.into_scores();
        }
    }
}

/// Everything the io core holds.
struct Lane {
    feed: Feed,
    desk: Desk,
    snapshots: indexed::Producer<Snapshot, SNAPSHOTS>,
    orders: slotted::Consumer<Order, ORDERS>,
}

impl Lane {
    /// From the tape to order bytes in memory.
    fn run_in_memory(mut self, job: &Job<'_>, stop: &AtomicBool) -> Outcome {
        let most = job.tape.numbered().clamp(1, MOST_ORDERS_IN_MEMORY);
        let mut wire = vec![1_u8; most * ORDER_PACKET];
        let mut at = 0;
        let mut write = |desk: &mut Desk, order: Order| {
            wire[at..at + ORDER_PACKET].copy_from_slice(&desk.on_order(&order));
            at = if at + ORDER_PACKET == wire.len() { 0 } else { at + ORDER_PACKET };
        };
        let base = job.clock.now() + job.schedule.lead();
        for number in 0..job.tape.len() {
            let taken = loop {
                while let Some(order) = self.orders.pop() {
                    write(&mut self.desk, order);
                }
                let now = job.clock.now();
                match job.schedule.of_datagram(number) {
                    None => break now,
                    Some(due) if base + due <= now => break base + due,
                    Some(_) => {}
                }
            };
            if let Some(snapshot) = self.feed.on_packet(job.tape.packet(number), taken) {
                while !self.snapshots.push(&snapshot) {
                    while let Some(order) = self.orders.pop() {
                        write(&mut self.desk, order);
                    }
                }
            }
        }
        while !self.snapshots.all_taken() {
            while let Some(order) = self.orders.pop() {
                write(&mut self.desk, order);
            }
        }
        // The last snapshot is given back before its order is pushed: wait until the compute lane has ended.
        drop(Raise(stop));
        while !self.orders.is_closed() {
            while let Some(order) = self.orders.pop() {
                write(&mut self.desk, order);
            }
        }
        while let Some(order) = self.orders.pop() {
            write(&mut self.desk, order);
        }
        let took = job.clock.now() - base;
        wire.truncate(self.desk.sent() as usize * ORDER_PACKET);
        Outcome { order_bytes: wire, ..self.outcome(took, None, None) }
    }

    /// From the multicast socket to the gateway's stream.
    fn run_on_sockets(
        mut self,
        job: &Job<'_>,
        stop: &AtomicBool,
        feed: &UdpSocket,
        gateway: &TcpStream,
        start: &OnceLock<u64>,
        done: &AtomicBool,
    ) -> Result<Outcome, BadInput> {
        let mut receiver = Receiver::new(feed, job.tape.longest());
        let mut outbox = Outbox::new(gateway, job.clock);
        let base = *start.get_or_init(|| job.clock.now() + 2_000_000);
        let mut through = Through::new(job, base);
        let mut looks = 0;
        let mut heard = base;
        loop {
            let count = receiver.receive()?;
            if count > 0 {
                heard = job.clock.now();
                for number in 0..count {
                    if let Some(snapshot) = self.feed.on_packet(receiver.datagram(number), heard) {
                        while !self.snapshots.push(&snapshot) {
                            self.send(&mut outbox, &mut through)?;
                        }
                    }
                    self.send(&mut outbox, &mut through)?;
                }
            }
            self.send(&mut outbox, &mut through)?;
            if count > 0 {
                looks = 0;
                continue;
            }
            looks += 1;
            if looks == LOOKS {
                looks = 0;
                outbox.read_answers()?;
                outbox.keep_alive()?;
                // ORDERING: Acquire, with the exchange's Release after its last packet.
                if done.load(Ordering::Acquire) && job.clock.now().saturating_sub(heard) > SILENCE_NS {
                    break;
                }
            }
        }
        drop(Raise(stop));
        while !self.orders.is_closed() {
            self.send(&mut outbox, &mut through)?;
        }
        self.send(&mut outbox, &mut through)?;
        let patience = job.clock.now() + PATIENCE_NS;
        while (outbox.accepted() < u64::from(self.desk.sent()) || !outbox.is_empty())
            && job.clock.now() < patience
        {
            self.send(&mut outbox, &mut through)?;
            outbox.read_answers()?;
        }
        outbox.log_out()?;
        let accepted = outbox.accepted();
        Ok(self.outcome(heard.saturating_sub(base), Some(accepted), through.latency))
    }

    /// Sends every order that has come back, in one write, and notes the times of those that the kernel has taken.
    #[inline]
    fn send(&mut self, outbox: &mut Outbox<'_>, through: &mut Through<'_>) -> Result<(), BadInput> {
        while outbox.has_room()
            && let Some(order) = self.orders.pop()
        {
            outbox.push(&self.desk.on_order(&order), order.packet);
        }
        if !outbox.is_empty() {
            outbox.flush()?;
            outbox.take_sent().for_each(|(packet, at)| through.note(packet, at));
        }
        Ok(())
    }

    fn outcome(
        self,
        took_ns: u64,
        accepted: Option<u64>,
        through_sockets: Option<Histogram<u64>>,
    ) -> Outcome {
        let (orders, first_ns) = (u64::from(self.desk.sent()), self.desk.first_ns());
        let (packet_to_order, kept) = self.desk.into_parts();
        let (feed, stale) = (self.feed.counts(), self.feed.is_stale());
        Outcome {
            feed,
            stale,
            orders,
            accepted,
            took_ns,
            packet_to_order,
            through_sockets,
            first_ns,
            scores: Vec::new(),
            kept,
            order_bytes: Vec::new(),
            crossings: None,
            interrupted: false,
        }
    }
}

/// The times through the sockets.
struct Through<'a> {
    schedule: &'a Schedule,
    base: u64,
    latency: Option<Histogram<u64>>,
}

impl<'a> Through<'a> {
    /// Notes nothing where nothing is intended.
    fn new(job: &Job<'a>, base: u64) -> Through<'a> {
        let latency = job.schedule.is_paced().then(desk::histogram);
        Through { schedule: job.schedule, base, latency }
    }

    /// The kernel took the order that answers this packet.
    #[inline]
    fn note(&mut self, packet: u32, at: u64) {
        if let (Some(latency), Some(due)) = (self.latency.as_mut(), self.schedule.of_number(packet)) {
            desk::note(latency, at.saturating_sub(self.base + due));
        }
    }
}
