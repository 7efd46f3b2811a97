//! Numbers to a core and back: the hop without a socket.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::future::tokio::context_on;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use futures_core::Stream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// Values that may wait on each of the two ways.
const CAPACITY: usize = 256;

type Run = Box<dyn Fn(u64) -> Result<(Duration, u64), Box<dyn Error>>>;

/// One way to do it: how long so many values took, and their sum, each one larger than it was sent.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) run: Run,
}

/// What tokio sees as a stream that is always ready.
struct Count(std::ops::Range<u64>);

impl Stream for Count {
    type Item = u64;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u64>> {
        Poll::Ready(self.0.next())
    }
}

fn runtime() -> Result<Runtime, Box<dyn Error>> {
    Ok(Builder::new_multi_thread().worker_threads(1).enable_all().build()?)
}

fn channels() -> Result<Job, Box<dyn Error>> {
    let runtime = runtime()?;
    let run = move |count| {
        let (to_compute, mut requests) = mpsc::channel::<u64>(CAPACITY);
        let (to_socket, mut replies) = mpsc::channel::<u64>(CAPACITY);
        let compute = std::thread::spawn(move || {
            while let Some(value) = requests.blocking_recv() {
                if to_socket.blocking_send(value + 1).is_err() {
                    return;
                }
            }
        });
        let began = Instant::now();
        runtime.spawn(async move {
            for value in 0..count {
                if to_compute.send(value).await.is_err() {
                    return;
                }
            }
        });
        let sum = runtime.spawn(async move {
            let mut sum = 0;
            while let Some(value) = replies.recv().await {
                sum += value;
            }
            sum
        });
        let sum = runtime.block_on(sum)?;
        let took = began.elapsed();
        compute.join().map_err(|_| "the compute thread panicked")?;
        Ok((took, sum))
    };
    Ok(Job { name: "tokio by hand, channels to a thread and back", run: Box::new(run) })
}

fn graph(name: &'static str, wait: Wait) -> Result<Job, Box<dyn Error>> {
    let runtime = runtime()?;
    let run = move |count| {
        let here = context_on(runtime.handle(), "tokio");
        let (home, compute) = (here.clone(), Cpu::builder().name("compute").wait(wait).build()?);
        let sum = Arc::new(AtomicU64::new(0));
        let adding = Arc::clone(&sum);
        let graph = fuse! {
            from_stream(Count(0..count))
                .then(on(compute).capacity(CAPACITY))
                .map(|value| value + 1)
                .then(on(home).capacity(CAPACITY))
                .for_each(move |value| { adding.fetch_add(value, Ordering::Relaxed); })
        };
        let began = Instant::now();
        let running = Engine::on(here).run(graph)?;
        runtime.block_on(running.into_future())?;
        Ok((began.elapsed(), sum.load(Ordering::Relaxed)))
    };
    Ok(Job { name, run: Box::new(run) })
}

/// Every way. The first is what the others are compared with.
pub(crate) fn all() -> Result<[Job; 3], Box<dyn Error>> {
    Ok([
        channels()?,
        graph("graph in tokio, the core parks", Wait::Park)?,
        graph("graph in tokio, the core spins, then parks", Wait::spin_then_park())?,
    ])
}
