//! `merge`: several sources as one.

mod order;
mod partner;
mod side;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use pin_project::pin_project;

use crate::adaptors::gather::{Arm, Asked, Driven, Gather, Gathered, Hub};
use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::completion::{Completion, JoinError, StopReason};
use crate::context::ContextRef;
use crate::env::Env;
use crate::graph::drawing::Inlets;
use crate::launch::{Launch, LaunchError, Spot, TWO_CYCLES, refuse};
use crate::primitive::{AtomicUsize, Ordering};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::stop::Recycled;
pub use order::{ByPriority, InTurns, Order};
pub use partner::Partner;
pub use side::Side;

/// Begins a graph with what either of two senders has, pass by pass: no value waits for the other sender.
///
/// **Completes** with the next value of one of them, or as that one does if its pass has none; when both have ended, as
/// stopped with [`StopReason::Ended`]. **Fair**: while both have something, they take turns. Their values are of one
/// type, and their errors are [joined](JoinError).
/// **Runs** each where it would run alone. What has not completed when the other has stays under way, and its value is that of a
/// later pass. Where both are [sources](Source), as `read(..)` or `every(..)` are, the lanes of a fused graph ask them themselves, in
/// turns, on the home of the first; a source whose home is another context has a lane of its own there, and an edge to where they
/// merge (a fused graph that is run for a single pass by `block_on` has no lanes, and asks both where the first lives). Any other sender,
/// as a chain of stages, has one pass under way at a time: put its stages behind the merge. When one has ended the other goes on; a stop and a drain end both.
/// **Costs** as sources one comparison; else two allocations when it is connected, and none per pass.
///
/// # Stopping
///
/// A stop is passed on, and the pass completes when both senders have. An operation that is dropped between two passes asks what is
/// under way to stop, and leaves it the memory that it needs: hence `'static`.
///
/// stdexec: `merge`. futures: `stream::select`. tokio-stream: `merge`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let both = merge(from_iter([1, 3]), from_iter([2, 4]));
/// let digits = both.scan(0, |seen, n| { *seen = *seen * 10 + n; *seen });
/// assert_eq!(block_on(digits.repeat(4)), Completion::Value(1234));
/// ```
#[inline]
#[rustfmt::skip]
pub const fn merge<A: Sender<Value = V>, B: Partner<V, M, Itself = B>, V, M>(first: A, second: B) -> Merge<A, <B as Partner<V, M>>::Itself> {
    Merge {
        first: Side::Here(first),
        second: Side::Here(second),
        order: InTurns::new(1),
        ended: (false, false),
    }
}

/// As [`merge`], with the first sender before the second: that is asked only when the first has nothing now.
///
/// Nest it for more levels: `merge_by_priority(urgent, merge_by_priority(usual, rest))`. A first sender that always has
/// something starves the second.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let both = merge_by_priority(from_iter([1, 2]), from_iter([3, 4]));
/// let digits = both.scan(0, |seen, n| { *seen = *seen * 10 + n; *seen });
/// assert_eq!(block_on(digits.repeat(4)), Completion::Value(1234));
/// ```
#[inline]
#[rustfmt::skip]
pub const fn merge_by_priority<A: Sender<Value = V>, B: Partner<V, M, Itself = B>, V, M>(first: A, second: B) -> Merge<A, <B as Partner<V, M>>::Itself, ByPriority> {
    Merge { first: Side::Here(first), second: Side::Here(second), order: ByPriority, ended: (false, false) }
}

/// Three senders as one; see [`merge`].
#[inline]
pub const fn merge3<A, B, C, V, M, N>(
    first: A,
    second: B,
    third: C,
) -> Merge<Merge<A, <B as Partner<V, M>>::Itself>, <C as Partner<V, N>>::Itself>
where
    A: Sender<Value = V>,
    B: Partner<V, M, Itself = B>,
    C: Partner<V, N, Itself = C>,
    Merge<A, B>: Sender,
{
    Merge {
        first: Side::Here(merge(first, second)),
        second: Side::Here(third),
        order: InTurns::new(2),
        ended: (false, false),
    }
}

/// Four senders as one; see [`merge`].
#[inline]
pub const fn merge4<A, B, C, D, V, M, N, O>(
    first: A,
    second: B,
    third: C,
    fourth: D,
) -> Merge<
    Merge<A, <B as Partner<V, M>>::Itself>,
    Merge<<C as Partner<V, N>>::Itself, <D as Partner<V, O>>::Itself>,
>
where
    A: Sender<Value = V>,
    B: Partner<V, M, Itself = B>,
    C: Partner<V, N, Itself = C>,
    D: Partner<V, O, Itself = D>,
    Merge<A, B>: Sender,
    Merge<C, D>: Sender,
{
    Merge {
        first: Side::Here(merge(first, second)),
        second: Side::Here(merge(third, fourth)),
        order: InTurns::new(1),
        ended: (false, false),
    }
}

/// The sender of [`merge`] and of [`merge_by_priority`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Merge<A: Sender, B: Sender, O = InTurns> {
    first: Side<A>,
    second: Side<B>,
    order: O,
    // INVARIANT: as sources; set once `Taken::Ended` was their answer, after which they are not asked again.
    ended: (bool, bool),
}

#[inline(always)]
fn earlier<T, E: JoinError<F>, F>(taken: Taken<T, E>) -> Taken<T, E::Joined> {
    match taken {
        Taken::Value(value) => Taken::Value(value),
        Taken::Empty => Taken::Empty,
        Taken::Ended => Taken::Ended,
        Taken::Error(error) => Taken::Error(error.earlier()),
    }
}

#[inline(always)]
fn later<T, E: JoinError<F>, F>(taken: Taken<T, F>) -> Taken<T, E::Joined> {
    match taken {
        Taken::Value(value) => Taken::Value(value),
        Taken::Empty => Taken::Empty,
        Taken::Ended => Taken::Ended,
        Taken::Error(error) => Taken::Error(E::later(error)),
    }
}

impl<A, B, O, V, EA, EB> Merge<A, B, O>
where
    V: Send + 'static,
    EA: JoinError<EB> + Send + 'static,
    EB: Send + 'static,
    A: Source<Value = V, Error = EA> + Sender<Value = V, Error = EA> + Send,
    B: Source<Value = V, Error = EB> + Sender<Value = V, Error = EB> + Send,
    O: Order,
{
    /// Asks one of the two, unless it has ended; `alone` if nothing outside of this merge goes on.
    #[inline(always)]
    fn ask(&mut self, of_second: bool, alone: bool) -> Taken<V, EA::Joined> {
        let taken = match (of_second, self.ended) {
            (true, (_, true)) if !self.second.goes_on() => return Taken::Ended,
            (false, (true, _)) if !self.first.goes_on() => return Taken::Ended,
            (true, (other, _)) => later::<_, EA, _>(self.second.take(alone && other)),
            (false, (_, other)) => earlier(self.first.take(alone && other)),
        };
        match taken {
            Taken::Value(_) | Taken::Error(_) => self.order.gave(of_second),
            Taken::Ended if of_second => self.ended.1 = true,
            Taken::Ended => self.ended.0 = true,
            Taken::Empty => {}
        }
        taken
    }

    /// Asks the one that was asked first again, now that the other has ended.
    #[cold]
    fn again(&mut self, of_second: bool, alone: bool) -> Taken<V, EA::Joined> {
        match self.ask(of_second, alone) {
            Taken::Empty | Taken::Ended if self.ended == (true, true) => Taken::Ended,
            Taken::Empty | Taken::Ended => Taken::Empty,
            taken => taken,
        }
    }
}

impl<A, B, O, V, EA, EB> Source for Merge<A, B, O>
where
    V: Send + 'static,
    EA: JoinError<EB> + Send + 'static,
    EB: Send + 'static,
    A: Source<Value = V, Error = EA> + Sender<Value = V, Error = EA> + Send,
    B: Source<Value = V, Error = EB> + Sender<Value = V, Error = EB> + Send,
    O: Order,
{
    type Value = V;
    type Error = EA::Joined;

    const BURSTS: bool = A::BURSTS || B::BURSTS;

    fn home(&self) -> Option<ContextRef> {
        self.first.home().or_else(|| self.second.home())
    }

    #[inline]
    fn take(&mut self) -> Taken<V, EA::Joined> {
        self.take_beside(true)
    }

    /// Asks both in order; and the one that was asked first once more, if the other one has ended just then: it may end for that, and
    /// nobody wakes the lane again.
    #[inline]
    fn take_beside(&mut self, alone: bool) -> Taken<V, EA::Joined> {
        let begins = self.order.second_is_next();
        let before = self.ended;
        for of_second in [begins, !begins] {
            match self.ask(of_second, alone) {
                Taken::Empty | Taken::Ended => {}
                taken => return taken,
            }
        }
        if self.ended != before {
            return self.again(begins, alone);
        }
        if self.ended == (true, true) { Taken::Ended } else { Taken::Empty }
    }

    fn know(&mut self, env: &Env) {
        self.first.know(env);
        self.second.know(env);
    }

    fn goes_on(&self) -> bool {
        self.first.goes_on() || self.second.goes_on()
    }

    #[inline]
    fn works(&self) -> bool {
        (!self.ended.0 && self.first.works()) || (!self.ended.1 && self.second.works())
    }

    fn leave(&mut self) -> bool {
        self.first.leave() | self.second.leave()
    }

    /// What has come over an edge is still handed on.
    fn drain(&mut self) -> bool {
        self.ended.0 |= !self.first.drain();
        self.ended.1 |= !self.second.drain();
        self.ended != (true, true)
    }

    fn draw(&self, inlets: &mut Inlets<'_>) {
        self.first.draw(inlets);
        self.second.draw(inlets);
    }

    fn part(&mut self, launch: &mut Launch<'_>, home: Spot) -> Result<(), LaunchError> {
        self.first.part(launch, home)?;
        self.second.part(launch, home)
    }

    fn deadline(&self) -> Option<Instant> {
        // One that has ended is not asked again, so that its last deadline would be past for ever.
        let first = if self.ended.0 { None } else { self.first.deadline() };
        let second = if self.ended.1 { None } else { self.second.deadline() };
        first.into_iter().chain(second).min()
    }
}

/// A merge as it is connected.
type Connected<A, B, O> = LinkedStop<Merged<A, B, O>>;

#[diagnostic::do_not_recommend]
impl<A, B, O> Sender for Merge<A, B, O>
where
    A: Sender<Value: Send, Error: JoinError<B::Error, Joined: Send> + Send> + 'static,
    B: Sender<Value = A::Value, Error: Send> + 'static,
    O: Order,
{
    type Value = A::Value;
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> = <Connected<A, B, O> as Sender>::Operation<R>;

    fn connect<R: Receiver<Self::Value, Self::Error>>(
        mut self,
        receiver: R,
        env: &Env,
    ) -> Self::Operation<R> {
        let mut fed_back = Vec::new();
        self.left_alone(&mut fed_back);
        if fed_back.len() > 1 {
            refuse(TWO_CYCLES);
        }
        let (first, second) = (self.first.itself(), self.second.itself());
        LinkedStop::new(Merged { first, second, order: self.order }).connect(receiver, env)
    }

    fn left_alone(&mut self, told: &mut Vec<Arc<AtomicUsize>>) {
        self.first.left_alone(told);
        self.second.left_alone(told);
    }
}

/// The senders of a [`Merge`].
#[doc(hidden)]
#[derive(Debug)]
pub struct Merged<A, B, O> {
    first: A,
    second: B,
    order: O,
}

impl<A, B, O> Arms for Merged<A, B, O>
where
    A: Sender<Value: Send, Error: JoinError<B::Error, Joined: Send> + Send> + 'static,
    B: Sender<Value = A::Value, Error: Send> + 'static,
    O: Order,
{
    type Sender = Gathered<Merging<A, B, O>>;

    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(mut self, stop: Recycled) -> Self::Sender {
        let mut alone = (Vec::new(), Vec::new());
        self.first.left_alone(&mut alone.0);
        self.second.left_alone(&mut alone.1);
        for partners in alone.0.iter().chain(&alone.1) {
            // ORDERING: relaxed, nothing of this merge has begun.
            partners.fetch_add(1, Ordering::Relaxed);
        }
        let merging = Merging {
            first: Arm::new(0),
            second: Arm::new(1),
            order: self.order,
            rests: Rests::No,
            fed: (!alone.0.is_empty(), !alone.1.is_empty()),
            over: false,
            alone,
        };
        Gathered::new(merging, (self.first, self.second), stop)
    }
}

/// What of a [`Merge`] stays under way.
#[doc(hidden)]
#[pin_project]
pub struct Merging<A: Sender, B: Sender, O> {
    #[pin]
    first: Arm<A>,
    #[pin]
    second: Arm<B>,
    order: O,
    rests: Rests,
    // Whether something that is fed back is in them, which may have more after its end.
    fed: (bool, bool),
    // Whether the next drive is that of another pass.
    over: bool,
    // How many partners go on, of what in each ends with them; told when the other one has ended.
    alone: (Partners, Partners),
}

/// Whether new passes are begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rests {
    No,
    /// Those alone of what was gathered.
    Yes,
    /// There was nothing gathered when they were asked the last time.
    Nothing,
}

/// The counts that a partner is taken off when it has ended; see [`Sender::left_alone`].
type Partners = Vec<Arc<AtomicUsize>>;

/// Tells what ends with its partners that one of them has ended, once, and has it look.
#[cold]
fn tell(alone: &mut Partners, env: &Env) {
    for partners in alone.drain(..) {
        // ORDERING: release, with the acquire of the source that was told.
        partners.fetch_sub(1, Ordering::Release);
    }
    for context in env.here().into_iter().chain(env.context().cloned()) {
        context.nudge();
    }
}

impl<A: Sender, B: Sender, O> std::fmt::Debug for Merging<A, B, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Merging").finish_non_exhaustive()
    }
}

impl<A, B, O> Gather for Merging<A, B, O>
where
    A: Sender<Value: Send, Error: JoinError<B::Error, Joined: Send> + Send> + 'static,
    B: Sender<Value = A::Value, Error: Send> + 'static,
    O: Order,
{
    type Value = A::Value;
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Senders = (A, B);

    fn connect(self: Pin<&mut Self>, (first, second): (A, B), env: &Env) {
        let this = self.project();
        this.first.connect(first, env);
        this.second.connect(second, env);
    }

    fn drive(self: Pin<&mut Self>, hub: &Arc<Hub>, env: &Env) -> Driven<Self::Value, Self::Error> {
        let mut this = self.project();
        if std::mem::take(this.over) {
            if this.fed.0 {
                this.first.as_mut().goes_on();
            }
            if this.fed.1 {
                this.second.as_mut().goes_on();
            }
        }
        while let Some(number) = hub.arrived() {
            if number == 0 {
                this.first.as_mut().arrive();
            } else {
                this.second.as_mut().arrive();
            }
        }
        if env.stop().stop_requested() {
            this.first.as_mut().is_asked();
            this.second.as_mut().is_asked();
        }
        let asked = match this.rests {
            Rests::No => Asked::pass_if(!env.stop().stop_requested()),
            Rests::Yes | Rests::Nothing => Asked::Rest,
        };
        let begins = this.order.second_is_next();
        for of_second in [begins, !begins] {
            let completion = if of_second {
                this.second.as_mut().ask(hub, asked).map(|completion| completion.map_err(A::Error::later))
            } else {
                this.first.as_mut().ask(hub, asked).map(|completion| completion.map_err(JoinError::earlier))
            };
            if let Some(completion) = completion {
                if let Completion::Value(_) | Completion::Error(_) = completion {
                    this.order.gave(of_second);
                }
                *this.over = true;
                return Driven::Over(completion);
            }
        }
        if !this.alone.1.is_empty() && this.first.ended().is_some() {
            tell(&mut this.alone.1, env);
        }
        if !this.alone.0.is_empty() && this.second.ended().is_some() {
            tell(&mut this.alone.0, env);
        }
        if this.first.is_under_way() || this.second.is_under_way() {
            return Driven::Waits;
        }
        if *this.rests == Rests::Yes {
            *this.rests = Rests::Nothing;
        }
        *this.over = true;
        let ended = this.first.ended().is_some() && this.second.ended().is_some();
        Driven::Over(Completion::Stopped(if ended { StopReason::Ended } else { StopReason::Requested }))
    }

    fn rests(self: Pin<&mut Self>) -> bool {
        let this = self.project();
        // A stage behind may hand on what it has gathered in between, so that they are asked again the next time.
        let nothing = *this.rests == Rests::Nothing;
        *this.rests = Rests::Yes;
        !nothing || this.first.is_under_way() || this.second.is_under_way()
    }
}
