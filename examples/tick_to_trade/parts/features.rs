//! The 23 numbers of a row, from the book now and from the rows before.

use super::snapshot::Snapshot;

/// How many features a row has.
pub const FEATURES: usize = 23;

/// One row: the features in order, padded with zeros to two vector registers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Row(pub [f32; 32]);

/// The part of a snapshot that the next row's order flow imbalance looks at.
#[derive(Debug, Clone, Copy)]
struct Touch {
    bid: u32,
    bid_shares: i64,
    ask: u32,
    ask_shares: i64,
}

/// What the features remember: the order flow of the last 50 rows and the mid of the last 100.
#[derive(Debug)]
pub struct History {
    tick: u64,
    rows: usize,
    before: Option<Touch>,
    flows: [i64; FLOWS],
    flow10: i64,
    flow50: i64,
    mids: [i64; MIDS],
}

/// Powers of two above 50 and 100, so that an index is a mask.
const FLOWS: usize = 64;
const MIDS: usize = 128;

impl History {
    /// No rows yet; `tick` is the price step in 1/10000 and is not 0.
    pub fn new(tick: u32) -> History {
        History {
            tick: u64::from(tick),
            rows: 0,
            before: None,
            flows: [0; FLOWS],
            flow10: 0,
            flow50: 0,
            mids: [0; MIDS],
        }
    }

    /// Makes the row of a snapshot and remembers what later rows need.
    ///
    /// Counts and sums are integers, which float64 holds exactly, so every feature is the float64 value rounded once.
    #[inline]
    pub fn row(&mut self, now: &Snapshot) -> Row {
        if now.restarts() {
            *self = History::new(self.tick as u32);
        }
        let (bids, asks) = (&now.bid_shares, &now.ask_shares);
        let first = |shares: &[u64; 5], levels: usize| shares[..levels].iter().sum::<u64>() as f64;
        let imbalance = |b: f64, a: f64| ((b - a) / (b + a)) as f32;
        let (bid_orders, ask_orders) = (f64::from(now.bid_orders()), f64::from(now.ask_orders));

        let mut row = [0.0_f32; 32];
        row[0] = (f64::from(now.ask - now.bid) / self.tick as f64) as f32;
        row[1] = imbalance(first(bids, 1), first(asks, 1));
        row[2] = imbalance(first(bids, 3), first(asks, 3));
        row[3] = imbalance(first(bids, 5), first(asks, 5));
        row[4] = imbalance(now.bid_shares10 as f64, now.ask_shares10 as f64);
        row[5] = imbalance(bid_orders, ask_orders);
        for level in 0..5 {
            row[6 + level] = bids[level] as f64 as f32;
            row[11 + level] = asks[level] as f64 as f32;
        }
        row[16] = (bids[0] as f64 / bid_orders) as f32;
        row[17] = (asks[0] as f64 / ask_orders) as f32;
        self.remember_flow(now);
        row[18] = self.flow10 as f64 as f32;
        row[19] = self.flow50 as f64 as f32;
        let mid = ((u64::from(now.bid) + u64::from(now.ask)) / self.tick) as i64;
        self.mids[self.rows % MIDS] = mid;
        row[20] = self.moved(mid, 5);
        row[21] = self.moved(mid, 20);
        row[22] = self.moved(mid, 100);
        self.rows += 1;
        Row(row)
    }

    /// How far the mid moved in `back` rows, in ticks; 0 while there are not so many.
    #[inline]
    fn moved(&self, mid: i64, back: usize) -> f32 {
        if self.rows < back {
            return 0.0;
        }
        ((mid - self.mids[(self.rows - back) % MIDS]) as f64 / 2.0) as f32
    }

    /// Adds this row's order flow to the sums of the last 10 and 50.
    #[inline]
    fn remember_flow(&mut self, now: &Snapshot) {
        let touch = Touch {
            bid: now.bid,
            bid_shares: now.bid_shares[0] as i64,
            ask: now.ask,
            ask_shares: now.ask_shares[0] as i64,
        };
        let flow = match self.before.replace(touch) {
            None => 0,
            Some(before) => {
                let when = |holds: bool, shares: i64| if holds { shares } else { 0 };
                when(touch.bid >= before.bid, touch.bid_shares)
                    - when(touch.bid <= before.bid, before.bid_shares)
                    - when(touch.ask <= before.ask, touch.ask_shares)
                    + when(touch.ask >= before.ask, before.ask_shares)
            }
        };
        // Slots that no row has filled yet are 0, so the sums need no special case for the first rows.
        self.flow10 += flow - self.flows[self.rows.wrapping_sub(10) % FLOWS];
        self.flow50 += flow - self.flows[self.rows.wrapping_sub(50) % FLOWS];
        self.flows[self.rows % FLOWS] = flow;
    }
}
