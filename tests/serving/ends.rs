//! Resets, stops, panics and ends: of one connection, of the listener, of the scope, of the context.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use fusewire::alloc::{Recycling, Tracked};
use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::net::{Be16, NetError, TcpListener, TcpStream, accept, framed, send_framed};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;

use crate::{WAITS, ask, client, eventually, frame, io, is_over, server};

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
