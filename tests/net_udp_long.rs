//! Datagrams longer than a receive buffer: dropped and counted, or an error that a graph handles.

#[path = "support/net.rs"]
mod net;

use std::net::{SocketAddr, UdpSocket as StdSocket};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use fusewire::context::io::Io;
use fusewire::control::{RunError, Stop};
use fusewire::engine::{Engine, Handle};
use fusewire::net::{Datagram, Fault, NetError, UdpBuilder, UdpSocket, read};
use fusewire::prelude::*;

use net::{Answer, on_both, reading};

fn bind(io: &Io) -> UdpBuilder {
    UdpSocket::bind(io, "127.0.0.1:0").receive_buffer(1 << 20).buffer_size(64)
}

fn client() -> StdSocket {
    StdSocket::bind("127.0.0.1:0").unwrap()
}

#[test]
fn a_long_datagram_is_dropped_and_counted_and_the_next_is_read() {
    on_both(|io| {
        let socket = bind(io).build().unwrap();
        let (stats, to) = (socket.stats(), socket.local_address());
        let answers = reading(io, read(socket), |datagram: Datagram| datagram.len());
        let client = client();
        for length in [64, 65, 1000, 0, 1] {
            client.send_to(&vec![7; length], to).unwrap();
        }
        assert_eq!(answers.take(3), [64, 0, 1]);
        assert_eq!((stats.get().truncated, stats.get().received), (2, 3));
        // More of them than there are buffers, and than one call of the system receives.
        for _ in 0..200 {
            client.send_to(&[7; 65], to).unwrap();
        }
        client.send_to(&[7; 5], to).unwrap();
        assert_eq!(answers.take(1), [5]);
        assert_eq!((stats.get().truncated, stats.get().received), (202, 4));
    });
}

#[test]
fn a_long_datagram_is_an_error_if_that_was_asked_for_and_the_next_is_read() {
    on_both(|io| {
        let socket = bind(io).fail_on_truncated(true).build().unwrap();
        let (stats, to) = (socket.stats(), socket.local_address());
        let answers = reading(io, read(socket), |datagram: Datagram| datagram.len());
        let client = client();
        for length in [64, 65, 1000, 0, 1] {
            client.send_to(&vec![7; length], to).unwrap();
        }
        assert_eq!(answers.next(), Answer::Value(64));
        let error = answers.next().error();
        assert!(error.contains("65 bytes was cut to the 64"), "{error}");
        assert!(error.contains("help: make the buffers longer"), "{error}");
        let error = answers.next().error();
        assert!(error.contains("1000 bytes was cut to the 64"), "{error}");
        assert_eq!(answers.take(2), [0, 1]);
        assert_eq!(stats.get().truncated, 2);
        assert_eq!(stats.get().received, 3);
    });
}

type Log = Arc<Mutex<Vec<usize>>>;

/// Sends two short datagrams with a long one between them, and waits for what the graph makes.
fn send_long(to: SocketAddr, log: &Log, expected: usize, handle: &Handle) -> Vec<usize> {
    let client = client();
    for length in [3, 100, 4] {
        client.send_to(&vec![7; length], to).unwrap();
    }
    let began = Instant::now();
    while log.lock().unwrap().len() < expected && !handle.is_finished() && began.elapsed() < net::PATIENCE {
        std::thread::yield_now();
    }
    handle.stop(Stop::Drain);
    log.lock().unwrap().clone()
}

/// The same chain, plain and fused.
macro_rules! both {
    ($test:expr, |$read:ident, $log:ident| $($chain:tt)*) => {
        for fused in [false, true] {
            on_both(|io| {
                let log = Log::default();
                let run = |$read: UdpSocket| {
                    let $log = log.clone();
                    if fused {
                        Engine::on(io.clone()).run(fuse! { $($chain)* }).unwrap()
                    } else {
                        Engine::on(io.clone()).run($($chain)*).unwrap()
                    }
                };
                $test(io, &log, &run);
            });
        }
    };
}

#[test]
fn a_stranger_cannot_end_a_graph_by_a_long_datagram() {
    both!(
        |io: &Io, log: &Log, run: &dyn Fn(UdpSocket) -> Handle| {
            let socket = bind(io).build().unwrap();
            let (stats, to) = (socket.stats(), socket.local_address());
            let handle = run(socket);
            assert_eq!(send_long(to, log, 2, &handle), [3, 4]);
            assert_eq!(handle.join().unwrap().completed, 2);
            assert_eq!(stats.get().truncated, 1);
        },
        |socket, log| read(socket)
            .map(|datagram| datagram.len())
            .for_each(move |n| log.lock().unwrap().push(n))
    );
}

#[test]
fn a_long_datagram_that_is_an_error_ends_a_graph_that_does_not_handle_it() {
    both!(
        |io: &Io, log: &Log, run: &dyn Fn(UdpSocket) -> Handle| {
            let socket = bind(io).fail_on_truncated(true).build().unwrap();
            let to = socket.local_address();
            let handle = run(socket);
            assert_eq!(send_long(to, log, 3, &handle), [3]);
            let error: RunError = handle.join().unwrap_err();
            let net = error.downcast_ref::<NetError>().unwrap();
            assert!(matches!(net.fault(), Fault::Truncated { length: 100, capacity: 64 }), "{net}");
        },
        |socket, log| read(socket)
            .map(|datagram| datagram.len())
            .for_each(move |n| log.lock().unwrap().push(n))
    );
}

#[test]
fn a_long_datagram_that_is_an_error_can_be_handled() {
    fn instead(error: NetError) -> impl Sender<Value = usize, Error = Never> {
        let Fault::Truncated { length, .. } = error.fault() else { panic!("{error}") };
        just(1_000 + length)
    }
    both!(
        |io: &Io, log: &Log, run: &dyn Fn(UdpSocket) -> Handle| {
            let socket = bind(io).fail_on_truncated(true).build().unwrap();
            let to = socket.local_address();
            let handle = run(socket);
            assert_eq!(send_long(to, log, 3, &handle), [3, 1_100, 4]);
            handle.join().unwrap();
        },
        |socket, log| read(socket)
            .map(|datagram| datagram.len())
            .or_else(instead)
            .for_each(move |n| log.lock().unwrap().push(n))
    );
}
