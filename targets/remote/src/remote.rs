//! The description of a remote edge, and how it is opened: both ends at once, or each where it belongs.

use std::any::type_name;
use std::ffi::CString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::{Described, Edge, EdgeError};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::driver::MediaDriver;
use crate::error::RemoteError;
use crate::event::Event;
use crate::journal::{Journal, Start};
use crate::keeper::{Order, Session, wait_until_open};
use crate::policy::Overflow;
use crate::port::{Port, Side};
use crate::receiver::{OnEvent, ReceiverParts, RemoteReceiver};
use crate::sender::{RemoteSender, SenderParts};
use crate::tally::{Half, Tally};
use crate::track::Position;
use crate::wire::{HEADER_BYTES, fingerprint};

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
    Remote {
        channel: channel.into(),
        stream_id,
        driver: None,
        overflow: Overflow::Block,
        spill: 1,
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

/// The description of a remote edge; made by [`remote`].
#[derive(Clone)]
#[must_use = "this describes an edge; `on(..).edge(..)`, `sender` or `receiver` opens it"]
pub struct Remote {
    channel: String,
    stream_id: i32,
    driver: Option<MediaDriver>,
    overflow: Overflow,
    spill: usize,
    type_name: Option<Arc<str>>,
    journal: Option<PathBuf>,
    resume: Option<Position>,
    patience: Option<Duration>,
    stays: bool,
    on_event: Option<Arc<dyn Fn(&Event) + Send + Sync>>,
    poll_every: Duration,
    open_within: Duration,
}

impl Remote {
    /// Goes over this media driver; the one in Aeron's default directory if nobody says otherwise.
    pub fn driver(self, driver: &MediaDriver) -> Self {
        Self { driver: Some(driver.clone()), ..self }
    }

    /// Keeps up to `values` values, one at least, on the sender's side while the engine has no room: a log that is full, or nobody
    /// who receives. They are sent first and in order. The policy is asked when there is no room for more of them.
    pub fn spill(self, values: usize) -> Self {
        Self { spill: values.max(1), ..self }
    }

    /// Names the type, where two programs know it by different paths: both ends must give the same name. Its size, alignment and
    /// byte order are compared as well.
    pub fn type_name(self, name: impl Into<Arc<str>>) -> Self {
        Self { type_name: Some(name.into()), ..self }
    }

    /// Keeps the sender's place in its stream in a file, so that a sender that was killed and is started again goes on in the same stream,
    /// and its receivers are told exactly how many values died with it. One store to mapped memory per value.
    pub fn journal(self, path: impl Into<PathBuf>) -> Self {
        Self { journal: Some(path.into()), ..self }
    }

    /// Goes on where an earlier receiver was, as [`RemoteReceiver::position`] said: what it missed in between is a
    /// [`Gap`](crate::Gap).
    pub fn resume(self, position: Position) -> Self {
        Self { resume: Some(position), ..self }
    }

    /// Closes an end that has found nobody at the other for so long. Without it, an end waits for as long as it takes.
    pub fn give_up_after(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Keeps a receiver open when every sender that it heard has ended in order, for those that come later.
    pub fn stay_open(self) -> Self {
        Self { stays: true, ..self }
    }

    /// Calls this for every [`Event`], on the receiving lane's own thread: it must be short.
    pub fn on_event(self, on_event: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { on_event: Some(Arc::new(on_event)), ..self }
    }

    /// How often an end on a context that sleeps is woken to look, a millisecond if nobody says otherwise. Aeron itself wakes
    /// nobody. A context that spins is not woken, and looks every turn.
    pub fn poll_every(self, interval: Duration) -> Self {
        Self { poll_every: interval, ..self }
    }

    /// How long opening may take before it is an error: five seconds if nobody says otherwise.
    pub fn open_within(self, limit: Duration) -> Self {
        Self { open_within: limit, ..self }
    }

    pub(crate) fn with_overflow(self, overflow: Overflow) -> Self {
        Self { overflow, ..self }
    }

    /// The sending end alone. Waits until the driver has opened it, not until somebody receives.
    ///
    /// # Errors
    ///
    /// [`RemoteError`]: no driver, a channel that it refuses, a value too large for the channel, a journal in use.
    pub fn sender<T: IntoBytes + Immutable>(&self) -> Result<RemoteSender<T>, RemoteError> {
        self.open_sender(self.session()?, Arc::default(), Half::Sender)
    }

    /// The receiving end alone. Waits until the driver has opened it, not until somebody sends.
    ///
    /// # Errors
    ///
    /// [`RemoteError`]: no driver, or a channel that it refuses.
    pub fn receiver<T: FromBytes>(&self) -> Result<RemoteReceiver<T>, RemoteError> {
        self.open_receiver(self.session()?, Arc::default(), Half::Receiver)
    }

    fn session(&self) -> Result<Arc<Session>, RemoteError> {
        match &self.driver {
            Some(driver) => driver.session(),
            None => MediaDriver::in_default_directory().session(),
        }
    }

    fn fingerprint<T>(&self) -> u32 {
        fingerprint::<T>(self.type_name.as_deref().unwrap_or(type_name::<T>()))
    }

    fn port(&self, side: Side) -> Result<Arc<Port>, RemoteError> {
        let channel = CString::new(self.channel.as_str()).map_err(|_| RemoteError::Channel {
            channel: self.channel.replace('\0', "\\0"),
            reason: "it has a zero byte inside".to_owned(),
        })?;
        Ok(Arc::new(Port::new(side, channel, self.stream_id, self.poll_every)))
    }

    fn open_sender<T: IntoBytes + Immutable>(
        &self,
        session: Arc<Session>,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<RemoteSender<T>, RemoteError> {
        let (journal, start) = match &self.journal {
            Some(path) => Journal::open(path).map(|(journal, start)| (Some(journal), start))?,
            None => (None, Start::afresh()),
        };
        let port = self.port(Side::Sender)?;
        let mut sender = RemoteSender::new(SenderParts {
            overflow: self.overflow,
            room: self.spill,
            patience: self.patience,
            fingerprint: self.fingerprint::<T>(),
            start,
            journal,
            tally,
            half,
            port: Arc::clone(&port),
            session: Arc::clone(&session),
        });
        session.order(Order::Attach(Arc::clone(&port)));
        wait_until_open(&port, self.open_within)?;
        port.hear();
        let bytes = HEADER_BYTES + size_of::<T>();
        match sender.take_publication() {
            Some(publication) if bytes > publication.max_message => {
                Err(RemoteError::TooLarge { bytes, limit: publication.max_message })
            }
            _ => Ok(sender),
        }
    }

    fn open_receiver<T: FromBytes>(
        &self,
        session: Arc<Session>,
        tally: Arc<Tally>,
        half: Half,
    ) -> Result<RemoteReceiver<T>, RemoteError> {
        let port = self.port(Side::Receiver)?;
        let on_event =
            self.on_event.clone().map(|on_event| Box::new(move |event: &Event| on_event(event)) as OnEvent);
        let receiver = RemoteReceiver::new(ReceiverParts {
            on_event,
            stays: self.stays,
            patience: self.patience,
            fingerprint: self.fingerprint::<T>(),
            resume: self.resume,
            tally,
            half,
            port: Arc::clone(&port),
            session: Arc::clone(&session),
        });
        session.order(Order::Attach(Arc::clone(&port)));
        wait_until_open(&port, self.open_within)?;
        Ok(receiver)
    }
}

impl<T: FromBytes + IntoBytes + Immutable + Send> Edge<T> for Remote {
    type Sender = RemoteSender<T>;
    type Receiver = RemoteReceiver<T>;

    /// Both ends, connected: what is pushed first is not pushed to nobody.
    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let (session, tally) = (self.session().map_err(EdgeError::new)?, Arc::<Tally>::default());
        let receiver = self
            .open_receiver(Arc::clone(&session), Arc::clone(&tally), Half::Both)
            .map_err(EdgeError::new)?;
        let sender: RemoteSender<T> = self.open_sender(session, tally, Half::Both).map_err(EdgeError::new)?;
        let began = Instant::now();
        while !sender.is_connected() {
            if began.elapsed() > self.open_within {
                return Err(EdgeError::new(RemoteError::Silent {
                    channel: self.channel,
                    waited: self.open_within,
                }));
            }
            thread::sleep(Duration::from_micros(200));
        }
        Ok((sender, receiver))
    }

    fn describe(&self) -> Described {
        let reason = format!(
            "{} stream {}: {HEADER_BYTES} bytes of header, then the value",
            self.channel, self.stream_id
        );
        Described::new("aeron").policy(self.overflow.name(), true).layout(
            HEADER_BYTES + size_of::<T>(),
            "log",
            reason,
        )
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("channel", &self.channel)
            .field("stream_id", &self.stream_id)
            .field("driver", &self.driver)
            .field("overflow", &self.overflow)
            .finish_non_exhaustive()
    }
}
