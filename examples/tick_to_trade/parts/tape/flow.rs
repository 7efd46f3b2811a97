//! The embedded exchange's order flow: seeded, so that every run with one seed is the same run.
//!
//! A hidden pressure wanders up and down. It tilts everything a little: on which side orders come, how large they
//! are, where they are cancelled, which side is traded against. So the book shows now what the price does later,
//! and a model can learn it.

#[path = "flow/market.rs"]
mod market;
#[path = "flow/wire.rs"]
mod wire;

use super::super::itch::Side;
use super::Tape;
use market::Market;
use wire::Wire;

/// The price step of the embedded exchange: a cent, in 1/10000.
pub const TICK: u32 = 100;
/// The symbol that it trades.
pub const SYMBOL: [u8; 8] = *b"FUSE    ";

/// Makes a day of at least `packets` packets.
pub fn generate(seed: u64, packets: usize) -> Tape {
    let mut day =
        Day { random: Random(seed), pressure: 0.0, market: Market::default(), wire: Wire::default() };
    day.open();
    while day.wire.packets() + 2 < packets {
        day.turn();
    }
    day.close()
}

/// A generator of the SplitMix family: short, and good enough for a market.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// How many times in a row a chance comes true, at most `most` times.
    fn streak(&mut self, probability: f64, most: u32) -> u32 {
        (0..most).take_while(|_| self.chance(probability)).count() as u32
    }
}

#[derive(Debug)]
struct Day {
    random: Random,
    /// From -1 (down) to 1 (up).
    pressure: f64,
    market: Market,
    wire: Wire,
}

impl Day {
    fn open(&mut self) {
        self.wire.system(b'O');
        self.wire.directory();
        self.wire.trading();
        self.wire.system(b'S');
        self.wire.system(b'Q');
        self.wire.flush(1_000_000);
        for level in 0..20 {
            for side in [Side::Buy, Side::Sell] {
                for _ in 0..3 {
                    let price = match side {
                        Side::Buy => 1_000_000 - TICK * (1 + level),
                        Side::Sell => 1_000_000 + TICK * level,
                    };
                    self.add(side, price);
                }
            }
            self.wire.flush(100_000);
        }
    }

    fn close(mut self) -> Tape {
        self.wire.system(b'M');
        self.wire.flush(1_000_000);
        self.wire.system(b'C');
        self.wire.flush(1_000_000);
        self.wire.into_tape()
    }

    /// One packet: mostly a message or two, sometimes a burst.
    fn turn(&mut self) {
        self.pressure = (self.pressure * 0.985 + (self.random.unit() - 0.5) * 0.22).clamp(-1.0, 1.0);
        let burst = self.random.chance(0.03);
        let events =
            if burst { 4 + self.random.below(12) } else { 1 + u64::from(self.random.streak(0.25, 3)) };
        for _ in 0..events {
            self.event();
            self.refill();
        }
        // Packets come 200 us apart on average, and one in eight right behind another.
        let gap =
            if self.random.chance(0.125) { 2_000.0 } else { -230_000.0 * (1.0 - self.random.unit()).ln() };
        self.wire.flush(gap as u64);
    }

    fn event(&mut self) {
        let side = self.tilted_side(0.20);
        // Around this many orders stand on each side: more are pulled when more are there.
        let crowded = self.random.below(160) < self.market.orders(side) as u64;
        match self.random.below(100) {
            0..=66 if crowded => self.delete(),
            0..=66 => {
                let price = self.price_for(side);
                self.add(side, price);
            }
            67..=79 => self.replace(),
            80..=85 => self.cancel_some(),
            86..=97 => self.trade(),
            98 => self
                .wire
                .hidden_trade(self.market.best(Side::Buy).unwrap_or(TICK), 1 + self.random.below(5) as u32),
            _ => self.wire.retail_interest(),
        }
    }

    /// Buy if the pressure is up, more often than not.
    fn tilted_side(&mut self, tilt: f64) -> Side {
        if self.random.chance(0.5 + tilt * self.pressure) { Side::Buy } else { Side::Sell }
    }

    /// A price at or behind the best of this side, or better where there is a gap.
    fn price_for(&mut self, side: Side) -> u32 {
        let (bid, ask) = self.market.touch();
        let behind = TICK * self.random.streak(0.62, 18);
        // A gap between the sides is filled soon, and a wide one from its middle.
        let gap = (ask - bid) / TICK;
        let better = gap > 1 && self.random.chance(0.8);
        let inside = TICK * (gap / 2).max(1);
        match side {
            Side::Buy if better => bid + inside,
            Side::Buy => bid - behind,
            Side::Sell if better => ask - inside,
            Side::Sell => ask + behind,
        }
    }

    fn add(&mut self, side: Side, price: u32) {
        let lean = if side == Side::Buy { self.pressure } else { -self.pressure };
        let shares = 1 + self.random.below(6 + (4.0 * (1.0 + lean)) as u64) as u32;
        let reference = self.market.add(side, price, shares);
        let named = self.random.chance(0.1);
        self.wire.add(reference, side, shares, price, named);
    }

    fn delete(&mut self) {
        // Orders are pulled from the side that the pressure is against.
        let side = self.tilted_side(-0.35);
        if let Some(reference) = self.market.pick(side, self.random.next()) {
            self.market.remove(reference);
            self.wire.delete(reference);
        }
    }

    fn replace(&mut self) {
        let side = self.tilted_side(0.1);
        let Some(old) = self.market.pick(side, self.random.next()) else { return };
        self.market.remove(old);
        if self.market.best(side).is_none() {
            // The last order of a side is not moved, for there is no price left to move it to.
            self.wire.delete(old);
            return;
        }
        let price = self.price_for(side);
        let shares = 1 + self.random.below(9) as u32;
        let new = self.market.add(side, price, shares);
        self.wire.replace(old, new, shares, price);
    }

    fn cancel_some(&mut self) {
        let side = self.tilted_side(-0.3);
        let Some(reference) = self.market.pick(side, self.random.next()) else { return };
        let held = self.market.shares(reference);
        if held > 1 {
            let shares = 1 + self.random.below(u64::from(held) - 1) as u32;
            self.market.take(reference, shares);
            self.wire.cancel(reference, shares);
        }
    }

    /// Somebody takes what stands best on the side that the pressure is against.
    fn trade(&mut self) {
        let side = self.tilted_side(-0.42);
        let mut wanted = 1 + self.random.below(20) as u32;
        while wanted > 0 {
            let Some(reference) = self.market.front(side) else { return };
            let shares = wanted.min(self.market.shares(reference));
            wanted -= shares;
            self.market.take(reference, shares);
            if self.random.chance(0.06) {
                self.wire.executed_at_price(reference, shares, self.market.best(side).unwrap_or(TICK));
            } else {
                self.wire.executed(reference, shares);
            }
        }
    }

    /// Market makers stand behind: neither side runs out of levels.
    fn refill(&mut self) {
        for side in [Side::Buy, Side::Sell] {
            while self.market.levels(side) < 12 {
                let price = match (side, self.market.worst(side)) {
                    (Side::Buy, Some(worst)) => worst - TICK,
                    (Side::Sell, Some(worst)) => worst + TICK,
                    (Side::Buy, None) => self.market.best(Side::Sell).unwrap_or(1_000_000) - TICK,
                    (Side::Sell, None) => self.market.best(Side::Buy).unwrap_or(1_000_000) + TICK,
                };
                self.add(side, price);
            }
            // And no hole is left right behind the best.
            for behind in 1..=4 {
                let Some(best) = self.market.best(side) else { break };
                let price = if side == Side::Buy { best - TICK * behind } else { best + TICK * behind };
                if !self.market.stands(side, price) {
                    self.add(side, price);
                }
            }
        }
    }
}
