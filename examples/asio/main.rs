//! The Rust half of a server: a C++ program with Asio's socket loop asks over a ring in shared memory, a fused graph answers.
//!
//! Watch for: the C++ program knows nothing of Rust but one header, and the graph nothing of sockets. Either may be killed and
//! started again while the other goes on. `examples/asio/README.md` says how to build and run the two; `tests/asio.rs` does.

mod graph;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "fusewire-asio".to_owned());
    println!("answered {}", graph::serve(&name)?);
    Ok(())
}
