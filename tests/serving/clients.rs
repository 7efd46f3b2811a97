//! Many connections side by side: slow ones, silent ones, and those that go elsewhere in between.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::net::{Be16, NetError, TcpListener, TcpStream, accept, framed, send_framed};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::Taken;
use fusewire::wait::Wait;

use crate::{PATIENCE, WAITS, ask, client, eventually, frame, io, is_over, server};

#[test]
fn hundreds_are_served_side_by_side() {
    for wait in WAITS {
        let (io, scope) = (io(wait), Scope::new());
        let (server, address, counts) = server(&io, &scope, usize::MAX);
        let mut clients: Vec<_> = (0..300).map(|_| client(address)).collect();
        for round in 0..3u32 {
            for (n, client) in clients.iter_mut().enumerate() {
                ask(client, format!("{n} in round {round}").as_bytes());
            }
        }
        assert_eq!((scope.associations(), counts.get().begun), (300, 300));
        drop(clients);
        eventually("all have ended", || scope.associations() == 0);
        // The places are used again.
        for _ in 0..50 {
            ask(&mut client(address), b"once more");
        }
        server.stop(Stop::Drain);
        assert_eq!(server.join().unwrap().completed, 350);
        assert_eq!(block_on(scope.join()), Completion::Value(()));
    }
}

#[test]
fn one_that_is_idle_is_not_asked() {
    for wait in WAITS {
        let (io, scope) = (io(wait), Scope::new());
        let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
        let address = listener.local_address();
        let asked = Arc::new(AtomicU64::new(0));
        let asking = Arc::clone(&asked);
        let mut first = true;
        let serve = move |stream: TcpStream| {
            let (asking, busy) = (Arc::clone(&asking), std::mem::take(&mut first));
            let mut frames = framed(stream, Be16::new()).buffers(1, 1 << 10);
            let counted = source(Counted {
                asking: (!busy).then_some(asking),
                ask: move || fusewire::source::Source::take(&mut frames),
            });
            counted.map(drop).repeat_until(|()| false).upon_error(|_: NetError| ())
        };
        let server = Engine::on(io).run(accept(listener).spawn(&scope, serve)).unwrap();
        let mut busy = client(address);
        busy.write_all(&frame(b"here")).unwrap();
        eventually("the busy one is first", || scope.associations() == 1);
        let idle: Vec<_> = (0..100).map(|_| client(address)).collect();
        eventually("all are there", || scope.associations() == 101);
        std::thread::sleep(Duration::from_millis(20));
        let before = asked.load(Ordering::SeqCst);
        assert!(before >= 100);
        for _ in 0..500 {
            busy.write_all(&frame(b"again")).unwrap();
            std::thread::sleep(Duration::from_micros(50));
        }
        assert_eq!(asked.load(Ordering::SeqCst), before, "500 events of another connection");
        drop((idle, busy));
        eventually("all have ended", || scope.associations() == 0);
        drop(server);
    }
}

/// Counts how often it is asked.
struct Counted<F> {
    asking: Option<Arc<AtomicU64>>,
    ask: F,
}

impl<T, F: FnMut() -> Taken<T, NetError>> fusewire::source::Source for Counted<F> {
    type Value = T;
    type Error = NetError;

    fn take(&mut self) -> Taken<T, NetError> {
        if let Some(asking) = &self.asking {
            asking.fetch_add(1, Ordering::SeqCst);
        }
        (self.ask)()
    }
}

#[test]
fn a_slow_client_gets_everything_and_holds_nobody_up() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let (_server, address, _) = server(&io, &scope, usize::MAX);
    let mut slow = client(address);
    let mut writing = slow.try_clone().unwrap();
    let frames: Vec<_> = (0..48_000u32).map(|n| frame(&n.to_le_bytes().repeat(500))).collect();
    let whole: usize = frames.iter().map(Vec::len).sum();
    let writer = std::thread::spawn(move || {
        for frame in &frames {
            writing.write_all(frame).unwrap();
        }
        frames
    });
    // It reads nothing yet: 96 MB do not fit into the four buffers, which a system lets grow to some 35 MB at most, so that
    // the server must wait.
    std::thread::sleep(Duration::from_millis(50));
    let mut other = client(address);
    let began = Instant::now();
    for n in 0..100u32 {
        ask(&mut other, &n.to_le_bytes());
    }
    assert!(began.elapsed() < PATIENCE / 2);
    assert!(!writer.is_finished(), "the server took more than it could give back");
    let mut back = vec![0; whole];
    slow.read_exact(&mut back).unwrap();
    assert!(back == writer.join().unwrap().concat());
}

#[test]
fn a_connection_has_timers_and_may_go_elsewhere_and_come_back() {
    for wait in WAITS {
        let (io, scope) = (io(wait), Scope::new());
        let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
        let address = listener.local_address();
        let compute = fusewire::context::cpu::Cpu::builder().wait(Wait::Park).build().unwrap();
        let home = io.clone();
        let serve = move |stream: TcpStream| {
            let back = send_framed(stream.writer(), Be16::new());
            framed(stream, Be16::new())
                .buffers(1, 1 << 10)
                .map(|frame: fusewire::net::Frame| frame.to_vec())
                .and(|bytes: Vec<u8>| after(Duration::from_millis(5)).map(move |()| bytes.clone()))
                .then(on(&compute))
                .map(|mut bytes: Vec<u8>| {
                    bytes.reverse();
                    bytes
                })
                .then(on(&home))
                .and(back)
                .repeat_until(|_| false)
                .map(drop)
                .upon_error(|_: NetError| ())
        };
        let _server = Engine::on(io).run(accept(listener).spawn(&scope, serve)).unwrap();
        let mut clients: Vec<_> = (0..20).map(|_| client(address)).collect();
        let began = Instant::now();
        for _ in 0..3 {
            clients.iter_mut().for_each(|client| client.write_all(&frame(b"abc")).unwrap());
            for client in &mut clients {
                let mut back = [0; 5];
                client.read_exact(&mut back).unwrap();
                assert_eq!(back[2..], *b"cba");
            }
        }
        assert!(began.elapsed() >= Duration::from_millis(15));
    }
}

/// What a connection leaves behind goes on, though it was the last one.
#[test]
fn what_a_connection_began_outlives_it() {
    for wait in WAITS {
        let (io, scope) = (io(wait), Scope::new());
        let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
        let address = listener.local_address();
        let rung = Arc::new(AtomicU64::new(0));
        let rings = Arc::clone(&rung);
        let serve = move |stream: TcpStream| {
            let rings = Arc::clone(&rings);
            just(()).map(move |()| {
                let rings = Arc::clone(&rings);
                let late =
                    after(Duration::from_millis(30)).map(move |()| _ = rings.fetch_add(1, Ordering::SeqCst));
                fusewire::consumers::detach(late).unwrap();
                let _closed = &stream;
            })
        };
        let server = Engine::on(io).run(accept(listener).spawn(&scope, serve)).unwrap();
        assert!(is_over(&mut client(address)));
        eventually("the connection has ended", || scope.associations() == 0);
        eventually("its timer rings all the same", || rung.load(Ordering::SeqCst) == 1);
        server.stop(Stop::Drain);
        server.join().unwrap();
    }
}
