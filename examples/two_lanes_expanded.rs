//! What `fuse!` makes of `two_lanes`, by hand, with the same ring and two plain threads.
//!
//! Watch for the rule that keeps values whole: a lane takes one only while there is room behind
//! it, so that none is ever held half way. And for how it ends: dropping a producer closes its
//! ring, which ends the lane behind it, which drops the next producer.

use std::hint::spin_loop;
use std::thread;

use fusewire::ring::{Auto, Consumer, Producer, RingError, ring};

#[derive(Debug, Clone, Copy)]
struct Quote {
    id: u64,
    bid: u64,
    ask: u64,
}

#[derive(Debug, Clone, Copy)]
struct Order {
    id: u64,
    price: u64,
}

fn decode(packet: u64) -> Option<Quote> {
    (!packet.is_multiple_of(3)).then_some(Quote { id: packet, bid: 100 + packet, ask: 104 + packet * 2 })
}

fn price(quote: Quote) -> Option<Order> {
    let spread = quote.ask - quote.bid;
    (spread <= 20).then_some(Order { id: quote.id, price: quote.bid + spread / 2 })
}

/// Both ends of the graph, a turn of each by turns.
fn io_lane(quotes: Producer<Quote, Auto>, mut orders: Consumer<Order, Auto>) -> (u64, u64) {
    let (mut packets, mut started, mut completed) = (1..=100u64, 0, 0);
    let mut quotes = Some(quotes);
    loop {
        if let Some(room) = quotes.as_mut().and_then(Producer::reserve) {
            match packets.next().inspect(|_| started += 1).map(decode) {
                Some(Some(quote)) => room.push(quote),
                Some(None) => {}
                None => quotes = None,
            }
        }
        // Asked before the ring is found empty: what was pushed before the end is still taken.
        let closed = orders.is_closed();
        match orders.try_pop() {
            Some(order) => println!("order {:>2} at {}", order.id, order.price),
            None if closed => return (started, completed),
            None => continue,
        }
        completed += 1;
    }
}

/// The middle of the graph.
fn compute_lane(mut quotes: Consumer<Quote, Auto>, mut orders: Producer<Order, Auto>) {
    loop {
        let closed = quotes.is_closed();
        let Some(room) = orders.reserve() else { continue };
        match quotes.try_pop().map(price) {
            Some(Some(order)) => room.push(order),
            Some(None) => {}
            None if closed => return,
            None => spin_loop(),
        }
    }
}

fn main() -> Result<(), RingError> {
    let (to_compute, quotes) = ring(64)?;
    let (to_io, orders) = ring(64)?;
    let compute = thread::spawn(move || compute_lane(quotes, to_io));
    let (started, completed) = io_lane(to_compute, orders);
    compute.join().expect("the compute lane does not panic");
    println!("{started} packets, {completed} orders");
    Ok(())
}
