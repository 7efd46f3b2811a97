//! Edges between processes: as a hop with both ends, two mappings of one file, in this process; and to a second one.
//!
//! That one is this program, started again with `FUSEWIRE_SHM_CHILD` set: see `child`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::edge::shm::{End as Side, Peer, Shm, shm, shm_fd};
use fusewire::edge::{NotPushed, Pop, push};
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::check::{Checked, Value};
use crate::support::{Name, part};
use crate::{End, Plan, Promise, hop, soak};

const LIMIT: Duration = Duration::from_secs(120);
/// Values of a sender where nobody stops it.
const VALUES: u64 = 20_000;
/// Values after which the sender is stopped, or the receiver panics.
const SOME: u64 = 2_000;

/// Hops over rings without a name, with every policy.
pub(crate) fn hops(round: u64) -> Result<u64, String> {
    let ring = || shm("").capacity(64).sealed::<Value>().map(shm_fd).map_err(|error| error.to_string());
    let mut values = 0;
    values += soak("shm, block", round, |plan| hop::once(ring()?, Promise::All, plan))?;
    let policy = |plan| hop::once(ring()?.policy(DropNewest), Promise::Some, plan);
    values += soak("shm, drop-newest", round, policy)?;
    values += soak("shm, fail", round, |plan| hop::once(ring()?.policy(Fail), Promise::AllOrFail, plan))?;
    Ok(values)
}

/// To another process, with the policies that do not end the run.
pub(crate) fn all(round: u64) -> Result<u64, String> {
    let block = |plan| once(Shm::clone, Promise::All, plan);
    let newest = |plan| once(|ring: &Shm| ring.clone().policy(DropNewest), Promise::Some, plan);
    Ok(soak("shm to a process, block", round, block)? + soak("shm to a process, drop-newest", round, newest)?)
}

/// A graph here that pushes, and one in a child that receives.
fn once(policy: impl Fn(&Shm) -> Shm, promise: Promise, plan: Plan) -> Result<u64, String> {
    let name = Name::new();
    let ring = name.shm().capacity(64);
    let sender = policy(&ring).sender::<Value>().map_err(|error| error.to_string())?;
    let watch = ring.watch().map_err(|error| error.to_string())?;
    let slow = if plan.slow { "slow" } else { "quick" };
    let parks = if plan.parks { "parks" } else { "spins" };
    let ends = if plan.end == End::ReceiverPanicked { "panics" } else { "ends" };
    let gaps = if promise == Promise::All { "none" } else { "some" };
    let mut child = name.child("processes::child", &format!("{slow} {parks} {ends} {gaps}"));
    let began = Instant::now();
    let until = |done: &mut dyn FnMut() -> bool| {
        while !done() {
            if began.elapsed() > LIMIT {
                return Err(format!("stuck: {:?}", watch.counters()));
            }
            thread::yield_now();
        }
        Ok(())
    };
    until(&mut || !matches!(watch.peer(Side::Consumer), Peer::Never))?;

    let made = Arc::new(AtomicU64::new(0));
    let making = Arc::clone(&made);
    let graph = fuse! {
        from_fn(move || {
            let n = making.load(Ordering::Relaxed);
            assert!(plan.end != End::SenderPanicked || n < SOME, "as planned");
            (plan.end != End::Itself || n < VALUES).then(|| {
                making.store(n + 1, Ordering::Relaxed);
                Value::new(n)
            })
        })
        .and(push(sender))
        .for_each(drop)
    };
    let context = Cpu::builder().name("from").wait(plan.wait()).build().map_err(|error| error.to_string())?;
    let handle = Engine::on(context).run(graph).map_err(|error| error.to_string())?;
    let stop = match plan.end {
        End::Drained => Some(Stop::Drain),
        End::Abandoned => Some(Stop::Abandon),
        End::Itself | End::SenderPanicked | End::ReceiverPanicked => None,
    };
    if let Some(stop) = stop {
        until(&mut || watch.counters().popped >= SOME || handle.is_finished())?;
        handle.stop(stop);
    }
    until(&mut || handle.is_finished())?;
    match handle.join() {
        Ok(_) if plan.end == End::ReceiverPanicked => {
            return Err("nobody noticed that the receiver is gone".to_owned());
        }
        Ok(_) if plan.end == End::SenderPanicked => return Err("the panic was not reported".to_owned()),
        Ok(_) => {}
        Err(RunError::Panicked(_)) if plan.end == End::SenderPanicked => {}
        Err(error)
            if plan.end == End::ReceiverPanicked && error.downcast_ref() == Some(&NotPushed::Closed) => {}
        Err(error) => return Err(error.to_string()),
    }
    let mut status = None;
    until(&mut || {
        status = child.0.try_wait().expect("the child can be asked");
        status.is_some()
    })?;
    // The child's own checks are in its status: what it asserts, it has written to the standard error.
    if !status.is_some_and(|status| status.success()) {
        return Err(format!("the child ended with {status:?}"));
    }
    let (made, counters) = (made.load(Ordering::Relaxed), watch.counters());
    if counters.pushed != counters.popped + counters.dropped + counters.depth {
        return Err(format!("the counters do not add up: {counters:?}"));
    }
    if counters.redelivered != 0 || (promise == Promise::All && counters.dropped != 0) {
        return Err(format!("values came again or were dropped: {counters:?}"));
    }
    // All that was pushed comes out, also where the sender is abandoned: it is only gone.
    let ended = plan.end != End::ReceiverPanicked;
    if counters.pushed > made || (ended && counters.depth != 0) {
        return Err(format!("{made} values were made: {counters:?}"));
    }
    if ended && plan.end != End::Abandoned && counters.pushed != made {
        return Err(format!("{made} values were made: {counters:?}"));
    }
    Ok(counters.popped)
}

/// The process that receives.
#[test]
fn child() {
    let Some((part, ring)) = part() else { return };
    let has = |word| part.split(' ').any(|each| each == word);
    let (slow, panics, parks) = (has("slow"), has("panics"), has("parks"));
    let receiver = ring.receiver::<Value>().unwrap();
    let stats = Pop::stats(&receiver).expect("counters");
    let checked = Arc::new(Checked::new(false));
    let checking = Arc::clone(&checked);
    let graph = fuse! {
        recv(receiver).for_each(move |value: Value| {
            let count = checking.take(&value);
            if slow && count.is_multiple_of(64) {
                thread::sleep(Duration::from_micros(50));
            }
            assert!(!panics || count < SOME, "as planned");
        })
    };
    let end = if panics { End::ReceiverPanicked } else { End::Itself };
    let context = Cpu::builder().name("to").wait(Plan { end, slow, parks }.wait()).build().unwrap();
    let ended = Engine::on(context).run(graph).unwrap().join();
    assert!(matches!(ended, Err(RunError::Panicked(_))) == panics && ended.is_ok() != panics, "{ended:?}");
    checked.verdict().unwrap();
    if has("none") {
        checked.without_gaps().unwrap();
    }
    assert_eq!(stats.counters().popped, checked.count());
}
