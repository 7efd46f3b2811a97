//! `merge_each`: senders made of the values of another, several of them at a time.

use std::pin::Pin;
use std::sync::Arc;

use pin_project::pin_project;

use crate::adaptors::gather::{AT_ONCE, Arm, Asked, Driven, Gather, Gathered, Hub, Port};
use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::completion::{Completion, JoinError, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::sender::Sender;
use crate::stop::Recycled;

/// So many places are made at the beginning.
const AT_FIRST: usize = 1 << 10;

/// The sender of [`merge_each`](crate::adaptors::OutcomeExt::merge_each).
pub type MergeEach<S, F> = LinkedStop<Each<S, F>>;

/// The sender and the function of a [`MergeEach`].
#[derive(Clone)]
pub struct Each<S, F> {
    sender: S,
    f: F,
    at_most: usize,
}

opaque!(Each<S, F> after sender);

impl<S, F> Each<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, at_most: usize, f: F) -> Self {
        Self { sender, f, at_most }
    }
}

impl<S, F, T> Arms for Each<S, F>
where
    S: Sender<Value: Send, Error: JoinError<T::Error, Joined: Send> + Send> + 'static,
    F: FnMut(S::Value) -> T + Send + 'static,
    T: Sender<Value: Send, Error: Send> + 'static,
{
    type Sender = Gathered<MergingEach<S, F, T>>;

    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        let at_most = self.at_most.max(1);
        let places = at_most.min(AT_FIRST);
        let merging = MergingEach {
            before: Arm::new(0),
            f: self.f,
            places: (1..=places).map(Port::new).collect(),
            more: Vec::new(),
            at_most,
            // The first place is taken first.
            free: (0..places).rev().collect(),
            ended: None,
            resting: false,
        };
        Gathered::new(merging, self.sender, stop)
    }
}

/// What of a [`MergeEach`] stays under way.
#[doc(hidden)]
#[pin_project]
pub struct MergingEach<S: Sender, F, T: Sender> {
    #[pin]
    before: Arm<S>,
    f: F,
    // INVARIANT: never moved; the hub calls the place at `index` by `index + 1`.
    places: Box<[Port<T>]>,
    // As above, made when the first are taken.
    more: Vec<Box<Port<T>>>,
    at_most: usize,
    // Places whose port is idle.
    free: Vec<usize>,
    // Why nothing is begun any more, once a sender has ended the whole.
    ended: Option<StopReason>,
    resting: bool,
}

impl<S: Sender, F, T: Sender> std::fmt::Debug for MergingEach<S, F, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MergingEach").field("free", &self.free.len()).finish_non_exhaustive()
    }
}

type Whole<S, T> =
    Completion<<T as Sender>::Value, <<S as Sender>::Error as JoinError<<T as Sender>::Error>>::Joined>;

impl<S, F, T> MergingEach<S, F, T>
where
    S: Sender<Error: JoinError<T::Error>>,
    F: FnMut(S::Value) -> T,
    T: Sender,
{
    fn place<'p>(
        places: &'p mut [Port<T>],
        more: &'p mut [Box<Port<T>>],
        index: usize,
    ) -> Option<Pin<&'p mut Port<T>>> {
        let first = places.len();
        let port = match places.get_mut(index) {
            Some(port) => port,
            None => &mut **more.get_mut(index - first)?,
        };
        // SAFETY: the places stay in their boxes until they are dropped.
        Some(unsafe { Pin::new_unchecked(port) })
    }

    /// Whether one more sender may be under way.
    fn has_place(&self) -> bool {
        !self.free.is_empty() || self.places.len() + self.more.len() < self.at_most
    }

    /// Whether a sender is under way in any place.
    fn is_taken(&self) -> bool {
        self.free.len() < self.places.len() + self.more.len()
    }

    /// Takes what the sender before has completed with further.
    fn begin(
        self: Pin<&mut Self>,
        completion: Completion<S::Value, S::Error>,
        hub: &Arc<Hub>,
        env: &Env,
    ) -> Option<Whole<S, T>> {
        let this = self.project();
        let value = match completion {
            Completion::Value(value) => value,
            Completion::Error(error) => return Some(Completion::Error(error.earlier())),
            Completion::Stopped(StopReason::Filtered) => return None,
            Completion::Stopped(reason) => return Some(ends(this.ended, reason)),
        };
        let sender = match (this.f)(value).at_once() {
            Ok(completion) => return judge::<S, T>(completion, this.ended),
            Err(sender) => sender,
        };
        if this.free.is_empty() {
            // There may be one more: the sender before is started only then.
            let index = this.places.len() + this.more.len();
            this.more.push(Box::new(Port::new(index + 1)));
            this.free.push(index);
        }
        let index = *this.free.last()?;
        let mut port = Self::place(this.places, this.more, index)?;
        env.with_here(|env| port.as_mut().connect(sender, env));
        match port.as_mut().start(hub) {
            None => {
                this.free.pop();
                None
            }
            Some(completion) => {
                port.clear();
                judge::<S, T>(completion, this.ended)
            }
        }
    }

    /// Takes what has arrived in a place.
    fn over(self: Pin<&mut Self>, index: usize) -> Option<Whole<S, T>> {
        let this = self.project();
        let mut port = Self::place(this.places, this.more, index)?;
        let completion = port.as_mut().take();
        // First: what is cleared may panic in its drop, and the place is free all the same.
        this.free.push(index);
        port.clear();
        judge::<S, T>(completion, this.ended)
    }
}

/// Nothing is begun any more.
fn ends<V, E>(ended: &mut Option<StopReason>, reason: StopReason) -> Completion<V, E> {
    ended.get_or_insert(reason);
    Completion::Stopped(reason)
}

/// What a sender that was made says of the whole: nothing, if it is only that it has no value.
fn judge<S, T>(
    completion: Completion<T::Value, T::Error>,
    ended: &mut Option<StopReason>,
) -> Option<Whole<S, T>>
where
    S: Sender<Error: JoinError<T::Error>>,
    T: Sender,
{
    match completion {
        Completion::Value(value) => Some(Completion::Value(value)),
        Completion::Error(error) => Some(Completion::Error(S::Error::later(error))),
        Completion::Stopped(reason) if reason.is_of_the_pass() => None,
        Completion::Stopped(reason) => Some(ends(ended, reason)),
    }
}

impl<S, F, T> Gather for MergingEach<S, F, T>
where
    S: Sender<Value: Send, Error: JoinError<T::Error, Joined: Send> + Send> + 'static,
    F: FnMut(S::Value) -> T + Send + 'static,
    T: Sender<Value: Send, Error: Send> + 'static,
{
    type Value = T::Value;
    type Error = <S::Error as JoinError<T::Error>>::Joined;
    type Senders = S;

    fn connect(self: Pin<&mut Self>, sender: S, env: &Env) {
        self.project().before.connect(sender, &env.clone().in_turn(false));
    }

    fn drive(mut self: Pin<&mut Self>, hub: &Arc<Hub>, env: &Env) -> Driven<Self::Value, Self::Error> {
        let mut left = AT_ONCE;
        loop {
            let stopping = self.resting || self.ended.is_some() || env.stop().stop_requested();
            if env.stop().stop_requested() {
                self.as_mut().project().before.is_asked();
            }
            // What has arrived comes first, in the order of arrival.
            let completion = match hub.arrived() {
                Some(0) => {
                    self.as_mut().project().before.arrive();
                    let completion = self.as_mut().project().before.ask(hub, Asked::pass_if(!stopping));
                    completion.and_then(|completion| self.as_mut().begin(completion, hub, env))
                }
                Some(number) => self.as_mut().over(number - 1),
                None => {
                    let begins = !stopping
                        && self.has_place()
                        && !self.before.is_under_way()
                        && self.before.ended().is_none();
                    if !begins {
                        break;
                    }
                    if left == 0 {
                        return Driven::Again;
                    }
                    left -= 1;
                    let completion = self.as_mut().project().before.ask(hub, Asked::Pass);
                    completion.and_then(|completion| self.as_mut().begin(completion, hub, env))
                }
            };
            if let Some(completion) = completion {
                return Driven::Over(completion);
            }
        }
        if self.before.is_under_way() || self.is_taken() {
            return Driven::Waits;
        }
        let asked = env.stop().stop_requested().then_some(StopReason::Requested);
        let reason = self.ended.or(asked).or_else(|| self.before.ended()).unwrap_or(StopReason::Requested);
        Driven::Over(Completion::Stopped(reason))
    }

    fn rests(self: Pin<&mut Self>) -> bool {
        let this = self.project();
        *this.resting = true;
        this.before.is_under_way() || this.free.len() < this.places.len() + this.more.len()
    }
}
