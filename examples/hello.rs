//! The smallest graphs.
//!
//! Watch for three things: nothing happens until `block_on` runs a pass; a pass completes exactly
//! once, with a value, an error or as stopped; and a stage is an ordinary function, which the
//! graph calls by name and you may call by hand.

use fusewire::prelude::*;

/// Greets somebody.
#[stage]
fn greet(name: &str) -> String {
    format!("hello, {name}")
}

fn main() {
    let graph = fuse! { just("world").map(greet).map(|line| line + "!") };
    println!("{:?}", block_on(graph));

    // The same chain without `fuse!` means the same; fused, it is one straight run of code.
    let plain = just("world").map(greet).map(|line| line + "!");
    println!("{:?}", block_on(plain));

    // A pass that is filtered out completes without a value. That is no error.
    let filtered = fuse! { just(7).filter(|n| n % 2 == 0) };
    println!("{:?}", block_on(filtered));

    println!("{}", greet("a plain call"));
}
