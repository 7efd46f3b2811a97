//! One value to many, many sources into one, and round again, on a small job with quotes.
//!
//! Watch for: the journal, which may lose quotes and never holds up the rest; the two shards, each with the books of its own
//! symbols; and the order that comes back until it is filled.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

static WRITTEN: AtomicU64 = AtomicU64::new(0);
static BEST: AtomicU64 = AtomicU64::new(0);
static IMPROVED: AtomicU64 = AtomicU64::new(0);
static FILLED: AtomicU64 = AtomicU64::new(0);

type Quote = (u32, u64);

/// The quotes of one venue.
fn venue(number: u64) -> impl Iterator<Item = Quote> + Send {
    (0..5_000u32).map(move |at| (at % 16, 100 + u64::from(at) * (number + 3) % 50))
}

/// Whether a quote is better than the best of its symbol, which it then is.
fn improves(books: &mut [u64; 16], (symbol, price): Quote) -> u64 {
    let best = &mut books[symbol as usize];
    let before = std::mem::replace(best, price.max(*best));
    u64::from(price > before)
}

fn main() -> Result<(), Box<dyn Error>> {
    let cpu = |name| Cpu::builder().name(name).build();
    let (journal, left, right) = (cpu("journal")?, cpu("left")?, cpu("right")?);

    // Every quote goes to a journal that may miss some, and to who looks for the best, who may not.
    let quotes = fuse! {
        merge(from_iter(venue(1)), from_iter(venue(2))).broadcast(
            |quote| just(quote).then(on(journal).capacity(64).policy(Overflow::DropNewest)).for_each(|_| {
                WRITTEN.fetch_add(1, Relaxed);
            }),
            |quote| just(quote).then(on(left.clone())).for_each(|(_, price)| { BEST.fetch_max(price, Relaxed); }),
        )
    };
    let report = Engine::new().run(quotes)?.join()?;
    assert!(report.completed == 10_000 && WRITTEN.load(Relaxed) <= 10_000);
    println!("broadcast: {} quotes, the best at {}", report.completed, BEST.load(Relaxed));

    // The books of a symbol are on one core, whichever venue quotes it.
    let books = fuse! {
        merge(from_iter(venue(1)), from_iter(venue(2)))
            .shard(|(symbol, _)| *symbol, [left.clone(), right], |_shard| {
                let mut books = [0; 16];
                move |quote| just(improves(&mut books, quote))
            })
            .for_each(|better| { IMPROVED.fetch_add(better, Relaxed); })
    };
    Engine::new().run(books)?.join()?;
    let mut books = [0; 16];
    let in_turns = venue(1).zip(venue(2)).flat_map(|(one, two)| [one, two]);
    assert_eq!(IMPROVED.load(Relaxed), in_turns.map(|quote| improves(&mut books, quote)).sum::<u64>());
    println!("shard: {} quotes improved their book, in two shards as in one", IMPROVED.load(Relaxed));

    // An order comes back, less what was filled, until nothing is left of it.
    let (back, again) = feedback::<u64>(4096)?;
    let orders = fuse! {
        merge_by_priority(fed_back(again), from_iter(1..=100u64))
            .then(on(left))
            .inspect_value(|order| { FILLED.fetch_add((*order).min(7), Relaxed); })
            .map(|order: u64| order.saturating_sub(7))
            .try_map(back.unless(|order| *order == 0))
            .filter_map(|done| done)
            .for_each(drop)
    };
    let report = Engine::new().run(orders)?.join()?;
    assert_eq!((report.completed, FILLED.load(Relaxed)), (100, 100 * 101 / 2));
    println!("feedback: {} orders, {} filled by 7 at a time", report.completed, FILLED.load(Relaxed));
    Ok(())
}
