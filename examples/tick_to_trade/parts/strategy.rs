//! The compute core's stage: a snapshot in, an order out if the model is sure enough.

use std::sync::Arc;

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

/// Makes features, scores them, decides.
#[derive(Debug)]
pub struct Strategy {
    history: History,
    model: Arc<Model>,
    scores: Option<Vec<Score>>,
}

impl Strategy {
    /// A strategy with no history.
    pub fn new(model: Arc<Model>, tick: u32) -> Strategy {
        Strategy { history: History::new(tick), model, scores: None }
    }

    /// Keeps every score; `rows` is how many there can be, so that keeping them allocates nothing.
    pub fn recording(mut self, rows: usize) -> Strategy {
        self.scores = Some(Vec::with_capacity(rows));
        self
    }

    /// Takes one snapshot.
    #[inline]
    pub fn on_snapshot(&mut self, now: &Snapshot) -> Option<Order> {
        let row = self.history.row(now);
        let margin = self.model.margin(&row);
        if let Some(scores) = &mut self.scores {
            scores.push(Score {
                packet: now.packet,
                messages: now.messages,
                bid: (now.bid, now.bid_shares[0]),
                ask: (now.ask, now.ask_shares[0]),
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
