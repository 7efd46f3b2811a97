//! A feed between two processes of a machine over iceoryx2: each has a fused graph, and its edge is the only thing that would differ over a
//! ring, shared memory or Aeron.
//!
//! Without arguments this starts both. In the middle the publisher is killed with SIGKILL and started again: watch for the line that says who
//! died, and for the last one: what came and what is told to be missing is, together, every quote that was ever published.

#[path = "common/feed.rs"]
mod feed;

use std::path::Path;
use std::time::Duration;

use feed::{Failure, IN_THE_MIDDLE, QUOTES, Quote, say_together};
use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire_remote::{Event, Heard, Iceoryx2, iceoryx2};

#[stage]
fn quote(number: u64) -> Quote {
    if number.is_multiple_of(16) {
        std::thread::sleep(Duration::from_millis(1));
    }
    Quote::numbered(number)
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
                println!("{IN_THE_MIDDLE}");
            }
        }
        Heard::Event(Event::Gap(gap)) => missing += gap.missing,
        Heard::Event(Event::Died { .. }) => println!("heard: the process that sent was killed"),
        Heard::Event(Event::Ended { .. }) => {
            say_together(came, missing);
        }
        Heard::Event(_) => {}
    };
    let graph = fuse! { recv(receiver).then(on(book)).for_each(apply) };
    Engine::on(io).run(graph)?.join()?;
    Ok(())
}

fn main() -> Result<(), Failure> {
    let service = format!("fusewire/feed/{}", std::process::id());
    feed::run(&service, publish, subscribe)
}
