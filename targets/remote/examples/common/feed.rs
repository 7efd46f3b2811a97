//! A feed of quotes between two processes: who publishes is killed with SIGKILL in the middle and started again, and who subscribes says
//! whether what came and what it was told is missing are, together, every quote that was ever published.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use zerocopy::{FromBytes, Immutable, IntoBytes};

pub(crate) type Failure = Box<dyn std::error::Error>;

pub(crate) const QUOTES: u64 = 20_000;

/// The line of a subscriber at which the publisher is killed.
pub(crate) const IN_THE_MIDDLE: &str = "in the middle";

/// Plain bytes: what may travel.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Quote {
    pub(crate) number: u64,
    pub(crate) bid: u64,
    pub(crate) ask: u64,
}

impl Quote {
    pub(crate) const fn numbered(number: u64) -> Self {
        Self { number, bid: 10_000 + number % 7, ask: 10_001 + number % 11 }
    }
}

/// Both processes of an example, which is one of them with arguments. The feed goes over `place`.
pub(crate) fn run(
    place: &str,
    publish: fn(&str, &Path) -> Result<(), Failure>,
    subscribe: fn(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => both(place),
        ["publish", place, journal] => publish(place, Path::new(journal)),
        ["subscribe", place, ..] => subscribe(place),
        _ => Err("the arguments are none, `publish PLACE JOURNAL` or `subscribe PLACE`".into()),
    }
}

/// Says whether every quote came or is told to be missing.
pub(crate) fn say_together(came: u64, missing: u64) {
    println!("together every quote: {}", came + missing == QUOTES);
}

fn start(role: &str, place: &str, journal: &Path) -> Result<Child, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    Ok(command.args([role.as_ref(), place.as_ref(), journal.as_os_str()]).stdout(Stdio::piped()).spawn()?)
}

fn both(place: &str) -> Result<(), Failure> {
    let journal = std::env::temp_dir().join(format!("fusewire-feed-{}", std::process::id()));
    let mut subscriber = start("subscribe", place, &journal)?;
    let lines = BufReader::new(subscriber.stdout.take().ok_or("it has an output")?).lines();
    let mut publisher = None;
    let mut together = false;
    for line in lines {
        let line = line?;
        println!("subscriber: {line}");
        match line.as_str() {
            "subscribed" => publisher = Some(start("publish", place, &journal)?),
            IN_THE_MIDDLE => {
                if let Some(mut publisher) = publisher.take() {
                    publisher.kill()?;
                    publisher.wait()?;
                    println!("(the publisher was killed, and another one starts)");
                }
                publisher = Some(start("publish", place, &journal)?);
            }
            "together every quote: true" => together = true,
            _ => {}
        }
    }
    subscriber.wait()?;
    if let Some(mut publisher) = publisher {
        publisher.wait()?;
    }
    std::fs::remove_file(journal)?;
    if together { Ok(()) } else { Err("quotes are missing that nobody told of".into()) }
}
