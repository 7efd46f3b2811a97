//! What passes wait for each other with: locks, events and channels whose every wait is a sender.
//!
//! | primitive | its waits | also known as |
//! |---|---|---|
//! | [`Mutex`] | [`lock`](Mutex::lock) | libunifex `async_mutex`, `tmc::mutex`, tokio `Mutex` |
//! | [`RwLock`] | [`read`](RwLock::read), [`write`](RwLock::write) | `tmc::rw_lock`, tokio `RwLock` |
//! | [`Semaphore`] | [`acquire`](Semaphore::acquire) | `tmc::semaphore`, tokio `Semaphore` |
//! | [`Event`] | [`wait`](Event::wait) | libunifex `async_manual_reset_event`, `tmc::manual_reset_event` |
//! | [`AutoEvent`] | [`wait`](AutoEvent::wait) | libunifex `async_auto_reset_event`, tokio `Notify` |
//! | [`Barrier`] | [`wait`](Barrier::wait) | `std::barrier`, `tmc::barrier`, tokio `Barrier` |
//! | [`Latch`] | [`wait`](Latch::wait), [`arrive_and_wait`](Latch::arrive_and_wait) | `std::latch`, `tmc::latch` |
//! | [`oneshot`] | [`recv`](OneshotReceiver::recv) | tokio `oneshot` |
//! | [`channel`], [`mpsc`] | [`send`](ChannelSender::send), [`recv`](ChannelReceiver::recv), [`from_channel`] | `tmc::channel`, tokio `mpsc` |
//!
//! What holds for all of them:
//!
//! - A wait **completes** inside `start` if there is nothing to wait for. Else it completes on the context where it
//!   was started, by a task that is posted there: whoever gives a lock back or sends a value runs nothing of
//!   those who wait. A thread that belongs to no context cannot wait; there the pass completes as stopped. In
//!   [`block_on`](crate::consumers::block_on) the thread is a context.
//! - Who came first is served first, and nobody overtakes.
//! - A pass that waits is **stopped** by the stop token it was connected with, at once and wherever the stop is
//!   requested. A stop and a grant that come together are one of the two, never both: nothing that was
//!   granted is lost. When the context of a pass ends that was granted something, it goes to the next.
//! - Nothing is **allocated** after a primitive was made: who waits is linked where its operation is. What is inside
//!   is changed under a lock of one byte, held for a few instructions and never while anybody's code runs. Whoever lets several
//!   go on at once holds it for a few instructions for each of them: [`Event::set`], the last at a [`Latch`] or a [`Barrier`], a writer
//!   before readers, a channel that is closed. Their tasks are posted when it is free.
//! - Each wait has a form that borrows and one, named `_arc`, that holds on by count: graphs that run by
//!   themselves need the second, or a `static` primitive. The ends of channels are counted themselves.
//!
//! In a graph a wait is an asynchronous stage, `.and(move |order| carry(order, book.lock_arc()))`, or the beginning,
//! [`from_channel`]; both are fused as any other. [`carry`] takes along what the pass needs behind the wait.
//!
//! There is no deadlock detection: two passes that lock two mutexes in different order wait for ever, until one is
//! stopped.

mod auto_event;
mod barrier;
mod carry;
mod channel;
mod event;
mod handle;
mod latch;
mod mutex;
mod oneshot;
mod operation;
mod rw_lock;
mod semaphore;
mod wait_list;

pub use auto_event::{AutoEvent, WaitAutoEvent};
pub use barrier::{Barrier, Met, WaitBarrier};
pub use carry::{Carry, carry};
pub use channel::{
    ChannelReceiver, ChannelSender, Closed, RecvSole, RecvValue, SendValue, SoleReceiver, TryRecvError,
    TrySendError, channel, from_channel, mpsc,
};
pub use event::{Event, WaitEvent};
pub use handle::Handle;
pub use latch::{Latch, WaitLatch};
pub use mutex::{Lock, Mutex, MutexGuard};
pub use oneshot::{OneshotReceiver, OneshotSender, RecvOnce, oneshot};
pub use operation::WaitOperation;
pub use rw_lock::{Read, ReadGuard, RwLock, Write, WriteGuard};
pub use semaphore::{Acquire, Permit, Semaphore};

#[cfg(all(test, loom))]
mod model;
