//! The compute core's stage: a snapshot in, an order out if the model is sure enough.

use std::sync::Arc;

use fusewire::kernel;

use super::features::History;
use super::model::Model;
use super::order::Order;
use super::snapshot::Snapshot;

/// A margin this far from zero is worth an order.
pub const THRESHOLD: f32 = 0.75;

/// One scored row, as the scores file shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The number of the packet.
    pub packet: u32,
    /// Messages so far.
    pub messages: u32,
    /// The best bid and its shares.
    pub bid: (u32, u64),
    /// The best ask and its shares.
    pub ask: (u32, u64),
    /// What the model said.
    pub margin: f32,
}

/// What a decision looks at besides the margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct About {
    /// When the packet was in hand, or should have been.
    pub taken_ns: u64,
    /// Shares of the best bid.
    pub bid_shares: u64,
    /// Shares of the best ask.
    pub ask_shares: u64,
    /// The number of the packet.
    pub packet: u32,
    /// Messages so far.
    pub messages: u32,
    /// The best bid, in 1/10000.
    pub bid: u32,
    /// The best ask, in 1/10000.
    pub ask: u32,
}

impl About {
    /// What of a snapshot it is.
    #[inline]
    pub fn of(now: &Snapshot) -> About {
        About {
            taken_ns: now.taken_ns,
            bid_shares: now.bid_shares[0],
            ask_shares: now.ask_shares[0],
            packet: now.packet,
            messages: now.messages,
            bid: now.bid,
            ask: now.ask,
        }
    }
}

/// From a margin to an order.
#[derive(Debug, Default)]
pub struct Decision {
    scores: Option<Vec<Score>>,
}

impl Decision {
    /// Keeps every score; `rows` is how many there can be, so that keeping them allocates nothing.
    pub fn recording(rows: usize) -> Decision {
        Decision { scores: Some(Vec::with_capacity(rows)) }
    }

    /// Takes what the model says.
    #[inline]
    pub fn on_margin(&mut self, now: &About, margin: f32) -> Option<Order> {
        if let Some(scores) = &mut self.scores {
            scores.push(Score {
                packet: now.packet,
                messages: now.messages,
                bid: (now.bid, now.bid_shares),
                ask: (now.ask, now.ask_shares),
                margin,
            });
        }
        let (buys, price) = if margin >= THRESHOLD {
            (true, now.ask)
        } else if margin <= -THRESHOLD {
            (false, now.bid)
        } else {
            return None;
        };
        Some(Order { taken_ns: now.taken_ns, packet: now.packet, price, shares: 1, buys })
    }

    /// The scores that were kept.
    pub fn into_scores(self) -> Vec<Score> {
        self.scores.unwrap_or_default()
    }
}

/// Makes features, scores them, decides.
#[derive(Debug)]
pub struct Strategy {
    history: History,
    model: Arc<Model>,
    decision: Decision,
}

impl Strategy {
    /// A strategy with no history.
    pub fn new(model: Arc<Model>, tick: u32) -> Strategy {
        Strategy { history: History::new(tick), model, decision: Decision::default() }
    }

    /// Keeps every score; `rows` is how many there can be, so that keeping them allocates nothing.
    pub fn recording(mut self, rows: usize) -> Strategy {
        self.decision = Decision::recording(rows);
        self
    }

    /// Takes one snapshot.
    #[inline]
    pub fn on_snapshot(&mut self, now: &Snapshot) -> Option<Order> {
        let row = self.history.row(now);
        let margin = self.model.margin(&row);
        self.decision.on_margin(&About::of(now), margin)
    }

    /// The scores that were kept.
    pub fn into_scores(self) -> Vec<Score> {
        self.decision.into_scores()
    }
}
