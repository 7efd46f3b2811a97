//! `Conflate` over an edge that leaves the process: a buffer by keys on the sender's side.

use std::fmt;
use std::hash::Hash;

use fusewire::edge::{Bounded, DEFAULT_CAPACITY, Described, Edge, EdgeError};

use crate::error::RemoteError;
use crate::inlet::Inlet;
use crate::outlet::Outlet;
use crate::receiver::LinkReceiver;
use crate::sender::LinkSender;
use crate::terms::Terms;
use crate::waiting::{ByKey, Waiting};

/// A description whose ends go over an engine.
pub trait Opens<T>: Clone {
    /// The engine's way out.
    type Out: Outlet<T>;
    /// The engine's way in.
    type In: Inlet<T>;

    /// What the edge was told.
    fn terms(&self) -> &Terms;

    /// The end that sends, alone.
    fn open_sender<W: Waiting<T>>(&self, waiting: W) -> Result<LinkSender<T, Self::Out, W>, RemoteError>;

    /// The end that receives, alone.
    fn open_receiver(&self) -> Result<LinkReceiver<T, Self::In>, RemoteError>;

    /// Both ends, connected.
    fn open_both<W: Waiting<T>>(&self, waiting: W) -> Result<Ends<T, Self, W>, RemoteError>;

    /// What the edge is, for people to read.
    fn described(&self) -> Described;
}

/// Both ends of an edge that was opened at once.
pub(crate) type Ends<T, D, W> =
    (LinkSender<T, <D as Opens<T>>::Out, W>, LinkReceiver<T, <D as Opens<T>>::In>);

/// An edge beyond the process with the policy [`Conflate`](fusewire::edge::Conflate).
///
/// While the engine takes what is pushed, every value is sent. While it has no room, or nobody receives, a value takes the place of the
/// one with its key that waits on the sender's side, which is dropped and counted; keys come out in the order in which they arrived. So a
/// receiver that was behind gets what the engine holds, in order, and then of each key the latest. What the engine holds already stays:
/// keep that short (`term-length` over Aeron, `capacity` over iceoryx2) if what is old is of no use.
///
/// The capacity is the number of keys that may wait at once: `spill(n)` before the policy, or `capacity(n)` behind it; when more wait, the
/// edge is full, so that no key is lost.
#[derive(Clone)]
#[must_use = "this describes an edge; `on(..).edge(..)`, `sender` or `receiver` opens it"]
pub struct Keyed<D, F> {
    link: D,
    keys: Option<usize>,
    key: F,
}

impl<D, F> Keyed<D, F> {
    pub(crate) fn new(link: D, key: F) -> Self {
        Self { link, keys: None, key }
    }

    fn waiting<T, K>(&self) -> Result<ByKey<T, K, F>, RemoteError>
    where
        D: Opens<T>,
        K: Hash + Eq,
        F: Fn(&T) -> K + Clone,
    {
        ByKey::new(self.keys.or(self.link.terms().spill).unwrap_or(DEFAULT_CAPACITY), self.key.clone())
    }

    /// The sending end alone, as that of the description without keys.
    ///
    /// # Errors
    ///
    /// [`RemoteError`], as there.
    pub fn sender<T, K>(&self) -> Result<LinkSender<T, D::Out, ByKey<T, K, F>>, RemoteError>
    where
        D: Opens<T>,
        T: Send,
        K: Hash + Eq + Send,
        F: Fn(&T) -> K + Clone + Send,
    {
        self.link.open_sender(self.waiting()?)
    }

    /// The receiving end alone, which knows nothing of keys.
    ///
    /// # Errors
    ///
    /// [`RemoteError`], as that of the description without keys.
    pub fn receiver<T>(&self) -> Result<LinkReceiver<T, D::In>, RemoteError>
    where
        D: Opens<T>,
    {
        self.link.open_receiver()
    }
}

impl<D, F> Bounded for Keyed<D, F> {
    /// So many keys may wait at once, one at least.
    fn with_capacity(self, capacity: usize) -> Self {
        Self { keys: Some(capacity.max(1)), ..self }
    }
}

impl<T, K, D, F> Edge<T> for Keyed<D, F>
where
    T: Send,
    D: Opens<T>,
    D::Out: Send,
    K: Hash + Eq + Send,
    F: Fn(&T) -> K + Clone + Send,
{
    type Sender = LinkSender<T, D::Out, ByKey<T, K, F>>;
    type Receiver = LinkReceiver<T, D::In>;

    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let waiting = self.waiting().map_err(EdgeError::new)?;
        self.link.open_both(waiting).map_err(EdgeError::new)
    }

    fn describe(&self) -> Described {
        self.link.described().policy("conflate", true)
    }
}

impl<D: fmt::Debug, F> fmt::Debug for Keyed<D, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("link", &self.link).field("keys", &self.keys).finish_non_exhaustive()
    }
}
