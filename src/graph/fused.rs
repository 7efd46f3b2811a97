//! What `fuse!` returns: one graph, two products.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;

use crate::completion::Started;
use crate::env::Env;
use crate::graph::drawing::Drawing;
use crate::graph::machine::{Entry, Header, MachineOperation, States};
use crate::graph::tell::Tell;
use crate::graph::topology::{GraphDesc, Topology};
use crate::launch::{Launch, LaunchError};
use crate::receiver::Receiver;
use crate::sender::Sender;

/// A graph that can be inspected, run once, or run: any sender whose parts may move to other
/// threads.
///
/// Write it as the return type of a function with `#[fuse]`; `impl Graph<Value = Order>` says what
/// a pass makes. It is implemented for every sender that qualifies.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a graph that can run",
    note = "help: its stages must be `Send + 'static` (write `move |..|` for a closure that captures), its values `Send`, its error `Display + Send + 'static`"
)]
pub trait Graph: Sender<Value: Send> + Reported + Send + 'static {}

impl<S> Graph for S where S: Sender<Value: Send> + Reported + Send + 'static {}

/// A sender whose error can be reported by the handle of a running graph: it is
/// `Display + Send + 'static`.
#[diagnostic::on_unimplemented(
    message = "this graph may fail with an error that cannot be reported",
    label = "its error is not `Display`, not `Send`, or borrows",
    note = "help: implement `std::fmt::Display` for the error, or end the graph with `.map_err(..)`"
)]
pub trait Reported: Sender<Error: fmt::Display + Send + 'static> {}

#[diagnostic::do_not_recommend]
impl<S> Reported for S where S: Sender<Error: fmt::Display + Send + 'static> {}

/// A fused graph.
///
/// `block_on(graph)` runs one pass as a state machine; `engine.run(graph)` places one lane on each
/// context and runs passes back to back. Its stages are held once, whichever is chosen.
///
/// **Costs** nothing until it is run; the size is that of what the stages capture.
#[must_use = "a graph does nothing until it is run: pass it to `engine.run` or `block_on`"]
pub struct Fused<P, M, H, B, L, D, V, E> {
    parts: P,
    body: Body<M, H, B>,
    launch: L,
    draw: D,
    desc: &'static GraphDesc,
    _types: PhantomData<fn() -> (V, E)>,
}

impl<P, M, H, B, L, D, V, E> fmt::Debug for Fused<P, M, H, B, L, D, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fused").field("graph", &self.desc.name).finish_non_exhaustive()
    }
}

/// The body of a machine, with the types of its state and of its header.
#[derive(Debug)]
pub struct Body<M, H, B> {
    enter: B,
    _types: PhantomData<fn() -> (M, H)>,
}

/// Types a machine's body and joins the products of one lowering; called by generated code.
#[inline(always)]
pub fn fused<P, M, H, B, L, D, V, E>(
    desc: &'static GraphDesc,
    parts: P,
    types: PhantomData<fn() -> (M, H)>,
    enter: B,
    launch: L,
    draw: D,
) -> Fused<P, M, H, B, L, D, V, E>
where
    M: States,
    H: Header,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_, H>) -> Started<V, E> + Copy,
    L: FnOnce(P, &mut Launch<'_>, Tell<E>) -> Result<(), LaunchError> + Copy,
    D: Fn(&P, &mut Drawing) + Copy,
{
    Fused { parts, body: Body { enter, _types: types }, launch, draw, desc, _types: PhantomData }
}

impl<P, M, H, B, L, D, V, E> Fused<P, M, H, B, L, D, V, E> {
    /// Bytes of the machine's state: its suspension points and what is alive there.
    pub const fn state_bytes(&self) -> usize {
        size_of::<M>()
    }

    /// The drawing of this graph: stages, segments, lanes, edges, and why each hop is there.
    ///
    /// **Costs** allocations; not for the hot path.
    pub fn inspect(&self) -> Topology
    where
        D: Fn(&P, &mut Drawing),
    {
        Drawing::of(self.desc, size_of::<M>(), None, &|drawing| (self.draw)(&self.parts, drawing))
    }
}

#[diagnostic::do_not_recommend]
impl<P, M, H, B, L, D, V, E> Sender for Fused<P, M, H, B, L, D, V, E>
where
    P: Send,
    M: States,
    H: Header,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_, H>) -> Started<V, E> + Send,
    L: FnOnce(P, &mut Launch<'_>, Tell<E>) -> Result<(), LaunchError> + Send,
    D: Fn(&P, &mut Drawing) + Send,
{
    type Value = V;
    type Error = E;
    type Operation<R: Receiver<V, E>> = MachineOperation<P, M, H, B, V, E, R>;

    #[inline(always)]
    fn connect<R: Receiver<V, E>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        MachineOperation::new(self.parts, self.body.enter, receiver, env)
    }

    fn launch(self, launch: &mut Launch<'_>) -> Result<(), LaunchError>
    where
        Self: Send + 'static,
        V: Send,
        E: fmt::Display + Send + 'static,
    {
        launch.draw_fused(self.desc, size_of::<M>(), &|drawing| (self.draw)(&self.parts, drawing));
        (self.launch)(self.parts, launch, Tell::NEW)
    }

    fn inspect(&self) -> Topology {
        Fused::inspect(self)
    }
}
