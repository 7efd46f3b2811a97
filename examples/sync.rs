//! Two graphs share an order book, a limit and a queue; every wait is a stage.
//!
//! Watch for what is not there: no thread blocks, and nobody polls. The first graph asks for a permit, then for
//! the lock, and hands the trade to the second graph over a channel with room for two. When the first has ended
//! its end of the channel is gone, and the second ends as well. A permit travels with its trade over the channel
//! and is given back at the other side: so at most three trades are under way.

use std::sync::Arc;

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::sync::{Latch, Mutex, Permit, Semaphore, carry, channel, from_channel};

/// What is left at each price.
type Book = Mutex<Vec<u64>>;

struct Trade {
    level: usize,
    left: u64,
    _permit: Permit,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (trading, reporting) =
        (Cpu::builder().name("trading").build()?, Cpu::builder().name("reporting").build()?);
    let book = Arc::new(Book::new(vec![100, 200, 300]));
    let under_way = Arc::new(Semaphore::new(3));
    let reported = Arc::new(Latch::new(9));
    let (send, recv) = channel(2);

    let trades = {
        let (book, permits) = (Arc::clone(&book), Arc::clone(&under_way));
        fuse! {
            from_iter(0..9_usize)
                .map(|n| n % 3)
                .and(move |level| carry(level, permits.acquire_arc(1)))
                .and(move |trade| carry(trade, book.lock_arc()))
                .map(|((level, permit), mut book)| {
                    book[level] -= 10;
                    Trade { level, left: book[level], _permit: permit }
                })
                .and(move |trade| send.send(trade))
        }
    };
    let report = {
        let reported = Arc::clone(&reported);
        fuse! {
            from_channel(recv).for_each(move |trade: Trade| {
                println!("level {}: {} left", trade.level, trade.left);
                reported.count_down(1);
            })
        }
    };
    let reports = Engine::on(reporting).run(report)?;
    let trades = Engine::on(trading).run(trades)?;

    // From outside, a wait is awaited as any other sender.
    let _ = block_on(reported.wait());
    println!("completed: {} trades, {} reports", trades.join()?.completed, reports.join()?.completed);
    println!("book: {:?}", block_on(book.lock().map(|book| book.clone())).value());
    println!("permits: {}", under_way.available());
    Ok(())
}
