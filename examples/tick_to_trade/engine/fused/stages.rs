//! The stages: each holds a part of the job and hands it one value at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::loan::Lent;
use fusewire::net::{Datagram, Frame};
use fusewire::stage;

use super::memory::{Arrival, Wire};
use super::sockets::Through;
use crate::parts::answers;
use crate::parts::clock::Clock;
use crate::parts::desk::{Desk, ORDER_PACKET};
use crate::parts::device::{Asking, Judged, JudgedFixed, Question};
use crate::parts::feed::Feed;
use crate::parts::input::BadInput;
use crate::parts::order::Order;
use crate::parts::snapshot::Snapshot;
use crate::parts::strategy::{Decision, Strategy};
use crate::parts::tape::Tape;

/// An order as it goes out, and the number of the packet that it answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrderPacket {
    bytes: [u8; ORDER_PACKET],
    answers: u32,
}

impl AsRef<[u8]> for OrderPacket {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A datagram of the feed: the book after it.
#[stage]
pub(super) fn on_datagram(
    mut feed: Lent<Feed>,
    clock: Clock,
    mut heard_ns: Lent<u64>,
) -> impl FnMut(Datagram) -> Option<Snapshot> {
    move |datagram| {
        *heard_ns = clock.now();
        feed.on_packet(&datagram, *heard_ns)
    }
}

/// A packet of the tape: the book after it.
#[stage]
pub(super) fn on_packet(mut feed: Lent<Feed>, tape: Arc<Tape>) -> impl FnMut(Arrival) -> Option<Snapshot> {
    move |arrival| feed.on_packet(tape.packet(arrival.number), arrival.taken_ns)
}

/// The book: an order, if the model is sure enough.
#[stage]
pub(super) fn on_snapshot(mut strategy: Lent<Strategy>) -> impl FnMut(Snapshot) -> Option<Order> {
    move |snapshot| strategy.on_snapshot(&snapshot)
}

/// The book: a question to the device that scores.
#[stage]
pub(super) fn on_snapshot_ask(mut asking: Asking) -> impl FnMut(Snapshot) -> Question {
    move |snapshot| asking.on_snapshot(&snapshot)
}

/// What the device says: an order, if that is sure enough.
#[stage]
pub(super) fn on_judged(mut decision: Lent<Decision>) -> impl FnMut(Judged) -> Option<Order> {
    move |judged| decision.on_margin(&judged.about, judged.margin)
}

/// The same in fixed point.
#[stage]
pub(super) fn on_judged_fixed(
    mut decision: Lent<Decision>,
    point: u32,
) -> impl FnMut(JudgedFixed) -> Option<Order> {
    let unit = 1.0 / (1_u64 << point) as f64;
    move |judged| decision.on_margin(&judged.about, (f64::from(judged.sum) * unit) as f32)
}

/// An order: the bytes that say it.
#[stage]
pub(super) fn on_order(mut desk: Lent<Desk>) -> impl FnMut(Order) -> OrderPacket {
    move |order| OrderPacket { bytes: desk.on_order(&order), answers: order.packet }
}

/// An order that the kernel has taken: how long that was after the intended time of its packet.
#[stage]
pub(super) fn on_sent(mut through: Lent<Through>) -> impl FnMut(OrderPacket) {
    move |order| through.note(order.answers)
}

/// An answer of the gateway: counted if it accepts an order.
#[stage]
pub(super) fn on_answer(accepted: Arc<AtomicU64>) -> impl FnMut(Frame) -> Result<(), BadInput> {
    move |frame| {
        let (kind, payload) = frame.split_first().map_or((0, &[][..]), |(&kind, payload)| (kind, payload));
        if answers::accepts(kind, payload)? {
            // ORDERING: Relaxed, the count stands for itself.
            accepted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// An order that goes nowhere: its bytes stay in memory.
#[stage]
pub(super) fn keep(mut wire: Lent<Wire>) -> impl FnMut(OrderPacket) {
    move |order| wire.put(&order.bytes)
}
