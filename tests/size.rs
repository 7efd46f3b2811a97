//! What a fused graph takes in memory: no more than the enum of the same states, written by hand.
//!
//! Each comparison is a `const` assertion in a function that is instantiated with the types of the
//! graph, which have no names: a machine that grows does not compile. By hand, a state holds the
//! value that is alive there, or the operation that the pass waits for, whose receiver is the
//! address of the machine; the machine is its states behind what the stages own.

#[path = "../benches/shapes"]
#[allow(dead_code, unreachable_pub, reason = "shared with the benches")]
mod shapes {
    pub mod bare;
    pub mod chain;
    pub mod fork_join;
    pub mod hop;
    pub mod pipeline;
    pub mod sink;
}

use std::fmt;
use std::marker::PhantomPinned;
use std::ops::Range;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use fusewire::adaptors::Then;
use fusewire::context::manual::Manual;
use fusewire::edge::Spsc;
use fusewire::graph::{Alone, Fused};
use fusewire::on::On;
use fusewire::prelude::*;
use fusewire::receiver::Receiver;
use fusewire::source::Taken;
use fusewire::sources::{FromIter, Just};
use fusewire::stop::StopToken;
use fusewire::work::TaskNode;

use shapes::bare::Bare;
use shapes::hop::Message;
use shapes::pipeline::parts;
use shapes::sink::Sum;

/// Completes nothing; as large as a receiver that knows its machine's type.
struct Back {
    _machine: NonNull<()>,
    _pinned: PhantomPinned,
}

// SAFETY: it is never used.
unsafe impl Send for Back {}

impl<V, E> Receiver<V, E> for Back {
    unsafe fn complete(self: Pin<&mut Self>, _: Completion<V, E>) {
        unreachable!("no operation of this test is started")
    }
}

/// The operation that a pass waits for, in a machine by hand.
type Op<S> = <S as Sender>::Operation<Back>;

/// One state besides the one in which no pass is under way.
enum One<A> {
    _Idle,
    _A(A),
}

enum Two<A, B> {
    _Idle,
    _A(A),
    _B(B),
}

enum Three<A, B, C> {
    _Idle,
    _A(A),
    _B(B),
    _C(C),
}

enum Five<A, B, C, D, E> {
    _Idle,
    _A(A),
    _B(B),
    _C(C),
    _D(D),
    _E(E),
}

/// The pass waits for its source, and nothing is alive.
struct Arrival;

/// The states of `graph` are no larger than `Hand`, and the graph says so.
fn states_fit<Hand, P, M, H, B, L, D, V, E>(graph: &Fused<P, M, H, B, L, D, V, E>) {
    const { assert!(size_of::<M>() <= size_of::<Hand>(), "the states are larger than the enum written by hand") }
    assert_eq!(graph.state_bytes(), size_of::<M>());
}

macro_rules! states_fit {
    ($graph:expr, $hand:ty) => {
        states_fit::<$hand, _, _, _, _, _, _, _, _>(&$graph)
    };
}

/// A graph that never waits has no state: its machine is its source, its stages and its receiver.
fn no_states<S, P, W, X, V, E>(graph: &Alone<S, P, W, X, V, E>)
where
    Alone<S, P, W, X, V, E>: Sender<Value = V, Error = E>,
{
    const {
        assert!(
            size_of::<<Alone<S, P, W, X, V, E> as Sender>::Operation<Back>>() <= size_of::<(S, P, Back)>(),
            "the machine holds more than its source, its stages and its receiver"
        );
    }
    assert_eq!(graph.state_bytes(), 0);
}

/// The machine of `graph`, stages and receiver included, is no larger than `Hand`.
fn machine_fits<Hand, G: Sender>(_: G) {
    const {
        assert!(
            size_of::<G::Operation<Back>>() <= size_of::<Hand>(),
            "the machine is larger than the one by hand"
        );
    }
}

/// Both machines are equally large.
fn same_size<A: Sender, B: Sender>(_: A, _: B) {
    const { assert!(size_of::<A::Operation<Back>>() == size_of::<B::Operation<Back>>(), "a stage took memory") }
}

/// A machine that posts itself: what a hop needs is one task, wherever the pass is.
struct Posting<Parts, States> {
    _task: TaskNode,
    _parts: Parts,
    _states: States,
    _receiver: Back,
}

fn double(x: u64) -> u64 {
    x * 2
}

fn keep(x: &u64) -> bool {
    *x > 0
}

fn some(x: u64) -> Option<u64> {
    Some(x)
}

fn fine(x: u64) -> Result<u64, Bad> {
    if x == 7 { Err(Bad) } else { Ok(x) }
}

fn look(_: &u64) {}

#[derive(Debug, Clone, Copy)]
struct Bad;

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bad")
    }
}

#[test]
fn eight_empty_stages_add_no_byte() {
    same_size(
        fuse! { just(1_u64) },
        fuse! { just(1_u64).map(double).map(double).map(double).map(double).map(double).map(double).map(double).map(double) },
    );
    same_size(
        fuse! { just(1_u64) },
        fuse! {
            just(1_u64).map(double).filter(keep).inspect_value(look).filter_map(some).try_map(fine)
                .map_err(|bad: Bad| bad).map(|x| x + 1).map(double)
        },
    );
    // A hop, and the same hop between empty stages.
    let (a, b) = (Manual::new(), Manual::new());
    same_size(
        fuse! { just(1_u64).then(on(a)).map(double) },
        fuse! {
            just(1_u64).map(double).map(double).filter(keep).map(double).then(on(b)).map(double).map(double)
                .filter_map(some).map(double)
        },
    );
}

#[test]
fn the_shapes_of_the_benches_fit() {
    struct Chain {
        _words: FromIter<Range<u64>>,
        _sum: Sum,
        _receiver: Back,
    }
    machine_fits::<Chain, _>(shapes::chain::graph(0..1, Sum::new().0));
    machine_fits::<Chain, _>(shapes::fork_join::graph(0..1, Sum::new().0));

    type Hop<const WORDS: usize> = Posting<(FromIter<Range<u64>>, Sum, On<Bare>), One<Message<WORDS>>>;
    machine_fits::<Hop<1>, _>(hop::<1>());
    machine_fits::<Hop<7>, _>(hop::<7>());
    machine_fits::<Hop<8>, _>(hop::<8>());
    machine_fits::<Hop<32>, _>(hop::<32>());

    struct Pipeline {
        _io: (FromIter<Range<usize>>, parts::feed::Feed, Arc<parts::tape::Tape>),
        _to_compute: On<Bare>,
        _compute: parts::strategy::Strategy,
        _to_io: On<Bare>,
        _out: (parts::desk::Desk, fusewire::loan::Lent<shapes::pipeline::Wire>),
    }
    type States = Two<parts::snapshot::Snapshot, parts::order::Order>;
    let wire = fusewire::loan::lend(shapes::pipeline::Wire::new()).0;
    let pipeline = shapes::pipeline::graph(&shapes::pipeline::Job::new(1), 1, Bare::new(), Bare::new(), wire);
    machine_fits::<Posting<Pipeline, States>, _>(pipeline);

    // The source of a repeat, its count, the state of its scan, and what stops it.
    struct Repeat {
        _stop: StopToken,
        _scan: u64,
        _count: u64,
        _receiver: Back,
    }
    let turn = |state: &mut u64, ()| *state;
    machine_fits::<Repeat, _>(fuse! { just(()).scan(1_u64, turn).repeat(3) });
    struct Once {
        _value: u64,
        _receiver: Back,
    }
    machine_fits::<Once, _>(
        fuse! { just(1_u64).map(double).filter(keep).map(double).filter_map(some).map(double) },
    );
}

fn hop<const WORDS: usize>() -> impl Sender {
    shapes::hop::graph::<WORDS>(0..1, Bare::new(), Sum::new().0)
}

#[test]
fn a_graph_without_a_suspension_has_no_state() {
    no_states(&fuse! { just(1_u64).map(double).filter(keep) });
    no_states(&fuse! { just(1_u64).fork(|x| just(x).map(double), |x| just(x)).map(|(a, b)| a + b) });
    no_states(&fuse! {
        just(1_u64)
            .fork3(
                |x| just(x).route(keep, |x| just(x).map(double), |x| just(x + 1)),
                |x| just(x).fork(|x| just(x).map(double), |x| just(x).filter(keep)).map(|(a, b)| a + b),
                |x| just(x).try_map(fine),
            )
            .map(|(a, b, c)| a + b + c)
    });
    no_states(&fuse! { from_iter(0..9_u64).join(from_iter(0..9_u64).map(double)).batch::<4>() });
}

#[test]
fn a_hop_keeps_the_value_and_nothing_else() {
    let (a, b) = (Manual::new(), Manual::new());
    states_fit!(fuse! { just(1_u64).then(on(a.clone())).map(double) }, One<u64>);
    states_fit!(
        fuse! { just([0_u8; 100]).then(on(a.clone())).map(|x: [u8; 100]| u64::from(x[0])) },
        One<[u8; 100]>
    );
    states_fit!(
        fuse! {
            just(1_u64).then(on(a.clone())).map(|x| (x, x)).then(on(b.clone())).map(|(x, _): (u64, u64)| x as u8)
                .then(on(a.clone())).map(|x| x + 1)
        },
        Three<u64, (u64, u64), u8>
    );
    // A niche of the value is used as by hand.
    states_fit!(fuse! { just(1_u64).map(Box::new).then(on(a.clone())).map(|x: Box<u64>| *x) }, One<Box<u64>>);
    // An error that a later stage handles is alive too.
    states_fit!(
        fuse! { just(1_u64).try_map(fine).then(on(a.clone())).map_err(|_: Bad| 3_u8).map(double) },
        One<Result<u64, Bad>>
    );
    // What several arms made is one value.
    states_fit!(
        fuse! {
            just(1_u64).fork(|x| just(x).map(double), |x| just(x as u16)).then(on(a.clone()))
                .map(|(x, y): (u64, u16)| x + u64::from(y))
        },
        One<(u64, u16)>
    );
    // More states than the next smaller set of them has: the rest take nothing.
    states_fit!(
        fuse! {
            just(1_u64).then(on(a.clone())).map(double).then(on(b.clone())).map(double).then(on(a.clone()))
                .map(double).then(on(b)).map(double).then(on(a)).map(|x| x as u32)
        },
        Five<u64, u64, u64, u64, u64>
    );
}

#[test]
fn a_source_that_waits_keeps_nothing() {
    let a = Manual::new();
    states_fit!(fuse! { poll_fn(|| Taken::<_, Never>::Value(1_u64)).map(double) }, One<Arrival>);
    states_fit!(fuse! { poll_fn(|| Taken::<_, Never>::Value(1_u64)).map(double).then(on(a)).map(double) }, Two<Arrival, u64>);
    states_fit!(fuse! { every(Duration::from_secs(1)).map(|tick| tick.missed) }, One<Arrival>);
    let (_sender, receiver) = Spsc::new().open::<u64>().expect("an edge");
    states_fit!(fuse! { recv(receiver).map(double) }, One<Arrival>);
    states_fit!(fuse! { inner().map(double) }, One<Arrival>);
}

/// A sub-graph that comes from a function.
fn inner() -> impl Sender<Value = u64, Error = Never> {
    just(1_u64).map(double)
}

#[test]
fn an_asynchronous_stage_keeps_its_operation() {
    let a = Manual::new();
    states_fit!(fuse! { just(1_u64).and(|x: u64| just(x)) }, One<Op<Just<u64>>>);
    states_fit!(
        fuse! { just(1_u64).try_map(fine).or_else(|_: Bad| just(3_u64)).then(on(a.clone())).map(double) },
        Two<Op<Just<u64>>, u64>
    );
    // The error crosses, and is handled behind the hop.
    states_fit!(
        fuse! { just(1_u64).try_map(fine).then(on(a.clone())).or_else(|_: Bad| just(3_u64)).map(double) },
        Two<Result<u64, Bad>, Op<Just<u64>>>
    );
    // Work that hops by itself.
    let (here, there) = (a.clone(), a.clone());
    let work = move |x: u64| just(x).then(on(there.clone()));
    states_fit!(fuse! { just(1_u64).then(on(here)).and(work).map(double) }, Two<u64, Op<Then<Just<u64>, Manual>>>);
    // Of two operations one is alive.
    let again = move |x: u64| just(x).then(on(a.clone()));
    states_fit!(
        fuse! { just(1_u64).and(|x: u64| just([x; 9])).map(|x: [u64; 9]| x[8]).and(again) },
        Two<Op<Just<[u64; 9]>>, Op<Then<Just<u64>, Manual>>>
    );
}
