//! Each side is killed by SIGKILL, a thousand times, at any moment; the other goes on, and says who died.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::Pushed;
use fusewire::edge::shm::{End, Peer, Shm, ShmWatch};

use crate::support::{NAME, Name, Running, part};

/// How often each side is killed; fewer by `FUSEWIRE_SHM_KILLS`.
const KILLS: u64 = 1_000;
const LIMIT: Duration = Duration::from_secs(60);
const CAPACITY: usize = 16;

/// Longer than two lines, so that half of it could be old.
type Value = [u64; 18];

fn value(n: u64) -> Value {
    std::array::from_fn(|at| n.wrapping_mul(0x9e37_79b9).wrapping_add(at as u64))
}

/// A child that pushes, or pops, until it is killed. Numbers follow each other whoever pushes them: a value that was not
/// published was never there, and the next producer gives its number again.
#[test]
fn child() {
    let Some((part, ring)) = part() else { return };
    match part.as_str() {
        "push" => push(&ring, false),
        "push, asleep" => push(&ring, true),
        "pop" => pop(&ring, false, false),
        "pop, asleep" => pop(&ring, true, false),
        "pop later" => pop(&ring, false, true),
        _ => {}
    }
}

/// What the children count themselves, beside the ring: how many values they pushed, and how many they popped. A killed one may
/// have one more to count.
struct Tally(File);

impl Tally {
    fn of(ring: &str) -> Self {
        let path = format!("/dev/shm/{ring}-tally");
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        Self(file.expect("a file for the tally"))
    }

    /// Of a child: where its predecessor came to is where it begins.
    fn mine() -> Self {
        Self::of(&std::env::var(NAME).expect("a name beside the part"))
    }

    fn read(&self, end: End) -> u64 {
        let mut word = [0; 8];
        // Nothing is there before the first one.
        let _ = self.0.read_at(&mut word, 8 * end as u64).expect("the tally");
        u64::from_ne_bytes(word)
    }

    fn write(&self, end: End, count: u64) {
        self.0.write_all_at(&count.to_ne_bytes(), 8 * end as u64).expect("the tally");
    }
}

fn push(ring: &Shm, sleeps: bool) {
    let mut sender = ring.sender::<Value>().unwrap();
    let tally = Tally::mine();
    let mut counted = tally.read(End::Producer);
    let mut next = sender.counters().pushed;
    loop {
        match sender.push(value(next)) {
            Pushed::Ok => {
                next += 1;
                counted += 1;
                tally.write(End::Producer, counted);
            }
            _ if sleeps => drop(sender.wait(LIMIT)),
            _ => thread::yield_now(),
        }
        sender.wake();
    }
}

fn pop(ring: &Shm, sleeps: bool, later: bool) {
    let mut receiver = ring.receiver::<Value>().unwrap();
    let mut next = receiver.counters().popped;
    let tally = Tally::mine();
    let mut counted = tally.read(End::Consumer);
    loop {
        let popped = if later { receiver.pop_deferred() } else { receiver.pop() };
        match popped {
            Some(popped) => {
                assert_eq!(popped, value(next), "value {next}");
                next += 1;
                counted += 1;
                tally.write(End::Consumer, counted);
                if later && next.is_multiple_of(5) {
                    receiver.hand_back();
                }
            }
            None if sleeps => drop(receiver.wait(LIMIT)),
            None => {
                receiver.hand_back();
                thread::yield_now();
            }
        }
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let limit = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < limit, "{what}");
        thread::yield_now();
    }
}

/// Kills a child, which must have lived until then, and looks who is said to have died.
fn kill(mut child: Running, watch: &ShmWatch, end: End) {
    let pid = child.0.id();
    child.0.kill().unwrap();
    let status = child.0.wait().unwrap();
    assert_eq!(status.signal(), Some(libc::SIGKILL), "the {end} ended by itself: {status}");
    match watch.peer(end) {
        Peer::Died(process) => assert_eq!(process.pid, pid),
        other => panic!("the {end} was killed, and is said to be {other:?}"),
    }
}

#[test]
fn each_side_is_killed_a_thousand_times() {
    if part().is_some() {
        return;
    }
    let kills = std::env::var("FUSEWIRE_SHM_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number"));
    let name = Name::new();
    let ring = name.shm().capacity(CAPACITY).start(u64::MAX - 100);
    // Removed at the end, as a ring is.
    let _tally = Name(format!("{}-tally", name.0));
    let tally = Tally::of(&name.0);
    // Makes the ring, so that there is something to watch.
    drop(ring.sender::<Value>().unwrap());
    let watch = ring.watch().unwrap();
    let start = |part: &str| name.child("killed::child", part);
    let (mut producer, mut consumer) = (start("push"), start("pop"));
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let (mut full, mut empty) = (0, 0);
    for round in 0..kills {
        for end in [End::Producer, End::Consumer] {
            // Both are at work; then any moment will do.
            let before = watch.counters();
            until("nothing moves any more", || {
                let now = watch.counters();
                now.popped > before.popped + 10 && now.pushed > before.pushed + 10
            });
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round | 1);
            let moment = Instant::now() + Duration::from_nanos(seed >> 45);
            while Instant::now() < moment {
                std::hint::spin_loop();
            }
            match end {
                End::Producer => {
                    kill(producer, &watch, end);
                    // The consumer takes what was published, all of it.
                    until("the consumer stands still", || watch.counters().depth == 0);
                    empty += 1;
                    producer = start(if round % 3 == 0 { "push, asleep" } else { "push" });
                }
                End::Consumer => {
                    kill(consumer, &watch, end);
                    until("the producer stands still", || watch.counters().depth == CAPACITY as u64);
                    full += 1;
                    consumer = start(match round % 3 {
                        0 => "pop, asleep",
                        1 => "pop later",
                        _ => "pop",
                    });
                }
            }
        }
    }
    let before = watch.counters();
    until("nothing moves any more", || watch.counters().popped > before.popped + 10);
    kill(producer, &watch, End::Producer);
    kill(consumer, &watch, End::Consumer);
    assert!(watch.bury(End::Producer).unwrap() && watch.bury(End::Consumer).unwrap());
    assert!(!watch.bury(End::Producer).unwrap(), "buried twice");
    let counters = watch.counters();
    assert_eq!((counters.producer_deaths, counters.consumer_deaths), (kills + 1, kills + 1));
    assert_eq!((full, empty), (kills, kills));
    let pushed = tally.read(End::Producer);
    assert!(
        (pushed..=pushed + kills + 1).contains(&counters.pushed),
        "{counters:?}, and the producers counted {pushed}"
    );

    // This process takes over, and finds what is left in order.
    let mut receiver = name.shm().attach().receiver::<Value>().unwrap();
    assert_eq!(receiver.predecessor(), None, "buried: nobody died with it any more");
    assert!(receiver.is_closed());
    // Each value that a consumer took was popped for good, or came again.
    let (popped, redelivered) = (tally.read(End::Consumer), receiver.counters().redelivered);
    assert!(
        (popped..=popped + 2 * (kills + 1)).contains(&(counters.popped + redelivered)),
        "{counters:?}, {redelivered} again, and the consumers counted {popped}"
    );
    for n in counters.popped..counters.pushed {
        assert_eq!(receiver.pop(), Some(value(n)));
    }
    assert_eq!(receiver.pop(), None);
}

/// A receiver in a graph's place: it waits for a sender that died, until somebody says that none will come.
#[test]
fn a_death_does_not_close_the_edge_until_it_is_buried() {
    if part().is_some() {
        return;
    }
    let name = Name::new();
    let _tally = Name(format!("{}-tally", name.0));
    let ring = name.shm().capacity(CAPACITY);
    let mut receiver = ring.receiver::<Value>().unwrap();
    assert_eq!(receiver.peer(), Peer::Never);
    let watch = receiver.watch().unwrap();
    let producer = name.child("killed::child", "push");
    until("the child pushes nothing", || receiver.ready());
    assert!(matches!(receiver.peer(), Peer::Alive(process) if process.pid == producer.0.id()));
    assert!(!watch.bury(End::Producer).unwrap(), "it lives");
    kill(producer, &watch, End::Producer);
    assert!(!receiver.is_closed());
    let mut next = 0;
    while let Some(popped) = receiver.pop() {
        assert_eq!(popped, value(next));
        next += 1;
    }
    assert!(next > 0 && !receiver.is_closed() && !receiver.wait(Duration::from_millis(5)));
    let waiting = thread::spawn(move || {
        assert!(receiver.wait(LIMIT));
        receiver
    });
    assert!(watch.bury(End::Producer).unwrap());
    let receiver = waiting.join().unwrap();
    assert!(receiver.is_closed());
    let sender = ring.sender::<Value>().unwrap();
    assert!(!receiver.is_closed() && sender.predecessor().is_none());
}
