//! Connections that are silent for too long are let go.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::net::{TcpListener, accept};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;

use crate::{WAITS, ask, client, echo, eventually, io, is_over};

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
        let began = Instant::now();
        ask(&mut silent, b"one");
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
