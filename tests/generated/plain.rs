//! Graphs as plain senders, each operation behind a `Task`: built at run time, of as many types as there are operations.

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;
use fusewire::task::Task;

use crate::harness::{A, B, C, Wrong, evens, fails, later};
use crate::random::{Arm, Chain, Op, Source};

type Sent = Task<u64, Wrong>;

pub(crate) fn chain(chain: &Chain) -> Sent {
    let source = match chain.source {
        Source::Numbers(from, to) => infallible(from_iter(from..to)),
        Source::Evens => infallible(evens()),
    };
    operations(source, &chain.operations)
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
            let to = on(Cpu::clone([&*A, &*B, &*C][to]));
            match capacity {
                Some(slots) => before.then(to.capacity(slots)).into_task(),
                None => before.then(to).into_task(),
            }
        }
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
    }
}

fn arm(arm: Arm) -> impl FnMut(u64) -> Sent + Send + 'static {
    move |x| match &arm {
        Arm::Later => infallible(later(x)),
        Arm::Chain(arm) => operations(infallible(just(x)), arm),
    }
}
