//! The fused chain from a socket, over another core, and back to a socket allocates nothing per message: datagrams, and
//! frames of a stream.

#[path = "support/counting.rs"]
mod counting;

use std::io::{Read, Write};
use std::net::{TcpListener as StdListener, UdpSocket as StdSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::net::{Be16, Datagram, Frame, TcpStream, UdpSocket, framed, send_framed};
use fusewire::prelude::*;
use fusewire::wait::Wait;

/// Until every buffer, edge slot and queue has been used.
const WARM: u64 = 300;
const MESSAGES: u64 = 2_000;
/// Four times the buffers, so that the source starves now and then.
const UNDER_WAY: u64 = 16;

/// One more than the allocations of one lane's thread, as of two messages; zero before them.
#[derive(Default)]
struct Seen {
    warm: AtomicU64,
    last: AtomicU64,
}

impl Seen {
    /// Notes the count of this thread; `number` says which message this is.
    fn note(&self, number: u64) {
        let place = if number == WARM { &self.warm } else { &self.last };
        place.store(counting::here() + 1, Ordering::Relaxed);
    }

    fn since_warm(&self) -> u64 {
        self.last.load(Ordering::Relaxed) - self.warm.load(Ordering::Relaxed)
    }
}

fn allocations(io: Wait, compute: Wait) -> [u64; 2] {
    let io = Io::builder().wait(io).build().unwrap();
    let compute = Cpu::builder().wait(compute).build().unwrap();
    let here = io.clone();
    let peer = StdSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let sock = UdpSocket::bind(&io, "127.0.0.1:0").buffers(4).batch(2).build().unwrap();
    let to = sock.local_address();
    let out = UdpSocket::bind(&io, "127.0.0.1:0").connect(peer.local_addr().unwrap()).build().unwrap();
    let send = fusewire::net::send(&out);
    let lanes = [Arc::new(Seen::default()), Arc::new(Seen::default())];
    let [on_io, on_compute] = lanes.clone();
    let chain = fuse! {
        read(sock)
            .then(on(compute))
            .map(move |datagram: Datagram| {
                let number = u64::from_le_bytes(*datagram.first_chunk().unwrap());
                drop(datagram);
                on_compute.note(number);
                number
            })
            .then(on(io))
            .map(move |number: u64| {
                on_io.note(number);
                number.to_le_bytes()
            })
            .and(send)
    };
    let handle = Engine::on(here).run(chain).unwrap();
    for number in 0..MESSAGES + UNDER_WAY {
        if number < MESSAGES {
            peer.send_to(&number.to_le_bytes(), to).unwrap();
        }
        if let Some(answered) = number.checked_sub(UNDER_WAY) {
            let mut answer = [0; 8];
            assert_eq!(peer.recv(&mut answer).unwrap(), 8);
            assert_eq!(u64::from_le_bytes(answer), answered);
        }
    }
    handle.stop(Stop::Drain);
    assert_eq!(handle.join().unwrap().completed, MESSAGES);
    counted(&lanes)
}

/// What each lane allocated, both of which were reached, or the difference would say nothing.
fn counted(lanes: &[Arc<Seen>; 2]) -> [u64; 2] {
    for lane in lanes {
        assert_ne!(lane.warm.load(Ordering::Relaxed), 0);
        assert!(lane.last.load(Ordering::Relaxed) >= lane.warm.load(Ordering::Relaxed));
    }
    [lanes[0].since_warm(), lanes[1].since_warm()]
}

/// Frames come in and go out on one stream; `cut` bytes at a time, so that most frames come in parts.
fn stream_allocations(io: Wait, compute: Wait, cut: usize) -> [u64; 2] {
    let io = Io::builder().wait(io).build().unwrap();
    let compute = Cpu::builder().wait(compute).build().unwrap();
    let here = io.clone();
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let stream =
        TcpStream::connect(&io, listener.local_addr().unwrap()).wait(Duration::from_secs(20)).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    peer.set_nodelay(true).unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (incoming, outgoing) = stream.split();
    let frames = framed(incoming, Be16::new()).buffers(4, 64);
    let send = send_framed(&outgoing, Be16::new());
    let lanes = [Arc::new(Seen::default()), Arc::new(Seen::default())];
    let [on_io, on_compute] = lanes.clone();
    let chain = fuse! {
        source(frames)
            .then(on(compute))
            .map(move |frame: Frame| {
                let number = u64::from_le_bytes(*frame.first_chunk().unwrap());
                drop(frame);
                on_compute.note(number);
                number
            })
            .then(on(io))
            .map(move |number: u64| {
                on_io.note(number);
                number.to_le_bytes()
            })
            .and(send)
    };
    let handle = Engine::on(here).run(chain).unwrap();
    let (mut out, mut answer) = (Vec::new(), [0; 10]);
    for number in 0..MESSAGES + UNDER_WAY {
        if number < MESSAGES {
            out.extend_from_slice(&8_u16.to_be_bytes());
            out.extend_from_slice(&number.to_le_bytes());
            let whole = if number + 1 == MESSAGES { out.len() } else { out.len() - out.len() % cut };
            for part in out[..whole].chunks(cut) {
                peer.write_all(part).unwrap();
            }
            out.drain(..whole);
        }
        if let Some(answered) = number.checked_sub(UNDER_WAY) {
            peer.read_exact(&mut answer).unwrap();
            assert_eq!(answer[..2], [0, 8]);
            assert_eq!(answer[2..], answered.to_le_bytes());
        }
    }
    handle.stop(Stop::Drain);
    assert_eq!(handle.join().unwrap().completed, MESSAGES);
    counted(&lanes)
}

#[test]
fn a_fused_chain_of_a_stream_allocates_nothing_per_message() {
    for (io, compute, cut) in [
        (Wait::spin_then_yield(), Wait::spin_then_yield(), 10),
        (Wait::spin_then_yield(), Wait::Park, 7),
        (Wait::Park, Wait::spin_then_yield(), 3),
        (Wait::Park, Wait::Park, 25),
    ] {
        let counts = stream_allocations(io, compute, cut);
        let (io, compute) = (io.name(), compute.name());
        assert_eq!(counts, [0, 0], "io and compute, which wait by {io} and {compute}, {cut} bytes at a time");
    }
}

#[test]
fn a_fused_chain_of_sockets_allocates_nothing_per_message() {
    for io in [Wait::spin_then_yield(), Wait::Park] {
        for compute in [Wait::spin_then_yield(), Wait::Park] {
            let counts = allocations(io, compute);
            assert_eq!(counts, [0, 0], "io and compute, which wait by {} and {}", io.name(), compute.name());
        }
    }
}

#[test]
fn the_counter_counts() {
    let before = counting::here();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(counting::here(), before + 1);
}
