//! `include/fusewire_ring.h`: that it compiles as C99 and as C++11 without a warning, has Rust's layout, and passes values both ways.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::Pushed;
use fusewire::edge::shm::{End, Peer, Shm, layout};

use crate::support::{Name, Running};

const LIMIT: Duration = Duration::from_secs(60);
const VALUES: u64 = 1_000_000;

/// 24 bytes, as `struct value` of `tests/shm/peer.c`: the last word is a number and the bytes behind it.
type Value = [u64; 3];

fn value(n: u64) -> Value {
    [n, 2 * n + 1, u64::from(n as u32) | (n >> 3 & 0xff) << 56]
}

fn typed(name: &Name) -> Shm {
    name.shm().type_name("Value v1")
}

/// The program `peer`, by the C and by the C++ compiler; none, loudly, where there is no such compiler.
fn peers() -> &'static [PathBuf] {
    static MADE: OnceLock<Vec<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let source = root.join("tests/shm/peer.c");
        let mut made = Vec::new();
        for (compiler, language, standards) in
            [("cc", "c", ["c99", "c11"]), ("c++", "c++", ["c++11", "c++17"])]
        {
            if Command::new(compiler).arg("--version").output().is_err() {
                eprintln!("SKIPPED: the C header by `{compiler}`: there is no such compiler here");
                continue;
            }
            for standard in standards {
                let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("shm-peer-{standard}"));
                let output = Command::new(compiler)
                    .args(["-x", language, &format!("-std={standard}")])
                    .args(["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-pedantic", "-O2"])
                    .arg(format!("-I{}", root.join("include").display()))
                    .arg(&source)
                    .arg("-o")
                    .arg(&program)
                    .output()
                    .expect("a compiler");
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{compiler} -std={standard}:\n{said}");
                made.push(program);
            }
        }
        made
    })
}

/// Starts a peer, whose output is read.
fn start(peer: &PathBuf, arguments: &[&str]) -> Running {
    Running(Command::new(peer).args(arguments).stdout(Stdio::piped()).spawn().expect("a peer"))
}

fn line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("a line");
    line.trim_end().to_owned()
}

#[test]
fn it_has_the_layout_of_rust() {
    macro_rules! table {
        ($($name:ident)*) => { vec![$((stringify!($name), layout::$name as u64)),*] };
    }
    let table = table!(
        VERSION BYTE_ORDER AT_MAGIC AT_BYTE_ORDER AT_VERSION AT_ELEMENT_SIZE AT_ELEMENT_ALIGN AT_CAPACITY AT_STRIDE AT_START
        AT_FINGERPRINT AT_TOTAL AT_TYPE_NAME TYPE_NAME_BYTES AT_PRODUCER AT_CONSUMER END_STATE END_PID END_STARTED
        END_GENERATION END_DEATHS END_SLEEPS PRODUCER_DROPPED PRODUCER_STALLS CONSUMER_REDELIVERED CONSUMER_TAKEN END_BELL
        AT_HEAD AT_SLOTS STATE_NEVER STATE_ATTACHED STATE_CLOSED STATE_ATTACHING STATE_BURIED BELL_SILENT BELL_ASKED
        BELL_ASLEEP STATE_BITS LOCK_PRODUCER LOCK_CONSUMER MOST_SLOTS MOST_BYTES NAME_BYTES
    );
    let mut expected: Vec<String> = table.iter().map(|(name, value)| format!("{name} {value}")).collect();
    expected.push(format!("MAGIC {}", layout::MAGIC.escape_ascii()));
    expected.push(format!("fingerprint {}", layout::fingerprint(16, 8, "Quote v1")));
    for size in 1..=1100 {
        let shape = layout::Shape::of(size);
        expected.push(format!("shape {size} {} {} {}", shape.stride, shape.value, shape.sequence));
    }
    for peer in peers() {
        let output = Command::new(peer).arg("constants").output().expect("a peer");
        let said: Vec<_> = str::from_utf8(&output.stdout).expect("text").lines().collect();
        assert_eq!(said, expected, "{}", peer.display());
    }
}

#[test]
fn values_come_from_c() {
    for peer in peers() {
        let name = Name::new();
        let mut child = start(peer, &["push", &name.0, &VALUES.to_string()]);
        let mut receiver = typed(&name).capacity(1024).receiver::<Value>().unwrap();
        let mut next = 0;
        loop {
            let closed = receiver.is_closed();
            match receiver.pop() {
                Some(popped) => {
                    assert_eq!(popped, value(next));
                    next += 1;
                }
                None if closed => break,
                None => assert!(receiver.wait(LIMIT)),
            }
        }
        assert_eq!(next, VALUES);
        assert!(child.0.wait().unwrap().success());
    }
}

#[test]
fn values_go_to_c() {
    for peer in peers() {
        let name = Name::new();
        let began = Instant::now();
        let mut sender = typed(&name).capacity(1024).start(u64::MAX - 1000).sender::<Value>().unwrap();
        let mut child = start(peer, &["pop", &name.0, &VALUES.to_string()]);
        for n in 0..VALUES {
            let mut pushing = value(n);
            while let Pushed::Full(back) = sender.push(pushing) {
                pushing = back;
                sender.wake();
                assert!(sender.wait(LIMIT) && !sender.is_closed());
            }
            if n % 64 == 0 {
                sender.wake();
            }
        }
        drop(sender);
        assert!(child.0.wait().unwrap().success());
        let counters = typed(&name).watch().unwrap().counters();
        assert_eq!((counters.pushed, counters.popped, counters.depth), (VALUES, VALUES, 0));
        // A tenth of a second each time that one of the two waits would be more.
        assert!(began.elapsed() < LIMIT, "{:?}: nobody was woken", began.elapsed());
    }
}

/// A push that found no room counts once, until one succeeds, unless its value was dropped.
#[test]
fn its_stalls_are_counted() {
    for peer in peers() {
        let name = Name::new();
        assert!(start(peer, &["stall", &name.0]).0.wait().unwrap().success());
        assert_eq!(typed(&name).watch().unwrap().counters().stalls, 2);
    }
}

#[test]
fn values_go_to_c_and_come_back() {
    const ROUNDS: u64 = 20_000;
    for peer in peers() {
        let (there, back) = (Name::new(), Name::new());
        let mut sender = typed(&there).capacity(64).sender::<Value>().unwrap();
        let mut receiver = typed(&back).capacity(64).receiver::<Value>().unwrap();
        let mut child = start(peer, &["echo", &there.0, &back.0]);
        for n in 0..ROUNDS {
            assert_eq!(sender.push(value(n)), Pushed::Ok);
            sender.wake();
            while !receiver.ready() {
                assert!(receiver.wait(LIMIT) && !receiver.is_closed());
            }
            assert_eq!(receiver.pop(), Some(value(n)));
        }
        drop(sender);
        assert!(child.0.wait().unwrap().success());
        assert!(receiver.is_closed() && receiver.pop().is_none());
    }
}

#[test]
fn it_says_who_has_an_end_and_who_died() {
    let own = std::process::id();
    for peer in peers() {
        let name = Name::new();
        let mut missing = start(peer, &["attach", &name.0, "producer"]);
        assert_eq!(line(&mut missing.0), format!("the ring {} is refused: there is none", name.path()));
        let mut receiver = typed(&name).receiver::<Value>().unwrap();
        let mut refused = start(peer, &["attach", &name.0, "consumer"]);
        assert_eq!(
            line(&mut refused.0),
            format!(
                "the consumer's end of the ring {} is held by process {own}: a ring has one consumer at a time",
                name.path()
            )
        );
        let mut first = start(peer, &["stay", &name.0, "producer"]);
        let (pid, counters) = (first.0.id(), "pushed 0 popped 0 dropped 0 depth 0");
        assert_eq!(line(&mut first.0), format!("died 0; other alive {own}; {counters}"));
        while !receiver.ready() {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(matches!(receiver.peer(), Peer::Alive(process) if process.pid == pid && process.runs()));
        assert!(
            typed(&name)
                .sender::<Value>()
                .unwrap_err()
                .to_string()
                .contains(&format!("held by process {pid}"))
        );
        drop(first);
        assert!(matches!(receiver.peer(), Peer::Died(process) if process.pid == pid));
        let mut second = start(peer, &["attach", &name.0, "producer"]);
        assert_eq!(
            line(&mut second.0),
            format!("died {pid}; other alive {own}; pushed 1 popped 0 dropped 0 depth 1")
        );
        assert!(second.0.wait().unwrap().success());
        assert!(receiver.is_closed());
        drop(receiver);

        // A consumer in C dies with a value in its hands; Rust pops it again.
        let mut consumer = start(peer, &["stay", &name.0, "consumer"]);
        assert!(line(&mut consumer.0).starts_with("died 0; other closed"));
        while peek(&name) != 1 {
            thread::sleep(Duration::from_millis(1));
        }
        let pid = consumer.0.id();
        drop(consumer);
        assert!(
            matches!(typed(&name).watch().unwrap().peer(End::Consumer), Peer::Died(process) if process.pid == pid)
        );
        let mut receiver = typed(&name).receiver::<Value>().unwrap();
        assert_eq!(receiver.predecessor().map(|process| process.pid), Some(pid));
        assert_eq!(receiver.pop(), Some(value(0)));
        let counters = receiver.counters();
        assert_eq!((counters.redelivered, counters.consumer_deaths, counters.producer_deaths), (1, 1, 1));
    }
}

/// How many values the consumer says that it took.
fn peek(name: &Name) -> u64 {
    let bytes = std::fs::read(name.path()).expect("a ring");
    let at = layout::AT_CONSUMER + layout::CONSUMER_TAKEN;
    u64::from_ne_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// A pair in order, and another one over the same ring, of which the receiver in C comes first.
#[test]
fn the_next_pair_starts_afresh() {
    for peer in peers() {
        let name = Name::new();
        let ring = typed(&name).capacity(1024);
        for run in 0..3 {
            let mut child = start(peer, &["pop", &name.0, "10"]);
            let limit = Instant::now() + LIMIT;
            while !ring.watch().is_ok_and(|watch| matches!(watch.peer(End::Consumer), Peer::Alive(_))) {
                assert!(Instant::now() < limit && child.0.try_wait().unwrap().is_none(), "run {run}");
                thread::sleep(Duration::from_millis(1));
            }
            let mut sender = ring.sender::<Value>().unwrap();
            assert!(!sender.is_closed());
            (0..10).for_each(|n| assert_eq!(sender.push(value(n)), Pushed::Ok));
            drop(sender);
            assert!(child.0.wait().unwrap().success(), "run {run}");
        }
    }
}

/// Each end in C is killed at any moment, again and again; the other one goes on, and every value comes whole and in order.
#[test]
fn it_is_killed_under_way() {
    const KILLS: u64 = 60;
    for peer in peers() {
        let name = Name::new();
        let begin = |end: &str| start(peer, &["forever", &name.0, end]);
        // Makes the ring, so that there is something to watch.
        drop(typed(&name).capacity(16).start(u64::MAX - 100).sender::<Value>().unwrap());
        let watch = typed(&name).watch().unwrap();
        let producer = begin("producer");
        // The ring is closed until then, and a consumer that comes first has come to its end.
        let limit = Instant::now() + LIMIT;
        while !matches!(watch.peer(End::Producer), Peer::Alive(_)) {
            assert!(Instant::now() < limit, "the producer does not come");
            thread::yield_now();
        }
        let mut ends = [("producer", producer), ("consumer", begin("consumer"))];
        for round in 0..2 * KILLS {
            let (before, limit) = (watch.counters().popped, Instant::now() + LIMIT);
            while watch.counters().popped < before + 10 {
                for (end, child) in &mut ends {
                    assert_eq!(
                        child.0.try_wait().unwrap(),
                        None,
                        "the {end} ended by itself in round {round}"
                    );
                }
                assert!(Instant::now() < limit, "nothing moves any more in round {round}");
                thread::yield_now();
            }
            let moment =
                Instant::now() + Duration::from_nanos(round.wrapping_mul(0x9e37_79b9) >> 3 & 0x7_ffff);
            while Instant::now() < moment {
                std::hint::spin_loop();
            }
            let (end, child) = &mut ends[(round % 2) as usize];
            child.0.kill().unwrap();
            assert_eq!(child.0.wait().unwrap().signal(), Some(libc::SIGKILL));
            *child = begin(end);
        }
        // The last one to come has taken its end before it is killed as well.
        let (before, limit) = (watch.counters().popped, Instant::now() + LIMIT);
        while watch.counters().popped == before {
            assert!(Instant::now() < limit, "nothing moves any more at the end");
            thread::yield_now();
        }
        drop(ends);
        let mut receiver = typed(&name).receiver::<Value>().unwrap();
        let counters = receiver.counters();
        for n in counters.popped..counters.pushed {
            assert_eq!(receiver.pop(), Some(value(n)));
        }
        assert_eq!((receiver.pop(), counters.consumer_deaths), (None, KILLS + 1));
    }
}

/// A child by `fork` keeps the file open, and not the end.
#[test]
fn a_closed_end_is_free_though_a_child_has_its_file() {
    for peer in peers() {
        let name = Name::new();
        assert!(start(peer, &["again", &name.0]).0.wait().unwrap().success());
    }
}

#[test]
fn it_removes_rings_and_nothing_else() {
    for peer in peers() {
        let name = Name::new();
        let outside = std::env::temp_dir().join(&name.0);
        std::fs::write(&outside, b"not a ring").unwrap();
        let remove = |name: &str| start(peer, &["remove", name]).0.wait().unwrap().code();
        let up = format!("../..{}", outside.display());
        assert_eq!(remove(&up), Some(libc::EINVAL));
        assert!(outside.exists());
        std::fs::remove_file(&outside).unwrap();
        drop(typed(&name).sender::<Value>().unwrap());
        for bad in ["", ".", &format!("{:x<201}", name.0)] {
            assert_eq!(remove(bad), Some(libc::EINVAL), "{bad}");
        }
        assert_eq!((remove(&name.0), remove(&name.0)), (Some(0), Some(libc::ENOENT)));
    }
}

#[test]
fn what_it_drops_is_counted() {
    for peer in peers() {
        let name = Name::new();
        assert!(start(peer, &["drop", &name.0]).0.wait().unwrap().success());
        let counters = typed(&name).watch().unwrap().counters();
        assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (20, 0, 12, 8));
        // What is dropped is no stall.
        assert_eq!(counters.stalls, 0);
    }
}

#[test]
fn it_refuses_what_rust_refuses() {
    let lines = |name: &Name| {
        let said = peers().iter().map(|peer| line(&mut start(peer, &["attach", &name.0, "producer"]).0));
        said.collect::<Vec<_>>()
    };
    let all = |name: &Name, why: &str| {
        for said in lines(name) {
            assert_eq!(said, format!("the ring {} is refused: {why}", name.path()));
        }
    };
    let name = Name::new();
    drop(name.shm().sender::<Value>().unwrap());
    all(&name, "it carries values of another type");
    name.shm().remove().unwrap();
    drop(typed(&name).sender::<[u64; 4]>().unwrap());
    all(&name, "its values have another size or alignment");
    name.shm().remove().unwrap();
    drop(typed(&name).mode(0o666).sender::<Value>().unwrap());
    all(&name, "it is open to more users than was asked for");
    name.shm().remove().unwrap();
    drop(typed(&name).capacity(8).sender::<Value>().unwrap());
    let good = std::fs::read(name.path()).unwrap();
    let with = |at: usize, word: u64, why: &str| {
        let mut bad = good.clone();
        bad[at..at + 8].copy_from_slice(&word.to_ne_bytes());
        std::fs::write(name.path(), bad).unwrap();
        all(&name, why);
    };
    with(layout::AT_MAGIC, 0, "it is not a ring");
    with(
        layout::AT_BYTE_ORDER,
        layout::BYTE_ORDER.swap_bytes(),
        "it was made on a machine of the other byte order",
    );
    with(layout::AT_VERSION, 2, "its layout is of another version");
    with(layout::AT_CAPACITY, 7, "its numbers contradict each other");
    with(layout::AT_CAPACITY, 16, "the file has not the length that its header asks for");
    with(layout::AT_CAPACITY, 1 << 33, "its numbers contradict each other");
    with(layout::AT_STRIDE, 8, "its numbers contradict each other");
    with(layout::AT_HEAD, 3, "its indices and slots contradict each other, remove it");
    with(layout::AT_SLOTS, 3, "its indices and slots contradict each other, remove it");
    std::fs::write(name.path(), &good[..100]).unwrap();
    all(&name, "it is too short for a header");
}
