//! From the tape to order bytes in memory.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fusewire::completion::Never;
use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::device::Device;
use fusewire::engine::Engine;
use fusewire::loan::lend;
use fusewire::prelude::*;

use super::stages::{keep, on_judged, on_judged_fixed, on_order, on_packet, on_snapshot, on_snapshot_ask};
use super::{Back, Place, Scoring, State, failed, trade};
use crate::engine::{Job, MOST_ORDERS_IN_MEMORY, Outcome};
use crate::parts::clock::Clock;
use crate::parts::desk::ORDER_PACKET;
use crate::parts::device::{Numbers, judge, judge_fixed};
use crate::parts::input::BadInput;
use crate::parts::model::forest::tables::Fixed;
use crate::schedule::Schedule;

pub(super) fn run<D: Device>(
    job: &Job<'_>,
    io: Io,
    compute: Cpu,
    place: Place<D>,
    state: State,
    back: Back,
) -> Result<Outcome, BadInput> {
    let State { feed, strategy, decision, desk } = state;
    let (wire, wire_back) = lend(Wire::new(job.tape.numbered()));
    let base = Arc::new(OnceLock::new());
    let tape = Arc::clone(job.tape);
    let replay = Replay {
        io: io.clone(),
        packets: job.tape.len(),
        next: 0,
        schedule: Arc::clone(job.schedule),
        clock: job.clock,
        base: Arc::clone(&base),
    };
    let engine = Engine::on(io.clone()).measure_hops(job.shows);
    let (handle, launched) = trade!(
        job, engine, place, compute, io, strategy, decision;
        [source(replay).filter_map(on_packet(feed, tape))]
        [.map(on_order(desk)).for_each(keep(wire))]
    );
    let _interrupt = super::listen(&handle)?;
    let base = *base.get_or_init(|| job.clock.now() + job.schedule.lead());
    while !handle.wait_for(Duration::from_secs(3600)) {}
    let crossings = super::crossings(&handle.inspect());
    let report = handle.join().map_err(failed)?;
    let waited = base - launched;
    let outcome = back.outcome(crossings);
    Ok(Outcome {
        took_ns: (report.elapsed.as_nanos() as u64).saturating_sub(waited),
        order_bytes: wire_back.take().map(|wire| wire.into_bytes(outcome.orders)).unwrap_or_default(),
        interrupted: report.started < job.tape.len() as u64,
        ..outcome
    })
}

/// A packet of the tape whose time has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    /// Its place on the tape.
    pub(super) number: usize,
    /// When it was in hand, or should have been.
    pub(super) taken_ns: u64,
}

/// Plays the tape, each packet at its intended time: a source of our own.
#[derive(Debug)]
struct Replay {
    io: Io,
    packets: usize,
    next: usize,
    schedule: Arc<Schedule>,
    clock: Clock,
    /// The intended time of the first packet, once it is known.
    base: Arc<OnceLock<u64>>,
}

impl Source for Replay {
    type Value = Arrival;
    type Error = Never;

    fn home(&self) -> Option<ContextRef> {
        Some(self.io.context().clone())
    }

    #[inline]
    fn take(&mut self) -> Taken<Arrival, Never> {
        let number = self.next;
        if number == self.packets {
            return Taken::Ended;
        }
        let Some(base) = self.base.get() else { return Taken::Empty };
        let now = self.clock.now();
        let taken_ns = match self.schedule.of_datagram(number) {
            None => now,
            Some(due) => {
                let due = due + base;
                if now < due {
                    return Taken::Empty;
                }
                due
            }
        };
        self.next += 1;
        Taken::Value(Arrival { number, taken_ns })
    }
}

/// Order bytes, one behind the other; when the space is used up, from its beginning again.
#[derive(Debug)]
pub(super) struct Wire {
    bytes: Vec<u8>,
    at: usize,
}

impl Wire {
    fn new(orders: usize) -> Wire {
        // Touched here, so that no order meets a page fault.
        Wire { bytes: vec![1; orders.clamp(1, MOST_ORDERS_IN_MEMORY) * ORDER_PACKET], at: 0 }
    }

    #[inline]
    pub(super) fn put(&mut self, order: &[u8; ORDER_PACKET]) {
        self.bytes[self.at..self.at + ORDER_PACKET].copy_from_slice(order);
        self.at = if self.at + ORDER_PACKET == self.bytes.len() { 0 } else { self.at + ORDER_PACKET };
    }

    fn into_bytes(mut self, orders: u64) -> Vec<u8> {
        self.bytes.truncate(orders as usize * ORDER_PACKET);
        self.bytes
    }
}
