//! From the multicast socket to the gateway's stream.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::control::Stop;
use fusewire::device::Device;
use fusewire::engine::Engine;
use fusewire::loan::lend;
use fusewire::net::{Be16, TcpStream, TcpWriter, UdpSocket, framed};
use fusewire::prelude::*;
use hdrhistogram::Histogram;

use super::seldom::seldom;
use super::stages::{
    on_answer, on_datagram, on_judged, on_judged_fixed, on_order, on_sent, on_snapshot, on_snapshot_ask,
};
use super::{Back, Place, Scoring, State, failed, trade};
use crate::engine::{Job, Outcome};
use crate::parts::clock::Clock;
use crate::parts::desk;
use crate::parts::device::{Numbers, judge, judge_fixed};
use crate::parts::input::BadInput;
use crate::parts::model::forest::tables::Fixed;
use crate::parts::soup;
use crate::schedule::Schedule;

/// Between two looks at a graph that runs.
const LOOK: Duration = Duration::from_millis(50);
/// How long the last answers of the gateway are waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Looks in a row that find nothing new, after the exchange has sent everything, for the run to be over.
const QUIET_LOOKS: u32 = 3;
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Both ends of the job, and when it begins and ends.
pub(super) struct Sockets<'a> {
    pub(super) feed: std::net::UdpSocket,
    pub(super) orders: std::net::TcpStream,
    pub(super) start: &'a Arc<OnceLock<u64>>,
    pub(super) done: &'a AtomicBool,
}

pub(super) fn run<D: Device>(
    job: &Job<'_>,
    sockets: Sockets<'_>,
    io: Io,
    compute: Cpu,
    place: Place<D>,
    state: State,
    back: Back,
) -> Result<Outcome, BadInput> {
    let clock = job.clock;
    let longest = job.tape.longest().max(2_048);
    let udp = UdpSocket::from_std(&io, sockets.feed).buffer_size(longest).build().map_err(failed)?;
    let heard = udp.stats();
    let (incoming, orders) = TcpStream::from_std(&io, sockets.orders).map_err(failed)?.split();
    let State { feed, strategy, decision, desk } = state;
    let (heard_ns, heard_ns_back) = lend(0);
    let (sent, accepted) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (through, through_back) = lend(Through::new(job, sockets.start, &sent));

    let answers = fuse! {
        source(seldom(framed(incoming, Be16::new())))
            .map_err(failed)
            .try_map(on_answer(accepted.clone()))
    };
    let engine = Engine::on(io.clone()).measure_hops(job.shows);
    let (writer, trading_io) = (&orders, io.clone());
    let (trading, _) = trade!(
        job, engine, place, compute, trading_io, strategy, decision;
        [read(udp).filter_map(on_datagram(feed, clock, heard_ns))]
        [.map(on_order(desk)).and(send(writer)).for_each(on_sent(through))]
    );
    let answers = engine.run(answers).map_err(failed)?;
    let _interrupt = super::listen(&trading)?;
    let base = *sockets.start.get_or_init(|| clock.now() + 2_000_000);

    let (mut quiet, mut heard_before) = (0, 0);
    let (mut spoke, mut sent_before) = (Instant::now(), 0);
    let mut interrupted = true;
    while !trading.wait_for(LOOK) {
        if answers.is_finished() {
            // Its error says why.
            trading.stop(Stop::Abandon);
            answers.join().map_err(failed)?;
            return Err(BadInput::new("the order gateway closed the stream".into()));
        }
        let heard = heard.get().received;
        quiet = if heard == heard_before { quiet + 1 } else { 0 };
        heard_before = heard;
        // ORDERING: Acquire, with the exchange's Release after its last packet.
        if sockets.done.load(Ordering::Acquire) && quiet >= QUIET_LOOKS {
            interrupted = false;
            trading.stop(Stop::Drain);
        }
        // ORDERING: Relaxed, the count stands for itself.
        let sent = sent.load(Ordering::Relaxed);
        if sent != sent_before {
            (spoke, sent_before) = (Instant::now(), sent);
        } else if spoke.elapsed() > HEARTBEAT {
            say(soup::CLIENT_HEARTBEAT, &io, &orders)?;
            spoke = Instant::now();
        }
    }
    let crossings = super::crossings(&trading.inspect());
    trading.join().map_err(failed)?;
    let outcome = back.outcome(crossings);

    let patience = Instant::now() + PATIENCE;
    // ORDERING: Relaxed, here and below, the count stands for itself.
    while accepted.load(Ordering::Relaxed) < outcome.orders && Instant::now() < patience {
        if answers.wait_for(Duration::from_millis(1)) {
            break;
        }
    }
    say(soup::LOGOUT, &io, &orders)?;
    answers.stop(Stop::Drain);
    answers.join().map_err(failed)?;
    Ok(Outcome {
        accepted: Some(accepted.load(Ordering::Relaxed)),
        took_ns: heard_ns_back.take().unwrap_or_default().saturating_sub(base),
        through_sockets: through_back.take().and_then(|through| through.latency),
        interrupted,
        ..outcome
    })
}

/// Sends a packet without payload, on the io context as everything that goes to the gateway.
fn say(kind: u8, io: &Io, orders: &TcpWriter) -> Result<(), BadInput> {
    let mut packet = Vec::new();
    soup::push(&mut packet, kind, &[]);
    match block_on(just(packet).then(on(io.clone())).and(send(orders))) {
        Completion::Error(error) => Err(failed(error)),
        Completion::Value(_) | Completion::Stopped(_) => Ok(()),
    }
}

/// The times through the sockets.
#[derive(Debug)]
pub(super) struct Through {
    clock: Clock,
    schedule: Arc<Schedule>,
    start: Arc<OnceLock<u64>>,
    sent: Arc<AtomicU64>,
    /// `None` where nothing is intended.
    latency: Option<Histogram<u64>>,
}

impl Through {
    fn new(job: &Job<'_>, start: &Arc<OnceLock<u64>>, sent: &Arc<AtomicU64>) -> Through {
        Through {
            clock: job.clock,
            schedule: Arc::clone(job.schedule),
            start: Arc::clone(start),
            sent: Arc::clone(sent),
            latency: job.schedule.is_paced().then(desk::histogram),
        }
    }

    /// The kernel took the order that answers this packet.
    #[inline]
    pub(super) fn note(&mut self, packet: u32) {
        // ORDERING: Relaxed, the count stands for itself and nobody else writes it.
        self.sent.store(self.sent.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        let (Some(latency), Some(due), Some(base)) =
            (&mut self.latency, self.schedule.of_number(packet), self.start.get())
        else {
            return;
        };
        desk::note(latency, self.clock.now().saturating_sub(base + due));
    }
}
