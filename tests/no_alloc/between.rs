//! Shapes with several lanes, and edges of every kind: as hops, and between graphs that push and graphs that receive.

use fusewire::context::manual::Manual;
use fusewire::control::Stop;
use fusewire::edge::{Broadcast, Edge, Mpmc, Mpsc, Pop, Push, Spmc, Spsc};
use fusewire::engine::Engine;
use fusewire::lane::Turn;
use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

use super::{End, MESSAGES, allocates_nothing, counting};

/// What counts each value, made anew for each pass of a plain graph.
fn counting_by<C>(end: &mut C) -> impl FnMut(u64) + Send + Clone + 'static + use<C>
where
    C: FnMut() + Send + Clone + 'static,
{
    let mut end = end.clone();
    move |_| end()
}

#[test]
fn broadcasts_and_shards() {
    both!("broadcast", [home], MESSAGES, |end| from_iter(0..u64::MAX).broadcast(
        move |n| just(n).map(|n| n + 1).for_each(counting_by(&mut end)),
        |n| just(n).for_each(drop)
    ));
    both!("broadcast over hops", [home, there, third], MESSAGES, |end| from_iter(0..u64::MAX).broadcast(
        move |n| just(n).then(on(there.clone()).capacity(64)).for_each(counting_by(&mut end)),
        move |n| just(n).then(on(third.clone()).capacity(8).policy(Overflow::DropNewest)).for_each(drop)
    ));
    both!("shard", [home, there, third], MESSAGES, |end| from_iter(0..u64::MAX)
        .shard(|n| *n, [there.clone(), third.clone()], |_| |n| just(n).map(|n| n + 1))
        .for_each(move |_| end()));
    both!("shard_unordered", [home, there, third], MESSAGES, |end| from_iter(0..u64::MAX)
        .shard_unordered(|n| *n, [there.clone(), third.clone()], |_| |n| just(n).map(|n| n + 1))
        .for_each(move |_| end()));
}

#[test]
fn what_is_fed_back() {
    macro_rules! plain {
        ($($graph:tt)+) => { $($graph)+ };
    }
    // Each message goes round four times, over a hop.
    macro_rules! round {
        ($form:ident, $name:literal) => {{
            let (home, there, end) = (Manual::named("home"), Manual::named("there"), End::default());
            let (back, again) = feedback::<(u64, u32)>(1_024).expect("an edge");
            let (mut count, to) = (end.count(), there.clone());
            let graph = $form! {
                merge_by_priority(fed_back(again), from_iter((0..u64::MAX).map(|n| (n, 0))))
                    .then(on(to).capacity(64))
                    .map(|(n, rounds)| (n, rounds + 1))
                    .try_map(back.unless(|(_, rounds)| *rounds == 4))
                    .filter_map(|done| done)
                    .for_each(move |_| count())
            };
            allocates_nothing($name, &[home, there], graph, &end, MESSAGES);
        }};
    }
    round!(fuse, "feedback, fused");
    round!(plain, "feedback, plain");
}

/// Each kind with each policy as a hop, of which the upstream side takes three turns for each of the downstream side: it is full.
#[test]
fn hops_over_every_kind() {
    fn over<E>(name: &str, edge: E)
    where
        E: Edge<u64, Sender: 'static, Receiver: 'static> + Send + 'static,
    {
        let (home, there, end) = (Manual::named("home"), Manual::named("there"), End::default());
        let (mut count, to) = (end.count(), there.clone());
        let graph = fuse! { from_iter(0..u64::MAX).then(on(to).edge(edge)).for_each(move |_| count()) };
        allocates_nothing(name, &[home.clone(), home.clone(), home, there], graph, &end, MESSAGES);
    }
    let small = Spsc::new().capacity(16);
    over("spsc, drop-oldest", small.policy(DropOldest));
    over("spsc, spill, within and beyond its capacity", small.policy(Spill(64)));
    over("spsc, conflate", small.policy(Conflate(|n: &u64| n % 8)));
    over("spsc, conflate, more keys than room", small.policy(Conflate(|n: &u64| n % 64)));
    let (mpsc, spmc, mpmc) = (Mpsc::new().capacity(16), Spmc::new().capacity(16), Mpmc::new().capacity(16));
    over("mpsc, block", mpsc);
    over("mpsc, drop-newest", mpsc.policy(DropNewest));
    over("mpsc, drop-oldest", mpsc.policy(DropOldest));
    over("spmc, block", spmc);
    over("spmc, drop-newest", spmc.policy(DropNewest));
    over("spmc, drop-oldest", spmc.policy(DropOldest));
    over("mpmc, block", mpmc);
    over("mpmc, drop-newest", mpmc.policy(DropNewest));
    over("mpmc, drop-oldest", mpmc.policy(DropOldest));
    let broadcast = Broadcast::new().capacity(16);
    over("broadcast, block", broadcast);
    over("broadcast, drop-newest", broadcast.policy(DropNewest));
    over("broadcast, lossy", broadcast.lossy());
}

/// `push` and `recv`, of several ends where there may be some.
#[test]
fn graphs_that_push_and_graphs_that_receive() {
    fn between<S, R>(name: &str, senders: Vec<S>, receivers: Vec<R>)
    where
        S: Push<Item = u64> + Send + 'static,
        R: Pop<Item = u64> + Send + 'static,
    {
        let end = End::default();
        let (mut contexts, mut handles) = (Vec::new(), Vec::new());
        for sender in senders {
            let context = Manual::named("from");
            let graph = fuse! { from_iter(0..u64::MAX).and(push(sender)).for_each(drop) };
            handles.push(Engine::on(context.clone()).run(graph).expect("the graph is launched"));
            contexts.push(context);
        }
        for receiver in receivers {
            let (context, mut count) = (Manual::named("to"), end.count());
            let graph = fuse! { recv(receiver).for_each(move |_| count()) };
            handles.push(Engine::on(context.clone()).run(graph).expect("the graph is launched"));
            contexts.push(context);
        }
        let (mut counted, mut idle) = (0, 0);
        while end.seen() < MESSAGES {
            let before = counting::here();
            let busy = contexts.iter().fold(false, |busy, context| (context.turn() != Turn::Idle) | busy);
            let allocations = counting::here() - before;
            idle = if busy { 0 } else { idle + 1 };
            assert!(idle < 1_000_000, "{name}: stuck at {}", end.seen());
            if end.seen() > MESSAGES / 10 {
                counted += 1;
                assert_eq!(allocations, 0, "{name}: a turn allocated, at message {}", end.seen());
            }
        }
        assert!(counted > 3, "{name}: only {counted} turns between the first messages and the last");
        for handle in handles {
            handle.stop(Stop::Abandon);
            let _ = handle.join();
        }
    }
    let (sender, receiver) = Spsc::new().capacity(16).policy(Spill(16)).open().expect("an edge");
    between("spsc, spill", vec![sender], vec![receiver]);
    let by_key = Conflate(|n: &u64| n % 64);
    let (sender, receiver) = Spsc::new().capacity(16).policy(by_key).open().expect("an edge");
    between("spsc, conflate", vec![sender], vec![receiver]);
    let (sender, receiver) = Mpsc::new().capacity(16).open().expect("an edge");
    between("mpsc", vec![sender.clone(), sender], vec![receiver]);
    let (sender, receiver) = Spmc::new().capacity(16).open().expect("an edge");
    between("spmc", vec![sender], vec![receiver.clone(), receiver]);
    let (sender, receiver) = Mpmc::new().capacity(16).open().expect("an edge");
    between("mpmc", vec![sender.clone(), sender], vec![receiver.clone(), receiver]);
    let (sender, receiver) = Mpmc::new().capacity(16).policy(DropOldest).open().expect("an edge");
    between("mpmc, drop-oldest", vec![sender.clone(), sender], vec![receiver.clone(), receiver]);
    let (sender, receiver) = Broadcast::new().capacity(16).open().expect("an edge");
    let second = receiver.try_clone().expect("a gate");
    between("broadcast", vec![sender], vec![receiver, second]);
    let (sender, receiver) = Broadcast::new().capacity(16).lossy().open().expect("an edge");
    between("broadcast, lossy", vec![sender], vec![receiver.clone(), receiver]);
}
