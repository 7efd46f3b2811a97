//! One side of the book: price levels, sorted so that the best is last.
//!
//! Most changes happen near the touch. There, a sorted vector with the best level at its end moves
//! a handful of levels, finds a level in a few steps of a linear search, and reads the best ten in a row.

/// One price level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// The price, in 1/10000.
    pub price: u32,
    /// How many orders stand here; never 0.
    pub orders: u32,
    /// Their shares together.
    pub shares: u64,
}

/// The levels of one side; `BID` says that a higher price is better.
#[derive(Debug)]
pub struct Ladder<const BID: bool> {
    levels: Vec<Level>,
}

/// How many levels from the touch are searched one by one before halving begins.
const NEAR: usize = 12;

impl<const BID: bool> Ladder<BID> {
    pub(super) fn new() -> Self {
        Ladder { levels: Vec::with_capacity(8_192) }
    }

    pub(super) fn clear(&mut self) {
        self.levels.clear();
    }

    #[inline]
    pub(super) fn best_first(&self) -> impl Iterator<Item = &Level> {
        self.levels.iter().rev()
    }

    /// An order joins a level, which is made if it is not there.
    #[inline]
    pub(super) fn join(&mut self, price: u32, shares: u32) {
        let at = self.place(price);
        match self.levels.get_mut(at) {
            Some(level) if level.price == price => {
                level.orders += 1;
                level.shares += u64::from(shares);
            }
            _ => self.levels.insert(at, Level { price, orders: 1, shares: u64::from(shares) }),
        }
    }

    /// An order leaves its level with all its shares.
    #[inline]
    pub(super) fn leave(&mut self, price: u32, shares: u32) {
        let at = self.place(price);
        // The order was counted in when it joined, so its level is there.
        let level = &mut self.levels[at];
        if level.orders == 1 {
            self.levels.remove(at);
        } else {
            level.orders -= 1;
            level.shares -= u64::from(shares);
        }
    }

    /// An order stays and loses shares.
    #[inline]
    pub(super) fn shrink(&mut self, price: u32, shares: u32) {
        let at = self.place(price);
        self.levels[at].shares -= u64::from(shares);
    }

    /// The index of the level at `price`, or where it would be inserted.
    #[inline]
    fn place(&self, price: u32) -> usize {
        let worse = |level: &Level| if BID { level.price < price } else { level.price > price };
        let len = self.levels.len();
        let far = len.saturating_sub(NEAR);
        for at in (far..len).rev() {
            if worse(&self.levels[at]) {
                return at + 1;
            }
        }
        self.levels[..far].partition_point(worse)
    }
}
