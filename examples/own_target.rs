//! A target of your own, made from public API alone.
//!
//! Watch for the three parts: how its thread sleeps (`Park`) and is woken (`Unpark`), here by a
//! condition variable where yours may have a device or a poller; the handle that `on` takes
//! (`Scheduler`); and the conformance suite, which says whether it keeps the contract.

use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use fusewire::conformance::{check_all, harness};
use fusewire::context::host::{Host, HostSettings, Park, Unpark};
use fusewire::context::thread::HostThread;
use fusewire::context::{ContextRef, MayBlock, Scheduler};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[derive(Debug, Default)]
struct Signal {
    given: Mutex<bool>,
    changed: Condvar,
}

impl Unpark for Signal {
    fn unpark(&self) {
        *self.given.lock().unwrap() = true;
        self.changed.notify_one();
    }
}

struct Sleeper(Arc<Signal>);

impl Park for Sleeper {
    fn park(&mut self, deadline: Option<Instant>) {
        let longest = Duration::from_secs(3600);
        let limit = deadline.map_or(longest, |deadline| deadline.saturating_duration_since(Instant::now()));
        let given = self.0.given.lock().unwrap();
        let (mut given, _) = self.0.changed.wait_timeout_while(given, limit, |given| !*given).unwrap();
        *given = false;
    }
}

#[derive(Debug, Clone)]
struct Background(Arc<HostThread>);

impl Background {
    fn new() -> io::Result<Self> {
        let signal = Arc::new(Signal::default());
        let name = "background".to_owned();
        let settings = HostSettings { name, kind: "own", core: None, wait: Wait::spin_then_park() };
        let (_, host) = Host::new(settings, signal.clone());
        let (thread, ()) = HostThread::spawn(host, move || io::Result::Ok((Sleeper(signal), ())))?;
        Ok(Self(Arc::new(thread)))
    }
}

impl Scheduler for Background {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        self.0.context()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    check_all(|| harness(Background::new().expect("a thread"), |background| background.0.end()))?;
    println!("keeps the contract of a context");
    let background = Background::new()?;
    let thread = || std::thread::current().name().map(str::to_owned);
    let pass = just(20).then(on(background.clone())).map(move |n| (n + 1, thread()));
    println!("one pass: {:?}", block_on(pass).value());
    let report = Engine::on(background).run(from_iter(0..1000).map(|n| n * 2))?.join()?;
    println!("a graph: {} passes begun, {} completed", report.started, report.completed);
    Ok(())
}
