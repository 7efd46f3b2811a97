//! Every sender can be awaited: whoever adds one to the table adds it here, or it is found missing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fusewire::adaptors::{Backoff, Either};
use fusewire::consumers::spawn_future_on;
use fusewire::context::manual::Manual;
use fusewire::net::{TcpStream, UdpSocket};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::stop::StopSource;
use fusewire::sync::{
    AutoEvent, Barrier, Event, Latch, Mutex, RwLock, Semaphore, carry, channel, from_channel, mpsc, oneshot,
};

/// What compiles with a sender alone that is awaitable.
fn awaited<S: Sender + IntoFuture>(_: S) {}

/// The senders by the names of their rows; each is made and dropped.
macro_rules! senders {
    ($($name:literal: $sender:expr;)*) => {
        /// The names in the list below.
        const NAMES: &[&str] = &[$($name),*];

        #[allow(clippy::too_many_lines, reason = "one line for each sender")]
        #[test]
        fn is_awaitable() {
            $(awaited($sender);)*
        }
    };
}

fn number() -> impl Fn() -> Option<u32> + Send + Clone {
    || Some(1)
}

const HOUR: Duration = Duration::from_secs(3600);

senders! {
    "just": just(1);
    "just_error": just_error::<u32, _>("no");
    "just_stopped": just_stopped::<u32>();
    "read_env": read_env(|_| 1);
    "post": fusewire::sources::post(&Manual::new());
    "dispatch": fusewire::sources::dispatch(&Manual::new());
    "after": after(HOUR);
    "at": fusewire::sources::at(Instant::now());
    "every": every(HOUR);
    "fed_back": fusewire::sources::fed_back(fusewire::sources::feedback::<u32>(4).unwrap().1);
    "from_fn": from_fn(number());
    "defer": defer(|| just(1));
    "poll_fn": poll_fn(|| fusewire::source::Taken::<u32, Never>::Empty);
    "never": never::<u32>();
    "from_iter": from_iter([1, 2]);
    "from_future": from_future(async { 1 });
    "Either": Either::<_, fusewire::sources::Just<u32>>::First(just(1));
    "map": just(1).map(|n| n + 1);
    "try_map": just(1).try_map(|n: u32| u8::try_from(n));
    "upon_error": just_error::<u32, _>("no").upon_error(|_| 1);
    "upon_stopped": just(1).upon_stopped(|_| 2);
    "and": just(1).and(just);
    "or_else": just_error::<u32, _>("no").or_else(|_| just(1));
    "or_stopped": just(1).or_stopped(|_| just(2));
    "map_err": just_error::<u32, _>("no").map_err(str::len);
    "filter": just(1).filter(|n| *n > 0);
    "filter_map": just(1).filter_map(Some);
    "scan": just(1).scan(0, |sum, n| *sum + n);
    "inspect_value": just(1).inspect_value(|_| ());
    "inspect_error": just_error::<u32, _>("no").inspect_error(|_| ());
    "then": just(1).then(on(Manual::new()));
    "bulk": just(1).bulk(4, |_, _| ());
    "when_all": when_all(just(1), just(2));
    "when_all3": when_all3(just(1), just(2), just(3));
    "when_all4": when_all4(just(1), just(2), just(3), just(4));
    "join": join(just(1), just(2));
    "fork": just(1).fork(just, just);
    "fork3": just(1).fork3(just, just, just);
    "fork4": just(1).fork4(just, just, just, just);
    "broadcast": just(1).broadcast(|_| just(()), |_| just(()));
    "broadcast3": just(1).broadcast3(|_| just(()), |_| just(()), |_| just(()));
    "broadcast4": just(1).broadcast4(|_| just(()), |_| just(()), |_| just(()), |_| just(()));
    "shard": just(1_u32).shard(|n| *n, [Manual::new(), Manual::new()], |_| just);
    "route": just(1).route(|n| *n > 0, just, just);
    "stopped_as_none": just(1).stopped_as_none();
    "stopped_as_error": just(1).stopped_as_error(|_| "stopped");
    "into_result": just(1).into_result();
    "with_env": just(1).with_env(|env| env);
    "unstoppable": just(1).unstoppable();
    "stop_when": just(1).stop_when(never::<()>());
    "with_stop": just(1).with_stop(StopSource::new().token());
    "unless_stop_requested": just(1).unless_stop_requested();
    "spawn_future": spawn_future_on(&Manual::new(), &Scope::new(), just(1)).unwrap();
    "finally": just(1).finally(|| just(()));
    "sequence": just(()).sequence(just(1));
    "when_any": when_any(just(1), just(2));
    "timeout": just(1).timeout(HOUR);
    "deadline": just(1).deadline(Instant::now());
    "repeat": just(1).repeat(2);
    "repeat_until": just(1).repeat_until(|_| true);
    "retry": just_error::<u32, _>("no").retry(2);
    "retry_when": just_error::<u32, _>("no").retry_when(Backoff::new(HOUR));
    "materialize": just(1).materialize();
    "dematerialize": just(1).materialize().dematerialize();
    "for_each": just(1).for_each(|_| ());
    "batch": just(1).batch::<4>();
    "merge": merge(just(1), just(2));
    "merge_each": from_iter([1, 2]).merge_each(2, just);
    "take": from_iter([1, 2]).take(1);
    "take_while": from_iter([1, 2]).take_while(|n| *n < 2);
    "debounce": from_iter([1, 2]).debounce(HOUR);
    "Task": just(1).into_task();
    "close": Scope::new().join();
    "Mutex": Arc::new(Mutex::new(1)).lock_arc();
    "RwLock": Arc::new(RwLock::new(1)).read_arc();
    "RwLock": Arc::new(RwLock::new(1)).write_arc();
    "Semaphore": Arc::new(Semaphore::new(1)).acquire_arc(1);
    "Event": Arc::new(Event::new()).wait_arc();
    "AutoEvent": Arc::new(AutoEvent::new()).wait_arc();
    "Latch": Arc::new(Latch::new(1)).wait_arc();
    "Barrier": Arc::new(Barrier::new(1)).wait_arc();
    "oneshot": oneshot::<u32>().1.recv();
    "channel": channel::<u32>(1).1.recv();
    "channel": channel(1).0.send(1);
    "mpsc": mpsc::<u32>(1).1.recv();
    "from_channel": from_channel(channel::<u32>(1).1);
    "carry": carry(1, just(()));
    "fuse": fuse! { just(1).map(|n| n + 1) };
}

/// Sockets need a context with a thread to be made: their types are enough.
#[test]
fn sockets_are_awaitable() {
    fn type_is_awaitable<K, S: Sender + IntoFuture>(_: impl FnOnce(K) -> S) {}
    type_is_awaitable(|socket: UdpSocket| fusewire::net::read(socket));
    type_is_awaitable(|stream: TcpStream| fusewire::net::send(stream.writer())(vec![0_u8]));
}

/// What stands in a row for a sender and is none, or is one that cannot be `'static`; and why.
const OTHERS: &[(&str, &str)] = &[
    ("run", "gives a handle, which is awaitable itself"),
    ("feedback", "makes the two ends of an edge"),
    ("source", "the sender is of the user's own type, `FromSource`"),
    ("share", "borrows"),
    ("split", "borrows"),
    ("recv", "needs an edge; in the list of the code"),
    ("at_most", "an option"),
    ("bulk_each", "another shape of `Bulk`"),
    ("bulk_chunked", "another shape of `Bulk`"),
    ("bulk_each_chunked", "another shape of `Bulk`"),
    ("bulk_unchunked", "another shape of `Bulk`"),
    ("shard_unordered", "the same sender as `shard`"),
    ("spread", "says which shard a key is in"),
    ("merge3", "two of `Merge`"),
    ("merge4", "three of `Merge`"),
    ("merge_by_priority", "another order of `Merge`"),
    ("into_task", "makes a `Task`"),
    ("window", "a function for a stage"),
    ("throttle", "a function for a stage"),
    ("throttle_by", "a function for a stage"),
    ("skip", "a function for a stage"),
    ("changes", "a function for a stage"),
    ("read", "a socket, above"),
    ("send", "a socket, above"),
    ("accept", "a socket"),
    ("from_stream", "in `streams`"),
    ("into_stream", "makes a stream"),
    ("into_sink", "a function for a stage"),
    ("read_frames", "makes a stream"),
    ("write_frames", "a function for a stage"),
    ("try_future", "as `from_future`"),
];

#[test]
fn every_sender_of_the_table_is_here() {
    let table = include_str!("../../docs/std-execution.md");
    let mut missing = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let row = row.replace("\\|", "");
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        if cells.len() < 6 || !["source", "stage", "wraps", "arm", "whole"].contains(&cells[4]) {
            continue;
        }
        let names = cells[2].split('`').skip(1).step_by(2);
        let senders = names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        let known = |name: &&str| NAMES.contains(name) || OTHERS.iter().any(|(other, _)| other == name);
        missing.extend(senders.filter(|name| !known(name)).map(str::to_owned));
    }
    assert!(missing.is_empty(), "neither awaited here nor excused: {missing:?}");
}
