//! A feed that leaves its machine: a publisher and a subscriber, each a process with a fused graph, over Aeron on UDP.
//!
//! Without arguments this starts both, each with a media driver of its own inside, as on two machines. In the middle the publisher
//! is killed with SIGKILL, with all that its driver had not sent yet, and started again. Watch for the last line: what came and what is told to be missing is, together, every quote that was ever
//! published, and the book asked for a snapshot exactly when something was missing.

#[path = "common/feed.rs"]
mod feed;

use std::net::UdpSocket;
use std::path::Path;
use std::time::Duration;

use feed::{Failure, IN_THE_MIDDLE, QUOTES, Quote, say_together};
use fusewire::context::cpu::Cpu;
use fusewire::edge::{DropNewest, Policy, Push, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire_remote::{Event, Heard, MediaDriver, Remote, remote};

#[stage]
fn quote(number: u64) -> Quote {
    Quote::numbered(number)
}

fn link(channel: &str) -> Result<Remote, Failure> {
    Ok(remote(channel, 1).driver(&MediaDriver::embedded().start()?).type_name("market-data/quote/1"))
}

/// Publishes from where its predecessor was: the journal knows.
fn publish(channel: &str, journal: &Path) -> Result<(), Failure> {
    // A feed never waits for who reads it.
    let mut sender = DropNewest.of(link(channel)?).journal(journal).sender::<Quote>()?;
    while !sender.is_connected() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let io = Cpu::builder().name("io").build()?;
    let numbers = sender.next_number()..QUOTES;
    let graph = fuse! {
        from_iter(numbers)
            .map(quote)
            .for_each(move |quote: Quote| {
                if quote.number.is_multiple_of(16) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                if !matches!(sender.push(quote), Pushed::Ok) {
                    println!("nobody has room for {}", quote.number);
                }
            })
    };
    Engine::on(io).run(graph)?.join()?;
    Ok(())
}

/// What a trader keeps of the feed.
#[derive(Debug, Default)]
struct Book {
    quotes: u64,
    missing: u64,
    snapshots: u64,
    spread: u64,
}

impl Book {
    fn apply(&mut self, heard: Heard<Quote>) {
        match heard {
            Heard::Value(quote) => {
                self.quotes += 1;
                self.spread = quote.ask.abs_diff(quote.bid);
                if self.quotes == QUOTES / 4 {
                    println!("{IN_THE_MIDDLE}");
                }
            }
            Heard::Event(Event::Gap(gap)) => {
                // What the book knows is old: a snapshot is asked for before the next quote is applied.
                self.missing += gap.missing;
                self.snapshots += 1;
                println!("heard: {gap}");
            }
            Heard::Event(event) => println!("heard: {event}"),
        }
    }
}

fn subscribe(channel: &str) -> Result<(), Failure> {
    let receiver = link(channel)?.receiver::<Quote>()?.marked();
    println!("subscribed");
    let (io, book) = (Cpu::builder().name("io").build()?, Cpu::builder().name("book").build()?);
    let (done, result) = std::sync::mpsc::channel();
    let mut kept = Kept { book: Book::default(), done };
    let graph = fuse! {
        recv(receiver)
            .then(on(book))
            .for_each(move |heard: Heard<Quote>| kept.book.apply(heard))
    };
    Engine::on(io).run(graph)?.join()?;
    let Book { quotes, missing, snapshots, spread } = result.recv()?;
    println!("{quotes} quotes came, {missing} are missing, {snapshots} snapshots, last spread {spread}");
    say_together(quotes, missing);
    Ok(())
}

/// Gives the book back when the graph drops its last stage.
struct Kept {
    book: Book,
    done: std::sync::mpsc::Sender<Book>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.done.send(std::mem::take(&mut self.book));
    }
}

fn main() -> Result<(), Failure> {
    let free = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    feed::run(&format!("aeron:udp?endpoint={free}"), publish, subscribe)
}
