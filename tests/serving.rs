//! Many connections, each served by an operation of its own: slow ones, those that are reset, limits, stops, ends; and that
//! one that is idle is not asked.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream as StdStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::alloc::{Bounded, Recycling, Tracked};
use fusewire::context::io::Io;
use fusewire::control::{RunError, Stop};
use fusewire::engine::{Engine, Handle};
use fusewire::net::serving::ServingCounts;
use fusewire::net::{Be16, NetError, TcpListener, TcpStream, accept, framed, send_framed};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::Taken;
use fusewire::wait::Wait;

const PATIENCE: Duration = Duration::from_secs(20);
const WAITS: [Wait; 3] = [Wait::Park, Wait::SpinThenPark { spins: 50 }, Wait::Spin];

fn io(wait: Wait) -> Io {
    Io::builder().wait(wait).build().unwrap()
}

/// Sends every frame back.
fn echo(stream: TcpStream) -> impl Sender<Value = (), Error = Never> + Send + 'static {
    let back = send_framed(stream.writer(), Be16::new());
    framed(stream, Be16::new().up_to(1 << 12))
        .buffers(1, 1 << 13)
        .and(back)
        .repeat_until(|_| false)
        .map(drop)
        .upon_error(|_: NetError| ())
}

/// A server that sends every frame back, with so many connections at most.
fn server(io: &Io, scope: &Scope, at_most: usize) -> (Handle, SocketAddr, ServingCounts) {
    let listener = TcpListener::bind(io, "127.0.0.1:0").backlog(1024).build().unwrap();
    let address = listener.local_address();
    let serving = accept(listener).spawn(scope, echo).at_most(at_most);
    let counts = serving.counts();
    (Engine::on(io.clone()).run(serving).unwrap(), address, counts)
}

fn client(address: SocketAddr) -> StdStream {
    let stream = StdStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn frame(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// Sends a frame and reads it back.
fn ask(stream: &mut StdStream, bytes: &[u8]) {
    let sent = frame(bytes);
    stream.write_all(&sent).unwrap();
    let mut back = vec![0; sent.len()];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(back, sent);
}

/// Whether the peer has closed the connection.
fn is_over(stream: &mut StdStream) -> bool {
    match stream.read(&mut [0; 16]) {
        Ok(got) => got == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

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
fn a_reset_ends_one_connection_alone() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let (server, address, counts) = server(&io, &scope, usize::MAX);
    let mut stays = client(address);
    ask(&mut stays, b"here");
    for n in 0..100 {
        let mut resets = client(address);
        if n % 2 == 0 {
            ask(&mut resets, b"then gone");
        } else {
            // Half a frame, and gone.
            resets.write_all(&[0, 9, 1]).unwrap();
        }
        socket2::SockRef::from(&resets).set_linger(Some(Duration::ZERO)).unwrap();
    }
    eventually("they have ended", || scope.associations() == 1);
    ask(&mut stays, b"still here");
    assert!(counts.get().begun >= 51);
    server.stop(Stop::Drain);
    server.join().unwrap();
}

#[test]
fn more_than_the_limit_wait_until_one_goes() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let (_server, address, counts) = server(&io, &scope, 2);
    let mut served: Vec<_> = (0..2).map(|_| client(address)).collect();
    served.iter_mut().for_each(|client| ask(client, b"served"));
    let mut waits = client(address);
    waits.write_all(&frame(b"early")).unwrap();
    waits.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let error = waits.read(&mut [0; 8]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    assert_eq!(counts.get().begun, 2);
    waits.set_read_timeout(Some(PATIENCE)).unwrap();
    served.pop();
    let mut back = [0; 7];
    waits.read_exact(&mut back).unwrap();
    assert_eq!(back[2..], *b"early");
}

#[test]
fn what_the_scope_or_the_policy_refuses_is_closed_at_once() {
    let (io, scope) = (io(Wait::Park), Scope::builder().limit(1).build());
    let (_server, address, counts) = server(&io, &scope, usize::MAX);
    let mut served = client(address);
    ask(&mut served, b"served");
    assert!(is_over(&mut client(address)));
    eventually("it is counted", || counts.get().refused == 1);

    let policy = Arc::new(Bounded::new(Recycling).operations(1));
    let scope = Scope::builder().allocation(policy).build();
    let (_server, address, counts) = self::server(&io, &scope, usize::MAX);
    let mut served_too = client(address);
    ask(&mut served_too, b"served");
    assert!(is_over(&mut client(address)));
    eventually("it is counted", || counts.get().refused == 1);
    assert_eq!(scope.associations(), 1);
    ask(&mut served, b"and still served");
    ask(&mut served_too, b"and still served");
}

#[test]
fn a_stop_of_the_scope_closes_all_and_those_that_come() {
    for wait in WAITS {
        let policy = Arc::new(Tracked::new(Recycling));
        let (io, scope) = (io(wait), Scope::builder().allocation(policy.clone()).build());
        let (server, address, _) = server(&io, &scope, usize::MAX);
        let mut clients: Vec<_> = (0..50).map(|_| client(address)).collect();
        clients.iter_mut().for_each(|client| ask(client, b"hello"));
        scope.stop();
        clients.iter_mut().for_each(|client| assert!(is_over(client)));
        assert_eq!(block_on(scope.join()), Completion::Value(()));
        assert_eq!(policy.live(), 0);
        drop(server);
    }
}

#[test]
fn the_end_of_the_context_ends_all() {
    let policy = Arc::new(Tracked::new(Recycling));
    let (io, scope) = (io(Wait::Park), Scope::builder().allocation(policy.clone()).build());
    let (server, address, _) = server(&io, &scope, usize::MAX);
    let mut clients: Vec<_> = (0..50).map(|_| client(address)).collect();
    clients.iter_mut().for_each(|client| ask(client, b"hello"));
    io.end();
    assert!(matches!(server.join(), Err(RunError::ContextEnded)));
    clients.iter_mut().for_each(|client| assert!(is_over(client)));
    assert_eq!(block_on(scope.join()), Completion::Value(()));
    assert_eq!(policy.live(), 0);
}

#[test]
fn the_end_of_the_listener_leaves_the_connections() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let (server, address, _) = server(&io, &scope, usize::MAX);
    let mut client = client(address);
    ask(&mut client, b"hello");
    server.stop(Stop::Drain);
    server.join().unwrap();
    ask(&mut client, b"still here");
    drop(client);
    assert_eq!(block_on(scope.join()), Completion::Value(()));
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

#[test]
fn a_panic_ends_one_connection_and_is_told() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
    let address = listener.local_address();
    let serve = |stream: TcpStream| {
        let back = send_framed(stream.writer(), Be16::new());
        framed(stream, Be16::new())
            .buffers(1, 1 << 10)
            .inspect_value(|frame: &fusewire::net::Frame| assert!(&**frame != b"bad", "a bad frame"))
            .and(back)
            .repeat_until(|_| false)
            .map(drop)
            .upon_error(|_: NetError| ())
    };
    let _server = Engine::on(io).run(accept(listener).spawn(&scope, serve)).unwrap();
    let (mut good, mut bad) = (client(address), client(address));
    ask(&mut good, b"good");
    bad.write_all(&frame(b"bad")).unwrap();
    assert!(is_over(&mut bad));
    ask(&mut good, b"good");
    drop(good);
    let told = block_on(scope.join()).into_result().unwrap_err();
    assert!(
        matches!(told, NoValue::Error(told) if told.count == 1 && told.first.message.contains("a bad frame"))
    );
}

/// Who is silent is let go; who says something in time stays, however long.
#[test]
fn a_connection_that_is_idle_for_too_long_is_closed() {
    for wait in WAITS {
        let (io, scope) = (io(wait), Scope::new());
        let limit = Duration::from_millis(400);
        let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
        let address = listener.local_address();
        let serving = accept(listener).spawn(&scope, echo).idle(limit);
        let counts = serving.counts();
        let handle = Engine::on(io.clone()).run(serving).unwrap();
        let (mut silent, mut talks) = (client(address), client(address));
        ask(&mut silent, b"one");
        let began = Instant::now();
        let over = std::thread::spawn(move || (is_over(&mut silent), began.elapsed()));
        // Talks for longer than anybody may be silent. A machine that stands still for that long makes it silent as well.
        let mut pause = Duration::ZERO;
        while began.elapsed() < limit * 3 && pause < limit / 2 {
            let asked = Instant::now();
            ask(&mut talks, b"still here");
            std::thread::sleep(Duration::from_millis(10));
            pause = pause.max(asked.elapsed());
        }
        let (over, after) = over.join().unwrap();
        assert!(over && after >= limit / 2, "closed after {after:?}");
        if pause < limit / 2 {
            assert_eq!(counts.get().idle, 1, "one of two was silent");
            ask(&mut talks, b"and now");
        } else {
            eprintln!("SKIPPED: the machine stood still for {pause:?}, so that both were silent");
        }
        // The next has the place of the one that went, and its time begins anew.
        let mut next = client(address);
        ask(&mut next, b"next");
        eventually("the next is idle as well", || counts.get().idle >= 2);
        assert!(is_over(&mut next));
        handle.stop(Stop::Drain);
        scope.stop();
        block_on(scope.join()).into_result().unwrap();
        handle.join().unwrap();
    }
}

/// Who keeps the token of a connection that has gone is not told of the one that has its place now.
#[test]
fn a_token_that_outlives_its_connection_is_not_of_the_next() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
    let address = listener.local_address();
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let keeps = Arc::clone(&tokens);
    let noted = move |stream| {
        let keeps = Arc::clone(&keeps);
        read_env(move |env| keeps.lock().unwrap().push(env.stop().clone())).sequence(echo(stream))
    };
    let serving = accept(listener).spawn(&scope, noted).at_most(1).idle(Duration::from_millis(300));
    let counts = serving.counts();
    let handle = Engine::on(io.clone()).run(serving).unwrap();
    // The first leaves in time, and the second is silent in its place.
    let mut first = client(address);
    ask(&mut first, b"here");
    drop(first);
    let idle_before = counts.get().idle;
    let mut second = client(address);
    ask(&mut second, b"here as well");
    eventually("the second is idle", || counts.get().idle > idle_before);
    assert!(is_over(&mut second));
    let tokens = std::mem::take(&mut *tokens.lock().unwrap());
    assert_eq!(tokens.len(), 2);
    assert!(tokens[1].stop_requested());
    if counts.get().idle == 1 {
        assert!(!tokens[0].stop_requested(), "the first left by itself");
    } else {
        eprintln!("SKIPPED: the machine stood still, so that both were silent");
    }
    handle.stop(Stop::Drain);
    scope.stop();
    block_on(scope.join()).into_result().unwrap();
    handle.join().unwrap();
}

/// The scope's stop reaches those that may be idle as it does the others.
#[test]
fn a_scope_that_is_stopped_ends_connections_that_may_be_idle() {
    let (io, scope) = (io(Wait::Park), Scope::new());
    let listener = TcpListener::bind(&io, "127.0.0.1:0").build().unwrap();
    let address = listener.local_address();
    let serving = accept(listener).spawn(&scope, echo).idle(Duration::from_secs(3600));
    let counts = serving.counts();
    let handle = Engine::on(io.clone()).run(serving).unwrap();
    let mut clients = [0, 1, 2].map(|_| client(address));
    clients.iter_mut().for_each(|client| ask(client, b"here"));
    scope.stop();
    block_on(scope.join()).into_result().unwrap();
    assert!(clients.iter_mut().all(is_over));
    assert_eq!(counts.get().idle, 0);
    drop(handle);
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

/// The context has its turn although every connection that comes is refused.
#[test]
fn connections_that_are_refused_come_in_bounded_batches() {
    use fusewire::consumers::spawn_on;
    use fusewire::source::Source;

    const CLIENTS: u64 = 150;
    let (io, scope, asks) = (io(Wait::Park), Scope::new(), Scope::new());
    scope.close();
    let listener = TcpListener::bind(&io, "127.0.0.1:0").backlog(1024).build().unwrap();
    let address = listener.local_address();
    let mut serving = accept(listener).spawn(&scope, echo);
    let counts = serving.counts();
    // They wait in the backlog, because nobody asks yet.
    let clients: Vec<_> = (0..CLIENTS).map(|_| client(address)).collect();
    let refused = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&refused);
    let ask = from_fn(move || {
        for _ in 0..3 {
            assert!(matches!(Source::take(&mut serving), Taken::Empty));
            seen.lock().unwrap().push(counts.get().refused);
        }
        Some(())
    });
    spawn_on(&io, &asks, ask).unwrap();
    block_on(asks.join()).into_result().unwrap();
    assert_eq!(*refused.lock().unwrap(), [64, 128, CLIENTS]);
    drop(clients);
}
