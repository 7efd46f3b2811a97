//! What can go wrong in a graph, and who hears of it.
//!
//! Watch for the types: the error of a graph is that of its stages, `map_err` changes it,
//! `or_else` takes it away, and what is left over ends a running graph as `join`'s error. A panic
//! is no error of the graph's type: it stops the graph and is reported with its stage and place.

use std::fmt;

use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::prelude::*;

#[derive(Debug, PartialEq)]
struct Refused {
    size: u32,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an order of {} is too large", self.size)
    }
}

impl std::error::Error for Refused {}

#[stage]
fn check(size: u32) -> Result<u32, Refused> {
    if size <= 100 { Ok(size) } else { Err(Refused { size }) }
}

#[stage]
fn split(size: u32) -> u32 {
    1000 / (size - 50)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // An error goes past the stages behind it, as with `?`.
    println!("{:?}", block_on(fuse! { just(70).try_map(check).map(split) }));
    println!("{:?}", block_on(fuse! { just(700).try_map(check).map(split) }));

    // `map_err` changes the error, `or_else` handles it.
    println!(
        "{:?}",
        block_on(fuse! { just(700).try_map(check).map_err(|error: Refused| error.to_string()) })
    );
    println!(
        "{:?}",
        block_on(fuse! { just(700).try_map(check).or_else(|error: Refused| just(error.size / 10)) })
    );

    // A running graph ends at its first error, and `join` returns it.
    let graph =
        fuse! { from_iter([60, 70, 800, 900]).try_map(check).for_each(|size: u32| println!("sent {size}")) };
    match Engine::new().run(graph)?.join() {
        Err(error) => println!("{error}; first refused: {:?}", error.downcast_ref::<Refused>()),
        Ok(report) => println!("no error in {report:?}"),
    }

    // A panic is kept to its graph. The standard hook prints it as well, to standard error.
    let graph = fuse! { from_iter([60, 50, 70]).map(split).for_each(|parts: u32| println!("{parts} parts")) };
    match Engine::new().run(graph)?.join() {
        Err(RunError::Panicked(panic)) => {
            println!("{} at {}:{}", panic.stage.unwrap_or_default(), panic.file, panic.line);
            println!("it said: {}", panic.message);
        }
        other => println!("no panic: {other:?}"),
    }
    Ok(())
}
