//! A graph that is dropped in the middle of a send leaves no socket behind.
//!
//! One test in one process: it counts the sockets of the whole process.

#![cfg(target_os = "linux")]

#[path = "support/net.rs"]
mod net;

use std::fs;
use std::io::Read;
use std::net::{TcpListener as StdListener, UdpSocket as StdSocket};
use std::time::{Duration, Instant};

use fusewire::context::io::Io;
use fusewire::control::Stop;
use fusewire::engine::{Engine, Handle};
use fusewire::net::{TcpStream, UdpSocket, read, send};
use fusewire::prelude::*;
use fusewire::wait::Wait;

/// The sockets that this process has open.
fn sockets() -> usize {
    let open = fs::read_dir("/proc/self/fd").unwrap();
    // A file that was closed meanwhile has no link to read.
    open.filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter(|to| to.to_string_lossy().starts_with("socket:"))
        .count()
}

/// Runs an echo of datagrams to a peer that does not read, until a send is stuck.
fn stuck(io: &Io, run: impl FnOnce(UdpSocket, TcpStream) -> Handle) -> (Handle, std::net::TcpStream) {
    let feed =
        UdpSocket::bind(io, "127.0.0.1:0").buffer_size(60_000).receive_buffer(1 << 20).build().unwrap();
    let (to, stats) = (feed.local_address(), feed.stats());
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(io, listener.local_addr().unwrap()).wait(net::PATIENCE).unwrap();
    let (peer, _) = listener.accept().unwrap();
    let handle = run(feed, stream);
    let client = StdSocket::bind("127.0.0.1:0").unwrap();
    let began = Instant::now();
    let mut taken = (stats.get().received, Instant::now());
    // Stuck: the source has not been asked for a while although there is more to read.
    while taken.1.elapsed() < Duration::from_millis(50) {
        assert!(began.elapsed() < net::PATIENCE, "the peer's buffers are endless");
        client.send_to(&[7; 50_000], to).unwrap();
        std::thread::sleep(Duration::from_micros(200));
        let received = stats.get().received;
        if received != taken.0 {
            taken = (received, Instant::now());
        }
    }
    (handle, peer)
}

fn plain(io: &Io) -> impl FnOnce(UdpSocket, TcpStream) -> Handle + '_ {
    |feed, stream| Engine::on(io.clone()).run(read(feed).and(send(stream))).unwrap()
}

fn fused(io: &Io) -> impl FnOnce(UdpSocket, TcpStream) -> Handle + '_ {
    |feed, stream| Engine::on(io.clone()).run(fuse! { read(feed).and(send(stream)) }).unwrap()
}

/// Waits until no more than `expected` sockets are open.
#[track_caller]
fn only(expected: usize, what: &str) {
    let began = Instant::now();
    while sockets() > expected && began.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(sockets(), expected, "{what}");
}

#[test]
fn a_graph_dropped_in_the_middle_of_a_send_leaves_no_socket_behind() {
    for wait in [Wait::Spin, Wait::Park] {
        let io = &Io::builder().wait(wait).build().unwrap();
        let before = sockets();
        for (form, is_fused) in [("plain", false), ("fused", true)] {
            let run = || if is_fused { stuck(io, fused(io)) } else { stuck(io, plain(io)) };

            let (handle, mut peer) = run();
            assert_eq!(sockets(), before + 3, "{form}: the feed, and both ends of the connection");
            drop(handle);
            only(before + 1, &format!("{form}: the handle was dropped, the peer is left"));
            // The peer gets what was handed over before, and then the end.
            let mut rest = Vec::new();
            let _ = peer.read_to_end(&mut rest);
            assert!(rest.len() >= 50_000 && rest.iter().all(|&byte| byte == 7));
            drop(peer);
            only(before, form);

            let (handle, peer) = run();
            handle.stop(Stop::Abandon);
            handle.join().unwrap();
            drop(peer);
            only(before, &format!("{form}: abandoned"));

            // The peer goes away first: the send that is stuck fails, and with it the graph.
            let (handle, peer) = run();
            drop(peer);
            handle.join().unwrap_err();
            only(before, &format!("{form}: the peer went away"));
        }
    }
    // The contexts themselves are gone as well.
    only(0, "every context has ended");
}
