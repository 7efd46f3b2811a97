//! A pass on the heap: it outlives the future that waits for it, if need be.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use super::handover::{Delivered, Handover};
use crate::completion::{Completion, Started, StopReason};
use crate::context::{ContextRef, current, enter};
use crate::env::Env;
use crate::lane::PanicReport;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::work::{Fate, TaskNode, TaskRef};

/// What a pass completes with, and where it panicked, if it did.
pub(super) type Arrival<V, E> = (Completion<V, E>, Option<Box<PanicReport>>);

/// What is known of a pass without knowing its sender.
#[repr(C)]
pub(super) struct Header<V, E> {
    // First, so that the task that frees a pass finds it; see `Pass::free`.
    node: TaskNode,
    handover: Handover<Arrival<V, E>>,
    // The context that the future drives.
    home: ContextRef,
}

/// An operation, and where it completes.
#[repr(C)]
struct Pass<S: Sender> {
    // First, because whoever completes knows the header alone.
    header: Header<S::Value, S::Error>,
    operation: S::Operation<Arrive<S::Value, S::Error>>,
}

/// Where an awaited pass completes, on whichever thread it then is.
pub(super) struct Arrive<V, E> {
    header: NonNull<Header<V, E>>,
    // The future may drop the operation while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

// SAFETY: the header is written by the one completion of a start, and the values cross with it; that they are
// `Send` is asked by `OwnedPass::connect`, which alone makes such a receiver.
unsafe impl<V, E> Send for Arrive<V, E> {}

impl<V, E> Receiver<V, E> for Arrive<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let header = self.header;
        let panicked = matches!(completion, Completion::Stopped(StopReason::Panicked));
        let report = panicked.then(|| Box::new(panic_site::take_left()));
        // SAFETY: the pass stays until its completion has been delivered.
        let this = unsafe { header.as_ref() };
        // Cloned first: the future may drop the pass as soon as it sees the completion.
        let home = this.home.clone();
        // SAFETY: an operation completes once per start.
        match unsafe { this.handover.deliver((completion, report)) } {
            Delivered::Awaited => home.nudge(),
            Delivered::Left => {
                // SAFETY: the future has left the pass to this completion, so that nobody else has a
                // reference to the task; the node is the first field of a pass on the heap, whose
                // parts are `Send`.
                let free = unsafe { TaskRef::new(header.cast()) };
                // The operation is dropped when it has returned from completing, as every receiver
                // must see to; on a thread that runs no tasks there is nobody to see to it, and its
                // completion is its last act in any case.
                match current() {
                    Some(context) => context.post(free),
                    None => free.run(),
                }
            }
        }
    }
}

/// The right to a pass on the heap, which may be started again and again.
///
/// Dropped while the pass is under way, it leaves it to its completion, which frees it: nothing is leaked,
/// and what the kernel, a device or another thread still uses stays where it is.
pub(super) struct OwnedPass<S: Sender> {
    // INVARIANT: from `Box::into_raw`; not moved since.
    pass: NonNull<Pass<S>>,
    under_way: bool,
}

// SAFETY: the operation is `Send`, as are the values; the pass is owned as by a box.
unsafe impl<S: Sender<Value: Send, Error: Send>> Send for OwnedPass<S> {}

impl<S: Sender> fmt::Debug for OwnedPass<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPass").field("under_way", &self.under_way).finish_non_exhaustive()
    }
}

impl<S> OwnedPass<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    /// Connects `sender`; it completes towards `home`.
    pub(super) fn connect(sender: S, home: &ContextRef, env: &Env) -> Self {
        let place = Box::<Pass<S>>::new_uninit();
        let pass = NonNull::from(Box::leak(place)).cast::<Pass<S>>();
        // Frees the memory if `connect` panics.
        let memory = Memory(pass);
        let header =
            Header { node: TaskNode::new(Self::free), handover: Handover::new(), home: home.clone() };
        let receiver = Arrive { header: pass.cast(), _pinned: PhantomPinned };
        let operation = sender.connect(receiver, env);
        // SAFETY: the memory is fresh, and large enough for a pass.
        unsafe { pass.write(Pass { header, operation }) };
        std::mem::forget(memory);
        Self { pass, under_way: false }
    }

    /// Begins a pass; the completion if it is there at once.
    ///
    /// # Panics
    ///
    /// When a stage panics inside of `start`; nothing is under way then.
    ///
    /// # Safety
    ///
    /// `home` takes no turns meanwhile.
    pub(super) unsafe fn start(&mut self, home: &ContextRef) -> Option<Completion<S::Value, S::Error>> {
        debug_assert!(!self.under_way, "one pass at a time");
        // SAFETY: the pass is alive, and its operation is idle, so that nobody else touches it.
        let operation = unsafe { &mut (*self.pass.as_ptr()).operation };
        // SAFETY: the pass is not moved until it is freed.
        let operation = unsafe { Pin::new_unchecked(operation) };
        // SAFETY: it runs nothing meanwhile, as the caller says.
        let _here = unsafe { enter(home.clone()) };
        // SAFETY: no pass is under way, and this one is left alone until it has completed: it is
        // freed by its completion if need be.
        match unsafe { operation.start() } {
            Started::Inline(completion) => Some(completion),
            Started::Later => {
                self.under_way = true;
                None
            }
        }
    }

    /// Whether the pass that is under way has completed.
    pub(super) fn has_arrived(&self) -> bool {
        // SAFETY: the header is alive, and used by shared reference while the pass is under way.
        unsafe { &(*self.pass.as_ptr()).header.handover }.has_arrived()
    }

    /// What the pass that was under way completed with.
    pub(super) fn take(&mut self) -> Option<Arrival<S::Value, S::Error>> {
        if !self.has_arrived() {
            return None;
        }
        self.under_way = false;
        // SAFETY: the pass has completed, so that the header is this value's alone.
        unsafe { &mut (*self.pass.as_ptr()).header.handover }.take()
    }

    /// Frees a pass: the task of one that was left to its completion.
    ///
    /// # Safety
    ///
    /// `node` is that of a pass on the heap that nobody else refers to.
    unsafe fn free(node: NonNull<TaskNode>, _: Fate) {
        // SAFETY: the node is the first field of the first field of a pass that was boxed.
        drop(unsafe { Box::from_raw(node.cast::<Pass<S>>().as_ptr()) });
    }
}

impl<S: Sender> OwnedPass<S> {
    /// Whether a pass was begun whose completion was not taken yet.
    pub(super) const fn is_under_way(&self) -> bool {
        self.under_way
    }
}

impl<S: Sender> Drop for OwnedPass<S> {
    fn drop(&mut self) {
        // SAFETY: the pass is alive: it is left to its completion here or never.
        if self.under_way && unsafe { &(*self.pass.as_ptr()).header.handover }.leave() {
            return;
        }
        // SAFETY: nothing is under way any more, so that the pass is this value's alone.
        drop(unsafe { Box::from_raw(self.pass.as_ptr()) });
    }
}

/// Memory without a value in it.
struct Memory<T>(NonNull<T>);

impl<T> Drop for Memory<T> {
    fn drop(&mut self) {
        // SAFETY: it came from a box of this type and has no value to be dropped.
        drop(unsafe { Box::from_raw(self.0.cast::<std::mem::MaybeUninit<T>>().as_ptr()) });
    }
}
