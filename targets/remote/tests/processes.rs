//! Sender, receiver and driver as processes of their own, each killed with SIGKILL and started again: the others go on, and what is
//! missing is told exactly.
//!
//! Every value is its own number in the stream, so what came, what was told to be missing, and what the sender's end says must
//! fit together to the last value.

#[path = "common/bed.rs"]
mod common;
#[path = "common/process.rs"]
mod process;
#[macro_use]
#[path = "common/roles.rs"]
mod roles;

use std::env;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use common::{driver, port};
use fusewire::edge::{Pop, Push, Pushed};
use fusewire_remote::{Event, Heard, MediaDriver, Position, Remote, remote};
use process::{Process, ROLE, check, number, scratch};

const STREAM: i32 = 7;
const VALUES: u64 = 6000;

/// Not a test of its own: what the other tests start as a process. Without a role there is nothing to do.
#[test]
fn process() {
    let Ok(role) = env::var(ROLE) else { return };
    let words: Vec<&str> = role.split('\t').collect();
    match words[..] {
        ["driver", directory] => {
            let _driver = MediaDriver::embedded().directory(directory).liveness(LIVENESS).start().unwrap();
            println!("@ up");
            wait_for_the_end_of_input();
        }
        ["sender", directory, channel, journal] => send(&link(directory, channel).journal(journal)),
        ["fills", directory, channel, journal] => {
            let mut sender = link(directory, channel).journal(journal).sender::<u64>().unwrap();
            // What the driver has sent on makes room for more: until it sends no more.
            let mut since = Instant::now();
            while since.elapsed() < Duration::from_secs(1) {
                if sender.push(sender.next_number()) == Pushed::Ok {
                    since = Instant::now();
                }
            }
            println!("@ full at {}", sender.next_number());
            wait_for_the_end_of_input();
        }
        ["receiver", directory, channel, resume] => receive(link(directory, channel), resume),
        ref other => panic!("{other:?}"),
    }
}

const LIVENESS: Duration = Duration::from_millis(1500);

fn wait_for_the_end_of_input() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// An empty directory is a driver of the process's own; behind `@` are the seconds after which a silent one counts as gone.
fn link(directory: &str, channel: &str) -> Remote {
    let driver = match directory {
        "" => MediaDriver::embedded().liveness(LIVENESS).start().unwrap(),
        directory => match directory.split_once('@') {
            Some((directory, seconds)) => {
                MediaDriver::in_directory(directory).timeout(Duration::from_secs(seconds.parse().unwrap()))
            }
            None => MediaDriver::in_directory(directory),
        },
    };
    remote(channel, STREAM).driver(&driver)
}

roles!(Remote);

fn sender(directory: &Path, channel: &str, journal: &Path) -> Process {
    Process::start(&format!("sender\t{}\t{channel}\t{}", directory.display(), journal.display()))
}

fn receiver(directory: &Path, channel: &str, resume: &str) -> Process {
    let mut receiver = Process::start(&format!("receiver\t{}\t{channel}\t{resume}", directory.display()));
    receiver.hears_line("receives");
    receiver
}

/// The driver lives: what the killed sender had sent arrives, and its successor goes on in the same stream.
#[test]
fn a_sender_is_killed_and_started_again() {
    let driver = driver();
    for (at, channel) in common::channels().iter().enumerate() {
        let journal = scratch(&format!("sender-{at}"));
        let mut receiver = receiver(driver.directory(), channel, "");
        let mut first = sender(driver.directory(), channel, &journal);
        receiver.hears_value(1000);
        first.kill();
        let mut second = sender(driver.directory(), channel, &journal);
        second.go_on();
        let from = second.hears("from where it sends", |line| number(line, "sends from "));
        assert!(from > 1000 && from <= VALUES / 2, "it was killed on its way: {from}");
        receiver.hears_line("event Restarted");
        receiver.hears_line("received");
        second.ends();
        receiver.ends();
        let lost = check(receiver.heard.iter(), 0, VALUES);
        let last = receiver.heard.last().unwrap();
        assert_eq!(
            *last,
            format!("received {} lost {lost} duplicates 0 refused 0", VALUES - lost),
            "{channel}"
        );
        // At most the one value that was noted and not yet sent.
        assert!(lost <= 1, "{channel}: {lost}");
        std::fs::remove_file(journal).unwrap();
    }
}

/// The flow is held up by a receiver that takes nothing when the sender is killed, so its driver has most of what it had sent: that comes
/// before what its successor sends, and is not told to be missing.
#[test]
fn what_a_killed_sender_left_to_its_driver_comes_before_its_successor() {
    let (driver, journal) = (driver(), scratch("rest"));
    let channel = port() + "|term-length=64k";
    let link = link(&driver.directory().display().to_string(), &channel);
    let holds_up = link.receiver::<u64>().unwrap();
    let mut receiver = link.wait_for_rest(Duration::from_secs(5)).receiver::<u64>().unwrap();
    let mut first =
        Process::start(&format!("fills\t{}\t{channel}\t{}", driver.directory().display(), journal.display()));
    let full_at = first.hears("where it is full", |line| number(line, "full at "));
    first.kill();
    let mut second = sender(driver.directory(), &channel, &journal);
    second.hears_line("sends from");
    let mut next = 0;
    // Both have an image here, and of the first nothing more comes for longer than a round trip takes.
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(500) {
        while let Some(value) = receiver.pop() {
            assert_eq!(value, next, "{full_at}");
            next += 1;
        }
    }
    assert!(next + 100 < full_at, "most is behind: {next} of {full_at}");
    drop(holds_up);
    second.go_on();
    while !receiver.is_closed() {
        while let Some(value) = receiver.pop() {
            // The one that waited on the sender's side died with it.
            next += u64::from(next + 1 == full_at);
            assert_eq!(value, next, "{full_at}");
            next += 1;
        }
    }
    second.ends();
    let stats = receiver.remote_stats();
    assert_eq!((next, stats.lost, stats.duplicates), (VALUES, 1, 0));
    std::fs::remove_file(journal).unwrap();
}

/// The driver dies with the sender, and with it what it had taken and not yet sent.
#[test]
fn a_sender_is_killed_with_its_driver_inside() {
    let (channel, journal, own) = (port(), scratch("inside"), Path::new(""));
    let mut receiver = receiver(own, &channel, "");
    let mut first = sender(own, &channel, &journal);
    receiver.hears_value(1000);
    first.kill();
    let mut second = sender(own, &channel, &journal);
    second.go_on();
    receiver.hears_line("event Restarted");
    receiver.hears_line("received");
    second.ends();
    let lost = check(receiver.heard.iter(), 0, VALUES);
    assert_eq!(
        *receiver.heard.last().unwrap(),
        format!("received {} lost {lost} duplicates 0 refused 0", VALUES - lost)
    );
    std::fs::remove_file(journal).unwrap();
}

#[test]
fn a_receiver_is_killed_and_its_successor_says_what_it_missed() {
    let driver = driver();
    for (at, channel) in common::channels().iter().enumerate() {
        let journal = scratch(&format!("receiver-{at}"));
        let mut first = receiver(driver.directory(), channel, "");
        let mut sender = sender(driver.directory(), channel, &journal);
        first.hears_value(1000);
        first.kill();
        // What it said last is where it was; the values behind that are its successor's.
        let last = first.heard.iter().rposition(|line| line.starts_with("at ")).unwrap();
        let position = first.heard[last].strip_prefix("at ").unwrap().to_owned();
        let mut second = receiver(driver.directory(), channel, &position);
        sender.go_on();
        second.hears_line("received");
        sender.ends();
        let heard = first.heard[..=last].iter().chain(&second.heard);
        let lost = check(heard, 0, VALUES);
        let said = second.heard.last().unwrap();
        assert!(said.contains(&format!("lost {lost} ")), "{channel}: {lost} {said}");
        std::fs::remove_file(journal).unwrap();
    }
}

/// Both ends go on with the next driver in the same directory; what lay in the first one's memory is told as missing.
#[test]
fn a_driver_is_killed_and_started_again() {
    let directory = scratch("driver");
    for (at, channel) in common::channels().iter().enumerate() {
        let role = format!("driver\t{}", directory.display());
        let mut first = Process::start(&role);
        first.hears_line("up");
        let journal = scratch(&format!("driver-{at}"));
        let mut receiver = receiver(&directory, channel, "");
        let mut sender = sender(&directory, channel, &journal);
        receiver.hears_value(1000);
        first.kill();
        sender.go_on();
        let fault = sender.hears_line("fault Some");
        assert!(fault.contains("the media driver in") && fault.contains("is gone"), "{fault}");
        receiver.hears_line("event DriverLost");
        let mut second = Process::start(&role);
        second.hears_line("up");
        sender.hears_line("fault None");
        receiver.hears_line("event Reopened");
        receiver.hears_line("received");
        sender.ends();
        let lost = check(receiver.heard.iter(), 0, VALUES);
        assert_eq!(
            *receiver.heard.last().unwrap(),
            format!("received {} lost {lost} duplicates 0 refused 0", VALUES - lost)
        );
        // Over `aeron:ipc` the log is memory that both ends have, also without a driver.
        assert!(lost > 0 || channel == "aeron:ipc", "a sender does not know at once that its driver is dead");
        drop(second);
        std::fs::remove_file(journal).unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

/// A driver whose process is there and does nothing is missed by its silence, and found again when it goes on.
#[test]
fn a_driver_that_hangs_is_missed_and_found_again() {
    let directory = scratch("hangs");
    let mut driver = Process::start(&format!("driver\t{}", directory.display()));
    driver.hears_line("up");
    let signal = |signal| {
        // SAFETY: a signal to a child that was not waited for.
        assert_eq!(unsafe { libc::kill(driver.child.id() as libc::pid_t, signal) }, 0);
    };
    // A log so small that the sender cannot push all into it while the driver hangs.
    let (at, channel, journal) =
        (format!("{}@3", directory.display()), port() + "|term-length=64k", scratch("hangs-journal"));
    let mut receiver = receiver(Path::new(&at), &channel, "");
    let mut sender = sender(Path::new(&at), &channel, &journal);
    receiver.hears_value(1000);
    signal(libc::SIGSTOP);
    sender.go_on();
    let fault = sender.hears_line("fault Some");
    assert!(fault.contains("keepalive"), "{fault}");
    receiver.hears_line("event DriverLost");
    signal(libc::SIGCONT);
    sender.hears_line("fault None");
    receiver.hears_line("event Reopened");
    receiver.hears_line("received");
    sender.ends();
    let lost = check(receiver.heard.iter(), 0, VALUES);
    // What the driver still had comes when it goes on, for some too late: it was told to be missing, and stays so.
    let said = receiver.heard.last().unwrap();
    let late: u64 = said.split(' ').nth(5).unwrap().parse().unwrap();
    assert!(
        said.starts_with(&format!("received {} lost {lost} duplicates ", VALUES - lost)) && late <= lost,
        "{said}"
    );
    drop(driver);
    std::fs::remove_file(journal).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}
