//! An echo server with ten thousand open connections, beside one written by hand for tokio.
//!
//! Watch for the loop that is not there: `accept(listener).spawn(&scope, |stream| ..)` gives each connection a machine of its own,
//! in memory of the scope's policy, and an event runs the one connection that it is for. Both servers run on one thread, in a process of
//! their own, so that their memory is their own as well; one client asks both in turn.
//!
//! `cargo run --release --features tokio --example echo [-- CONNECTIONS [ROUNDS]]`
//!
//! While the client asks on some connections the rest is idle, twenty read slowly, and others come and are reset; at the end of a
//! round all of them are. Says, loudly, when the
//! machine allows fewer connections than were asked for.

#[path = "client.rs"]
mod client;
#[path = "limits.rs"]
mod limits;
#[path = "servers.rs"]
mod servers;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use client::{Crowd, Failed, Slice};

/// Open connections unless the command line says another number.
const CONNECTIONS: usize = 10_000;
/// Slices of each server.
const ROUNDS: usize = 5;

/// A server in a process of its own.
struct Server {
    name: &'static str,
    address: SocketAddr,
    process: Child,
}

impl Server {
    fn start(name: &'static str, which: &str, most: usize) -> Result<Self, Failed> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", which, &most.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address =
            line.trim().parse().map_err(|error| format!("the server said `{}`: {error}", line.trim()))?;
        Ok(Self { name, address, process })
    }

    fn memory(&self) -> Option<u64> {
        limits::resident(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is ours, and has nothing to tidy up.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn compare(wanted: usize, rounds: usize) -> Result<(), Failed> {
    // Some more come and go.
    let connections = limits::descriptors(wanted + 500).saturating_sub(500).min(wanted);
    if connections < wanted {
        eprintln!(
            "WARNING: this machine allows {connections} connections, not {wanted}: raise the limit of open files (`ulimit -n`)"
        );
    }
    let servers = [
        Server::start("fusewire", "fusewire", connections + 200)?,
        Server::start("tokio, by hand", "tokio", connections + 200)?,
    ];
    let mut slices: Vec<Vec<Slice>> = vec![Vec::new(); servers.len()];
    for round in 0..rounds {
        for (server, slices) in servers.iter().zip(&mut slices) {
            let before = server.memory();
            let mut crowd = Crowd::open(server.address, connections).await?;
            crowd.greet().await?;
            // Later a server has memory left from the round before.
            if round == 0
                && let (Some(before), Some(after)) = (before, server.memory())
            {
                let each = after.saturating_sub(before) / crowd.len().max(1) as u64;
                println!("{:<16} {} connections open, {each} bytes of memory each", server.name, crowd.len());
            }
            slices.push(crowd.slice().await?);
            crowd.greet().await?;
            // Ten thousand resets at once; the next round finds out whether the server lives.
            crowd.reset()?;
        }
    }
    println!("\n                 replies/s      p50        p99   ({rounds} rounds in turn, medians)");
    for (server, slices) in servers.iter().zip(&slices) {
        let of = |figure: fn(&Slice) -> f64| median(slices.iter().map(figure).collect());
        println!(
            "{:<16} {:>9.0} {:>7.0} us {:>7.0} us",
            server.name,
            of(|slice| slice.replies_per_second),
            of(|slice| slice.p50.as_secs_f64() * 1e6),
            of(|slice| slice.p99.as_secs_f64() * 1e6)
        );
    }
    for server in &servers {
        Crowd::open(server.address, 1).await?.greet().await?;
        println!("{:<16} answers after {rounds} times {connections} resets", server.name);
    }
    Ok(())
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let ["serve", which, most] = words[..] {
        return servers::serve(which, most.parse()?);
    }
    let wanted = words.first().map_or(Ok(CONNECTIONS), |wanted| wanted.parse())?;
    let rounds = words.get(1).map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(compare(wanted, rounds))
}
