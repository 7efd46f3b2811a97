//! A tokio program whose prices are computed on a core of ours.
//!
//! Watch for what is *not* there: no second networking stack, no channel to a thread, no lock. The sockets are
//! tokio's and stay on tokio's worker; each datagram hops to the compute context through a lock-free ring, and its
//! answer hops back to be sent.
//!
//! `cargo run --features tokio --example tokio_bridge`

use std::error::Error;
use std::sync::Arc;

use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::future::tokio::{Datagram, context, datagrams, send_datagrams};
use fusewire::prelude::*;
use tokio::net::UdpSocket;

/// The longest message of this protocol.
type Message = Datagram<64>;

/// Answers a bid and an ask with their middle.
#[stage]
fn price(request: Message) -> Option<Message> {
    let (bid, ask) = request.bytes().split_first_chunk()?;
    let (bid, ask) = (u64::from_le_bytes(*bid), u64::from_le_bytes(ask.try_into().ok()?));
    let middle = bid.checked_add(ask)? / 2;
    Message::new(request.peer(), &middle.to_le_bytes())
}

/// A client that asks a thousand times, sixteen questions at once.
async fn client(server: std::net::SocketAddr) -> std::io::Result<(u64, u64)> {
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    socket.connect(server).await?;
    let (mut replies, mut sum) = (0, 0);
    for round in 0..1000u64 / 16 {
        for quote in round * 16..round * 16 + 16 {
            let question = [quote.to_le_bytes(), (quote + 4).to_le_bytes()].concat();
            socket.send(&question).await?;
        }
        for _ in 0..16 {
            let mut answer = [0; 8];
            socket.recv(&mut answer).await?;
            replies += 1;
            sum += u64::from_le_bytes(answer);
        }
    }
    Ok((replies, sum))
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await?);
    let server = socket.local_addr()?;
    let (tokio, compute) = (context("tokio")?, Cpu::builder().name("compute").build()?);

    let home = tokio.clone();
    let graph = fuse! {
        from_stream(datagrams::<64>(socket.clone()))
            .try_map(|received| received)
            .then(on(compute).capacity(256))
            .filter_map(price)
            .then(on(home).capacity(256))
            .and(send_datagrams(socket))
    };
    let running = Engine::on(tokio).run(graph)?;

    // A task like any other of the program.
    let (replies, sum) = tokio::spawn(client(server)).await??;
    println!("{replies} replies, sum of the prices {sum}");

    running.stop(Stop::Drain);
    let report = running.await?;
    println!("{} datagrams in, {} out", report.started, report.completed);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(serve())
}
