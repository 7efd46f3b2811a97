//! Edges with several ends a side: a graph for each sender, which pushes, and one for each receiver.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::edge::{
    Broadcast, BroadcastReceiver, Edge, EdgeCounters, EdgeError, EdgeStats, LossyReceiver, Mpmc, Mpsc,
    NotPushed, Pop, Push, Spmc, push,
};
use fusewire::engine::{Engine, Handle};
use fusewire::prelude::*;

use crate::check::Value;
use crate::{End, Plan, Promise, soak};

/// Who gets a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goes {
    /// One of the receivers.
    ToOne,
    /// Each of them.
    ToAll,
}

/// Values of each sender where nobody stops it.
const VALUES: u64 = 5_000;
/// Values after which a graph is stopped, or one that sends or receives panics.
const SOME: u64 = 1_000;

type Ends<S, R> = Result<(Vec<S>, Vec<R>), EdgeError>;

fn two_senders<S: Clone, R>(sender: S, receiver: R) -> Ends<S, R> {
    Ok((vec![sender.clone(), sender], vec![receiver]))
}

fn two_receivers<S, R: Clone>(sender: S, receiver: R) -> Ends<S, R> {
    Ok((vec![sender], vec![receiver.clone(), receiver]))
}

fn two_of_each<S: Clone, R: Clone>(sender: S, receiver: R) -> Ends<S, R> {
    Ok((vec![sender.clone(), sender], vec![receiver.clone(), receiver]))
}

/// Each kind that may have several ends, with each policy.
pub(crate) fn all(round: u64) -> Result<u64, String> {
    use Goes::{ToAll, ToOne};
    let (all, some) = (Promise::All, Promise::Some);
    let (mpsc, spmc, mpmc) = (Mpsc::new().capacity(64), Spmc::new().capacity(64), Mpmc::new().capacity(64));
    let mut values = 0;
    values += each("two to mpsc, block", &mpsc, ToOne, all, round, two_senders)?;
    values += each("two to mpsc, drop-newest", &mpsc.policy(DropNewest), ToOne, some, round, two_senders)?;
    values += each("two to mpsc, drop-oldest", &mpsc.policy(DropOldest), ToOne, some, round, two_senders)?;
    values += each("two of spmc, block", &spmc, ToOne, all, round, two_receivers)?;
    values += each("two of spmc, drop-newest", &spmc.policy(DropNewest), ToOne, some, round, two_receivers)?;
    values += each("two of spmc, drop-oldest", &spmc.policy(DropOldest), ToOne, some, round, two_receivers)?;
    values += each("two by mpmc to two, block", &mpmc, ToOne, all, round, two_of_each)?;
    let (newest, oldest) = (mpmc.policy(DropNewest), mpmc.policy(DropOldest));
    values += each("two by mpmc to two, drop-newest", &newest, ToOne, some, round, two_of_each)?;
    values += each("two by mpmc to two, drop-oldest", &oldest, ToOne, some, round, two_of_each)?;
    let gated = Broadcast::new().capacity(64);
    let gates = |sender, receiver: BroadcastReceiver<Value>| {
        Ok((vec![sender], vec![receiver.try_clone()?, receiver.try_clone()?, receiver]))
    };
    values += each("broadcast to three, block", &gated, ToAll, all, round, gates)?;
    values += each("broadcast to three, drop-newest", &gated.policy(DropNewest), ToAll, some, round, gates)?;
    let lossy = |sender, receiver: LossyReceiver<Value>| {
        Ok((vec![sender], vec![receiver.clone(), receiver.clone(), receiver]))
    };
    values += each("broadcast to three, lossy", &gated.lossy(), ToAll, some, round, lossy)?;
    Ok(values)
}

/// All ends of the graphs around one edge, whose ends are multiplied by `split`.
fn each<K>(
    name: &str,
    edge: &K,
    goes: Goes,
    promise: Promise,
    round: u64,
    split: impl Fn(K::Sender, K::Receiver) -> Ends<K::Sender, K::Receiver>,
) -> Result<u64, String>
where
    K: Edge<Value, Sender: 'static, Receiver: 'static>,
{
    soak(name, round, |plan| {
        let (sender, receiver) = edge.clone().open().map_err(|error| error.to_string())?;
        let (senders, receivers) = split(sender, receiver).map_err(|error| error.to_string())?;
        once(senders, receivers, goes, promise, plan)
    })
}

/// What one receiver got.
#[derive(Default)]
struct Log(Mutex<(Vec<u64>, Option<String>)>);

impl Log {
    /// Takes one value; how many came before it.
    fn take(&self, value: &Value) -> u64 {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (numbers, wrong) = &mut *log;
        if *value != Value::new(value.number) {
            wrong.get_or_insert(format!("value {} is torn: {value:?}", value.number));
        }
        numbers.push(value.number);
        numbers.len() as u64 - 1
    }

    fn count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.len() as u64
    }

    /// The numbers, if every value was whole, and those of each of so many senders in order.
    fn in_order(&self, senders: u64) -> Result<Vec<u64>, String> {
        let (numbers, wrong) = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        wrong.map_or(Ok(()), Err)?;
        let mut last = vec![None; senders as usize];
        for &number in &numbers {
            let last = &mut last[(number % senders) as usize];
            if *last >= Some(number) {
                return Err(format!("{number} came after {last:?}"));
            }
            *last = Some(number);
        }
        Ok(numbers)
    }
}

/// Graphs around one edge: the values of sender `s` of `n` are numbered `s`, `s + n`, `s + 2 n` and so on. What is wrong with what
/// came out of it; the first of the side that panics is the one that does.
pub(crate) fn once<S, R>(
    senders: Vec<S>,
    receivers: Vec<R>,
    goes: Goes,
    promise: Promise,
    plan: Plan,
) -> Result<u64, String>
where
    S: Push<Item = Value> + Send + 'static,
    R: Pop<Item = Value> + Send + 'static,
{
    let count = senders.len() as u64;
    let of_edge = senders[0].stats();
    let of_receivers = receivers.iter().map(|end| end.stats().ok_or("a receiver has no counters"));
    let of_receivers = of_receivers.collect::<Result<Vec<_>, _>>()?;
    let made: Vec<_> = senders.iter().map(|_| Arc::new(AtomicU64::new(0))).collect();
    let logs: Vec<_> = receivers.iter().map(|_| Arc::new(Log::default())).collect();

    let receiving = receivers.into_iter().zip(&logs).enumerate();
    let receiving = receiving.map(|(at, (end, log))| receive(end, Arc::clone(log), at == 0, plan));
    let receiving = receiving.collect::<Result<Vec<_>, _>>()?;
    let sending = (0..).zip(senders).zip(&made);
    let sending = sending.map(|((at, end), made)| send(end, Arc::clone(made), at, count, plan));
    let sending = sending.collect::<Result<Vec<_>, _>>()?;

    let came = || logs.iter().map(|log| log.count()).sum::<u64>();
    let until = Instant::now() + Duration::from_secs(120);
    let wait = |done: &dyn Fn() -> bool| {
        while !done() {
            if Instant::now() > until {
                sending.iter().chain(&receiving).for_each(|handle| handle.stop(Stop::Abandon));
                return Err(format!("stuck after {} values", came()));
            }
            thread::yield_now();
        }
        Ok(())
    };
    match plan.end {
        End::Itself => {}
        End::Drained => {
            wait(&|| came() >= SOME)?;
            sending.iter().for_each(|handle| handle.stop(Stop::Drain));
        }
        End::Abandoned => {
            wait(&|| came() >= SOME)?;
            sending.iter().chain(&receiving).for_each(|handle| handle.stop(Stop::Abandon));
        }
        // What it had pushed comes, and the others go on.
        End::SenderPanicked => {
            wait(&|| sending[0].is_finished())?;
            sending.iter().for_each(|handle| handle.stop(Stop::Drain));
        }
        End::ReceiverPanicked => {
            wait(&|| receiving[0].is_finished())?;
            sending.iter().for_each(|handle| handle.stop(Stop::Drain));
        }
    }
    wait(&|| sending.iter().chain(&receiving).all(Handle::is_finished))?;

    // Nobody is left to receive where the only one panics, nor where all are given up at once.
    let closed = plan.end == End::Abandoned || (plan.end == End::ReceiverPanicked && receiving.len() == 1);
    for (at, handle) in sending.into_iter().enumerate() {
        match (handle.join(), plan.end == End::SenderPanicked && at == 0) {
            (Ok(_), false) | (Err(RunError::Panicked(_)), true) => {}
            (Ok(_), true) => return Err("the panic of the sender was not reported".to_owned()),
            (Err(error), _) if closed && error.downcast_ref() == Some(&NotPushed::Closed) => {}
            (Err(error), _) => return Err(error.to_string()),
        }
    }
    for (at, handle) in receiving.into_iter().enumerate() {
        match (handle.join(), plan.end == End::ReceiverPanicked && at == 0) {
            (Ok(_), false) | (Err(RunError::Panicked(_)), true) => {}
            (Ok(_), true) => return Err("the panic was not reported".to_owned()),
            (Err(error), _) => return Err(error.to_string()),
        }
    }
    let numbers = logs.iter().map(|log| log.in_order(count)).collect::<Result<Vec<_>, _>>()?;
    let made: Vec<_> = made.iter().map(|made| made.load(Ordering::Relaxed)).collect();
    let came = numbers.iter().map(|numbers| numbers.len() as u64).sum();
    match goes {
        Goes::ToOne => {
            let counters = of_edge.ok_or("the edge has no counters")?.counters();
            to_one(&numbers, &made, counters, promise, !closed)?;
        }
        Goes::ToAll => {
            if let Some(counters) = of_edge.map(|edge| edge.counters()) {
                adds_up(counters)?;
            }
            to_all(&numbers, made[0], &of_receivers, promise, plan.end)?;
        }
    }
    Ok(came)
}

fn context(name: &'static str, plan: Plan) -> Result<Cpu, String> {
    Cpu::builder().name(name).wait(plan.wait()).build().map_err(|error| error.to_string())
}

fn receive<R>(end: R, log: Arc<Log>, first: bool, plan: Plan) -> Result<Handle, String>
where
    R: Pop<Item = Value> + Send + 'static,
{
    let panics = first && plan.end == End::ReceiverPanicked;
    let graph = fuse! {
        recv(end).for_each(move |value: Value| {
            let count = log.take(&value);
            if plan.slow && count.is_multiple_of(64) {
                thread::sleep(Duration::from_micros(50));
            }
            assert!(!panics || count < SOME / 2, "as planned");
        })
    };
    Engine::on(context("to", plan)?).run(graph).map_err(|error| error.to_string())
}

fn send<S>(end: S, made: Arc<AtomicU64>, at: u64, of: u64, plan: Plan) -> Result<Handle, String>
where
    S: Push<Item = Value> + Send + 'static,
{
    let panics = at == 0 && plan.end == End::SenderPanicked;
    let graph = fuse! {
        from_fn(move || {
            let n = made.load(Ordering::Relaxed);
            assert!(!panics || n < SOME, "as planned");
            (plan.end != End::Itself || n < VALUES).then(|| {
                made.store(n + 1, Ordering::Relaxed);
                Value::new(at + n * of)
            })
        })
        .and(push(end))
        .for_each(drop)
    };
    Engine::on(context("from", plan)?).run(graph).map_err(|error| error.to_string())
}

fn adds_up(counters: EdgeCounters) -> Result<(), String> {
    if counters.balance() { Ok(()) } else { Err(format!("the counters do not add up: {counters:?}")) }
}

/// Each value came to one receiver, or to none and was counted.
fn to_one(
    numbers: &[Vec<u64>],
    made: &[u64],
    counters: EdgeCounters,
    promise: Promise,
    whole: bool,
) -> Result<(), String> {
    let mut all = numbers.concat();
    all.sort_unstable();
    if let Some(twice) = all.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("{} came twice", twice[0]));
    }
    adds_up(counters)?;
    let came = all.len() as u64;
    if counters.popped != came {
        return Err(format!("{came} values came, and {} count as popped", counters.popped));
    }
    let in_all = made.iter().sum::<u64>();
    if counters.pushed > in_all || (whole && (counters.pushed != in_all || counters.depth != 0)) {
        return Err(format!("{in_all} values were made: {counters:?}"));
    }
    if promise == Promise::All {
        if counters.dropped != 0 {
            return Err(format!("values were dropped: {counters:?}"));
        }
        let senders = made.len() as u64;
        let mut next: Vec<u64> = (0..senders).collect();
        for number in all {
            let next = &mut next[(number % senders) as usize];
            if number != *next {
                return Err(format!("{number} came in place of {next}"));
            }
            *next += senders;
        }
        // Without gaps, and as many as were made: all came.
        if whole && came != in_all {
            return Err(format!("{} of {in_all} values are lost", in_all - came));
        }
    }
    Ok(())
}

/// Each value came to each receiver, or was counted by it.
fn to_all(
    numbers: &[Vec<u64>],
    made: u64,
    stats: &[EdgeStats],
    promise: Promise,
    end: End,
) -> Result<(), String> {
    for (at, (numbers, stats)) in numbers.iter().zip(stats).enumerate() {
        let counters = stats.counters();
        let of = |wrong: String| format!("receiver {at}: {wrong}");
        adds_up(counters).map_err(of)?;
        let came = numbers.len() as u64;
        if counters.popped != came || counters.pushed > made {
            return Err(of(format!("{came} of {made} values came: {counters:?}")));
        }
        // What is missing in front of the last that came was missed.
        let gaps = numbers.last().map_or(0, |last| last + 1 - came);
        if counters.dropped < gaps {
            return Err(of(format!("{gaps} values are missing: {counters:?}")));
        }
        let whole = end != End::Abandoned && !(end == End::ReceiverPanicked && at == 0);
        if whole && (counters.pushed != made || counters.depth != 0) {
            return Err(of(format!("{made} values were made: {counters:?}")));
        }
        if promise == Promise::All && (counters.dropped != 0 || gaps != 0 || (whole && came != made)) {
            return Err(of(format!("{came} of {made} values came, with {gaps} gaps: {counters:?}")));
        }
    }
    Ok(())
}
