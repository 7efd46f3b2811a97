//! Real threads: an io context receives, another thread drops, from a pool of few buffers.

use std::net::UdpSocket as Client;
use std::sync::mpsc;
use std::time::Duration;

use super::tests::{at_home, io_that, is_freed, wait_until_freed};
use crate::context::Scheduler;
use crate::net::{Be16, Datagram, Frame, TcpStream, UdpSocket, framed, read};
use crate::source::{Source, Taken};
use crate::wait::Wait;

const PATIENCE: Duration = Duration::from_secs(20);
const MESSAGES: u64 = if cfg!(debug_assertions) { 5_000 } else { 50_000 };
const BUFFERS: usize = 4;

/// The bytes of message `number`: its number, then bytes that follow from it, so that a buffer which
/// is received into while it is read shows.
fn message(number: u64) -> [u8; 64] {
    let mut bytes = [number as u8 ^ 0x5a; 64];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    bytes
}

/// Asks `source` turn by turn on its io context, and sends what it gives through `values`.
fn pump<S>(io: &crate::context::io::Io, mut source: S, count: u64, values: mpsc::SyncSender<S::Value>)
where
    S: Source<Value: Send, Error: std::fmt::Debug> + Send + 'static,
{
    use crate::lane::{Abandoned, Lane, Turn};
    struct Pump<F>(F);
    impl<F: FnMut() -> Turn + Send> Lane for Pump<F> {
        fn turn(&mut self) -> Turn {
            (self.0)()
        }
        fn abandon(&mut self, _: Abandoned) {}
    }
    let mut sent = 0;
    let turn = move || match source.take() {
        Taken::Value(value) => {
            values.send(value).unwrap();
            sent += 1;
            // The owner goes with the lane, whatever is out.
            if sent == count { Turn::Done } else { Turn::Busy }
        }
        Taken::Empty => Turn::Idle,
        Taken::Ended => panic!("the source ended after {sent}"),
        Taken::Error(error) => panic!("{error:?} after {sent}"),
    };
    io.context().attach(Box::new(Pump(turn)));
}

#[test]
fn datagrams_are_dropped_on_another_thread() {
    for wait in [Wait::Park, Wait::spin_then_yield()] {
        for owner_first in [false, true] {
            let io = io_that(wait);
            let id = io.context().id();
            let socket = UdpSocket::bind(&io, "127.0.0.1:0").buffers(BUFFERS).batch(3).build().unwrap();
            let to = socket.local_address();
            // Whoever sends never has more under way than the system holds for one socket.
            let (go, gone) = mpsc::sync_channel::<()>(64);
            let (values, datagrams) = mpsc::sync_channel::<Datagram>(BUFFERS);
            // One more than will come keeps the owner alive until it is dropped with the lane.
            let count = if owner_first { MESSAGES } else { MESSAGES + 1 };
            pump(&io, read(socket), count, values);
            let client = std::thread::spawn(move || {
                let client = Client::bind("127.0.0.1:0").unwrap();
                for number in 0..MESSAGES {
                    go.send(()).unwrap();
                    client.send_to(&message(number), to).unwrap();
                }
                client
            });
            let compute = std::thread::spawn(move || {
                let mut held = Vec::with_capacity(BUFFERS);
                for number in 0..MESSAGES {
                    let datagram = datagrams.recv_timeout(PATIENCE).unwrap();
                    assert_eq!(*datagram, message(number), "the bytes of message {number}");
                    gone.recv_timeout(PATIENCE).unwrap();
                    // The last few outlive the owner; before, some go back out of order.
                    held.push(datagram);
                    let keep = if number + 2 >= MESSAGES { BUFFERS } else { (number % 3) as usize };
                    while held.len() > keep {
                        let first = if number % 5 == 0 { 0 } else { held.len() - 1 };
                        assert_eq!(held[first][8], held[first][0] ^ 0x5a);
                        held.swap_remove(first);
                    }
                }
                (held, datagrams)
            });
            let (held, datagrams) = compute.join().unwrap();
            let client = client.join().unwrap();
            assert!(!held.is_empty() && held.len() <= BUFFERS);
            if owner_first {
                // The lane is done, so that its owner goes before these.
                at_home(&io, || ());
                assert!(!is_freed(id));
                drop(held);
            } else {
                drop(held);
                assert!(!is_freed(id));
                client.send_to(&message(MESSAGES), to).unwrap();
                drop(datagrams.recv_timeout(PATIENCE).unwrap());
            }
            wait_until_freed(id, 1);
        }
    }
}

/// Two threads drop frames that share a buffer, so that their notes meet.
#[test]
fn frames_of_one_buffer_are_dropped_on_two_threads() {
    for wait in [Wait::Park, Wait::spin_then_yield()] {
        let io = io_that(wait);
        let id = io.context().id();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        let stream = TcpStream::from_std(&io, stream).unwrap();
        let (values, frames) = mpsc::sync_channel::<Frame>(64);
        pump(&io, framed(stream, Be16::new()).buffers(2, 1 << 10), MESSAGES, values);
        let writer = std::thread::spawn(move || {
            let mut client = client;
            for number in 0..MESSAGES {
                std::io::Write::write_all(&mut client, &[0, 64]).unwrap();
                std::io::Write::write_all(&mut client, &message(number)).unwrap();
            }
        });
        let (pass_on, passed) = mpsc::sync_channel::<(u64, Frame)>(4);
        let second = std::thread::spawn(move || {
            let mut count = 0;
            for (number, frame) in passed {
                assert_eq!(*frame, message(number), "the bytes of message {number}");
                count += 1;
            }
            count
        });
        for number in 0..MESSAGES {
            let frame = frames.recv_timeout(PATIENCE).unwrap();
            if number % 2 == 0 {
                pass_on.send((number, frame)).unwrap();
            } else {
                assert_eq!(*frame, message(number), "the bytes of message {number}");
            }
        }
        drop(pass_on);
        writer.join().unwrap();
        assert_eq!(second.join().unwrap(), MESSAGES.div_ceil(2));
        // The pool that `buffers` replaced, and this one.
        wait_until_freed(id, 2);
    }
}
