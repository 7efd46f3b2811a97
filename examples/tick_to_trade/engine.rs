//! What every engine is given, and what it gives back. Two engines do the same job with the same parts:
//! [`fused`] is a graph, [`hand`] is two pinned threads, two rings and plain loops.

#[path = "engine/fused.rs"]
pub mod fused;
#[path = "engine/hand.rs"]
pub mod hand;

use std::net::{TcpStream, UdpSocket};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use hdrhistogram::Histogram;

use crate::parts::clock::Clock;
use crate::parts::feed::FeedCounts;
use crate::parts::input::BadInput;
use crate::parts::model::Model;
use crate::parts::order::Order;
use crate::parts::strategy::Score;
use crate::parts::tape::Tape;
use crate::schedule::Schedule;

/// Order packets that are kept in memory where no gateway takes them; then the space is used again.
pub const MOST_ORDERS_IN_MEMORY: usize = 1 << 20;

/// One run of the job.
#[derive(Debug)]
pub struct Job<'a> {
    /// The packets, and the symbol to trade.
    pub tape: &'a Arc<Tape>,
    /// When each of them is due.
    pub schedule: &'a Arc<Schedule>,
    /// Scores rows.
    pub model: Arc<Model>,
    /// The price step, in 1/10000.
    pub tick: u32,
    /// Where packets are read and orders are sent.
    pub io_core: usize,
    /// Where rows are scored.
    pub compute_core: usize,
    /// Whether scores and orders are kept.
    pub recording: bool,
    /// Whether the engine shows how it is built.
    pub shows: bool,
    /// The clock of this process.
    pub clock: Clock,
}

impl Job<'_> {
    /// Shows how the engine is built, if it is to.
    pub fn show(&self, drawing: &dyn std::fmt::Display) {
        if self.shows {
            println!("\n{drawing}");
        }
    }
}

/// Both ends of the job.
#[derive(Debug)]
pub enum Wiring<'a> {
    /// From the tape to order bytes in memory.
    Memory,
    /// From a multicast socket to a TCP stream that is logged in.
    Sockets {
        /// Joined to the group, not blocking.
        feed: UdpSocket,
        /// Logged in at the gateway, not blocking.
        orders: TcpStream,
        /// The engine sets it to the time of the first packet when it is ready; the exchange waits for that.
        start: &'a Arc<OnceLock<u64>>,
        /// The exchange has sent everything.
        done: &'a AtomicBool,
    },
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// What the feed saw.
    pub feed: FeedCounts,
    /// Whether the book was stale at the end.
    pub stale: bool,
    /// Orders sent.
    pub orders: u64,
    /// Orders that the gateway accepted; `None` where there is no gateway.
    pub accepted: Option<u64>,
    /// From the first packet to the last order, in nanoseconds.
    pub took_ns: u64,
    /// From packet bytes to order bytes, in nanoseconds.
    pub packet_to_order: Histogram<u64>,
    /// From the intended time at the exchange until the order was handed to the kernel; where both exist.
    pub through_sockets: Option<Histogram<u64>>,
    /// The first order's time from packet bytes to order bytes: everything was cold.
    pub first_ns: u64,
    /// Every score, if they were kept.
    pub scores: Vec<Score>,
    /// Every order, if they were kept.
    pub kept: Vec<Order>,
    /// The order packets as they stand in memory, where there is no gateway to check them.
    pub order_bytes: Vec<u8>,
    /// What went from thread to thread, in words, if the engine can say it.
    pub crossings: Option<String>,
    /// Ctrl-C ended the run early.
    pub interrupted: bool,
}

/// Binds the calling thread to a core.
///
/// # Errors
/// The core does not exist, or the system refuses.
pub fn pin(core: usize) -> Result<(), BadInput> {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    let found = cores.iter().find(|id| id.id == core).copied();
    if found.is_some_and(core_affinity::set_for_current) {
        return Ok(());
    }
    let known = cores.iter().map(|id| id.id.to_string()).collect::<Vec<_>>().join(", ");
    Err(BadInput::new(format!("cannot run on core {core}: this process may use the cores {known}")))
}
