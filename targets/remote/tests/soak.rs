//! Every edge beyond the process for as long as `FUSEWIRE_SOAK_SECONDS` says, three seconds without it, shared between them: senders and
//! receivers that are processes of their own are killed at any moment and started again, and every number of every stream comes once,
//! whole and in order, or is told to be missing.

#[path = "common/process.rs"]
mod process;

use std::env;
use std::io::Read as _;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire_remote::{Event, Heard, Position};
use process::{Process, ROLE, scratch};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A value whose words must fit together: one that is torn does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Value {
    number: u64,
    words: [u64; 6],
}

fn value(number: u64) -> Value {
    Value {
        number,
        words: std::array::from_fn(|at| {
            number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at as u32 * 9)
        }),
    }
}

/// The engines of this build: a name, and where the ends meet.
fn engines() -> Vec<&'static str> {
    let mut engines = Vec::new();
    if cfg!(feature = "aeron") {
        engines.extend(["aeron:ipc", "aeron:udp"]);
    }
    if cfg!(feature = "iceoryx2") {
        engines.push("iceoryx2");
    }
    engines
}

/// Does the same with a link over one of the engines.
macro_rules! with_link {
    ($engine:expr, $place:expr, |$link:ident| $body:expr) => {
        match $engine {
            #[cfg(feature = "iceoryx2")]
            "iceoryx2" => {
                let $link =
                    fusewire_remote::iceoryx2($place).capacity(256).open_within(Duration::from_secs(30));
                $body
            }
            #[cfg(feature = "aeron")]
            _ => {
                let (directory, channel) = $place.split_once(' ').expect("a directory and a channel");
                let driver = fusewire_remote::MediaDriver::in_directory(directory);
                let $link = fusewire_remote::remote(channel, 1).driver(&driver);
                $body
            }
            #[cfg(not(feature = "aeron"))]
            other => panic!("{other} is not built"),
        }
    };
}

/// Not a test of its own: what the soak starts as a process. Without a role there is nothing to do.
#[test]
fn process() {
    let Ok(role) = env::var(ROLE) else { return };
    let words: Vec<&str> = role.split('\t').collect();
    match words[..] {
        ["sender", engine, place, journal] => with_link!(engine, place, |link| {
            let sender = link.journal(journal).sender::<Value>().unwrap();
            let from = sender.next_number();
            println!("@ sends from {from}");
            let graph = fuse! { from_iter(from..).map(value).and(push(sender)) };
            let sends = Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap();
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            sends.stop(Stop::Drain);
            sends.join().unwrap();
        }),
        ["receiver", engine, place, resume] => with_link!(engine, place, |link| {
            let position = resume.split_once(',').map(|(stream, next)| Position {
                stream: stream.parse().unwrap(),
                next: next.parse().unwrap(),
            });
            let link = match position {
                Some(position) => link.resume(position),
                None => link,
            };
            let receiver = link.receiver::<Value>().unwrap().marked();
            println!("@ receives");
            let mut check = Check { position, received: 0, lost: 0, said_at: Instant::now() };
            let graph = fuse! { recv(receiver).for_each(move |heard: Heard<Value>| check.hear(heard)) };
            Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap().join().unwrap();
        }),
        ref other => panic!("{other:?}"),
    }
}

/// What a receiver must hear next, and how much it heard.
struct Check {
    position: Option<Position>,
    received: u64,
    lost: u64,
    said_at: Instant,
}

impl Check {
    fn hear(&mut self, heard: Heard<Value>) {
        match heard {
            Heard::Value(came) => {
                let position = self.position.as_mut().expect("a stream is joined before a value of it comes");
                assert_eq!(
                    came,
                    value(position.next),
                    "after {} values and {} missing",
                    self.received,
                    self.lost
                );
                position.next += 1;
                self.received += 1;
                if self.said_at.elapsed() > Duration::from_millis(2) {
                    self.say();
                }
            }
            Heard::Event(Event::Joined { stream, missed }) => {
                assert_eq!(self.position, None, "another stream than before");
                self.position = Some(Position { stream, next: missed });
            }
            Heard::Event(Event::Gap(gap)) => {
                let position =
                    self.position.as_mut().expect("a stream is joined before anything of it is missing");
                assert_eq!((gap.stream, gap.first), (position.stream, position.next), "{gap}");
                position.next += gap.missing;
                self.lost += gap.missing;
            }
            Heard::Event(Event::Ended { sent, .. }) => {
                assert_eq!(self.position.map(|position| position.next), Some(sent), "all came, or were told");
                self.say();
                println!("@ ended after {sent}");
            }
            Heard::Event(Event::Refused(refusal)) => panic!("{refusal}"),
            Heard::Event(_) => {}
        }
    }

    fn say(&mut self) {
        self.said_at = Instant::now();
        if let Some(Position { stream, next }) = self.position {
            println!("@ at {stream},{next} after {} lost {}", self.received, self.lost);
        }
    }
}

/// A word of a line by its place.
fn word(line: &str, at: usize) -> &str {
    line.split(' ').nth(at).unwrap_or_else(|| panic!("{line}"))
}

fn soak(engine: &str, place: &str, budget: Duration) {
    let journal = scratch(&format!("soak-{}", engine.replace(':', "-")));
    let sender = || Process::start(&format!("sender\t{engine}\t{place}\t{}", journal.display()));
    let receiver = |resume: &str| {
        let mut receiver = Process::start(&format!("receiver\t{engine}\t{place}\t{resume}"));
        receiver.hears_line("receives");
        receiver
    };
    let (mut hears, mut sends) = (receiver(""), sender());
    let (mut received, mut lost, mut killed) = (0_u64, 0_u64, [0_u32; 2]);
    let mut add = |hears: &Process| {
        let last = hears.heard.iter().rev().find(|line| line.starts_with("at "));
        if let Some(line) = last {
            received += word(line, 3).parse::<u64>().unwrap();
            lost += word(line, 5).parse::<u64>().unwrap();
        }
        last.map(|line| word(line, 1).to_owned())
    };
    let (began, mut state) = (Instant::now(), u64::from(std::process::id()));
    let mut resume = String::new();
    while began.elapsed() < budget || killed.contains(&0) {
        hears.hears_line("at ");
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        thread::sleep(Duration::from_millis((state >> 33) % 60));
        if killed[0] <= killed[1] {
            sends.kill();
            sends = sender();
            killed[0] += 1;
        } else {
            hears.kill();
            // One that said nothing leaves its place to its successor.
            resume = add(&hears).unwrap_or(resume);
            hears = receiver(&resume);
            killed[1] += 1;
        }
    }
    // Its successor has sent something before it ends in order.
    sends.hears_line("sends from");
    hears.hears_line("at ");
    drop(sends.child.stdin.take());
    let ended = hears.hears_line("ended after");
    sends.ends();
    hears.ends();
    add(&hears);
    let sent: u64 = word(&ended, 2).parse().unwrap();
    println!(
        "{engine}: {sent} sent, {received} received and checked, {lost} told to be missing; killed {} senders, {} receivers",
        killed[0], killed[1]
    );
    // What a killed receiver had heard and not said is its successor's to miss.
    assert_eq!(received + lost, sent, "{engine}");
    std::fs::remove_file(journal).unwrap();
}

#[test]
fn whoever_is_killed_every_number_comes_once_or_is_told_to_be_missing() {
    let seconds = env::var("FUSEWIRE_SOAK_SECONDS").map_or(3, |seconds| seconds.parse().unwrap());
    let engines = engines();
    let budget = Duration::from_secs(seconds) / engines.len() as u32;
    #[cfg(feature = "aeron")]
    let driver =
        fusewire_remote::MediaDriver::embedded().liveness(Duration::from_millis(1500)).start().unwrap();
    for engine in engines {
        let place = match engine {
            "iceoryx2" => format!("fusewire-soak/{}", std::process::id()),
            #[cfg(feature = "aeron")]
            "aeron:udp" => format!("{} {}", driver.directory().display(), free_port()),
            #[cfg(feature = "aeron")]
            other => format!("{} {other}", driver.directory().display()),
            #[cfg(not(feature = "aeron"))]
            other => panic!("{other} is not built"),
        };
        soak(engine, &place, budget);
    }
}

#[cfg(feature = "aeron")]
fn free_port() -> String {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    format!("aeron:udp?endpoint=127.0.0.1:{}", socket.local_addr().unwrap().port())
}
