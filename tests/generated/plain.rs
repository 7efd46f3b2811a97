//! Graphs as plain senders, each operation behind a `Task`: built at run time, of as many types as there are operations.

use fusewire::context::cpu::Cpu;
use fusewire::edge::{Conflate, DropNewest, DropOldest, Spill};
use fusewire::prelude::*;
use fusewire::sources::{Again, Back, fed_back, feedback};
use fusewire::task::Task;

use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{
    A, B, C, DEVICE, Log, Wrong, evens, fails, later, mixed, small, steady, step, third, turned,
};
use crate::random::{Arm, Chain, Loss, Merging, Op, Sharded, Source, Wrap};

type Sent = Task<u64, Wrong>;

/// The graph, with a log where something comes of it.
pub(crate) fn logged(graph: &Chain, log: Log) -> Sent {
    let Some((Op::Broadcast(arms), before)) = graph.operations.split_last() else {
        return chain(graph).map(move |x| log.see(x)).into_task();
    };
    let before = chain(&Chain { source: graph.source.clone(), operations: before.to_vec() });
    let mut logs = log.of_arms::<4>().into_iter();
    let mut arms = arms.iter().cloned().zip(&mut logs).map(|(arm, log)| {
        move |x| {
            let log = log.clone();
            operations(infallible(just(x)), &arm).map(move |x| log.see(x)).into_task()
        }
    });
    let mut arm = || arms.next().expect("as many arms as there are");
    match graph.operations.last() {
        Some(Op::Broadcast(arms)) if arms.len() == 2 => {
            before.broadcast(arm(), arm()).map(|()| 0).into_task()
        }
        Some(Op::Broadcast(arms)) if arms.len() == 3 => {
            before.broadcast3(arm(), arm(), arm()).map(|()| 0).into_task()
        }
        _ => before.broadcast4(arm(), arm(), arm(), arm()).map(|()| 0).into_task(),
    }
}

fn chain(chain: &Chain) -> Sent {
    let source = match &chain.source {
        Source::Fed(how, ranges) => return cycle(*how, ranges, &chain.operations),
        &Source::Numbers(from, to) => infallible(from_iter(from..to)),
        Source::Merged(how, ranges) => merged(*how, ranges),
        Source::Evens => infallible(evens()),
    };
    operations(source, &chain.operations)
}

/// The cycle, and what stands behind it.
fn cycle(how: Merging, ranges: &[(u64, u64)], all: &[Op]) -> Sent {
    let (back, again) = feedback::<u64>(1_024).expect("a ring of that size");
    let round = all.iter().position(|op| matches!(op, Op::Back)).expect("what is fed back is pushed back");
    let round_once = operations(fed(how, ranges, again), &all[..round]);
    operations(push(round_once, back), &all[round + 1..])
}

fn fed(how: Merging, ranges: &[(u64, u64)], again: Again<u64>) -> Sent {
    let range = |&(from, to): &(u64, u64)| from_iter(from..to);
    match (how, ranges) {
        (Merging::ByPriority, [a]) => infallible(merge_by_priority(fed_back(again), range(a))),
        (Merging::InTurns, [a]) => infallible(merge(range(a), fed_back(again))),
        (Merging::InTurns, [a, b]) => infallible(merge3(range(a), fed_back(again), range(b))),
        _ => unreachable!("one range or two are merged with what is fed back, and one by priority"),
    }
}

fn push(before: Sent, back: Back<u64>) -> Sent {
    let mut unless = back.unless(turned);
    let again = move |x| unless(x).map_err(Wrong::from);
    before.map(step).try_map(again).filter_map(|x: Option<u64>| x).into_task()
}

fn merged(how: Merging, ranges: &[(u64, u64)]) -> Sent {
    let range = |&(from, to): &(u64, u64)| from_iter(from..to);
    match (how, ranges) {
        (Merging::ByPriority, [a, b]) => infallible(merge_by_priority(range(a), range(b))),
        (Merging::InTurns, [a, b]) => infallible(merge(range(a), range(b))),
        (Merging::InTurns, [a, b, c]) => infallible(merge3(range(a), range(b), range(c))),
        (Merging::InTurns, [a, b, c, d]) => infallible(merge4(range(a), range(b), range(c), range(d))),
        _ => unreachable!("two to four sources are merged, and two by priority"),
    }
}

fn infallible(sender: impl Sender<Value = u64, Error = Never> + Send + 'static) -> Sent {
    sender.map_err(|never: Never| -> Wrong { match never {} }).into_task()
}

fn operations(source: Sent, operations: &[Op]) -> Sent {
    operations.iter().fold(source, operation)
}

fn operation(before: Sent, op: &Op) -> Sent {
    match op.clone() {
        Op::Map(factor, more) => before.map(move |x| x * factor + more).into_task(),
        Op::Filter(m, r) => before.filter(move |x: &u64| x % m != r).into_task(),
        Op::FilterMap(m) => before.filter_map(move |x| (x % m != 1).then_some(x + m)).into_task(),
        Op::TryMap(m) => before.try_map(move |x| fails(x, m)).into_task(),
        Op::Mend => infallible(before.or_else(|wrong: Wrong| just(wrong.0 + 500))),
        Op::MapErr => before.map_err(|wrong: Wrong| Wrong(wrong.0 + 1)).into_task(),
        Op::Hop(to, capacity) => {
            let to = on(context(to));
            match capacity {
                Some(slots) => before.then(to.capacity(slots)).into_task(),
                None => before.then(to).into_task(),
            }
        }
        Op::Spill(to, slots, more) => {
            before.then(on(context(to)).capacity(slots).policy(Spill(more))).into_task()
        }
        // One pass at a time is in order, and leaves room.
        Op::Shard(shards, does) | Op::Unordered(shards, does) => sharded(before, shards, does),
        Op::Lossy(to, slots, loss) => {
            let to = on(context(to)).capacity(slots);
            match loss {
                Loss::DropNewest => before.then(to.policy(DropNewest)).into_task(),
                Loss::DropOldest => before.then(to.policy(DropOldest)).into_task(),
                Loss::Conflate => before.then(to.policy(Conflate(third))).into_task(),
            }
        }
        Op::DeviceAdds(back) => {
            before.then(on(DEVICE.clone())).map(steady).then(on(context(back))).map(|x| x + 4).into_task()
        }
        Op::Back | Op::Broadcast(_) => unreachable!("the whole graph is asked for it"),
        Op::Later => before.and(later).into_task(),
        Op::LaterSome(m) => {
            before.and(move |x| just(x).filter(move |x: &u64| !x.is_multiple_of(m))).into_task()
        }
        Op::Scan => {
            let step = |sum: &mut u64, x: u64| {
                *sum = (*sum + x) % 1009;
                *sum
            };
            before.scan(1u64, step).into_task()
        }
        Op::Batch(count) => match count {
            2 => before.batch::<2>().map(|batch| batch.iter().sum::<u64>()).into_task(),
            3 => before.batch::<3>().map(|batch| batch.iter().sum::<u64>()).into_task(),
            _ => before.batch::<4>().map(|batch| batch.iter().sum::<u64>()).into_task(),
        },
        Op::Repeat(count) => before.repeat(count).into_task(),
        Op::Fork(arms) => match <[Arm; 2]>::try_from(arms) {
            Ok([p, q]) => {
                before.fork(arm(p), arm(q)).map(|(p, q): (u64, u64)| (p + 3 * q) % 10_007).into_task()
            }
            Err(arms) => {
                let [p, q, r] = <[Arm; 3]>::try_from(arms).expect("a fork has two arms or three");
                before
                    .fork3(arm(p), arm(q), arm(r))
                    .map(|(p, q, r): (u64, u64, u64)| (p + 3 * q + 7 * r) % 10_007)
                    .into_task()
            }
        },
        Op::Route(m, [p, q]) => before.route(move |x: &u64| x.is_multiple_of(m), arm(p), arm(q)).into_task(),
        Op::Join(side) => {
            before.join(chain(&side)).map(|(p, q): (u64, u64)| (p + 5 * q) % 10_007).into_task()
        }
        Op::Skip(count) => before.filter(skip(count)).into_task(),
        Op::Changes(m) => before.map(move |x| x / m).filter(changes()).into_task(),
        Op::Window => before.filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1]).into_task(),
        Op::Throttle(period) => before.filter(throttle_by(period, |x: &u64| *x)).into_task(),
        Op::Device(back) => before
            .then(on(DEVICE.clone()))
            .map(mixed)
            .map(small)
            .then(on(context(back)))
            .map(|x| x + 1)
            .into_task(),
        Op::Wrap(wrap) => wrapped(before, wrap),
    }
}

fn sharded(before: Sent, shards: u64, does: Sharded) -> Sent {
    let make = move |shard: usize| {
        let mut seen = shard as u64;
        move |x: u64| match does {
            Sharded::Counts => {
                seen += 1;
                infallible(just((x + seen) % 10_007))
            }
            Sharded::Adds(more) => infallible(just(x).map(move |x: u64| x + more)),
            Sharded::Filters(m) => infallible(just(x).filter(move |x: &u64| x % m != 1)),
            Sharded::Fails(m) => just(x).try_map(move |x| fails(x, m)).into_task(),
        }
    };
    let key = move |x: &u64| x % shards;
    match shards {
        2 => before.shard(key, [0, 1].map(context), make).into_task(),
        _ => before.shard(key, [0, 1, 2].map(context), make).into_task(),
    }
}

fn wrapped(before: Sent, wrap: Wrap) -> Sent {
    match wrap {
        Wrap::Take(count) => before.take(count).into_task(),
        Wrap::TakeWhile(below) => before.take_while(move |x: &u64| *x < below).into_task(),
        Wrap::IntoResult => infallible(
            before.into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7)),
        ),
        Wrap::UponError => infallible(before.upon_error(|wrong: Wrong| wrong.0 + 900)),
        Wrap::Materialize(to) => before.materialize().then(on(context(to))).dematerialize().into_task(),
        Wrap::OrStopped => before.or_stopped(|_| infallible(just(7))).into_task(),
        Wrap::UponStopped => before.upon_stopped(|_| 7).into_task(),
        Wrap::StoppedAsNone => before.stopped_as_none().map(|x: Option<u64>| x.unwrap_or(99)).into_task(),
        Wrap::Finally => before.finally(|| just(())).into_task(),
        Wrap::Sequence => before.sequence(from_iter(10..999u64)).into_task(),
        Wrap::Retry => before.retry(1).into_task(),
    }
}

fn context(number: usize) -> Cpu {
    Cpu::clone([&*A, &*B, &*C][number])
}

fn arm(arm: Arm) -> impl FnMut(u64) -> Sent + Send + 'static {
    move |x| match &arm {
        Arm::Later => infallible(later(x)),
        Arm::Chain(arm) => operations(infallible(just(x)), arm),
    }
}
