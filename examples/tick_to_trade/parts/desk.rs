//! The io core's last stage: an order in, its bytes out, and the times taken on the way.

use hdrhistogram::Histogram;

use super::clock::Clock;
use super::order::Order;
use super::ouch::{self, EnterOrder};
use super::soup;

/// An enter order in its SoupBinTCP packet.
pub const ORDER_PACKET: usize = 3 + ouch::ENTER_ORDER;

/// The longest latency that is told apart: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// Makes orders into bytes.
#[derive(Debug)]
pub struct Desk {
    clock: Clock,
    symbol: [u8; 8],
    sent: u32,
    kept: Option<Vec<Order>>,
    first_ns: u64,
    latency: Histogram<u64>,
}

impl Desk {
    /// A desk that sends orders for one symbol.
    pub fn new(clock: Clock, symbol: [u8; 8]) -> Desk {
        Desk { clock, symbol, sent: 0, kept: None, first_ns: 0, latency: histogram() }
    }

    /// Keeps every order; `orders` is how many there can be, so that keeping them allocates nothing.
    pub fn recording(mut self, orders: usize) -> Desk {
        self.kept = Some(Vec::with_capacity(orders));
        self
    }

    /// The packet to send for an order. Notes how long it took from the packet bytes to these bytes.
    #[inline]
    pub fn on_order(&mut self, order: &Order) -> [u8; ORDER_PACKET] {
        self.sent += 1;
        let enter = EnterOrder {
            user_ref: self.sent,
            side: if order.buys { b'B' } else { b'S' },
            quantity: order.shares,
            symbol: self.symbol,
            price: u64::from(order.price),
            client_id: digits(order.packet),
        };
        let mut packet = [0; ORDER_PACKET];
        packet[..2].copy_from_slice(&(1 + ouch::ENTER_ORDER as u16).to_be_bytes());
        packet[2] = soup::UNSEQUENCED;
        packet[3..].copy_from_slice(&enter.bytes());
        let took = self.clock.now().saturating_sub(order.taken_ns);
        if self.sent == 1 {
            self.first_ns = took;
        }
        note(&mut self.latency, took);
        if let Some(kept) = &mut self.kept {
            kept.push(*order);
        }
        packet
    }

    /// How many orders went out.
    pub fn sent(&self) -> u32 {
        self.sent
    }

    /// What the first order took, in nanoseconds: everything is cold then.
    pub fn first_ns(&self) -> u64 {
        self.first_ns
    }

    /// The latencies from packet bytes to order bytes, and the orders that were kept.
    pub fn into_parts(self) -> (Histogram<u64>, Vec<Order>) {
        (self.latency, self.kept.unwrap_or_default())
    }
}

/// A histogram of nanoseconds with three digits, which never grows.
pub fn histogram() -> Histogram<u64> {
    // The bounds are constants that the constructor takes.
    Histogram::new_with_bounds(1, LONGEST_NS, 3).expect("valid bounds")
}

/// Notes one latency; never allocates.
#[inline]
pub fn note(latencies: &mut Histogram<u64>, nanoseconds: u64) {
    latencies.saturating_record(nanoseconds);
}

/// A number as text, left-justified and padded with spaces.
#[inline]
fn digits(mut number: u32) -> [u8; 14] {
    let mut text = [b' '; 14];
    let len = number.checked_ilog10().map_or(1, |tens| tens as usize + 1);
    for place in text[..len].iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_back_from_its_bytes() {
        for packet in [0, 7, 10, 99_999, u32::MAX] {
            let order = Order { taken_ns: 0, packet, price: 1_234_500, shares: 1, buys: packet % 2 == 0 };
            let mut desk = Desk::new(Clock::start(), *b"FUSE    ");
            let bytes = desk.on_order(&order);
            assert_eq!(bytes[..3], [0, 48, b'U']);
            let read = EnterOrder::read(&bytes[3..]).expect("our own order");
            assert_eq!((read.user_ref, read.price, read.quantity), (1, 1_234_500, 1));
            assert_eq!(String::from_utf8_lossy(&read.client_id).trim_end(), packet.to_string());
        }
    }
}
