//! Edges over Aeron: the description, and how it is opened, both ends at once or each where it belongs.

mod driver;
mod engine;
mod inlet;
mod keeper;
mod outlet;
mod port;

use std::ffi::CString;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::{Described, Edge, EdgeError};
use zerocopy::{FromBytes, Immutable, IntoBytes};

pub use self::driver::{Embedded, Idle, MediaDriver, Threads};
use self::inlet::In;
use self::keeper::{Order, Session, wait_until_open};
use self::outlet::Out;
use self::port::{Port, Side};
use crate::error::RemoteError;
use crate::keyed::{Ends, Opens};
use crate::receiver::LinkReceiver;
use crate::sender::LinkSender;
use crate::tally::{Half, Tally};
use crate::terms::{Terms, settings};
use crate::waiting::{InOrder, Waiting};
use crate::wire::HEADER_BYTES;

/// The end of an edge over Aeron that sends; made by [`Remote::sender`] or by opening both.
pub type RemoteSender<T> = LinkSender<T, Out<T>, InOrder<T>>;

/// The end of an edge over Aeron that receives; made by [`Remote::receiver`] or by opening both.
pub type RemoteReceiver<T> = LinkReceiver<T, In>;

/// An edge over Aeron: `aeron:ipc` between processes of a machine, `aeron:udp?endpoint=HOST:PORT` between machines.
///
/// It carries plain values: whatever zerocopy calls [`FromBytes`], [`IntoBytes`] and [`Immutable`]. The same description replaces one edge
/// of a graph in one process, `then(on(compute).edge(remote(..)))`, or is opened apart: [`sender`](Remote::sender) in one process and
/// [`receiver`](Remote::receiver) in the other.
///
/// `stream_id` tells edges on the same channel apart.
///
/// # Examples
///
/// ```no_run
/// use fusewire::prelude::*;
/// use fusewire_remote::{MediaDriver, remote};
///
/// let driver = MediaDriver::embedded().start()?;
/// let link = remote("aeron:udp?endpoint=127.0.0.1:40123", 10).driver(&driver);
/// let receiver = link.receiver::<u64>()?;
/// let sum = recv(receiver).map(|n| n + 1);
/// # let _ = sum;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn remote(channel: impl Into<String>, stream_id: i32) -> Remote {
    Remote { channel: channel.into(), stream_id, driver: None, rest: None, terms: Terms::default() }
}

/// The description of an edge over Aeron; made by [`remote`].
#[derive(Debug, Clone)]
#[must_use = "this describes an edge; `on(..).edge(..)`, `sender` or `receiver` opens it"]
pub struct Remote {
    channel: String,
    stream_id: i32,
    driver: Option<MediaDriver>,
    // `None` if nobody said how long.
    rest: Option<Duration>,
    terms: Terms,
}

/// How long what a sender had sent over the network may be on its way, if nobody says otherwise: many round trips, and the repetition of
/// what got lost.
const REST: Duration = Duration::from_millis(100);

settings!(Remote);

impl Remote {
    /// Goes over this media driver; the one in Aeron's default directory if nobody says otherwise.
    pub fn driver(self, driver: &MediaDriver) -> Self {
        Self { driver: Some(driver.clone()), ..self }
    }

    /// How long nothing more may have come of a sender that was killed, before what its successor sends is taken and what is missing in
    /// between is told as a gap: a tenth of a second over UDP if nobody says otherwise, and over `aeron:ipc`, where all that was sent can be
    /// seen at once, no time. Where nothing is missing nobody waits.
    ///
    /// The driver of a killed sender still has up to a term's half of values if the flow was held up, as by a receiver that was killed as
    /// well. They come when the receiving driver takes that one for gone, after its `liveness`; a rest that is longer than that gets them.
    pub fn wait_for_rest(self, silence: Duration) -> Self {
        Self { rest: Some(silence), ..self }
    }

    /// The sending end alone. Waits until the driver has opened it, not until somebody receives.
    ///
    /// # Errors
    ///
    /// [`RemoteError`]: no driver, a channel that it refuses, a value too large for the channel, a journal in use, a policy that the
    /// engine cannot follow.
    pub fn sender<T: IntoBytes + Immutable + FromBytes + Send>(
        &self,
    ) -> Result<RemoteSender<T>, RemoteError> {
        self.open_sender(self.terms.waiting()?)
    }

    /// The receiving end alone. Waits until the driver has opened it, not until somebody sends.
    ///
    /// # Errors
    ///
    /// [`RemoteError`]: no driver, or a channel that it refuses.
    pub fn receiver<T: IntoBytes + Immutable + FromBytes + Send>(
        &self,
    ) -> Result<RemoteReceiver<T>, RemoteError> {
        self.open_receiver()
    }

    fn session(&self) -> Result<Arc<Session>, RemoteError> {
        self.terms.check()?;
        match &self.driver {
            Some(driver) => driver.session(),
            None => MediaDriver::in_default_directory().session(),
        }
    }

    fn port(&self, side: Side) -> Result<Arc<Port>, RemoteError> {
        let channel = CString::new(self.channel.as_str()).map_err(|_| RemoteError::Channel {
            channel: self.channel.replace('\0', "\\0"),
            reason: "it has a zero byte inside".to_owned(),
        })?;
        Ok(Arc::new(Port::new(side, channel, self.stream_id, self.terms.poll_every)))
    }

    fn sender_over<T: IntoBytes + Immutable + Send, W: Waiting<T>>(
        &self,
        session: Arc<Session>,
        waiting: W,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<LinkSender<T, Out<T>, W>, RemoteError> {
        let port = self.port(Side::Sender)?;
        let outlet = Out::new(Arc::clone(&port), Arc::clone(&session));
        let mut sender = self.terms.sender(outlet, waiting, tally, half)?;
        session.order(Order::Attach(Arc::clone(&port)));
        wait_until_open(&port, self.terms.open_within)?;
        port.hear();
        let bytes = HEADER_BYTES + size_of::<T>();
        match sender.outlet_mut().take_publication() {
            Some(publication) if bytes > publication.max_message => {
                Err(RemoteError::TooLarge { bytes, limit: publication.max_message })
            }
            _ => Ok(sender),
        }
    }

    fn receiver_over<T: FromBytes + Send>(
        &self,
        session: Arc<Session>,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<RemoteReceiver<T>, RemoteError> {
        let port = self.port(Side::Receiver)?;
        let inlet = In::new(Arc::clone(&port), Arc::clone(&session));
        let of_channel = if self.channel.starts_with("aeron:ipc") { Duration::ZERO } else { REST };
        let receiver = self.terms.receiver(inlet, self.rest.unwrap_or(of_channel), tally, half);
        session.order(Order::Attach(Arc::clone(&port)));
        wait_until_open(&port, self.terms.open_within)?;
        Ok(receiver)
    }
}

impl<T: FromBytes + IntoBytes + Immutable + Send> Opens<T> for Remote {
    type Out = Out<T>;
    type In = In;

    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn open_sender<W: Waiting<T>>(&self, waiting: W) -> Result<LinkSender<T, Out<T>, W>, RemoteError> {
        self.sender_over(self.session()?, waiting, Arc::default(), Half::Sender)
    }

    fn open_receiver(&self) -> Result<RemoteReceiver<T>, RemoteError> {
        self.receiver_over(self.session()?, Arc::default(), Half::Receiver)
    }

    /// Both ends, connected: what is pushed first is not pushed to nobody.
    fn open_both<W: Waiting<T>>(&self, waiting: W) -> Result<Ends<T, Self, W>, RemoteError> {
        let (session, tally) = (self.session()?, Arc::<Tally>::default());
        let receiver = self.receiver_over(Arc::clone(&session), Arc::clone(&tally), Half::Both)?;
        let sender = self.sender_over(session, waiting, tally, Half::Both)?;
        let began = Instant::now();
        while !sender.is_connected() {
            if began.elapsed() > self.terms.open_within {
                return Err(RemoteError::Silent {
                    channel: self.channel.clone(),
                    waited: self.terms.open_within,
                });
            }
            thread::sleep(Duration::from_micros(200));
        }
        Ok((sender, receiver))
    }

    fn described(&self) -> Described {
        let reason = format!(
            "{} stream {}: {HEADER_BYTES} bytes of header, then the value",
            self.channel, self.stream_id
        );
        let overflow = self.terms.overflow;
        // The log may lose values whatever the policy is: its receiver says so.
        Described::new("aeron").policy(overflow.name(), true).layout(
            HEADER_BYTES + size_of::<T>(),
            "log",
            reason,
        )
    }
}

impl<T: FromBytes + IntoBytes + Immutable + Send> Edge<T> for Remote {
    type Sender = RemoteSender<T>;
    type Receiver = RemoteReceiver<T>;

    /// Both ends, connected: what is pushed first is not pushed to nobody.
    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let waiting = self.terms.waiting().map_err(EdgeError::new)?;
        self.open_both(waiting).map_err(EdgeError::new)
    }

    fn describe(&self) -> Described {
        Opens::<T>::described(self)
    }
}
