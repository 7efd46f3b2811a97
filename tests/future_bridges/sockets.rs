//! Tokio's UDP sockets as source and consumer, with a hop to a core of ours and back.

use std::sync::Arc;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::future::tokio::{Datagram, context, datagrams, send_datagrams};
use fusewire::net::Fault;
use fusewire::prelude::*;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::runtimes;

const LIMIT: Duration = Duration::from_secs(20);

fn doubled(datagram: Datagram<64>) -> Datagram<64> {
    let number = u64::from_le_bytes(datagram.bytes().try_into().unwrap());
    Datagram::new(datagram.peer(), &(number * 2).to_le_bytes()).unwrap()
}

/// Asks the graph behind `socket` for the doubles of a few numbers.
async fn ask(server: std::net::SocketAddr) {
    let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    client.connect(server).await.unwrap();
    for n in 0..300u64 {
        client.send(&n.to_le_bytes()).await.unwrap();
        let mut reply = [0; 8];
        timeout(LIMIT, client.recv(&mut reply)).await.expect("a reply").unwrap();
        assert_eq!(u64::from_le_bytes(reply), n * 2);
    }
}

#[test]
fn datagrams_go_to_a_core_and_back_with_the_sockets_on_tokio() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
            let server = socket.local_addr().unwrap();
            let (here, compute) = (context("here").unwrap(), Cpu::builder().build().unwrap());
            let back = here.clone();
            let graph = fuse! {
                from_stream(datagrams::<64>(socket.clone()))
                    .try_map(|datagram| datagram)
                    .then(on(compute))
                    .map(doubled)
                    .then(on(back))
                    .and(send_datagrams(socket))
            };
            let handle = Engine::on(here).run(graph).unwrap();
            ask(server).await;
            handle.stop(Stop::Drain);
            assert_eq!(timeout(LIMIT, handle.into_future()).await.unwrap().unwrap().completed, 300);
        });
    }
}

#[test]
fn datagrams_are_polled_on_a_context_of_ours_as_well() {
    for runtime in runtimes() {
        let serving = runtime.block_on(async {
            let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
            let server = socket.local_addr().unwrap();
            let io = Io::builder().build().unwrap();
            let graph = from_stream(datagrams::<64>(socket.clone()))
                .try_map(|datagram| datagram)
                .map(doubled)
                .and(send_datagrams(socket));
            let handle = Engine::on(io).run(graph).unwrap();
            ask(server).await;
            handle
        });
        drop(serving);
    }
}

#[test]
fn a_datagram_that_is_too_long_is_an_item_and_the_stream_goes_on() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
            let server = socket.local_addr().unwrap();
            let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            client.send_to(&[1; 9], server).await.unwrap();
            client.send_to(&[2; 8], server).await.unwrap();
            let mut passes = from_stream(datagrams::<8>(socket)).passes();
            let mut next = async || {
                std::future::poll_fn(|cx| {
                    futures_core::Stream::poll_next(std::pin::Pin::new(&mut passes), cx)
                })
                .await
            };
            let error = timeout(LIMIT, next()).await.unwrap().unwrap().unwrap().unwrap_err();
            assert_eq!(error.fault(), Fault::Truncated { length: 9, capacity: 8 });
            let datagram = timeout(LIMIT, next()).await.unwrap().unwrap().unwrap().unwrap();
            assert_eq!(datagram.bytes(), [2; 8]);
        });
    }
}
