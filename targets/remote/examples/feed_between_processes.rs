//! A feed between two processes of a machine over iceoryx2: each has a fused graph, and its edge is the only thing that would differ over a
//! ring, shared memory or Aeron.
//!
//! Without arguments this starts both. In the middle the publisher is killed with SIGKILL and started again: watch for the line that says who
//! died, and for the last one: what came and what is told to be missing is, together, every quote that was ever published.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire_remote::{Event, Heard, Iceoryx2, iceoryx2};
use zerocopy::{FromBytes, Immutable, IntoBytes};

type Failure = Box<dyn std::error::Error>;

const QUOTES: u64 = 20_000;

/// Plain bytes: what may travel.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Quote {
    number: u64,
    bid: u64,
    ask: u64,
}

#[stage]
fn quote(number: u64) -> Quote {
    if number.is_multiple_of(16) {
        std::thread::sleep(Duration::from_millis(1));
    }
    Quote { number, bid: 10_000 + number % 7, ask: 10_001 + number % 11 }
}

fn link(service: &str) -> Iceoryx2 {
    iceoryx2(service).capacity(1024).type_name("market-data/quote/1")
}

/// Publishes from where its predecessor was: the journal knows.
fn publish(service: &str, journal: &Path) -> Result<(), Failure> {
    let sender = link(service).journal(journal).sender::<Quote>()?;
    let numbers = sender.next_number()..QUOTES;
    let graph = fuse! { from_iter(numbers).map(quote).and(push(sender)) };
    Engine::on(Cpu::builder().name("io").build()?).run(graph)?.join()?;
    Ok(())
}

fn subscribe(service: &str) -> Result<(), Failure> {
    let receiver = link(service).receiver::<Quote>()?.marked();
    println!("subscribed");
    let (io, book) = (Cpu::builder().name("io").build()?, Cpu::builder().name("book").build()?);
    let (mut came, mut missing) = (0, 0);
    let apply = move |heard: Heard<Quote>| match heard {
        Heard::Value(quote) => {
            assert_eq!(quote.number, came + missing);
            came += 1;
            if came == QUOTES / 4 {
                println!("in the middle");
            }
        }
        Heard::Event(Event::Gap(gap)) => missing += gap.missing,
        Heard::Event(Event::Died { .. }) => println!("heard: the process that sent was killed"),
        Heard::Event(Event::Ended { .. }) => {
            println!("together every quote: {}", came + missing == QUOTES);
        }
        Heard::Event(_) => {}
    };
    let graph = fuse! { recv(receiver).then(on(book)).for_each(apply) };
    Engine::on(io).run(graph)?.join()?;
    Ok(())
}

fn start(role: &str, service: &str, journal: &Path) -> Result<Child, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    Ok(command.args([role.as_ref(), service.as_ref(), journal.as_os_str()]).stdout(Stdio::piped()).spawn()?)
}

fn both() -> Result<(), Failure> {
    let service = format!("fusewire/feed/{}", std::process::id());
    let journal = std::env::temp_dir().join(format!("feed-between-processes-{}", std::process::id()));
    let mut subscriber = start("subscribe", &service, &journal)?;
    let lines = BufReader::new(subscriber.stdout.take().ok_or("it has an output")?).lines();
    let mut publisher = None;
    let mut together = false;
    for line in lines {
        let line = line?;
        println!("subscriber: {line}");
        match line.as_str() {
            "subscribed" => publisher = Some(start("publish", &service, &journal)?),
            "in the middle" => {
                if let Some(mut publisher) = publisher.take() {
                    publisher.kill()?;
                    publisher.wait()?;
                }
                publisher = Some(start("publish", &service, &journal)?);
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

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => both(),
        ["publish", service, journal] => publish(service, Path::new(journal)),
        ["subscribe", service, ..] => subscribe(service),
        _ => Err("feed_between_processes [publish SERVICE JOURNAL | subscribe SERVICE]".into()),
    }
}
