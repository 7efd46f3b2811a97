//! `debounce`: a value once no other has followed for a while.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pin_project::pin_project;

use crate::adaptors::gather::{AT_ONCE, Arm, Asked, Driven, Gather, Gathered, Hub, Port};
use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::completion::{Completion, StopReason};
use crate::context::now;
use crate::env::Env;
use crate::sender::Sender;
use crate::sources::{After, at};
use crate::stop::Recycled;

/// The sender of [`debounce`](crate::adaptors::OutcomeExt::debounce).
pub type Debounce<S> = LinkedStop<Quiet<S>>;

/// The sender and the time of a [`Debounce`].
#[derive(Debug, Clone)]
pub struct Quiet<S> {
    sender: S,
    period: Duration,
}

impl<S> Quiet<S> {
    #[inline]
    pub(crate) const fn new(sender: S, period: Duration) -> Self {
        Self { sender, period }
    }
}

impl<S: Sender<Value: Send, Error: Send> + 'static> Arms for Quiet<S> {
    type Sender = Gathered<Debouncing<S>>;

    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        let debouncing = Debouncing {
            before: Arm::new(BEFORE),
            clock: Port::new(CLOCK),
            period: self.period,
            held: None,
            due: None,
            ended: None,
            resting: false,
        };
        Gathered::new(debouncing, self.sender, stop)
    }
}

const BEFORE: usize = 0;
const CLOCK: usize = 1;

/// What of a [`Debounce`] stays under way.
#[doc(hidden)]
#[pin_project]
pub struct Debouncing<S: Sender> {
    #[pin]
    before: Arm<S>,
    // Waits for the time that `due` had when it was wound up: a value that follows moves `due` alone.
    #[pin]
    clock: Port<After>,
    period: Duration,
    held: Option<S::Value>,
    // When what is held is handed on; none for never.
    due: Option<Instant>,
    // Why there is nothing more, if that is not what the sender before says.
    ended: Option<StopReason>,
    resting: bool,
}

impl<S: Sender> std::fmt::Debug for Debouncing<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Debouncing").finish_non_exhaustive()
    }
}

impl<S: Sender<Value: Send, Error: Send> + 'static> Gather for Debouncing<S> {
    type Value = S::Value;
    type Error = S::Error;
    type Senders = S;

    fn connect(self: Pin<&mut Self>, sender: S, env: &Env) {
        self.project().before.connect(sender, &env.clone().in_turn(false));
    }

    fn drive(self: Pin<&mut Self>, hub: &Arc<Hub>, env: &Env) -> Driven<S::Value, S::Error> {
        let mut this = self.project();
        let mut left = AT_ONCE;
        loop {
            while let Some(number) = hub.arrived() {
                if number == BEFORE {
                    this.before.as_mut().arrive();
                    continue;
                }
                // An alarm, or the stop that was asked for; a clock that nobody asked has no context to wait on.
                if let Completion::Stopped(reason) = this.clock.as_mut().take()
                    && !env.stop().stop_requested()
                {
                    this.ended.get_or_insert(reason);
                }
            }
            if env.stop().stop_requested() {
                this.before.as_mut().is_asked();
            }
            let stopping = this.ended.is_some() || env.stop().stop_requested();
            // What is held goes before what comes after it.
            let over = *this.resting || this.before.ended().is_some();
            if (over || !stopping && this.due.is_some_and(|due| due <= now()))
                && let Some(value) = this.held.take()
            {
                return Driven::Over(Completion::Value(value));
            }
            if left == 0 {
                return Driven::Again;
            }
            left -= 1;
            match this.before.as_mut().ask(hub, Asked::pass_if(!stopping && !*this.resting)) {
                Some(Completion::Value(value)) => {
                    *this.held = Some(value);
                    *this.due = now().checked_add(*this.period);
                    continue;
                }
                Some(Completion::Stopped(StopReason::Filtered)) => continue,
                Some(Completion::Stopped(reason)) => {
                    this.ended.get_or_insert(reason);
                    return Driven::Over(Completion::Stopped(reason));
                }
                Some(completion) => return Driven::Over(completion),
                None if this.before.ended().is_some() && this.held.is_some() => continue,
                None => {}
            }
            if let (Some(_), Some(due), false, false) =
                (&this.held, *this.due, stopping, this.clock.is_under_way())
            {
                env.with_here(|env| this.clock.as_mut().connect(at(due), env));
                match this.clock.as_mut().start(hub) {
                    Some(Completion::Stopped(reason)) => {
                        return Driven::Over(Completion::Stopped(reason));
                    }
                    Some(_) => continue,
                    None => {}
                }
            }
            break;
        }
        // A clock whose value is gone waits for nothing; it is asked to stop when the operation is dropped.
        let stopping = env.stop().stop_requested();
        let waits_for_time = this.clock.is_under_way() && (stopping || this.held.is_some());
        // What is held for ever waits for the value that replaces it.
        if this.before.is_under_way() || waits_for_time {
            return Driven::Waits;
        }
        let reason = this.ended.or_else(|| this.before.ended()).unwrap_or(StopReason::Requested);
        Driven::Over(Completion::Stopped(reason))
    }

    fn rests(self: Pin<&mut Self>) -> bool {
        let this = self.project();
        *this.resting = true;
        this.held.is_some() || this.before.is_under_way()
    }
}
