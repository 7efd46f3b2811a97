//! A user's crate that forbids `unsafe`, and wants what is public to be documented: nothing that the macros write trips either.
#![forbid(unsafe_code)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, warnings)]

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::kernel::Data;
use fusewire::prelude::*;

/// What crosses to a device.
#[derive(Debug, Clone, Copy, PartialEq, Data)]
#[repr(C)]
pub struct Quote {
    /// What is bid.
    pub bid: u32,
    /// What is asked.
    pub ask: u32,
}

/// Between the two.
#[stage]
pub fn mid(quote: Quote) -> u32 {
    (quote.bid + quote.ask) / 2
}

/// The quotes that are one.
#[stage]
pub fn valid(quote: Quote) -> Option<Quote> {
    (quote.bid < quote.ask).then_some(quote)
}

/// How far the two are apart, on any device.
#[stage(kernel)]
pub fn spread(quote: Quote) -> u32 {
    quote.ask - quote.bid
}

/// One quote, twice.
#[fusewire::fuse]
pub fn twice(ask: u32) -> impl Graph<Value = u32, Error = Never> {
    just(Quote { bid: 1, ask }).filter_map(valid).map(mid).and(|mid| just(mid * 2))
}

fn main() {
    assert_eq!(block_on(twice(5)), Completion::Value(6));
    let compute = Cpu::builder().build().unwrap();
    let quotes = (1..9).map(|bid| Quote { bid, ask: 10 - bid });
    let graph = fuse! {
        from_iter(quotes)
            .filter_map(valid)
            .then(on(compute.clone()))
            .fork(|quote| just(quote).map(mid), |quote| just(quote).map(spread))
            .and(|(mid, spread)| just(mid + spread))
            .for_each(drop)
    };
    let report = Engine::on(compute).run(graph).unwrap().join().unwrap();
    assert_eq!(report.completed, 4);
}
