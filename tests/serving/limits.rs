//! What is too much waits, or is refused and counted.

use std::io::{ErrorKind, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::alloc::{Bounded, Recycling};
use fusewire::net::{TcpListener, accept};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::Taken;
use fusewire::wait::Wait;

use crate::{PATIENCE, ask, client, echo, eventually, frame, io, is_over, server};

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
