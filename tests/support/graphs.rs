//! Graphs on contexts whose turns are taken by hand, for checks of what a turn must not do: shapes with several lanes, hops over every
//! kind of edge with every policy, and graphs that push and graphs that receive.
//!
//! They run on contexts, and not as lanes alone, because what waits inside of one, a `push` or a chain that is merged, is a task of its context.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::context::manual::Manual;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::control::Stop;
use fusewire::edge::{Broadcast, Edge, Mpmc, Mpsc, Pop, Push, Spmc, Spsc};
use fusewire::engine::{Engine, Handle};
use fusewire::lane::Turn;
use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

/// Counts the messages that reach the end of a graph.
#[derive(Clone, Default)]
pub(crate) struct End(Arc<AtomicU64>);

impl End {
    pub(crate) fn count(&self) -> impl FnMut() + Send + Clone + 'static {
        let count = self.0.clone();
        // ORDERING: relaxed, one thread.
        move || {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn seen(&self) -> u64 {
        // ORDERING: relaxed, one thread.
        self.0.load(Ordering::Relaxed)
    }
}

/// Graphs that run on contexts that somebody else turns.
pub(crate) struct Running {
    name: String,
    // In the order of their turns; one may have several.
    contexts: Vec<Manual>,
    handles: Vec<Handle>,
    end: End,
}

impl Running {
    /// Launches `graph` on the first of `contexts`.
    pub(crate) fn launch(name: &str, contexts: &[Manual], graph: impl Graph, end: &End) -> Self {
        let mut all = Self::none(name, end);
        all.add(contexts, graph);
        all
    }

    fn none(name: &str, end: &End) -> Self {
        Self { name: name.to_owned(), contexts: Vec::new(), handles: Vec::new(), end: end.clone() }
    }

    fn add(&mut self, contexts: &[Manual], graph: impl Graph) {
        self.handles.push(Engine::on(contexts[0].clone()).run(graph).expect("the graph is launched"));
        self.contexts.extend_from_slice(contexts);
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Messages that have come to the end.
    pub(crate) fn seen(&self) -> u64 {
        self.end.seen()
    }

    /// One turn of each context. Whether anything moved on.
    pub(crate) fn round(&self) -> bool {
        self.contexts.iter().fold(false, |busy, context| (context.turn() != Turn::Idle) | busy)
    }

    /// Whether one of the graphs has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.handles.iter().any(Handle::is_finished)
    }

    /// Gives the graphs up where they are.
    pub(crate) fn abandon(self) {
        for handle in self.handles {
            handle.stop(Stop::Abandon);
            // How it ended has no meaning here: it was given up.
            let _ = handle.join();
        }
    }
}

/// Checks one graph twice: fused, and as the plain chain.
macro_rules! fused_and_plain {
    ($check:expr, $name:literal, [$($context:ident),*], |$end:ident| $($graph:tt)+) => {{
        let check = $check;
        $(let $context = Manual::named(stringify!($context));)*
        let end = $crate::graphs::End::default();
        let (mut $end, contexts) = (end.count(), [$($context.clone()),*]);
        let graph = fuse! { $($graph)+ };
        check($crate::graphs::Running::launch(concat!($name, ", fused"), &contexts, graph, &end));
        $(let $context = Manual::named(stringify!($context));)*
        let end = $crate::graphs::End::default();
        let (mut $end, contexts) = (end.count(), [$($context.clone()),*]);
        let graph = $($graph)+;
        check($crate::graphs::Running::launch(concat!($name, ", plain"), &contexts, graph, &end));
    }};
}
pub(crate) use fused_and_plain as both;

/// What counts each value, made anew for each pass of a plain graph.
fn counting_by<C>(end: &mut C) -> impl FnMut(u64) + Send + Clone + 'static + use<C>
where
    C: FnMut() + Send + Clone + 'static,
{
    let mut end = end.clone();
    move |_| end()
}

/// One to many, with and without hops in the arms.
pub(crate) fn broadcasts(check: impl Fn(Running)) {
    both!(&check, "broadcast", [home], |end| from_iter(0..u64::MAX).broadcast(
        move |n| just(n).map(|n| n + 1).for_each(counting_by(&mut end)),
        |n| just(n).for_each(drop)
    ));
    both!(&check, "broadcast over hops", [home, there, third], |end| from_iter(0..u64::MAX).broadcast(
        move |n| just(n).then(on(there.clone()).capacity(64)).for_each(counting_by(&mut end)),
        move |n| just(n).then(on(third.clone()).capacity(8).policy(DropNewest)).for_each(drop)
    ));
}

/// One of many, in order and as they come.
pub(crate) fn shards(check: impl Fn(Running)) {
    both!(&check, "shard", [home, there, third], |end| from_iter(0..u64::MAX)
        .shard(|n| *n, [there.clone(), third.clone()], |_| |n| just(n).map(|n| n + 1))
        .for_each(move |_| end()));
    both!(&check, "shard_unordered", [home, there, third], |end| from_iter(0..u64::MAX)
        .shard_unordered(|n| *n, [there.clone(), third.clone()], |_| |n| just(n).map(|n| n + 1))
        .for_each(move |_| end()));
}

/// Numbers from a context of their own.
#[derive(Debug)]
struct Living {
    home: ContextRef,
    next: u64,
}

impl Living {
    fn on(home: &Manual) -> Self {
        Self { home: home.context().clone(), next: 0 }
    }
}

impl Source for Living {
    type Value = u64;
    type Error = Never;

    fn home(&self) -> Option<ContextRef> {
        Some(self.home.clone())
    }

    fn take(&mut self) -> Taken<u64, Never> {
        self.next += 1;
        Taken::Value(self.next)
    }
}

/// Many to one: sources on one context and on several, and a chain, whose hop is a task.
pub(crate) fn merges(check: impl Fn(Running)) {
    both!(&check, "merge", [home], |end| merge(from_iter(0..u64::MAX), from_iter(0..u64::MAX))
        .for_each(move |_| end()));
    both!(&check, "merge by priority", [home], |end| merge_by_priority(
        from_iter(0..u64::MAX),
        from_iter(0..u64::MAX)
    )
    .for_each(move |_| end()));
    both!(&check, "merge of sources on two contexts", [home, there], |end| merge(
        source(Living::on(&home)),
        source(Living::on(&there))
    )
    .for_each(move |_| end()));
    both!(&check, "merge of a chain that hops", [home, there], |end| merge(
        from_iter(0..u64::MAX).map(|n| n + 1).then(on(there.clone())),
        from_iter(0..u64::MAX)
    )
    .for_each(move |_| end()));
}

/// Round again: each message goes round four times, over a hop.
pub(crate) fn cycles(check: impl Fn(Running)) {
    macro_rules! plain {
        ($($graph:tt)+) => { $($graph)+ };
    }
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
            check(Running::launch($name, &[home, there], graph, &end));
        }};
    }
    round!(fuse, "feedback, fused");
    round!(plain, "feedback, plain");
}

/// A ring of shared memory between two ends in this process.
#[cfg(target_os = "linux")]
fn shared_memory(capacity: usize) -> fusewire::edge::shm::Shm {
    let file = fusewire::edge::shm::shm("").capacity(capacity).sealed::<u64>().expect("memory for a ring");
    fusewire::edge::shm::shm_fd(file)
}

/// Each kind with each policy as a hop. The upstream side takes three turns for each of the downstream side, so that the edge is full,
/// but for an edge that fails then.
pub(crate) fn hops(check: impl Fn(Running)) {
    fn hop<E>(check: &impl Fn(Running), name: &str, edge: E, ahead: usize)
    where
        E: Edge<u64, Sender: 'static, Receiver: 'static> + Send + 'static,
    {
        let (home, there, end) = (Manual::named("home"), Manual::named("there"), End::default());
        let (mut count, to) = (end.count(), there.clone());
        let graph = fuse! { from_iter(0..u64::MAX).then(on(to).edge(edge)).for_each(move |_| count()) };
        let mut contexts = vec![home; ahead];
        contexts.push(there);
        check(Running::launch(name, &contexts, graph, &end));
    }
    macro_rules! over {
        ($name:literal, $edge:expr) => {
            hop(&check, concat!("hop, ", $name), $edge, 3)
        };
    }
    let small = Spsc::new().capacity(16);
    over!("spsc, block", small);
    over!("spsc, drop-newest", small.policy(DropNewest));
    over!("spsc, drop-oldest", small.policy(DropOldest));
    hop(&check, "hop, spsc, fail, with room", Spsc::new().capacity(1_024).policy(Fail), 1);
    over!("spsc, spill, within and beyond its capacity", small.policy(Spill(64)));
    over!("spsc, conflate", small.policy(Conflate(|n: &u64| n % 8)));
    over!("spsc, conflate, more keys than room", small.policy(Conflate(|n: &u64| n % 64)));
    let (mpsc, spmc, mpmc) = (Mpsc::new().capacity(16), Spmc::new().capacity(16), Mpmc::new().capacity(16));
    over!("mpsc, block", mpsc);
    over!("mpsc, drop-newest", mpsc.policy(DropNewest));
    over!("mpsc, drop-oldest", mpsc.policy(DropOldest));
    over!("spmc, block", spmc);
    over!("spmc, drop-newest", spmc.policy(DropNewest));
    over!("spmc, drop-oldest", spmc.policy(DropOldest));
    over!("mpmc, block", mpmc);
    over!("mpmc, drop-newest", mpmc.policy(DropNewest));
    over!("mpmc, drop-oldest", mpmc.policy(DropOldest));
    let broadcast = Broadcast::new().capacity(16);
    over!("broadcast, block", broadcast);
    over!("broadcast, drop-newest", broadcast.policy(DropNewest));
    over!("broadcast, lossy", broadcast.lossy());
    #[cfg(target_os = "linux")]
    {
        over!("shm, block", shared_memory(16));
        over!("shm, drop-newest", shared_memory(16).policy(DropNewest));
        hop(&check, "hop, shm, fail, with room", shared_memory(1_024).policy(Fail), 1);
    }
}

/// `push` and `recv`, over several ends where there may be some.
pub(crate) fn pushes_and_receives(check: impl Fn(Running)) {
    fn between<S, R>(check: &impl Fn(Running), name: &str, senders: Vec<S>, receivers: Vec<R>)
    where
        S: Push<Item = u64> + Send + 'static,
        R: Pop<Item = u64> + Send + 'static,
    {
        let end = End::default();
        let mut all = Running::none(name, &end);
        for sender in senders {
            let graph = fuse! { from_iter(0..u64::MAX).and(push(sender)).for_each(drop) };
            all.add(&[Manual::named("from")], graph);
        }
        for receiver in receivers {
            let mut count = end.count();
            all.add(&[Manual::named("to")], fuse! { recv(receiver).for_each(move |_| count()) });
        }
        check(all);
    }
    macro_rules! over {
        ($name:literal, $edge:expr, |$sender:ident, $receiver:ident| $senders:expr, $receivers:expr) => {{
            let ($sender, $receiver) = $edge.open().expect("an edge");
            between(&check, concat!("push and recv, ", $name), $senders, $receivers)
        }};
    }
    let small = Spsc::new().capacity(16);
    over!("spsc, block", small, |s, r| vec![s], vec![r]);
    over!("spsc, drop-newest", small.policy(DropNewest), |s, r| vec![s], vec![r]);
    over!("spsc, drop-oldest", small.policy(DropOldest), |s, r| vec![s], vec![r]);
    let roomy = Spsc::new().capacity(1_024);
    over!("spsc, fail, with room", roomy.policy(Fail), |s, r| vec![s], vec![r]);
    over!("spsc, spill", small.policy(Spill(16)), |s, r| vec![s], vec![r]);
    over!("spsc, spill, with room", roomy.policy(Spill(16)), |s, r| vec![s], vec![r]);
    over!("spsc, conflate", small.policy(Conflate(|n: &u64| n % 64)), |s, r| vec![s], vec![r]);
    let (mpsc, spmc, mpmc) = (Mpsc::new().capacity(16), Spmc::new().capacity(16), Mpmc::new().capacity(16));
    over!("mpsc, block", mpsc, |s, r| vec![s.clone(), s], vec![r]);
    over!("spmc, block", spmc, |s, r| vec![s], vec![r.clone(), r]);
    over!("mpmc, block", mpmc, |s, r| vec![s.clone(), s], vec![r.clone(), r]);
    over!("mpmc, drop-oldest", mpmc.policy(DropOldest), |s, r| vec![s.clone(), s], vec![r.clone(), r]);
    let broadcast = Broadcast::new().capacity(16);
    over!("broadcast, block", broadcast, |s, r| vec![s], vec![r.try_clone().expect("a gate"), r]);
    over!("broadcast, lossy", broadcast.lossy(), |s, r| vec![s], vec![r.clone(), r]);
    #[cfg(target_os = "linux")]
    {
        let ring = shared_memory(16);
        let (sender, receiver) =
            (ring.sender::<u64>().expect("an end"), ring.receiver::<u64>().expect("an end"));
        between(&check, "push and recv, shm, block", vec![sender], vec![receiver]);
    }
}
