//! Sender and receiver over iceoryx2 as processes of their own, each killed with SIGKILL and started again: the other one says so and
//! goes on, and what is missing is told exactly.
//!
//! Every value is its own number in the stream, so what came, what was told to be missing, and what the sender's end says must
//! fit together to the last value.

#[path = "common/process.rs"]
mod process;
#[macro_use]
#[path = "common/roles.rs"]
mod roles;

use std::env;
use std::fmt::Write as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use fusewire::edge::{Pop, Push, Pushed};
use fusewire_remote::{Event, Heard, Iceoryx2, Position, iceoryx2};
use process::{Process, ROLE, check, number, scratch};

const VALUES: u64 = 4000;
const CAPACITY: usize = 64;

/// Not a test of its own: what the other tests start as a process. Without a role there is nothing to do.
#[test]
fn process() {
    let Ok(role) = env::var(ROLE) else { return };
    let words: Vec<&str> = role.split('\t').collect();
    match words[..] {
        ["sender", service, ""] => send(&link(service)),
        ["sender", service, journal] => send(&link(service).journal(journal)),
        ["receiver", service, resume] => receive(link(service), resume),
        ref other => panic!("{other:?}"),
    }
}

fn link(service: &str) -> Iceoryx2 {
    iceoryx2(service).capacity(CAPACITY).open_within(Duration::from_secs(30))
}

roles!(Iceoryx2);

fn service(name: &str) -> String {
    format!("fusewire-test/{}/{name}", std::process::id())
}

fn sender(service: &str, journal: Option<&Path>) -> Process {
    Process::start(&format!("sender\t{service}\t{}", journal.unwrap_or(Path::new("")).display()))
}

fn receiver(service: &str, resume: &str) -> Process {
    let mut receiver = Process::start(&format!("receiver\t{service}\t{resume}"));
    receiver.hears_line("receives");
    receiver
}

/// What it had sent is in shared memory and comes; its successor goes on in the same stream, after the receiver was told who died.
#[test]
fn a_sender_is_killed_and_started_again() {
    let (service, journal) = (service("sender"), scratch("ice-sender"));
    let mut receiver = receiver(&service, "");
    let mut first = sender(&service, Some(&journal));
    receiver.hears_value(1000);
    let killed = first.child.id();
    first.kill();
    receiver.hears_line(&format!("event Died {{ process: {killed} }}"));
    let mut second = sender(&service, Some(&journal));
    second.go_on();
    let from = second.hears("from where it sends", |line| number(line, "sends from "));
    assert!(from > 1000 && from <= VALUES / 2, "it was killed on its way: {from}");
    receiver.hears_line("event Restarted");
    receiver.hears_line("received");
    second.ends();
    receiver.ends();
    let lost = check(receiver.heard.iter(), 0, VALUES);
    assert_eq!(
        *receiver.heard.last().unwrap(),
        format!("received {} lost {lost} duplicates 0 refused 0", VALUES - lost)
    );
    // At most the one that waited beside, and the one that was noted and not yet sent.
    assert!(lost <= 2, "{lost}");
    std::fs::remove_file(journal).unwrap();
}

/// Without a journal its successor is another stream: the receiver hears where the old one broke off, and all of the new one.
#[test]
fn a_sender_without_a_journal_begins_another_stream() {
    let service = service("no-journal");
    let mut receiver = receiver(&service, "");
    let mut first = sender(&service, None);
    receiver.hears_value(500);
    first.kill();
    receiver.hears_line("event Died");
    let mut second = sender(&service, None);
    second.go_on();
    assert_eq!(second.hears("from where it sends", |line| number(line, "sends from ")), 0);
    receiver.hears_line("event Joined");
    receiver.hears_line("event Ended");
    second.ends();
    let again = receiver.heard.iter().rposition(|line| line.starts_with("event Joined")).unwrap();
    assert_eq!(check(receiver.heard[again..].iter(), 0, VALUES), 0);
    let broke_off = receiver.heard[..again].iter().filter_map(|line| number(line, "value ")).max().unwrap();
    assert_eq!(check(receiver.heard[..again].iter(), 0, broke_off + 1), 0);
    // One stream has ended and the other one's sender may come back, for all that it knows.
    receiver.kill();
}

/// The sender says who died and holds what it has; what lay in the dead one's queue is told to its successor.
#[test]
fn a_receiver_is_killed_and_its_successor_says_what_it_missed() {
    let (service, journal) = (service("receiver"), scratch("ice-receiver"));
    let mut first = receiver(&service, "");
    let mut sender = sender(&service, Some(&journal));
    first.hears_value(1000);
    let killed = first.child.id();
    first.kill();
    let fault = sender.hears_line("fault Some");
    assert!(fault.contains(&format!("the process {killed} at the other end has ended")), "{fault}");
    // What it said last is where it was; the values behind that are its successor's.
    let last = first.heard.iter().rposition(|line| line.starts_with("at ")).unwrap();
    let position = first.heard[last].strip_prefix("at ").unwrap().to_owned();
    let mut second = receiver(&service, &position);
    sender.hears_line("fault None");
    sender.go_on();
    second.hears_line("received");
    sender.ends();
    let heard = first.heard[..=last].iter().chain(&second.heard);
    let lost = check(heard, 0, VALUES);
    let said = second.heard.last().unwrap();
    assert!(said.contains(&format!("lost {lost} ")), "{lost} {said}");
    // What was popped and not said, what it had taken, and what lay in its queue.
    assert!(lost <= 2 * 64 + CAPACITY as u64, "{lost}");
    std::fs::remove_file(journal).unwrap();
}
