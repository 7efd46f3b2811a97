//! A sender that is started again for each pass, and may stay under way when a pass completes.

use std::pin::Pin;
use std::sync::Arc;

use pin_project::pin_project;

use super::{Hub, Port};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::sender::Sender;

/// A [`Port`] whose sender was connected once.
#[pin_project]
pub(in crate::adaptors) struct Arm<S: Sender> {
    #[pin]
    port: Port<S>,
    // Whether the hub has said that it arrived, and nobody took what it completed with.
    arrived: bool,
    // Whether what is under way was asked to stop with a pass that may be over when it does.
    asked: bool,
    // INVARIANT: set once the sender has completed with what no later pass changes; it is not started again then.
    ended: Option<StopReason>,
}

/// What an arm is asked for that has nothing under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::adaptors) enum Asked {
    /// A new pass.
    Pass,
    /// A pass with what it has gathered; see [`Operation::rest`](crate::operation::Operation::rest).
    Rest,
    /// Nothing.
    Nothing,
}

impl Asked {
    /// A new pass, if there is to be one.
    pub(in crate::adaptors) const fn pass_if(begins: bool) -> Self {
        if begins { Self::Pass } else { Self::Nothing }
    }
}

impl<S: Sender> std::fmt::Debug for Arm<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arm").field("port", &self.port).finish_non_exhaustive()
    }
}

impl<S: Sender> Arm<S> {
    /// An arm that the hub calls `number`.
    pub(in crate::adaptors) fn new(number: usize) -> Self {
        Self { port: Port::new(number), arrived: false, asked: false, ended: None }
    }

    pub(in crate::adaptors) fn connect(self: Pin<&mut Self>, sender: S, env: &Env) {
        self.project().port.connect(sender, env);
    }

    /// The hub says that it has arrived.
    pub(in crate::adaptors) fn arrive(self: Pin<&mut Self>) {
        *self.project().arrived = true;
    }

    /// The pass is asked to stop, and what is under way with it.
    pub(in crate::adaptors) fn is_asked(self: Pin<&mut Self>) {
        let this = self.project();
        *this.asked = this.port.is_under_way();
    }

    /// It may have more although it has ended.
    pub(in crate::adaptors) fn goes_on(self: Pin<&mut Self>) {
        *self.project().ended = None;
    }

    /// Why there will be nothing more.
    pub(in crate::adaptors) const fn ended(&self) -> Option<StopReason> {
        self.ended
    }

    /// Whether its operation has not completed, or what it completed with was not taken.
    pub(in crate::adaptors) fn is_under_way(&self) -> bool {
        self.port.is_under_way()
    }

    /// What it has now: what has arrived, or what that completes with at once that it is asked for.
    ///
    /// An end is noted, and is no completion.
    #[inline]
    pub(in crate::adaptors) fn ask(
        mut self: Pin<&mut Self>,
        hub: &Arc<Hub>,
        asked_for: Asked,
    ) -> Option<Completion<S::Value, S::Error>> {
        let mut this = self.as_mut().project();
        let completion = if this.port.is_under_way() {
            if !std::mem::take(this.arrived) {
                return None;
            }
            let asked = std::mem::take(this.asked);
            match this.port.as_mut().take() {
                // It was asked with a pass before: nothing that this one wants to know, which starts it anew.
                Completion::Stopped(StopReason::Requested) if asked && asked_for == Asked::Pass => {
                    this.port.as_mut().start(hub)?
                }
                completion => completion,
            }
        } else {
            match asked_for {
                Asked::Pass if this.ended.is_none() => this.port.as_mut().start(hub)?,
                Asked::Rest => this.port.as_mut().rest(hub)?,
                Asked::Pass | Asked::Nothing => return None,
            }
        };
        match completion {
            Completion::Stopped(reason @ StopReason::Ended) => {
                *this.ended = Some(reason);
                None
            }
            // It was asked, as a part of the whole.
            Completion::Stopped(StopReason::Requested) if asked_for != Asked::Pass => None,
            completion => Some(completion),
        }
    }
}
