//! One graph on two threads: quotes are decoded on `io`, priced on `compute`, printed on `io`.
//!
//! Watch for what is not there: no thread is spawned, no queue is made and nothing is locked by
//! hand. Each `then(on(..))` is a hop over a ring, and both ends of the graph share one lane.
//! `two_lanes_expanded` is what the macro makes of it, written by hand.

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;

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

/// Every third packet is not for us.
#[stage]
fn decode(packet: u64) -> Option<Quote> {
    (!packet.is_multiple_of(3)).then_some(Quote { id: packet, bid: 100 + packet, ask: 104 + packet * 2 })
}

/// Buys in the middle of a narrow spread.
#[stage]
fn price(quote: Quote) -> Option<Order> {
    let spread = quote.ask - quote.bid;
    (spread <= 20).then_some(Order { id: quote.id, price: quote.bid + spread / 2 })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let io = Cpu::builder().name("io").build()?;
    let compute = Cpu::builder().name("compute").build()?;

    let graph = fuse! {
        from_iter(1..=100u64)
            .filter_map(decode)
            .then(on(compute).capacity(64))
            .filter_map(price)
            .then(on(io.clone()).capacity(64))
            .for_each(|order: Order| println!("order {:>2} at {}", order.id, order.price))
    };
    let report = Engine::on(io).run(graph)?.join()?;
    println!("{} packets, {} orders", report.started, report.completed);
    Ok(())
}
