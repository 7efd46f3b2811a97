//! A graph of one hop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::edge::Edge;
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::check::{Checked, Value};
use crate::{End, Plan, Promise};

/// One graph over `edge`; what is wrong with what came out of it.
pub(crate) fn once<K>(edge: K, promise: Promise, plan: Plan) -> Result<u64, String>
where
    K: Edge<Value, Sender: 'static, Receiver: 'static> + Send + 'static,
{
    const VALUES: u64 = 20_000;
    let Plan { end, slow, .. } = plan;
    let context =
        |name| Cpu::builder().name(name).wait(plan.wait()).build().map_err(|error| error.to_string());
    let (from, to) = (context("from")?, context("to")?);
    let made = Arc::new(AtomicU64::new(0));
    let checked = Arc::new(Checked::new(promise == Promise::Latest));
    let (making, checking) = (Arc::clone(&made), Arc::clone(&checked));
    let graph = fuse! {
        from_fn(move || {
            let n = making.load(Ordering::Relaxed);
            assert!(end != End::SenderPanicked || n < 2_000, "as planned");
            if end != End::Itself || n < VALUES {
                making.store(n + 1, Ordering::Relaxed);
                Some(Value::new(n))
            } else {
                None
            }
        })
        .then(on(&to).edge(edge))
        .for_each(move |value: Value| {
            let count = checking.take(&value);
            if slow && count.is_multiple_of(64) {
                thread::sleep(Duration::from_micros(50));
            }
            assert!(end != End::ReceiverPanicked || count < 2_000, "as planned");
        })
    };
    let handle = Engine::on(from).run(graph).map_err(|error| error.to_string())?;
    let stop = match end {
        End::Drained => Some(Stop::Drain),
        End::Abandoned => Some(Stop::Abandon),
        End::Itself | End::SenderPanicked | End::ReceiverPanicked => None,
    };
    let until = Instant::now() + Duration::from_secs(120);
    if let Some(stop) = stop {
        while checked.count() < 2_000 && !handle.is_finished() && Instant::now() < until {
            thread::yield_now();
        }
        handle.stop(stop);
    }
    while !handle.is_finished() {
        if Instant::now() > until {
            handle.stop(Stop::Abandon);
            return Err(format!("stuck after {} values", checked.count()));
        }
        thread::yield_now();
    }
    let counters = handle.inspect().edges.first().and_then(|edge| edge.counters);
    let ended = handle.join();
    checked.verdict()?;
    let failed = match (ended, end, promise) {
        (Ok(_), End::SenderPanicked | End::ReceiverPanicked, _) => {
            return Err("the panic was not reported".to_owned());
        }
        (Ok(_), ..) => false,
        (Err(RunError::Panicked(_)), End::SenderPanicked | End::ReceiverPanicked, _) => true,
        (Err(RunError::Edge(_)), _, Promise::AllOrFail) => true,
        (Err(error), ..) => return Err(error.to_string()),
    };
    let (made, came) = (made.load(Ordering::Relaxed), checked.count());
    let counters = counters.ok_or("the edge has no counters")?;
    if !counters.balance() {
        return Err(format!("the counters do not add up: {counters:?}"));
    }
    if counters.popped != came {
        return Err(format!("{came} values came, and {} count as popped", counters.popped));
    }
    // A value may have been made and not pushed where the graph was given up or failed.
    let whole = !failed && end != End::Abandoned;
    if whole && (counters.pushed != made || counters.depth != 0) {
        return Err(format!("{made} values were made: {counters:?}"));
    }
    if matches!(promise, Promise::All | Promise::AllOrFail) && counters.dropped != 0 {
        return Err(format!("values were dropped: {counters:?}"));
    }
    if matches!(promise, Promise::All | Promise::AllOrFail) {
        checked.without_gaps()?;
        if !failed && end != End::Abandoned && came != made {
            return Err(format!("{} of {made} values are lost", made - came));
        }
    }
    if promise == Promise::Latest && !failed && end != End::Abandoned {
        checked.latest_of_each_key(made)?;
    }
    Ok(came)
}
