//! A consumer that is slower than its source, behind an edge of eight values.
//!
//! Watch for the counters, which are exact. With `Block` the source waits for room: all that was
//! started completes. With `DropNewest` it never waits: a value that finds the edge full is
//! dropped and counted, so that every value is accounted for. How many are dropped depends on the
//! machine, so what is printed is the sum.

use std::thread::sleep;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;

const VALUES: u64 = 200;

/// Takes its time.
#[stage]
fn slow(n: u64) -> u64 {
    sleep(Duration::from_millis(1));
    n
}

fn run(policy: Overflow) -> Result<(), Box<dyn std::error::Error>> {
    let consumer = Cpu::builder().name("consumer").build()?;
    let graph = fuse! {
        from_iter(1..=VALUES)
            .then(on(consumer).capacity(8).policy(policy))
            .map(slow)
            .for_each(drop)
    };
    let handle = Engine::new().run(graph)?;
    while !handle.is_finished() {
        sleep(Duration::from_millis(1));
    }
    // The counters can be read at any time; now that the graph has ended they no longer change.
    let edge = handle.inspect().edges[0].clone();
    let report = handle.join()?;
    let Some(count) = edge.counters else { return Err("the edge keeps no counters".into()) };

    println!("{} with room for {}:", edge.policy, edge.capacity);
    println!("  started {}, pushed {}", report.started, count.pushed);
    println!("  popped + dropped = pushed: {}", count.popped + count.dropped == count.pushed);
    println!("  completed = popped: {}", report.completed == count.popped);
    println!("  something was dropped: {}", count.dropped > 0);
    println!("  the source had to wait: {}", count.stalls > 0);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    run(Overflow::Block)?;
    run(Overflow::DropNewest)
}
