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
    // INVARIANT: set once the sender has completed with what no later pass changes; it is not started again then.
    ended: Option<StopReason>,
}

impl<S: Sender> std::fmt::Debug for Arm<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arm").field("port", &self.port).finish_non_exhaustive()
    }
}

impl<S: Sender> Arm<S> {
    /// An arm that the hub calls `number`.
    pub(in crate::adaptors) fn new(number: usize) -> Self {
        Self { port: Port::new(number), arrived: false, ended: None }
    }

    pub(in crate::adaptors) fn connect(self: Pin<&mut Self>, sender: S, env: &Env) {
        self.project().port.connect(sender, env);
    }

    /// The hub says that it has arrived.
    pub(in crate::adaptors) fn arrive(self: Pin<&mut Self>) {
        *self.project().arrived = true;
    }

    /// Why there will be nothing more.
    pub(in crate::adaptors) const fn ended(&self) -> Option<StopReason> {
        self.ended
    }

    /// Whether its operation has not completed, or what it completed with was not taken.
    pub(in crate::adaptors) fn is_under_way(&self) -> bool {
        self.port.is_under_way()
    }

    /// What it has now: what has arrived, or what a new pass completes with at once unless nothing is to `begin`.
    ///
    /// An end is noted, and is no completion.
    #[inline]
    pub(in crate::adaptors) fn ask(
        mut self: Pin<&mut Self>,
        hub: &Arc<Hub>,
        begin: bool,
    ) -> Option<Completion<S::Value, S::Error>> {
        let mut this = self.as_mut().project();
        let completion = if this.port.is_under_way() {
            if !std::mem::take(this.arrived) {
                return None;
            }
            this.port.take()
        } else if begin && this.ended.is_none() {
            this.port.as_mut().start(hub)?
        } else {
            return None;
        };
        match completion {
            Completion::Stopped(reason @ StopReason::Ended) => {
                *this.ended = Some(reason);
                None
            }
            // It was asked, as a part of the whole.
            Completion::Stopped(StopReason::Requested) if !begin => None,
            completion => Some(completion),
        }
    }
}
