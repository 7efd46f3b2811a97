//! What crosses to the compute core after a packet that makes a row: 128 bytes, two cache lines.

use super::book::{Book, Level};

/// The book after one packet, as far as the features look at it.
///
/// A snapshot is made only if both sides have a level and the best bid is below the best ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Snapshot {
    /// When the packet was in hand, or should have been: nanoseconds of the engine's clock.
    pub taken_ns: u64,
    /// Shares of the bid levels 1 to 5, best first; 0 where there is no level.
    pub bid_shares: [u64; 5],
    /// The same for the asks.
    pub ask_shares: [u64; 5],
    /// Shares of the first 10 bid levels together.
    pub bid_shares10: u64,
    /// The same for the asks.
    pub ask_shares10: u64,
    /// The number of the packet, from 1.
    pub packet: u32,
    /// Messages so far, this packet's included.
    pub messages: u32,
    /// The best bid, in 1/10000.
    pub bid: u32,
    /// The best ask, in 1/10000.
    pub ask: u32,
    /// Orders at the best bid. A level of 2^31 orders would need 48 GiB of them, so the top bit is free to
    /// carry [`Snapshot::restarts`], and the snapshot keeps to two cache lines.
    bid_orders: u32,
    /// Orders at the best ask.
    pub ask_orders: u32,
}

const _: () = assert!(size_of::<Snapshot>() == 128);
const RESTARTS: u32 = 1 << 31;

impl Snapshot {
    /// Looks at the book; `None` if it makes no row now.
    #[inline]
    pub fn of(book: &Book) -> Option<Snapshot> {
        let (bid, ask) = (book.bids().next()?, book.asks().next()?);
        if bid.price >= ask.price {
            return None;
        }
        let (bid_shares, bid_shares10) = shares(book.bids());
        let (ask_shares, ask_shares10) = shares(book.asks());
        Some(Snapshot {
            taken_ns: 0,
            bid_shares,
            ask_shares,
            bid_shares10,
            ask_shares10,
            packet: 0,
            messages: 0,
            bid: bid.price,
            ask: ask.price,
            bid_orders: bid.orders,
            ask_orders: ask.orders,
        })
    }

    /// Orders at the best bid.
    #[inline]
    pub fn bid_orders(&self) -> u32 {
        self.bid_orders & !RESTARTS
    }

    /// Whether the book began anew since the row before, so that history must begin anew too.
    #[inline]
    pub fn restarts(&self) -> bool {
        self.bid_orders & RESTARTS != 0
    }

    /// Marks this row as the first of a new book.
    #[inline]
    pub fn restarting(mut self, restarts: bool) -> Snapshot {
        self.bid_orders |= u32::from(restarts) << 31;
        self
    }
}

/// The shares of the first five levels, and of the first ten together.
#[inline]
fn shares<'a>(mut levels: impl Iterator<Item = &'a Level>) -> ([u64; 5], u64) {
    let mut first5 = [0; 5];
    for (share, level) in first5.iter_mut().zip(levels.by_ref()) {
        *share = level.shares;
    }
    let next5: u64 = levels.take(5).map(|level| level.shares).sum();
    (first5, first5.iter().sum::<u64>() + next5)
}
