//! Edges over iceoryx2: the description, and how it is opened, both ends at once or each where it belongs.

mod frame;
mod inlet;
mod leaving;
mod outlet;
mod service;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use fusewire::edge::{Bounded, DEFAULT_CAPACITY, Described, Edge, EdgeError};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use self::frame::Frame;
use self::inlet::In;
use self::outlet::Out;
use self::service::Opened;
use crate::error::RemoteError;
use crate::keyed::{Ends, Opens};
use crate::receiver::LinkReceiver;
use crate::sender::LinkSender;
use crate::tally::{Half, Tally};
use crate::terms::{Terms, settings};
use crate::waiting::{InOrder, Waiting};

/// Values that an edge over iceoryx2 carries: nothing but their bytes, and nothing borrowed.
pub trait Plain: FromBytes + IntoBytes + Immutable + Send + 'static {}

impl<T: FromBytes + IntoBytes + Immutable + Send + 'static> Plain for T {}

/// The end of an edge over iceoryx2 that sends; made by [`Iceoryx2::sender`] or by opening both.
pub type Iceoryx2Sender<T> = LinkSender<T, Out<T>, InOrder<T>>;

/// The end of an edge over iceoryx2 that receives; made by [`Iceoryx2::receiver`] or by opening both.
pub type Iceoryx2Receiver<T> = LinkReceiver<T, In<T>>;

/// An edge between processes of a machine over iceoryx2, which finds the other end by the name of a service.
///
/// It carries plain values: whatever zerocopy calls [`FromBytes`], [`IntoBytes`] and [`Immutable`]. The same description replaces one edge
/// of a graph in one process, `then(on(compute).edge(iceoryx2(..)))`, or is opened apart: [`sender`](Iceoryx2::sender) in one process and
/// [`receiver`](Iceoryx2::receiver) in the other, whichever comes first. One process sends and one receives; a second one is refused, by an
/// error that names the process which has that end.
///
/// # Examples
///
/// ```
/// use fusewire::edge::{Pop, Push};
/// use fusewire_remote::iceoryx2;
///
/// let link = iceoryx2(format!("quotes-{}", std::process::id())).capacity(64);
/// // In one process:
/// let mut sender = link.sender::<[u64; 2]>()?;
/// // In the other:
/// let mut receiver = link.receiver::<[u64; 2]>()?;
///
/// let _ = sender.push([7, 8]);
/// assert_eq!(receiver.pop(), Some([7, 8]));
/// # Ok::<(), fusewire_remote::RemoteError>(())
/// ```
pub fn iceoryx2(service: impl Into<String>) -> Iceoryx2 {
    Iceoryx2 { service: service.into(), capacity: DEFAULT_CAPACITY, terms: Terms::default() }
}

/// The description of an edge over iceoryx2; made by [`iceoryx2()`].
#[derive(Debug, Clone)]
#[must_use = "this describes an edge; `on(..).edge(..)`, `sender` or `receiver` opens it"]
pub struct Iceoryx2 {
    service: String,
    capacity: usize,
    terms: Terms,
}

settings!(Iceoryx2);

impl Iceoryx2 {
    /// Room for `capacity` values in shared memory, one at least; those of [`spill`](Self::spill) wait beside it. Who comes first makes
    /// the service so large, and who asks for more is refused.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity: capacity.max(1), ..self }
    }

    /// The sending end alone. Makes the service or takes one that is there, and does not wait for somebody to receive.
    ///
    /// # Errors
    ///
    /// [`RemoteError`], in one sentence: another process sends on this service, it carries another type or is too small, iceoryx2 refuses
    /// the name, a journal is in use, the policy is one that the engine cannot follow.
    pub fn sender<T: Plain>(&self) -> Result<Iceoryx2Sender<T>, RemoteError> {
        self.open_sender(self.terms.waiting()?)
    }

    /// The receiving end alone. Makes the service or takes one that is there, and does not wait for somebody to send.
    ///
    /// # Errors
    ///
    /// [`RemoteError`], in one sentence: another process receives from this service, it carries another type or is too small, iceoryx2
    /// refuses the name.
    pub fn receiver<T: Plain>(&self) -> Result<Iceoryx2Receiver<T>, RemoteError> {
        self.open_receiver()
    }

    fn open_service<T: Plain>(&self) -> Result<Opened<T>, RemoteError> {
        self.terms.check()?;
        Opened::new(&self.service, self.capacity, &self.terms)
    }

    fn sender_over<T: Plain, W: Waiting<T>>(
        &self,
        waiting: W,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<LinkSender<T, Out<T>, W>, RemoteError> {
        let outlet = Out::new(self.open_service()?, &self.terms, self.capacity)?;
        self.terms.sender(outlet, waiting, tally, half)
    }

    fn receiver_over<T: Plain>(
        &self,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<Iceoryx2Receiver<T>, RemoteError> {
        let inlet = In::new(self.open_service()?, &self.terms)?;
        // What a sender left is there at once.
        Ok(self.terms.receiver(inlet, Duration::ZERO, tally, half))
    }
}

impl<T: Plain> Opens<T> for Iceoryx2 {
    type Out = Out<T>;
    type In = In<T>;

    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn open_sender<W: Waiting<T>>(&self, waiting: W) -> Result<LinkSender<T, Out<T>, W>, RemoteError> {
        self.sender_over(waiting, Arc::default(), Half::Sender)
    }

    fn open_receiver(&self) -> Result<Iceoryx2Receiver<T>, RemoteError> {
        self.receiver_over(Arc::default(), Half::Receiver)
    }

    /// Both ends, connected: what is pushed first is not pushed to nobody.
    fn open_both<W: Waiting<T>>(&self, waiting: W) -> Result<Ends<T, Self, W>, RemoteError> {
        let tally = Arc::<Tally>::default();
        let mut receiver = self.receiver_over(Arc::clone(&tally), Half::Both)?;
        let sender = self.sender_over(waiting, tally, Half::Both)?;
        receiver.inlet_mut().connect();
        Ok((sender, receiver))
    }

    fn described(&self) -> Described {
        let overflow = self.terms.overflow;
        let reason =
            format!("service {}: a header of {} bytes beside the value", self.service, Frame::<T>::BESIDE);
        Described::new("iceoryx2").policy(overflow.name(), overflow.loses()).capacity(self.capacity).layout(
            size_of::<Frame<T>>(),
            "chunks",
            reason,
        )
    }
}

impl<T: Plain> Edge<T> for Iceoryx2 {
    type Sender = Iceoryx2Sender<T>;
    type Receiver = Iceoryx2Receiver<T>;

    /// Both ends, connected: what is pushed first is not pushed to nobody.
    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let waiting = self.terms.waiting().map_err(EdgeError::new)?;
        self.open_both(waiting).map_err(EdgeError::new)
    }

    fn describe(&self) -> Described {
        Opens::<T>::described(self)
    }
}

impl Bounded for Iceoryx2 {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}
