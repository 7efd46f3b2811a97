//! The same server four times: twice by hand, twice as a graph.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use fusewire::context::cpu::Cpu;
use fusewire::engine::{Engine, Handle};
use fusewire::future::tokio::{Datagram, context_on, datagrams, send_datagrams};
use fusewire::prelude::*;
use fusewire::wait::Wait;
use tokio::net::UdpSocket;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// Messages that may wait for the compute thread, and for the socket.
const CAPACITY: usize = 256;

type Message = Datagram<64>;

/// What every server computes.
pub(crate) fn price(request: Message) -> Option<Message> {
    let (bid, ask) = request.bytes().split_first_chunk()?;
    let (bid, ask) = (u64::from_le_bytes(*bid), u64::from_le_bytes(ask.try_into().ok()?));
    Message::new(request.peer(), &(bid.checked_add(ask)? / 2).to_le_bytes())
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    // Dropped in this order: a graph before the runtime that it runs in.
    _graph: Option<Handle>,
    _runtime: Runtime,
}

/// A runtime with one worker, and a socket in it.
fn begin() -> Result<(Runtime, Arc<UdpSocket>, SocketAddr), Box<dyn Error>> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let socket = Arc::new(runtime.block_on(UdpSocket::bind("127.0.0.1:0"))?);
    let address = socket.local_addr()?;
    Ok((runtime, socket, address))
}

/// Tokio alone: the task that reads computes and sends. Nothing hops, and a slow price holds every socket up.
fn no_hop() -> Result<Server, Box<dyn Error>> {
    let (runtime, socket, address) = begin()?;
    runtime.spawn(async move {
        let mut buffer = [0; 64];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let reply = Message::new(peer, &buffer[..length]).and_then(price);
            if let Some(reply) = reply {
                let _ = socket.send_to(reply.bytes(), reply.peer()).await;
            }
        }
    });
    Ok(Server { name: "tokio by hand, no hop", address, _graph: None, _runtime: runtime })
}

/// What one writes today: channels to a thread that computes, and back.
fn channels() -> Result<Server, Box<dyn Error>> {
    let (runtime, socket, address) = begin()?;
    let (to_compute, mut requests) = mpsc::channel::<Message>(CAPACITY);
    let (to_socket, mut replies) = mpsc::channel::<Message>(CAPACITY);
    let sending = Arc::clone(&socket);
    runtime.spawn(async move {
        let mut buffer = [0; 64];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let Some(request) = Message::new(peer, &buffer[..length]) else { continue };
            if to_compute.send(request).await.is_err() {
                return;
            }
        }
    });
    runtime.spawn(async move {
        while let Some(reply) = replies.recv().await {
            let _ = sending.send_to(reply.bytes(), reply.peer()).await;
        }
    });
    // Ends when the runtime drops the task that sends to it.
    std::thread::Builder::new().name("compute".into()).spawn(move || {
        while let Some(request) = requests.blocking_recv() {
            if let Some(reply) = price(request)
                && to_socket.blocking_send(reply).is_err()
            {
                return;
            }
        }
    })?;
    Ok(Server {
        name: "tokio by hand, channels to a thread and back",
        address,
        _graph: None,
        _runtime: runtime,
    })
}

/// A graph that stays on tokio's worker.
fn graph_no_hop() -> Result<Server, Box<dyn Error>> {
    let (runtime, socket, address) = begin()?;
    let here = context_on(runtime.handle(), "tokio");
    let graph = fuse! {
        from_stream(datagrams::<64>(socket.clone()))
            .try_map(|received| received)
            .filter_map(price)
            .and(send_datagrams(socket))
    };
    let handle = Engine::on(here).run(graph)?;
    Ok(Server { name: "graph in tokio, no hop", address, _graph: Some(handle), _runtime: runtime })
}

/// The graph of the example: to a core and back.
fn graph() -> Result<Server, Box<dyn Error>> {
    let (runtime, socket, address) = begin()?;
    let here = context_on(runtime.handle(), "tokio");
    let (home, compute) = (here.clone(), Cpu::builder().name("compute").wait(Wait::Park).build()?);
    let graph = fuse! {
        from_stream(datagrams::<64>(socket.clone()))
            .try_map(|received| received)
            .then(on(compute).capacity(CAPACITY))
            .filter_map(price)
            .then(on(home).capacity(CAPACITY))
            .and(send_datagrams(socket))
    };
    let handle = Engine::on(here).run(graph)?;
    Ok(Server {
        name: "graph in tokio, hop to a core and back",
        address,
        _graph: Some(handle),
        _runtime: runtime,
    })
}

/// Every server. The second is what the others are compared with.
pub(crate) fn all() -> Result<[Server; 4], Box<dyn Error>> {
    Ok([no_hop()?, channels()?, graph_no_hop()?, graph()?])
}
