//! An operation that nobody awaits where it was started: one piece of memory, given back by itself.

use std::marker::{PhantomData, PhantomPinned};
use std::mem;
use std::pin::Pin;
use std::ptr::NonNull;

use crate::alloc::{AllocError, Allocation, Policy, Request};
use crate::completion::{Completion, Started, StopReason};
use crate::consumers::{Nobody, completed};
use crate::context::{ContextRef, current};
use crate::env::Env;
use crate::lane::PanicReport;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::{AtomicU8, Ordering};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopToken;
use crate::work::{Fate, TaskNode, TaskRef};

/// The task waits to be run.
const QUEUED: u8 = 0;
/// The operation is inside `start`.
const STARTING: u8 = 1;
/// `start` has returned, and the receiver will be called.
const UNDER_WAY: u8 = 2;
/// The receiver was called.
const ARRIVED: u8 = 3;

/// What becomes of the completion, and of the memory.
pub(crate) trait Keep<V, E>: Send + Sized {
    /// What asks the operation to stop.
    fn stop(&self) -> StopToken;

    /// Where its memory came from, and what it hands on to those that it starts.
    fn allocation(&self) -> &Allocation;

    /// The operation whose memory begins at `place` is being started.
    #[inline]
    fn begins(&self, _place: NonNull<()>) {}

    /// The operation has completed.
    fn arrived(&mut self, completion: Completion<V, E>);

    /// The operation has panicked.
    fn panicked(&mut self, report: PanicReport);

    /// Nothing of the operation is left: drops the `Keep`, and gives `memory` back.
    ///
    /// # Safety
    ///
    /// `header` is the beginning of `memory`, which was allocated as `request` by [`allocation`](Self::allocation). The
    /// caller uses neither any more.
    unsafe fn over(header: NonNull<Header<Self>>, request: Request);
}

/// Drops `keep` and gives the memory round it back: what [`Keep::over`] does where nobody else knows the memory.
///
/// `parting` gets what must outlive the memory.
///
/// # Safety
///
/// As for [`Keep::over`].
#[inline(always)]
pub(crate) unsafe fn release<K, T>(
    header: NonNull<Header<K>>,
    request: Request,
    parting: impl FnOnce(K) -> (Allocation, T),
) -> T {
    // SAFETY: stays inside of the header.
    let keep = unsafe { header.byte_add(mem::offset_of!(Header<K>, keep)) }.cast::<K>();
    // SAFETY: the header is valid, and nobody uses it after this read.
    let keep = unsafe { keep.read() };
    let (allocation, rest) = parting(keep);
    // SAFETY: the caller says that this is the memory that the policy gave for the request.
    unsafe { allocation.release(header.cast(), &request) };
    rest
}

/// What can be reached without knowing the sender.
#[repr(C)]
pub(crate) struct Header<K> {
    // First, so that the task finds its operation; see `Spawned::resume`.
    node: TaskNode,
    // From `STARTING` on the one who changes it second goes on: who called `start`, or who completes.
    phase: AtomicU8,
    // Made when the operation is started.
    env: Env,
    pub(crate) keep: K,
}

/// A sender that waits to be started, or its operation.
#[repr(C)]
pub(crate) struct Spawned<S: Sender, K: Keep<S::Value, S::Error>> {
    header: Header<K>,
    stage: Stage<S, S::Operation<Arrive<K>>>,
    _pinned: PhantomPinned,
}

enum Stage<S, O> {
    Sender(S),
    Operation(O),
    Over,
}

/// Where a spawned operation completes.
pub(crate) struct Arrive<K> {
    header: NonNull<Header<K>>,
    _keep: PhantomData<K>,
    _pinned: PhantomPinned,
}

// SAFETY: the header is used by one thread at a time: by who starts the operation, then by who completes it.
unsafe impl<K: Send> Send for Arrive<K> {}

impl<S, K> Spawned<S, K>
where
    S: Sender + Send + 'static,
    K: Keep<S::Value, S::Error> + 'static,
{
    /// Whether the sender completes where it is started, so that it never becomes an operation.
    const AT_ONCE: bool = <S::Operation<Nobody> as Operation>::IMMEDIATE;

    #[inline]
    pub(crate) fn request() -> Request {
        Request::operation::<Self, S>()
    }

    /// Puts the sender into memory of its own.
    #[inline]
    pub(crate) fn make(sender: S, keep: K) -> Result<NonNull<Self>, AllocError> {
        Self::make_noted(sender, keep, |_, _, _| ())
    }

    /// As [`make`](Self::make), and tells `note` where, what and by whom it is kept.
    #[inline]
    pub(crate) fn make_noted(
        sender: S,
        keep: K,
        note: impl FnOnce(&K, NonNull<()>, &S),
    ) -> Result<NonNull<Self>, AllocError> {
        let memory = keep.allocation().allocate(&Self::request())?.cast::<Self>();
        note(&keep, memory.cast(), &sender);
        let header =
            Header { node: TaskNode::new(Self::resume), phase: AtomicU8::new(QUEUED), env: Env::new(), keep };
        // SAFETY: the memory is of this type's layout, and ours.
        unsafe { memory.write(Self { header, stage: Stage::Sender(sender), _pinned: PhantomPinned }) };
        Ok(memory)
    }

    /// Starts it on `context`, or ends it as stopped if that has ended.
    ///
    /// # Safety
    ///
    /// It was just made.
    #[inline]
    pub(crate) unsafe fn post(this: NonNull<Self>, context: &ContextRef) {
        // SAFETY: the node is the first field of memory that stays until its task has been entered, this is the only
        // reference, and sender and operation are `Send`.
        context.post(unsafe { TaskRef::new(this.cast()) });
    }

    /// Starts it here and now.
    ///
    /// # Safety
    ///
    /// It was just made.
    pub(crate) unsafe fn begin(this: NonNull<Self>) {
        // SAFETY: nobody else uses the memory before the operation is started.
        unsafe { &(*this.as_ptr()).header.keep }.begins(this.cast());
        if Self::AT_ONCE {
            // SAFETY: passed on to the caller.
            return unsafe { Self::run(this) };
        }
        let place = this.as_ptr();
        let started = panic_site::catch(|| {
            // SAFETY: nobody else uses the memory before the operation is started.
            let whole = unsafe { &mut *place };
            let keep = &whole.header.keep;
            let env = Env::new().with_stop(keep.stop()).with_allocation(keep.allocation().clone());
            whole.header.env = match current() {
                Some(context) => env.with_context(context),
                None => env,
            };
            // ORDERING: relaxed, nobody else knows the memory yet; whoever completes is told of it by `start`.
            whole.header.phase.store(STARTING, Ordering::Relaxed);
            let Stage::Sender(sender) = mem::replace(&mut whole.stage, Stage::Over) else { return None };
            let arrive = Arrive { header: this.cast(), _keep: PhantomData, _pinned: PhantomPinned };
            whole.stage = Stage::Operation(sender.connect(arrive, &whole.header.env));
            // SAFETY: only the stage is borrowed from here on: the receiver may use the header.
            let stage = unsafe { &mut (*place).stage };
            let Stage::Operation(operation) = stage else { return None };
            // SAFETY: the memory is not moved or given back before the operation was dropped.
            let operation = unsafe { Pin::new_unchecked(operation) };
            // SAFETY: no pass is under way, and nothing of it is dropped before its receiver was called.
            Some(unsafe { operation.start() })
        });
        match started {
            Ok(Some(Started::Later)) => {
                // SAFETY: the memory stays until the second of the two has been here.
                let phase = unsafe { &(*place).header.phase };
                // ORDERING: acquire pairs with the release in `Arrive::complete`; release the other way round.
                if phase.swap(UNDER_WAY, Ordering::AcqRel) != ARRIVED {
                    return;
                }
            }
            // SAFETY: the pass is over, so that the header is ours.
            Ok(Some(Started::Inline(completion))) => unsafe { (*place).header.arrived(completion) },
            Ok(None) => {}
            // SAFETY: when `start` unwinds nothing of the operation is under way.
            Err(report) => unsafe { (*place).header.keep.panicked(report) },
        }
        // SAFETY: the pass is over, and we are the ones to end it.
        unsafe { Self::end(this) }
    }

    /// Starts and ends one that completes at once, without what only an operation needs.
    ///
    /// # Safety
    ///
    /// It was just made.
    unsafe fn run(this: NonNull<Self>) {
        // SAFETY: nobody else uses the memory.
        let Self { header, stage, .. } = unsafe { &mut *this.as_ptr() };
        let keep = &mut header.keep;
        let run = panic_site::catch(|| {
            let Stage::Sender(sender) = mem::replace(stage, Stage::Over) else { return };
            match completed(sender.at_once()) {
                Completion::Stopped(StopReason::Panicked) => keep.panicked(panic_site::take_left()),
                completion => keep.arrived(completion),
            }
        });
        if let Err(report) = run {
            header.keep.panicked(report);
        }
        // SAFETY: the pass is over; the sender was moved out, and the facts were never made, so that only `keep` needs a
        // drop.
        unsafe { K::over(this.cast(), Self::request()) }
    }

    /// # Safety
    ///
    /// `node` is the first field of a `Self` whose task was posted, or who completes.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let this = node.cast::<Self>();
        // SAFETY: the memory is there until its task has been entered, and nobody else uses it now.
        let header = unsafe { &mut (*this.as_ptr()).header };
        // ORDERING: relaxed, the context's queue orders what was written before the post.
        let queued = header.phase.load(Ordering::Relaxed) == QUEUED;
        match fate {
            // SAFETY: the task of a new one runs for the first time.
            Fate::Run if queued => return unsafe { Self::begin(this) },
            Fate::Abandoned if queued => header.arrived(Completion::Stopped(StopReason::Requested)),
            Fate::Run | Fate::Abandoned => {}
        }
        // SAFETY: it was not started, or has completed.
        unsafe { Self::end(this) }
    }

    /// Drops what is left and gives the memory back.
    ///
    /// # Safety
    ///
    /// No pass is under way, and the caller uses the memory no more.
    unsafe fn end(this: NonNull<Self>) {
        let place = this.as_ptr();
        let dropped = panic_site::catch(|| {
            // SAFETY: the pass is over and the stage is used by nobody else; it is dropped in place.
            unsafe { (*place).stage = Stage::Over }
        });
        // SAFETY: as above.
        let header = unsafe { &mut (*place).header };
        if let Err(report) = dropped {
            header.keep.panicked(report);
        }
        header.env = Env::new();
        // SAFETY: the header is the beginning of the memory that `make` got, and all that still needs a drop is `keep`.
        unsafe { K::over(this.cast(), Self::request()) }
    }
}

impl<K> Header<K> {
    /// Hands the completion on; a panic in doing so, such as of the value's own drop, counts as one of the operation.
    fn arrived<V, E>(&mut self, completion: Completion<V, E>)
    where
        K: Keep<V, E>,
    {
        if let Completion::Stopped(StopReason::Panicked) = completion {
            return self.keep.panicked(panic_site::take_left());
        }
        if let Err(report) = panic_site::catch(|| self.keep.arrived(completion)) {
            self.keep.panicked(report);
        }
    }
}

impl<V, E, K: Keep<V, E>> Receiver<V, E> for Arrive<K> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let place = self.header.as_ptr();
        // SAFETY: the header is there until the operation has ended, which waits for this; and nobody else uses it
        // while a pass is under way.
        let header = unsafe { &mut *place };
        header.arrived(completion);
        // Cloned before the swap: with it the memory may be gone.
        let home = header.env.context().cloned();
        // ORDERING: acquire and release pair with the swap in `begin`.
        if header.phase.swap(ARRIVED, Ordering::AcqRel) == STARTING {
            // Whoever is inside `start` goes on.
            return;
        }
        // The operation must not be dropped before our caller has returned: a task does it.
        // SAFETY: the node is the first field of the memory, which stays until the task has been entered; the first task
        // has been, and there is no other.
        let task = unsafe { TaskRef::new(self.header.cast()) };
        match home {
            Some(home) => home.post(task),
            // Nobody else would: this is the operation's last act, and nobody else uses it.
            None => task.run(),
        }
    }
}
