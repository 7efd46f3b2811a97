//! Orders by reference: an open-addressed table with linear probing.
//!
//! A lookup is one multiplication and, nearly always, one cache line. Removal shifts the followers
//! back, so there are no tombstones and the table does not slow down over a day.

use super::super::itch::Side;

/// An order that is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The price, in 1/10000.
    pub price: u32,
    /// The shares that are left.
    pub shares: u32,
    /// The side it stands on.
    pub side: Side,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    reference: u64,
    order: Order,
    used: bool,
}

const FREE: Slot = Slot { reference: 0, order: Order { price: 0, shares: 0, side: Side::Buy }, used: false };
const FIRST_BITS: u32 = 17;

/// The table.
#[derive(Debug)]
pub struct Orders {
    slots: Vec<Slot>,
    bits: u32,
    len: usize,
}

impl Orders {
    pub(super) fn new() -> Orders {
        Orders { slots: vec![FREE; 1 << FIRST_BITS], bits: FIRST_BITS, len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill(FREE);
        self.len = 0;
    }

    /// Puts an order in; returns the one it replaces.
    #[inline]
    pub(super) fn insert(&mut self, reference: u64, order: Order) -> Option<Order> {
        if self.len * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.find(reference);
        let slot = &mut self.slots[at];
        let old = slot.used.then_some(slot.order);
        *slot = Slot { reference, order, used: true };
        self.len += usize::from(old.is_none());
        old
    }

    #[inline]
    pub(super) fn get_mut(&mut self, reference: u64) -> Option<&mut Order> {
        let at = self.find(reference);
        let slot = &mut self.slots[at];
        slot.used.then_some(&mut slot.order)
    }

    /// Takes an order out.
    #[inline]
    pub(super) fn remove(&mut self, reference: u64) -> Option<Order> {
        let mut hole = self.find(reference);
        if !self.slots[hole].used {
            return None;
        }
        let order = self.slots[hole].order;
        let mask = self.slots.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let follower = self.slots[at];
            if !follower.used {
                break;
            }
            // A follower may fill the hole if its home is not behind the hole.
            let home = self.home(follower.reference);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.slots[hole] = follower;
                hole = at;
            }
        }
        self.slots[hole].used = false;
        self.len -= 1;
        Some(order)
    }

    /// The slot of a reference, or the free slot where it would go.
    #[inline]
    fn find(&self, reference: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.home(reference);
        // At most half of the slots are used, so a free one is met.
        loop {
            let slot = &self.slots[at];
            if !slot.used || slot.reference == reference {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn home(&self, reference: u64) -> usize {
        (reference.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.bits)) as usize
    }

    #[cold]
    fn grow(&mut self) {
        let old = core::mem::replace(&mut self.slots, vec![FREE; 2 << self.bits]);
        self.bits += 1;
        for slot in old.into_iter().filter(|slot| slot.used) {
            let at = self.find(slot.reference);
            self.slots[at] = slot;
        }
    }
}
