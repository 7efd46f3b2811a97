//! What crosses, and who is let in.

use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::shm::{End, Foreign, Peer, Process, ShmError, shm, shm_fd};
use fusewire::edge::{Overflow, Pushed};

use crate::support::{Name, part};

/// Long enough for any machine.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn values_cross_in_order_and_are_counted() {
    for start in [0, u64::MAX - 5] {
        let name = Name::new();
        let ring = name.shm().capacity(8).start(start);
        let (mut sender, mut receiver) =
            (ring.sender::<[u16; 5]>().unwrap(), ring.receiver::<[u16; 5]>().unwrap());
        let value = |n: u16| [n, n + 1, n + 2, n + 3, n + 4];
        let mut next = 0;
        for n in 0..1000 {
            while let Pushed::Full(_) = sender.push(value(n)) {
                assert_eq!(receiver.pop(), Some(value(next)));
                next += 1;
            }
        }
        let counters = sender.counters();
        assert_eq!((counters.pushed, counters.popped, counters.depth), (1000, 992, 8), "from {start}");
        assert!(counters.stalls > 0);
        drop(sender);
        assert!(receiver.is_closed());
        while let Some(popped) = receiver.pop() {
            assert_eq!(popped, value(next));
            next += 1;
        }
        assert_eq!(next, 1000);
        assert_eq!(receiver.counters().popped, 1000);
    }
}

#[test]
fn every_size_crosses() {
    fn cross<const N: usize>() {
        let name = Name::new();
        let ring = name.shm().capacity(4);
        let (mut sender, mut receiver) =
            (ring.sender::<[u8; N]>().unwrap(), ring.receiver::<[u8; N]>().unwrap());
        for round in 0..20_u8 {
            let value = std::array::from_fn(|at| (at as u8).wrapping_mul(7).wrapping_add(round));
            assert_eq!(sender.push(value), Pushed::Ok);
            assert!(receiver.ready());
            assert_eq!(receiver.pop(), Some(value), "{N} bytes");
            assert_eq!(receiver.pop(), None);
        }
    }
    cross::<1>();
    cross::<7>();
    cross::<8>();
    cross::<9>();
    cross::<55>();
    cross::<56>();
    cross::<57>();
    cross::<64>();
    cross::<256>();
    cross::<1001>();
}

#[test]
fn what_has_no_room_is_dropped_and_counted() {
    let name = Name::new();
    let ring = name.shm().capacity(2).policy(Overflow::DropNewest);
    let (mut sender, mut receiver) = (ring.sender::<u64>().unwrap(), ring.receiver::<u64>().unwrap());
    for n in 0..5 {
        assert!(sender.has_room());
        assert_eq!(sender.push(n), if n < 2 { Pushed::Ok } else { Pushed::Dropped });
    }
    assert_eq!(receiver.pop(), Some(0));
    let counters = ring.watch().unwrap().counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (5, 1, 3, 1));
}

#[test]
fn a_third_process_is_refused_by_name() {
    let name = Name::new();
    let ring = name.shm();
    let sender = ring.sender::<u64>().unwrap();
    let refused = ring.sender::<u64>().unwrap_err();
    let by = Process::this();
    assert_eq!(
        refused,
        ShmError::Held { path: name.path(), end: End::Producer, by, runs: true },
        "{refused}"
    );
    let pid = std::process::id();
    let text = format!(
        "the producer's end of the ring {} is held by process {pid}: a ring has one producer at a time",
        name.path()
    );
    assert_eq!(refused.to_string(), text);
    // The other end is free, and another process has it.
    let mut child = name.child("ends::child", "receive");
    let watch = ring.watch().unwrap();
    let until = Instant::now() + LIMIT;
    while !matches!(watch.peer(End::Consumer), Peer::Alive(_)) {
        assert!(Instant::now() < until, "the child did not attach");
        thread::sleep(Duration::from_millis(1));
    }
    let Peer::Alive(process) = sender.peer() else { panic!("{:?}", sender.peer()) };
    assert_eq!(process.pid, child.0.id());
    assert!(process.runs() && !Process { started: process.started + 1, ..process }.runs());
    let refused = ring.receiver::<u64>().unwrap_err().to_string();
    assert!(refused.contains("consumer's end") && refused.contains(&process.to_string()), "{refused}");
    drop(sender);
    assert!(child.0.wait().unwrap().success());
    assert_eq!(watch.peer(End::Consumer), Peer::Closed(process));
}

/// A child that pops until the sender is gone, and one that sends back what it gets, asleep in between.
#[test]
fn child() {
    match part() {
        Some((part, ring)) if part == "receive" => {
            let mut receiver = ring.receiver::<u64>().unwrap();
            while !receiver.is_closed() {
                receiver.wait(LIMIT);
                receiver.pop();
            }
        }
        Some((part, ring)) if part == "echo" => {
            let mut receiver = ring.receiver::<[u64; 9]>().unwrap();
            let mut sender = shm(format!("{}-back", std::env::var(crate::support::NAME).unwrap()))
                .sender::<[u64; 9]>()
                .unwrap();
            loop {
                let closed = receiver.is_closed();
                match receiver.pop() {
                    Some(value) => {
                        let mut value = value;
                        value[8] = !value[0];
                        while let Pushed::Full(back) = sender.push(value) {
                            value = back;
                            assert!(sender.wait(LIMIT) && !sender.is_closed());
                        }
                        sender.wake();
                    }
                    None if closed => break,
                    None => assert!(receiver.wait(LIMIT)),
                }
            }
        }
        _ => {}
    }
}

/// Both sides sleep for each value. Without the wake-up each would cost a tenth of a second.
#[test]
fn two_processes_wake_each_other() {
    const ROUNDS: u64 = 3_000;
    let name = Name::new();
    let back = Name(format!("{}-back", name.0));
    let mut sender = name.shm().capacity(1).sender::<[u64; 9]>().unwrap();
    let mut receiver = back.shm().capacity(4).receiver::<[u64; 9]>().unwrap();
    let mut child = name.child("ends::child", "echo");
    let began = Instant::now();
    let (mut sent, mut waited) = (0, 0);
    for n in 0..ROUNDS {
        // Every now and then more than there is room for, so that the sender sleeps too.
        let ahead = if n % 10 == 0 { 4 } else { 1 };
        while sent < (n + ahead).min(ROUNDS) {
            match sender.push([sent; 9]) {
                Pushed::Ok => sent += 1,
                _ => {
                    sender.wake();
                    waited += 1;
                    assert!(sender.wait(LIMIT) && !sender.is_closed());
                }
            }
        }
        sender.wake();
        let value = loop {
            match receiver.pop() {
                Some(value) => break value,
                None => assert!(receiver.wait(LIMIT) && !receiver.is_closed()),
            }
        };
        assert_eq!(value, [n, n, n, n, n, n, n, n, !n]);
    }
    let took = began.elapsed();
    drop(sender);
    assert!(child.0.wait().unwrap().success());
    assert!(receiver.is_closed());
    assert_eq!(receiver.pop(), None);
    assert!(waited > 0, "the sender always had room");
    assert!(took < LIMIT, "{ROUNDS} rounds took {took:?}: nobody was woken");
}

#[test]
fn a_ring_that_was_closed_goes_on_with_the_next() {
    let name = Name::new();
    let ring = name.shm().capacity(8);
    let mut sender = ring.sender::<u32>().unwrap();
    for n in 0..6 {
        let _ = sender.push(n);
    }
    drop(sender);
    // Nobody has it; the values wait.
    let mut receiver = ring.receiver::<u32>().unwrap();
    assert!(receiver.is_closed());
    assert_eq!(receiver.predecessor(), None);
    assert_eq!([receiver.pop(), receiver.pop_deferred()], [Some(0), Some(1)]);
    drop(receiver);
    let mut sender = ring.attach().sender::<u32>().unwrap();
    assert!(!sender.is_closed(), "that receiver was of the former run");
    for n in 6..10 {
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert_eq!(sender.push(10), Pushed::Full(10));
    let mut receiver = name.shm().receiver::<u32>().unwrap();
    assert!(!receiver.is_closed() && !sender.is_closed());
    for n in 2..10 {
        assert_eq!(receiver.pop(), Some(n));
    }
    let counters = receiver.counters();
    assert_eq!((counters.producer_deaths, counters.consumer_deaths, counters.redelivered), (0, 0, 0));
}

#[test]
fn what_does_not_fit_is_refused_in_a_sentence() {
    let name = Name::new();
    let ring = name.shm().capacity(8);
    let path = name.path();
    let error =
        |refused: Result<fusewire::edge::shm::ShmSender<u64>, ShmError>| refused.unwrap_err().to_string();
    assert_eq!(
        error(ring.clone().attach().sender()),
        format!("there is no ring {path}: create it first, or ask for neither `create` nor `attach`")
    );
    drop(ring.clone().create().sender::<u64>().unwrap());
    assert_eq!(
        error(ring.clone().create().sender()),
        format!("the ring {path} exists already: attach to it, or remove it first")
    );
    assert_eq!(
        error(ring.clone().capacity(9).sender()),
        format!("the ring {path} has the capacity 8 and not 16: remove it, or ask for what it has")
    );
    assert_eq!(
        ring.sender::<u32>().unwrap_err().to_string(),
        format!("the ring {path} has values of size 8 and not 4: remove it, or ask for what it has")
    );
    assert_eq!(
        ring.sender::<[u8; 8]>().unwrap_err().to_string(),
        format!("the ring {path} has values of alignment 8 and not 1: remove it, or ask for what it has")
    );
    assert_eq!(
        ring.sender::<i64>().unwrap_err().to_string(),
        format!("the ring {path} carries `u64` and not `i64`: remove it, or give both sides one fingerprint")
    );
    assert!(matches!(
        ring.clone().fingerprint(5).sender::<u64>(),
        Err(ShmError::Mismatch { what: "the fingerprint", .. })
    ));
    assert!(matches!(ring.clone().type_name("Price").sender::<u64>(), Err(ShmError::Type { .. })));
    // A fingerprint of one's own is for both sides.
    let own = Name::new();
    drop(own.shm().fingerprint(5).sender::<u64>().unwrap());
    assert!(own.shm().fingerprint(5).receiver::<i64>().is_ok());
    assert_eq!(name.shm().capacity(0).sender::<u64>().unwrap_err(), ShmError::Capacity { capacity: 0 });
    assert!(matches!(name.shm().capacity(usize::MAX).sender::<u64>(), Err(ShmError::Capacity { .. })));
    assert_eq!(name.shm().sender::<[u64; 0]>().unwrap_err(), ShmError::NoBytes);
    for bad in ["", ".", "..", ".hidden", "a/b", "a\0b", &"x".repeat(201)] {
        assert!(matches!(shm(bad).sender::<u64>(), Err(ShmError::Name { .. })), "{bad:?}");
    }
    assert!(ring.remove().unwrap());
    assert!(!ring.remove().unwrap());
    assert!(matches!(ring.watch(), Err(ShmError::Missing { .. })));
}

#[test]
fn the_file_is_for_one_user_unless_somebody_says_otherwise() {
    let name = Name::new();
    let mode = || fs::metadata(name.path()).unwrap().mode() & 0o777;
    drop(name.shm().sender::<u64>().unwrap());
    assert_eq!(mode(), 0o600);
    fs::set_permissions(name.path(), fs::Permissions::from_mode(0o622)).unwrap();
    let refused = name.shm().sender::<u64>().unwrap_err();
    assert_eq!(
        refused,
        ShmError::Foreign { path: name.path(), why: Foreign::Mode { mode: 0o622, asked: 0o600 } }
    );
    assert!(name.shm().mode(0o662).sender::<u64>().is_ok());
    name.shm().remove().unwrap();
    // Whatever the umask of this process is.
    drop(name.shm().mode(0o666).sender::<u64>().unwrap());
    assert_eq!(mode(), 0o666);
    name.shm().remove().unwrap();

    drop(name.shm().sender::<u64>().unwrap());
    if std::os::unix::fs::chown(name.path(), Some(12_345), None).is_err() {
        eprintln!("SKIPPED: the ring of another user: this user cannot give files away");
        return;
    }
    let refused = name.shm().sender::<u64>().unwrap_err();
    assert_eq!(refused, ShmError::Foreign { path: name.path(), why: Foreign::Owner { uid: 12_345 } });
    assert!(name.shm().owned_by(12_345).sender::<u64>().is_ok());
}

#[test]
fn a_name_that_is_something_else_is_refused() {
    let name = Name::new();
    fs::write(name.path(), b"hello").unwrap();
    fs::set_permissions(name.path(), fs::Permissions::from_mode(0o600)).unwrap();
    let why = |error| match error {
        ShmError::Foreign { why, .. } => why,
        other => panic!("{other}"),
    };
    assert_eq!(why(name.shm().sender::<u64>().unwrap_err()), Foreign::Short { bytes: 5 });
    fs::write(name.path(), vec![b'x'; 9000]).unwrap();
    assert_eq!(why(name.shm().receiver::<u64>().unwrap_err()), Foreign::Magic);
    fs::remove_file(name.path()).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", name.path()).unwrap();
    assert!(matches!(name.shm().sender::<u64>(), Err(ShmError::System { errno: libc::ELOOP, .. })));
    fs::remove_file(name.path()).unwrap();
    assert!(Command::new("mkfifo").args(["-m", "600", &name.path()]).status().unwrap().success());
    assert_eq!(why(name.shm().sender::<u64>().unwrap_err()), Foreign::Kind);
    fs::remove_file(name.path()).unwrap();
}

#[test]
fn a_sealed_ring_cannot_be_cut_short() {
    let fd = shm("").capacity(16).sealed::<u64>().unwrap();
    let file = fs::File::from(fd.try_clone().unwrap());
    assert!(file.set_len(100).is_err(), "the file could be cut short");
    let ring = shm_fd(fd);
    let (mut sender, mut receiver) = (ring.sender::<u64>().unwrap(), ring.receiver::<u64>().unwrap());
    assert!(matches!(ring.sender::<u64>(), Err(ShmError::Held { .. })));
    for n in 0..100 {
        assert_eq!(sender.push(n), Pushed::Ok);
        assert_eq!(receiver.pop(), Some(n));
    }
    // A file with the same contents that is not sealed.
    let name = Name::new();
    drop(name.shm().sender::<u64>().unwrap());
    let unsealed = fs::File::options().read(true).write(true).open(name.path()).unwrap();
    assert!(unsealed.as_raw_fd() > 0);
    let refused = shm_fd(unsealed.into()).sender::<u64>().unwrap_err();
    assert!(matches!(refused, ShmError::Foreign { why: Foreign::Unsealed, .. }), "{refused}");
}

#[test]
fn who_creates_at_the_same_time_gets_the_same_ring() {
    for _ in 0..50 {
        let name = Name::new();
        let ring = name.shm().capacity(16);
        thread::scope(|scope| {
            let popping = scope.spawn(|| {
                let mut receiver = ring.receiver::<u64>().unwrap();
                (0..40)
                    .map(|_| {
                        loop {
                            if let Some(value) = receiver.pop() {
                                break value;
                            }
                            assert!(receiver.wait(LIMIT));
                        }
                    })
                    .collect::<Vec<_>>()
            });
            let mut sender = ring.sender::<u64>().unwrap();
            for n in 0..40 {
                while let Pushed::Full(_) = sender.push(n) {
                    assert!(sender.wait(LIMIT));
                }
                sender.wake();
            }
            assert_eq!(popping.join().unwrap(), (0..40).collect::<Vec<_>>());
        });
    }
}
