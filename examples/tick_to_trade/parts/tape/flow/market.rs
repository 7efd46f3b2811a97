//! The exchange's own book: who stands where, in the order they came.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::super::super::itch::Side;

#[derive(Debug, Clone, Copy)]
struct Standing {
    side: Side,
    price: u32,
    shares: u32,
    /// Where it is in the list of its side.
    place: usize,
}

#[derive(Debug, Default)]
pub(super) struct Market {
    orders: HashMap<u64, Standing>,
    queues: [BTreeMap<u32, VecDeque<u64>>; 2],
    lists: [Vec<u64>; 2],
    last: u64,
}

impl Market {
    /// A new order stands at the end of its queue; returns its reference.
    pub(super) fn add(&mut self, side: Side, price: u32, shares: u32) -> u64 {
        self.last += 1;
        let list = &mut self.lists[side as usize];
        self.orders.insert(self.last, Standing { side, price, shares, place: list.len() });
        list.push(self.last);
        self.queues[side as usize].entry(price).or_default().push_back(self.last);
        self.last
    }

    pub(super) fn remove(&mut self, reference: u64) {
        let Some(order) = self.orders.remove(&reference) else { return };
        let list = &mut self.lists[order.side as usize];
        list.swap_remove(order.place);
        if let Some(moved) = list.get(order.place).and_then(|moved| self.orders.get_mut(moved)) {
            moved.place = order.place;
        }
        let queues = &mut self.queues[order.side as usize];
        if let Some(queue) = queues.get_mut(&order.price) {
            queue.retain(|&other| other != reference);
            if queue.is_empty() {
                queues.remove(&order.price);
            }
        }
    }

    /// Takes shares off; the order goes when none are left.
    pub(super) fn take(&mut self, reference: u64, shares: u32) {
        let Some(order) = self.orders.get_mut(&reference) else { return };
        order.shares -= shares.min(order.shares);
        if order.shares == 0 {
            self.remove(reference);
        }
    }

    pub(super) fn shares(&self, reference: u64) -> u32 {
        self.orders.get(&reference).map_or(0, |order| order.shares)
    }

    pub(super) fn orders(&self, side: Side) -> usize {
        self.lists[side as usize].len()
    }

    /// Whether an order stands at a price.
    pub(super) fn stands(&self, side: Side, price: u32) -> bool {
        self.queues[side as usize].contains_key(&price)
    }

    /// Any order of a side.
    pub(super) fn pick(&self, side: Side, random: u64) -> Option<u64> {
        let list = &self.lists[side as usize];
        list.get((random % list.len().max(1) as u64) as usize).copied()
    }

    /// The order that is next to trade.
    pub(super) fn front(&self, side: Side) -> Option<u64> {
        let queues = &self.queues[side as usize];
        let best = if side == Side::Buy { queues.last_key_value() } else { queues.first_key_value() };
        best.and_then(|(_, queue)| queue.front().copied())
    }

    pub(super) fn best(&self, side: Side) -> Option<u32> {
        let queues = &self.queues[side as usize];
        let best = if side == Side::Buy { queues.last_key_value() } else { queues.first_key_value() };
        best.map(|(&price, _)| price)
    }

    pub(super) fn worst(&self, side: Side) -> Option<u32> {
        let queues = &self.queues[side as usize];
        let worst = if side == Side::Buy { queues.first_key_value() } else { queues.last_key_value() };
        worst.map(|(&price, _)| price)
    }

    /// Best bid and best ask; an empty side stands far away.
    pub(super) fn touch(&self) -> (u32, u32) {
        match (self.best(Side::Buy), self.best(Side::Sell)) {
            (Some(bid), Some(ask)) => (bid, ask),
            (Some(bid), None) => (bid, bid + super::TICK),
            (None, Some(ask)) => (ask - super::TICK, ask),
            (None, None) => (1_000_000 - super::TICK, 1_000_000),
        }
    }

    pub(super) fn levels(&self, side: Side) -> usize {
        self.queues[side as usize].len()
    }
}
