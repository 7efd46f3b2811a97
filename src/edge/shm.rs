//! An edge between two processes: a ring in shared memory.
//!
//! [`shm`] describes one by its name. One process asks for the [`sender`](Shm::sender), the other for the
//! [`receiver`](Shm::receiver); who comes first creates the ring, with room for the values and nothing else. Only values that are
//! plain bytes may cross: [`Plain`].
//!
//! # What may be relied on
//!
//! - Values come out in the order in which they were pushed, whole, each once, as long as no process dies.
//! - There is one producer and one consumer at a time. A second one is refused, by an error that names the process that has the end.
//! - A process that dies, however and wherever, leaves the other one able to go on, and the next one able to take over; see below.
//! - Nothing that the other process writes is trusted: indices and numbers are checked against this side's own, values are copied
//!   out, and a ring that contradicts itself is refused or closed. There is no undefined behaviour to be had by it.
//! - No allocation, no lock and no system call per value on a side that spins.
//!
//! # What a death leaves
//!
//! | killed | what becomes of the value |
//! |---|---|
//! | before or inside of a push | it is lost with its process, was never seen, and is not counted |
//! | after the push published it | it stays, also after both processes are gone |
//! | inside of [`pop`](ShmReceiver::pop) | it comes again to the next consumer, unless the pop had given its slot back: at most once in the hands of somebody |
//! | between [`pop_deferred`](ShmReceiver::pop_deferred) and [`hand_back`](ShmReceiver::hand_back) | it comes again to the next consumer: at least once, counted as [`redelivered`](ShmCounters::redelivered) |
//!
//! A death does not close the edge: the other side waits for the next process. [`Peer`] says who died; [`ShmWatch::bury`] closes the
//! end of a process that will not come back. `docs/shared_memory.md` has the layout byte by byte, what each state of a push and a pop
//! leaves, and what the permissions of the file protect from.
//!
//! # Runs
//!
//! When the processes at both ends left in order, a run of the ring is over, and the next pair starts afresh, whoever of the two comes
//! first: a receiver waits for the new sender although the former one closed, and pops meanwhile what was left over. A sender that
//! comes, pushes and closes before any receiver of its run is not missed: what it pushed comes out, and then
//! [`is_closed`](ShmReceiver::is_closed) is true. A process that takes over from one that died goes on in the run of that one.
//!
//! # Examples
//!
//! ```
//! use fusewire::edge::shm;
//!
//! let name = format!("fusewire-doc-{}", std::process::id());
//! // In one process:
//! let mut sender = shm::shm(&name).capacity(64).sender::<[u64; 2]>()?;
//! // In the other:
//! let mut receiver = shm::shm(&name).receiver::<[u64; 2]>()?;
//!
//! let _ = sender.push([7, 8]);
//! assert_eq!(receiver.pop(), Some([7, 8]));
//!
//! drop(sender);
//! assert!(receiver.is_closed());
//! shm::shm(&name).remove()?;
//! # Ok::<(), shm::ShmError>(())
//! ```

pub mod layout;

mod bell;
mod contract;
mod error;
mod file;
mod futex;
mod header;
mod held;
mod memory;
mod popping;
mod process;
mod pushing;
mod receiver;
mod ring;
mod seen;
mod sender;
mod watch;

#[cfg(all(test, not(loom)))]
mod crash;
#[cfg(all(test, loom))]
mod model;

use std::os::fd::OwnedFd;
use std::sync::Arc;

use zerocopy::{FromBytes, Immutable, IntoBytes};

pub use error::{Foreign, Odd, ShmError};
pub use layout::{End, Peer};
pub use process::Process;
pub use receiver::ShmReceiver;
pub use sender::ShmSender;
pub use watch::{ShmCounters, ShmWatch};

use super::{DEFAULT_CAPACITY, Overflow, Policy};
use file::{Access, How, Opened, Place};
use header::Wanted;

/// Values that are nothing but their bytes: every pattern of bytes is one, none of them is padding, and none points anywhere.
///
/// It is implemented for whatever has the three traits of `zerocopy` that say so; derive those for a type of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between processes",
    label = "not known to be plain bytes",
    note = "help: derive `zerocopy::FromBytes`, `zerocopy::IntoBytes` and `zerocopy::Immutable` for it, and `#[repr(C)]`"
)]
pub trait Plain: FromBytes + IntoBytes + Immutable + Send + 'static {}

impl<T: FromBytes + IntoBytes + Immutable + Send + 'static> Plain for T {}

/// Describes the ring `name`, which lies in `/dev/shm`.
///
/// Nothing is opened before [`sender`](Shm::sender), [`receiver`](Shm::receiver) or [`watch`](Shm::watch). The ring outlives its
/// processes, with what is inside, until [`remove`](Shm::remove) or the next start of the system.
pub fn shm(name: impl Into<String>) -> Shm {
    Shm::at(Place::Named(name.into()))
}

/// Describes the ring in this file, which [`Shm::sealed`] made, here or in a process that gave it to this one.
pub fn shm_fd(fd: OwnedFd) -> Shm {
    Shm::at(Place::Descriptor(Arc::new(fd)))
}

/// The description of a ring between processes.
#[derive(Debug, Clone)]
#[must_use = "this describes a ring; `sender` and `receiver` open it"]
pub struct Shm {
    place: Place,
    how: How,
    access: Access,
    capacity: Option<usize>,
    policy: Overflow,
    type_name: Option<String>,
    fingerprint: Option<u64>,
    start: u64,
}

impl Shm {
    fn at(place: Place) -> Self {
        Self {
            place,
            how: How::Either,
            access: Access { mode: 0o600, owner: None },
            capacity: None,
            policy: Overflow::Block,
            type_name: None,
            fingerprint: None,
            start: 0,
        }
    }

    /// Room for at least `capacity` values; rounded up to a power of two. A ring that exists must have just that.
    ///
    /// Without it a new ring has room for [`DEFAULT_CAPACITY`] values, and one that exists is taken as it is.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity: Some(capacity), ..self }
    }

    /// Makes the ring, and refuses one that exists.
    pub fn create(self) -> Self {
        Self { how: How::Create, ..self }
    }

    /// Takes a ring that exists, and makes none.
    pub fn attach(self) -> Self {
        Self { how: How::Attach, ..self }
    }

    /// What happens to a value for which there is no room: [`Block`](super::Block), [`DropNewest`](super::DropNewest) or
    /// [`Fail`](super::Fail).
    ///
    /// The others do not compile for this kind. [`DropOldest`](super::DropOldest) and [`Conflate`](super::Conflate) need a sender
    /// that takes values out again, which would be a second consumer, whose death had to be told from the first one's;
    /// [`Spill`](super::Spill) keeps values in memory that dies with its process. Have an edge with such a policy
    /// before this one, in the process that sends.
    pub fn policy<P: Policy<Self>>(self, policy: P) -> P::Edge {
        policy.of(self)
    }

    pub(super) fn with_overflow(self, policy: Overflow) -> Self {
        Self { policy, ..self }
    }

    /// The permissions of the file, 0600 if nobody says otherwise. A ring that exists and is open to more users is refused.
    ///
    /// Whoever may open the file may read every value, write any, and make the file shorter, which ends the other
    /// process by a signal: see `docs/shared_memory.md`. Use [`sealed`](Self::sealed) for a process that is not trusted so far.
    pub fn mode(mut self, mode: u32) -> Self {
        self.access.mode = mode & 0o777;
        self
    }

    /// Takes a ring that this user made, beside those of the user of this process.
    pub fn owned_by(mut self, uid: u32) -> Self {
        self.access.owner = Some(uid);
        self
    }

    /// The name of the type of the values, which both sides must agree on; in place of the name that it has in Rust.
    ///
    /// That name has the module in it and may differ between compilers, and says nothing of the fields: two programs with another
    /// struct of the same path and size are not told apart. Give a name with a version in it, as in `"Quote v2"`. The fingerprint of a ring is made of the size, the
    /// alignment and this name, by [`layout::fingerprint`].
    pub fn type_name(self, name: impl Into<String>) -> Self {
        Self { type_name: Some(name.into()), ..self }
    }

    /// The fingerprint of the type of the values, in place of that of its size, alignment and name.
    pub fn fingerprint(self, fingerprint: u64) -> Self {
        Self { fingerprint: Some(fingerprint), ..self }
    }

    /// The index of the first value of a new ring. It makes no difference to anybody; tests begin just below the end of `u64`.
    pub fn start(self, start: u64) -> Self {
        Self { start, ..self }
    }

    /// The overflow policy.
    pub const fn overflow(&self) -> Overflow {
        self.policy
    }

    /// Where the ring is.
    pub fn path(&self) -> String {
        self.place.path()
    }

    fn wanted<T>(&self) -> Wanted {
        Wanted {
            size: size_of::<T>(),
            align: align_of::<T>(),
            capacity: self.capacity,
            default_capacity: DEFAULT_CAPACITY,
            start: self.start,
            name: self.type_name.clone().unwrap_or_else(|| std::any::type_name::<T>().to_owned()),
            fingerprint: self.fingerprint,
        }
    }

    /// Opens the ring and takes the lock of an end.
    fn open_end<T: Plain>(&self, end: End) -> Result<Opened, ShmError> {
        let wanted = self.wanted::<T>();
        // A new ring is refused before one that exists is looked at.
        wanted.header()?;
        for _ in 0..100 {
            let opened = self.place.open(self.how, &wanted, self.access)?;
            opened.lock(end)?;
            // It may have been removed between the two, so that nobody else would ever find it.
            if opened.is_linked() || matches!(self.place, Place::Descriptor(_)) {
                return Ok(opened);
            }
        }
        Err(ShmError::Missing { path: self.path() })
    }

    /// The end that pushes. Creates or attaches, checks, and goes on where the last producer ended.
    ///
    /// **Costs** some system calls, and a look at each slot. Every page is touched.
    ///
    /// # Errors
    ///
    /// [`ShmError`], in one sentence: another process has the end, the ring carries other values, or is not one.
    pub fn sender<T: Plain>(&self) -> Result<ShmSender<T>, ShmError> {
        ShmSender::new(self.open_end::<T>(End::Producer)?, self.policy)
    }

    /// The end that pops. Creates or attaches, checks, and goes on where the last consumer ended.
    ///
    /// **Costs** some system calls, and a look at each slot. Every page is touched.
    ///
    /// # Errors
    ///
    /// [`ShmError`], in one sentence: another process has the end, the ring carries other values, or is not one.
    pub fn receiver<T: Plain>(&self) -> Result<ShmReceiver<T>, ShmError> {
        ShmReceiver::new(self.open_end::<T>(End::Consumer)?)
    }

    /// Looks at a ring that exists, whatever its values, without being one of its ends.
    ///
    /// # Errors
    ///
    /// [`ShmError`] where there is none, or where it is refused.
    pub fn watch(&self) -> Result<ShmWatch, ShmError> {
        Ok(ShmWatch::new(self.place.look(self.access)?))
    }

    /// Removes the name of the ring. Whoever has it open keeps it, and nobody else finds it. Whether there was one.
    ///
    /// # Errors
    ///
    /// [`ShmError`] where the system refuses it.
    pub fn remove(&self) -> Result<bool, ShmError> {
        self.place.remove()
    }

    /// Makes a ring without a name, as a file that nobody can make shorter: for a process that is not trusted.
    ///
    /// Its description is [`shm_fd`]: give the file to the other process, over a Unix socket or as an inherited descriptor, for which
    /// `FD_CLOEXEC` must be taken from it first. The ring lives as long as some process has it open. Capacity, start and type name
    /// are those of this description; its name, permissions and policy make no difference: those who have the file may use it.
    ///
    /// ```
    /// use fusewire::edge::shm::{shm, shm_fd};
    ///
    /// let file = shm("quotes").capacity(64).type_name("Quote v1").sealed::<[u64; 2]>()?;
    /// let mut sender = shm_fd(file.try_clone()?).type_name("Quote v1").sender::<[u64; 2]>()?;
    /// # let mut receiver = shm_fd(file).type_name("Quote v1").receiver::<[u64; 2]>()?;
    /// # let _ = sender.push([7, 8]);
    /// # assert_eq!(receiver.pop(), Some([7, 8]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ShmError`] for a capacity that cannot be, or where the system refuses the memory.
    pub fn sealed<T: Plain>(&self) -> Result<OwnedFd, ShmError> {
        file::sealed(&self.wanted::<T>())
    }
}
