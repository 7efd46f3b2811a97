//! What every edge beyond the process is told by its description, whichever engine carries it.

use std::any::type_name;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::error::RemoteError;
use crate::event::Event;
use crate::inlet::Inlet;
use crate::journal::{Journal, Start};
use crate::outlet::Outlet;
use crate::policy::Overflow;
use crate::receiver::{LinkReceiver, OnEvent, ReceiverParts};
use crate::sender::{LinkSender, SenderParts};
use crate::tally::{Half, Tally};
use crate::track::Position;
use crate::waiting::{InOrder, Waiting};
use crate::wire::fingerprint;

/// The settings that all engines have in common.
#[derive(Clone)]
pub struct Terms {
    pub(crate) overflow: Overflow,
    // What was asked for and cannot be.
    pub(crate) refused: Option<RemoteError>,
    // `None` if nobody said how many.
    pub(crate) spill: Option<usize>,
    pub(crate) type_name: Option<Arc<str>>,
    pub(crate) journal: Option<PathBuf>,
    pub(crate) resume: Option<Position>,
    pub(crate) patience: Option<Duration>,
    pub(crate) stays: bool,
    pub(crate) on_event: Option<Arc<dyn Fn(&Event) + Send + Sync>>,
    pub(crate) poll_every: Duration,
    pub(crate) open_within: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            overflow: Overflow::Block,
            refused: None,
            spill: None,
            type_name: None,
            journal: None,
            resume: None,
            patience: None,
            stays: false,
            on_event: None,
            poll_every: Duration::from_millis(1),
            open_within: Duration::from_secs(5),
        }
    }
}

impl Terms {
    /// Room for the values that may wait on the sender's side, in order.
    pub(crate) fn waiting<T>(&self) -> Result<InOrder<T>, RemoteError> {
        InOrder::new(self.spill.unwrap_or(1))
    }

    /// The name of the type that both ends must give.
    pub(crate) fn name_of<T>(&self) -> &str {
        self.type_name.as_deref().unwrap_or(type_name::<T>())
    }

    fn fingerprint<T>(&self) -> u32 {
        fingerprint::<T>(self.name_of::<T>())
    }

    /// Refuses what no engine can do, before anything is opened.
    pub(crate) fn check(&self) -> Result<(), RemoteError> {
        self.refused.clone().map_or(Ok(()), Err)
    }

    /// The sender over a way out.
    pub(crate) fn sender<T, O: Outlet<T>, W: Waiting<T>>(
        &self,
        outlet: O,
        waiting: W,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<LinkSender<T, O, W>, RemoteError> {
        let (journal, start) = match &self.journal {
            Some(path) => Journal::open(path).map(|(journal, start)| (Some(journal), start))?,
            None => (None, Start::afresh()),
        };
        Ok(LinkSender::new(SenderParts {
            outlet,
            waiting,
            overflow: self.overflow,
            patience: self.patience,
            fingerprint: self.fingerprint::<T>(),
            start,
            journal,
            tally,
            half,
        }))
    }

    /// The receiver over a way in.
    pub(crate) fn receiver<T, I: Inlet<T>>(
        &self,
        inlet: I,
        rest: Duration,
        tally: Arc<Tally>,
        half: Half,
    ) -> LinkReceiver<T, I> {
        let on_event =
            self.on_event.clone().map(|on_event| Box::new(move |event: &Event| on_event(event)) as OnEvent);
        LinkReceiver::new(ReceiverParts {
            inlet,
            on_event,
            stays: self.stays,
            patience: self.patience,
            fingerprint: self.fingerprint::<T>(),
            resume: self.resume,
            rest,
            tally,
            half,
        })
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("overflow", &self.overflow)
            .field("spill", &self.spill)
            .field("journal", &self.journal)
            .finish_non_exhaustive()
    }
}

/// The settings of `Terms` as methods of a description, which has them in a field of that name.
macro_rules! settings {
    ($description:ty) => {
        impl $description {
            /// Keeps up to `values` values, one at least, on the sender's side while the engine has no room, or nobody receives. They are
            /// sent first and in order. The policy is asked when there is no room for more of them.
            pub fn spill(mut self, values: usize) -> Self {
                self.terms.spill = Some(values.max(1));
                self
            }

            /// Names the type, where two programs know it by different paths: both ends must give the same name. Its size, alignment
            /// and byte order are compared as well.
            pub fn type_name(mut self, name: impl Into<std::sync::Arc<str>>) -> Self {
                self.terms.type_name = Some(name.into());
                self
            }

            /// Keeps the sender's place in its stream in a file, so that a sender that was killed and is started again goes on in the
            /// same stream, and its receivers are told exactly how many values died with it. One store to mapped memory per value.
            pub fn journal(mut self, path: impl Into<std::path::PathBuf>) -> Self {
                self.terms.journal = Some(path.into());
                self
            }

            /// Goes on where an earlier receiver was, as [`LinkReceiver::position`](crate::LinkReceiver::position) said: what it
            /// missed in between is a [`Gap`](crate::Gap).
            pub fn resume(mut self, position: crate::Position) -> Self {
                self.terms.resume = Some(position);
                self
            }

            /// Closes an end that has found nobody at the other for so long. Without it, an end waits for as long as it takes.
            pub fn give_up_after(mut self, patience: std::time::Duration) -> Self {
                self.terms.patience = Some(patience);
                self
            }

            /// Keeps a receiver open when every sender that it heard has ended in order, for those that come later.
            pub fn stay_open(mut self) -> Self {
                self.terms.stays = true;
                self
            }

            /// Calls this for every [`Event`](crate::Event), on the receiving lane's own thread: it must be short.
            pub fn on_event(mut self, on_event: impl Fn(&crate::Event) + Send + Sync + 'static) -> Self {
                self.terms.on_event = Some(std::sync::Arc::new(on_event));
                self
            }

            /// How often an end on a context that sleeps is woken to look, a millisecond if nobody says otherwise. The engine itself
            /// wakes nobody. A context that spins is not woken, and looks every turn.
            pub fn poll_every(mut self, interval: std::time::Duration) -> Self {
                self.terms.poll_every = interval;
                self
            }

            /// How long opening may take before it is an error: five seconds if nobody says otherwise.
            pub fn open_within(mut self, limit: std::time::Duration) -> Self {
                self.terms.open_within = limit;
                self
            }

            /// What happens to a value for which the engine has no room: a word of [`fusewire::edge`].
            pub fn policy<P: fusewire::edge::Policy<Self>>(self, policy: P) -> P::Edge {
                policy.of(self)
            }

            pub(crate) fn with_overflow(mut self, overflow: crate::policy::Overflow) -> Self {
                self.terms.overflow = overflow;
                self
            }

            pub(crate) fn refused(mut self, error: crate::RemoteError) -> Self {
                self.terms.refused = Some(error);
                self
            }
        }

        crate::policy::policies!($description);
    };
}

pub(crate) use settings;
