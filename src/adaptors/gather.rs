//! Senders that stay under way from one pass to the next: what `merge`, `merge_each` and `debounce` have in common.
//!
//! Elsewhere a pass completes once everything under it has. Here it completes with the first that has something, and the
//! others go on meanwhile; the next pass finds what they made of it.
//!
//! ```text
//!             start: drives             nothing to go on with
//!  between ───────────────▶ driving ───────────────────────────▶ waiting
//!  passes ◀─────────────── ▲      completes        │ a port arrives: a task
//!                          └───────────────────────┘ that drives is posted
//! ```
//!
//! At most one thread drives: whoever started the pass, or the task that the one port posts whose arrival found the pass
//! [waiting](meeting). What is under way lies in one piece of memory that is given back by the last that needs it,
//! so that an operation that is dropped between two passes asks what is under way to stop and waits for nobody.

mod arm;
mod meeting;
mod port;

use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::context::{ContextRef, current, other_than};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::UnsafeCell;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::stop::Recycled;
use crate::work::{Fate, TaskNode, TaskRef};

pub(super) use arm::{Arm, Asked};
use meeting::Meeting;
pub use port::{Arrives, Port};

/// How many senders may have completed at once, one after the other, before the context gets its turn.
pub(super) const AT_ONCE: u32 = 64;

/// What a pass does next.
#[derive(Debug)]
pub enum Driven<V, E> {
    /// It completes.
    Over(Completion<V, E>),
    /// It waits until a port arrives.
    Waits,
    /// It goes on when the context has had a turn.
    Again,
}

/// Senders in [ports](Port), and what becomes of their completions.
#[doc(hidden)]
pub trait Gather: Send + 'static {
    /// What a pass makes.
    type Value: Send;
    /// How a pass fails.
    type Error: Send;

    /// What there is from the beginning.
    type Senders;

    /// Connects what there is from the beginning.
    fn connect(self: Pin<&mut Self>, senders: Self::Senders, env: &Env);

    /// Goes on as far as it can, with what has [arrived](Hub::arrived) and with what it begins in the hub's ports.
    fn drive(self: Pin<&mut Self>, hub: &Arc<Hub>, env: &Env) -> Driven<Self::Value, Self::Error>;

    /// Begins nothing new any more. Whether something is under way, or has arrived.
    fn rests(self: Pin<&mut Self>) -> bool {
        false
    }
}

/// What the ports of one operation share.
pub struct Hub {
    // Dropped first: what has arrived is linked by nodes in the parts.
    meeting: Meeting,
    // INVARIANT: written by who drives; read by the port whose arrival finds the pass waiting.
    waiter: UnsafeCell<Waiter>,
    // Given back by its drop.
    _parts: Parts,
}

struct Waiter {
    node: Option<NonNull<TaskNode>>,
    // Where the pass waits, should a port arrive on a thread of no context.
    here: Option<ContextRef>,
}

/// The memory of a [`Gather`], given back with the hub.
struct Parts(NonNull<dyn Send>);

impl Drop for Parts {
    fn drop(&mut self) {
        // SAFETY: it came from `Box::into_raw`, and is given back once.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

// SAFETY: the parts are `Send`, and used by who drives alone; the waiter is handed over by the meeting.
unsafe impl Send for Hub {}
// SAFETY: as above.
unsafe impl Sync for Hub {}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

impl Hub {
    /// The number of a port that has arrived, in the order of arrival. Only who drives asks.
    #[inline]
    pub(super) fn arrived(&self) -> Option<usize> {
        // SAFETY: the caller drives, so that nobody else takes from the meeting.
        let node = unsafe { self.meeting.next() }?;
        // SAFETY: every node in the meeting is the first field of a port's head, which lies in the parts.
        Some(unsafe { node.cast::<port::Head>().as_ref() }.number())
    }

    /// A port arrives; if the pass waits, a task is posted that drives.
    fn arrive(&self, task: TaskRef) {
        if !self.meeting.arrive(task) {
            return;
        }
        // SAFETY: the pass waited, so that nobody drives; it goes on by the task made below alone.
        let waiter = self.waiter.with(|waiter| unsafe { &*waiter });
        let Some(node) = waiter.node else { return };
        let here = current().or_else(|| waiter.here.clone());
        // SAFETY: the node is the first field of the pinned operation, whose pass is under way; no task of it is queued,
        // because the pass waited, and it is `Send`.
        let task = unsafe { TaskRef::new(node) };
        // Dropped where there is no context, which completes the pass as stopped.
        if let Some(context) = here {
            context.post(task);
        }
    }
}

/// A sender whose pass is driven by `G`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Gathered<G: Gather> {
    parts: G,
    senders: G::Senders,
    stop: Recycled,
}

impl<G: Gather> Gathered<G> {
    /// Parts whose senders `stop` asks to stop when the operation is dropped.
    #[inline]
    pub(super) const fn new(parts: G, senders: G::Senders, stop: Recycled) -> Self {
        Self { parts, senders, stop }
    }
}

#[diagnostic::do_not_recommend]
impl<G: Gather> Sender for Gathered<G> {
    type Value = G::Value;
    type Error = G::Error;
    type Operation<R: Receiver<G::Value, G::Error>> = GatherOperation<G, R>;

    fn connect<R: Receiver<G::Value, G::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        let parts = NonNull::from(Box::leak(Box::new(self.parts)));
        let hub = Hub {
            meeting: Meeting::new(),
            waiter: UnsafeCell::new(Waiter { node: None, here: None }),
            _parts: Parts(parts),
        };
        let owned = Owned { parts, hub: Arc::new(hub), stop: self.stop };
        let mut operation = GatherOperation {
            node: TaskNode::new(GatherOperation::<G, R>::resume),
            owned,
            env: env.clone(),
            receiver,
        };
        operation.owned.parts().connect(self.senders, env);
        operation
    }
}

/// The owner's handle of a hub and its parts.
struct Owned<G> {
    parts: NonNull<G>,
    hub: Arc<Hub>,
    stop: Recycled,
}

// SAFETY: the parts, which are `Send`, are used through the handle by one thread at a time.
unsafe impl<G: Send> Send for Owned<G> {}

impl<G> Owned<G> {
    /// The parts, for who drives.
    fn parts(&mut self) -> Pin<&mut G> {
        // SAFETY: the hub keeps them. Only who drives uses them, by the exclusive handle.
        let parts = unsafe { self.parts.as_mut() };
        // SAFETY: they stay in their box until the hub is dropped.
        unsafe { Pin::new_unchecked(parts) }
    }
}

impl<G> Drop for Owned<G> {
    fn drop(&mut self) {
        // Each port that is under way holds the hub.
        if Arc::strong_count(&self.hub) > 1 {
            self.stop.request_stop();
        }
    }
}

/// The operation of [`Gathered`].
#[doc(hidden)]
#[pin_project]
#[repr(C)]
pub struct GatherOperation<G, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    owned: Owned<G>,
    env: Env,
    #[pin]
    receiver: R,
}

opaque!(GatherOperation<G, R>);

impl<G: Gather, R: Receiver<G::Value, G::Error>> GatherOperation<G, R> {
    /// Drives until the pass completes, or until it has to wait: then the operation belongs to whoever wakes it.
    fn drive(self: Pin<&mut Self>) -> Option<Completion<G::Value, G::Error>> {
        // SAFETY: nothing is moved through the pointer.
        let this = unsafe { self.get_unchecked_mut() };
        let node = NonNull::from(&mut *this).cast::<TaskNode>();
        let hub = Arc::clone(&this.owned.hub);
        loop {
            match this.owned.parts().drive(&hub, &this.env) {
                Driven::Over(completion) => return Some(completion),
                Driven::Waits => {
                    // SAFETY: who drives alone reaches the waiter, until the meeting hands it over.
                    hub.waiter.with_mut(|waiter| unsafe { (*waiter).waits(node, &this.env) });
                    if hub.meeting.wait() {
                        return None;
                    }
                }
                Driven::Again => {
                    let Some(here) = this.env.here() else { continue };
                    // SAFETY: the node is the first field of the pinned operation, whose pass is under way and has no
                    // task queued; it is `Send`.
                    here.post(unsafe { TaskRef::new(node) });
                    return None;
                }
            }
        }
    }

    /// Goes on with a pass that waited.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose pass waits for this task alone.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let mut operation = unsafe { Pin::new_unchecked(operation) };
        let completion = match fate {
            Fate::Abandoned => Completion::Stopped(StopReason::Requested),
            Fate::Run => match panic_site::catch(|| operation.as_mut().drive()) {
                Ok(None) => return,
                Ok(Some(completion)) => completion,
                Err(report) => {
                    panic_site::leave(report);
                    Completion::Stopped(StopReason::Panicked)
                }
            },
        };
        // SAFETY: the pass waited for this task, so that its start returned `Later`, and is over.
        unsafe { complete_caught(operation.project().receiver, completion) };
    }
}

impl Waiter {
    fn waits(&mut self, node: NonNull<TaskNode>, env: &Env) {
        self.node = Some(node);
        if let Some(here) = other_than(self.here.as_ref()) {
            self.here = Some(here);
        } else if self.here.is_none() {
            self.here = env.here();
        }
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<G: Gather, R: Receiver<G::Value, G::Error>> Operation for GatherOperation<G, R> {
    type Value = G::Value;
    type Error = G::Error;
    type Receiver = R;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<G::Value, G::Error> {
        self.drive().map_or(Started::Later, Started::Inline)
    }

    unsafe fn rest(mut self: Pin<&mut Self>) -> Option<Started<G::Value, G::Error>> {
        if !self.as_mut().project().owned.parts().rests() {
            return None;
        }
        // SAFETY: passed on to the caller.
        Some(unsafe { self.start() })
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
