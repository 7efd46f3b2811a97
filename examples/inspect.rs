//! Draws a graph in all five forms, into the folder that is given or into `target/inspect`.
//!
//! Watch for what the drawing knows without running anything: which stages share a lane and where
//! they were defined, what crosses each hop and in how many bytes, which layout its ring has and
//! why, and which hop vanished because the pass was already there. A running graph's handle draws
//! the same with the counters of its edges.

use std::fs;
use std::path::PathBuf;

use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::net::{Datagram, UdpSocket};
use fusewire::prelude::*;

struct Quote {
    bid: u64,
    ask: u64,
}

struct Order {
    bytes: [u8; 8],
}

impl AsRef<[u8]> for Order {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[stage]
fn decode(packet: Datagram) -> Option<Quote> {
    let (bid, rest) = packet.split_first_chunk()?;
    Some(Quote { bid: u64::from_be_bytes(*bid), ask: u64::from_be_bytes(*rest.first_chunk()?) })
}

#[stage]
fn spread(quote: Quote) -> (u64, u64) {
    (quote.bid, quote.ask.saturating_sub(quote.bid))
}

#[stage]
fn price((bid, spread): (u64, u64)) -> Option<u64> {
    (spread > 4).then(|| bid + spread / 2)
}

#[stage]
fn encode(price: u64) -> Order {
    Order { bytes: price.to_be_bytes() }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let io = Io::builder().name("io").build()?;
    let compute = Cpu::builder().name("compute").build()?;
    let feed = UdpSocket::bind(&io, "127.0.0.1:0").build()?;
    let orders = UdpSocket::bind(&io, "127.0.0.1:0").connect(feed.local_address()).build()?;

    let graph = fuse! {
        read(feed)
            .filter_map(decode)
            .then(on(io.clone()))
            .then(on(compute))
            .map(spread)
            .filter_map(price)
            .then(on(io).capacity(64))
            .map(encode)
            .and(send(orders))
    };
    let drawing = graph.inspect();

    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/inspect"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("graph.txt"), drawing.to_string())?;
    fs::write(folder.join("graph.dot"), drawing.dot())?;
    fs::write(folder.join("graph.mermaid"), drawing.mermaid())?;
    fs::write(folder.join("graph.json"), drawing.json())?;
    fs::write(folder.join("graph.svg"), drawing.svg())?;
    print!("{drawing}");
    Ok(())
}
