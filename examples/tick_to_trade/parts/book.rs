//! The book: orders by reference, and two ladders of price levels.

#[path = "book/ladder.rs"]
pub mod ladder;
#[path = "book/orders.rs"]
pub mod orders;

use super::itch::{Message, Side};
use ladder::Ladder;
pub use ladder::Level;
use orders::{Order, Orders};

/// One book over all orders of the feed, whatever their symbol.
#[derive(Debug)]
pub struct Book {
    orders: Orders,
    bids: Ladder<true>,
    asks: Ladder<false>,
    oddities: Oddities,
}

/// What a sound feed does not send to one who has listened from its start. Counted, never fatal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Oddities {
    /// Messages about orders that were never added here: joined mid-stream.
    pub unknown_references: u64,
    /// Orders added under a reference that was alive: the old order is taken out first.
    pub repeated_references: u64,
    /// More shares taken off an order than it had: the order is gone.
    pub overdrawn_orders: u64,
}

impl Default for Book {
    fn default() -> Self {
        Book::new()
    }
}

impl Book {
    /// An empty book with room for 60,000 orders; it grows beyond that.
    pub fn new() -> Book {
        Book {
            orders: Orders::new(),
            bids: Ladder::new(),
            asks: Ladder::new(),
            oddities: Oddities::default(),
        }
    }

    /// Applies one message.
    #[inline]
    pub fn apply(&mut self, message: Message) {
        match message {
            Message::Add { reference, side, shares, price } => {
                self.add(reference, Order { price, shares, side })
            }
            Message::Execute { reference, shares } | Message::Cancel { reference, shares } => {
                self.take(reference, shares)
            }
            Message::Delete { reference } => {
                self.remove(reference);
            }
            Message::Replace { old, new, shares, price } => {
                if let Some(side) = self.remove(old) {
                    self.add(new, Order { price, shares, side });
                }
            }
            Message::System { .. } | Message::Other => {}
        }
    }

    /// The bid levels, best first.
    #[inline]
    pub fn bids(&self) -> impl Iterator<Item = &Level> {
        self.bids.best_first()
    }

    /// The ask levels, best first.
    #[inline]
    pub fn asks(&self) -> impl Iterator<Item = &Level> {
        self.asks.best_first()
    }

    /// How many orders are alive.
    pub fn orders(&self) -> usize {
        self.orders.len()
    }

    /// What was odd so far.
    pub fn oddities(&self) -> Oddities {
        self.oddities
    }

    /// Forgets every order; what was counted stays.
    pub fn clear(&mut self) {
        self.orders.clear();
        self.bids.clear();
        self.asks.clear();
    }

    #[inline]
    fn add(&mut self, reference: u64, order: Order) {
        if let Some(old) = self.orders.insert(reference, order) {
            self.oddities.repeated_references += 1;
            self.leave(old.side, old.price, old.shares);
        }
        match order.side {
            Side::Buy => self.bids.join(order.price, order.shares),
            Side::Sell => self.asks.join(order.price, order.shares),
        }
    }

    #[inline]
    fn take(&mut self, reference: u64, shares: u32) {
        let Some(order) = self.orders.get_mut(reference) else {
            self.oddities.unknown_references += 1;
            return;
        };
        let (side, price, held) = (order.side, order.price, order.shares);
        if shares < held {
            order.shares = held - shares;
            match side {
                Side::Buy => self.bids.shrink(price, shares),
                Side::Sell => self.asks.shrink(price, shares),
            }
        } else {
            self.oddities.overdrawn_orders += u64::from(shares > held);
            self.orders.remove(reference);
            self.leave(side, price, held);
        }
    }

    #[inline]
    fn remove(&mut self, reference: u64) -> Option<Side> {
        let Some(order) = self.orders.remove(reference) else {
            self.oddities.unknown_references += 1;
            return None;
        };
        self.leave(order.side, order.price, order.shares);
        Some(order.side)
    }

    #[inline]
    fn leave(&mut self, side: Side, price: u32, shares: u32) {
        match side {
            Side::Buy => self.bids.leave(price, shares),
            Side::Sell => self.asks.leave(price, shares),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, HashMap};

    /// The book as a beginner would write it.
    #[derive(Default)]
    struct Naive {
        orders: HashMap<u64, Order>,
    }

    impl Naive {
        fn apply(&mut self, message: Message) {
            match message {
                Message::Add { reference, side, shares, price } => {
                    self.orders.insert(reference, Order { price, shares, side });
                }
                Message::Execute { reference, shares } | Message::Cancel { reference, shares } => {
                    if let Some(order) = self.orders.get_mut(&reference) {
                        order.shares = order.shares.saturating_sub(shares);
                        if order.shares == 0 {
                            self.orders.remove(&reference);
                        }
                    }
                }
                Message::Delete { reference } => {
                    self.orders.remove(&reference);
                }
                Message::Replace { old, new, shares, price } => {
                    if let Some(Order { side, .. }) = self.orders.remove(&old) {
                        self.orders.insert(new, Order { price, shares, side });
                    }
                }
                Message::System { .. } | Message::Other => {}
            }
        }

        fn levels(&self, wanted: Side) -> Vec<(u32, u64, u32)> {
            let mut levels = BTreeMap::<u32, (u64, u32)>::new();
            for order in self.orders.values().filter(|order| order.side == wanted) {
                let level = levels.entry(order.price).or_default();
                level.0 += u64::from(order.shares);
                level.1 += 1;
            }
            let ascending = levels.into_iter().map(|(price, (shares, orders))| (price, shares, orders));
            match wanted {
                Side::Buy => ascending.rev().collect(),
                Side::Sell => ascending.collect(),
            }
        }
    }

    fn seen<'a>(levels: impl Iterator<Item = &'a Level>) -> Vec<(u32, u64, u32)> {
        levels.map(|level| (level.price, level.shares, level.orders)).collect()
    }

    #[test]
    fn agrees_with_the_naive_book_on_a_random_flow() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut book, mut naive) = (Book::new(), Naive::default());
        for step in 0..60_000_u64 {
            // References repeat, die and come back, and some are never added: all of that happens.
            let reference = random(700);
            let shares = random(60) as u32;
            let price = 1_000 + random(90) as u32;
            let message = match random(10) {
                0..=3 => Message::Add {
                    reference,
                    side: if random(2) == 0 { Side::Buy } else { Side::Sell },
                    shares,
                    price,
                },
                4 | 5 => Message::Execute { reference, shares },
                6 => Message::Cancel { reference, shares },
                7 => Message::Delete { reference },
                _ => Message::Replace { old: reference, new: random(700), shares, price },
            };
            book.apply(message);
            naive.apply(message);
            if step % 16 == 0 {
                assert_eq!(seen(book.bids()), naive.levels(Side::Buy), "bids after step {step}");
                assert_eq!(seen(book.asks()), naive.levels(Side::Sell), "asks after step {step}");
                assert_eq!(book.orders(), naive.orders.len());
            }
        }
        assert!(book.oddities().unknown_references > 0);
        assert!(book.oddities().repeated_references > 0);
        assert!(book.oddities().overdrawn_orders > 0);
    }
}
