//! The memory of a task: a sender, and then its operation, behind pointers to functions.

use std::marker::{PhantomData, PhantomPinned};
use std::mem;
use std::pin::Pin;
use std::ptr::NonNull;

use crate::alloc::{AllocError, Allocation, Policy, Request};
use crate::completion::{Completion, Started};
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// What can be done with a sender whose type nobody knows any more.
pub(super) struct Verbs<V: 'static, E: 'static> {
    /// Connects a sender that lies elsewhere, which is used up; in new memory of the policy of the facts.
    pub(super) connect_small: unsafe fn(*mut (), &Env) -> Result<Memory<V, E>, AllocError>,
    /// Drops a sender that lies elsewhere.
    pub(super) drop_small: unsafe fn(*mut ()),
    connect: unsafe fn(NonNull<Header<V, E>>, &Env),
    start: unsafe fn(NonNull<Header<V, E>>) -> Started<V, E>,
    rest: unsafe fn(NonNull<Header<V, E>>) -> Option<Started<V, E>>,
    /// Drops what is inside, and gives the memory back.
    drop: unsafe fn(NonNull<Header<V, E>>),
}

/// The verbs of `S`.
pub(super) const fn verbs<S: Sender + Send + 'static>() -> &'static Verbs<S::Value, S::Error> {
    &Verbs {
        connect_small: Whole::<S>::connect_small,
        drop_small: Whole::<S>::drop_small,
        connect: Whole::<S>::connect,
        start: Whole::<S>::start,
        rest: Whole::<S>::rest,
        drop: Whole::<S>::drop,
    }
}

/// Where a pass completes: the receiver, and how to call it.
type Target<V, E> = (NonNull<()>, unsafe fn(NonNull<()>, Completion<V, E>));

/// What can be reached without knowing the sender.
#[repr(C)]
pub(super) struct Header<V: 'static, E: 'static> {
    verbs: &'static Verbs<V, E>,
    // Set before each pass.
    target: Option<Target<V, E>>,
    allocation: Allocation,
}

#[repr(C)]
struct Whole<S: Sender + 'static> {
    // First, so that the verbs find the whole.
    header: Header<S::Value, S::Error>,
    stage: Stage<S, S::Operation<Exit<S::Value, S::Error>>>,
    _pinned: PhantomPinned,
}

enum Stage<S, O> {
    Sender(S),
    Operation(O),
    Over,
}

/// Where the operation inside completes.
struct Exit<V: 'static, E: 'static> {
    header: NonNull<Header<V, E>>,
    _pinned: PhantomPinned,
}

// SAFETY: the target is a receiver, which is `Send`, and is reached by one thread at a time.
unsafe impl<V: 'static, E: 'static> Send for Exit<V, E> {}

impl<V: 'static, E: 'static> Receiver<V, E> for Exit<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        // SAFETY: the header stays until the task's operation is dropped, which waits for this call.
        let target = unsafe { self.header.as_ref() }.target;
        // A pass that was started has a target.
        if let Some((receiver, complete)) = target {
            // SAFETY: set by the operation that is under way, whose receiver is pinned and not borrowed.
            unsafe { complete(receiver, completion) }
        }
    }
}

/// A sender or its operation, in memory of its own.
pub(super) struct Memory<V: 'static, E: 'static> {
    // INVARIANT: the first field of a `Whole` that its verbs are of, and ours alone but while a pass is under way.
    header: NonNull<Header<V, E>>,
    _owned: PhantomData<Header<V, E>>,
}

// SAFETY: what is inside is `Send`.
unsafe impl<V: 'static, E: 'static> Send for Memory<V, E> {}

impl<V: 'static, E: 'static> Memory<V, E> {
    /// Memory of `allocation`, with `sender` inside.
    pub(super) fn with_sender<S>(sender: S, allocation: &Allocation) -> Result<Self, AllocError>
    where
        S: Sender<Value = V, Error = E> + Send + 'static,
    {
        let whole = allocation.allocate(&Whole::<S>::request())?.cast::<Whole<S>>();
        let header = Header { verbs: verbs::<S>(), target: None, allocation: allocation.clone() };
        // SAFETY: memory of the right layout, and ours.
        unsafe { whole.write(Whole { header, stage: Stage::Sender(sender), _pinned: PhantomPinned }) };
        Ok(Self { header: whole.cast(), _owned: PhantomData })
    }

    fn verbs(&self) -> &'static Verbs<V, E> {
        // SAFETY: the header is there as long as we are.
        unsafe { self.header.as_ref() }.verbs
    }

    /// Turns the sender inside into its operation.
    pub(super) fn connect(&mut self, env: &Env) {
        // SAFETY: the verbs are those of what is inside.
        unsafe { (self.verbs().connect)(self.header, env) }
    }

    /// Says where the next pass completes.
    pub(super) fn aim(&mut self, receiver: NonNull<()>, complete: unsafe fn(NonNull<()>, Completion<V, E>)) {
        // SAFETY: the header is ours while no pass is under way.
        unsafe { self.header.as_mut() }.target = Some((receiver, complete));
    }

    /// What a pass is started by.
    pub(super) fn pass(&self) -> Pass<V, E> {
        Pass { verbs: self.verbs(), header: self.header }
    }
}

/// Starts passes of what lies in a [`Memory`], without a reference to that: the pass may complete on another thread while it
/// is being started, and the memory be gone with its owner.
pub(super) struct Pass<V: 'static, E: 'static> {
    verbs: &'static Verbs<V, E>,
    header: NonNull<Header<V, E>>,
}

impl<V: 'static, E: 'static> Pass<V, E> {
    /// Starts a pass.
    ///
    /// # Safety
    ///
    /// As for [`Operation::start`], the memory was aimed at a receiver that stays until it was called, and its owner stays
    /// as long.
    pub(super) unsafe fn start(self) -> Started<V, E> {
        // SAFETY: the verbs are those of what is inside; the rest is passed on to the caller.
        unsafe { (self.verbs.start)(self.header) }
    }

    /// See [`Operation::rest`].
    ///
    /// # Safety
    ///
    /// As for [`start`](Self::start).
    pub(super) unsafe fn rest(self) -> Option<Started<V, E>> {
        // SAFETY: the verbs are those of what is inside; the rest is passed on to the caller.
        unsafe { (self.verbs.rest)(self.header) }
    }
}

impl<V: 'static, E: 'static> Drop for Memory<V, E> {
    fn drop(&mut self) {
        // SAFETY: the verbs are those of what is inside, and nobody uses it any more: no pass is under way.
        unsafe { (self.verbs().drop)(self.header) }
    }
}

impl<S: Sender + Send + 'static> Whole<S> {
    fn request() -> Request {
        Request::operation::<Self, S>()
    }

    /// # Safety
    ///
    /// `sender` points to an `S`, which the caller uses no more.
    unsafe fn connect_small(sender: *mut (), env: &Env) -> Result<Memory<S::Value, S::Error>, AllocError> {
        // SAFETY: as the caller says.
        let sender = unsafe { sender.cast::<S>().read() };
        let mut memory = Memory::with_sender(sender, env.allocation())?;
        memory.connect(env);
        Ok(memory)
    }

    /// # Safety
    ///
    /// `sender` points to an `S`, which the caller uses no more.
    unsafe fn drop_small(sender: *mut ()) {
        // SAFETY: as the caller says.
        unsafe { sender.cast::<S>().drop_in_place() }
    }

    /// # Safety
    ///
    /// `header` is that of a `Self` that nobody else uses.
    unsafe fn connect(header: NonNull<Header<S::Value, S::Error>>, env: &Env) {
        let mut whole = header.cast::<Self>();
        // SAFETY: as the caller says.
        let whole = unsafe { whole.as_mut() };
        if let Stage::Sender(sender) = mem::replace(&mut whole.stage, Stage::Over) {
            let exit = Exit { header, _pinned: PhantomPinned };
            whole.stage = Stage::Operation(sender.connect(exit, env));
        }
    }

    /// The operation, pinned where it is; none if connecting panicked.
    ///
    /// # Safety
    ///
    /// `header` is that of a `Self` of which nobody else uses the operation while the result is used.
    unsafe fn operation<'a>(
        header: NonNull<Header<S::Value, S::Error>>,
    ) -> Option<Pin<&'a mut S::Operation<Exit<S::Value, S::Error>>>> {
        // SAFETY: stays inside of the whole.
        let mut stage = unsafe { header.byte_add(mem::offset_of!(Self, stage)) }
            .cast::<Stage<S, S::Operation<Exit<S::Value, S::Error>>>>();
        // SAFETY: as the caller says; only the stage is borrowed, because the receiver reads the header.
        let stage = unsafe { stage.as_mut() };
        let Stage::Operation(operation) = stage else { return None };
        // SAFETY: what is in the memory is not moved before it is dropped there.
        Some(unsafe { Pin::new_unchecked(operation) })
    }

    /// # Safety
    ///
    /// As for [`Pass::start`].
    unsafe fn start(header: NonNull<Header<S::Value, S::Error>>) -> Started<S::Value, S::Error> {
        // SAFETY: passed on to the caller.
        match unsafe { Self::operation(header) } {
            // SAFETY: as above.
            Some(operation) => unsafe { operation.start() },
            None => Started::Inline(Completion::Stopped(crate::completion::StopReason::Ended)),
        }
    }

    /// # Safety
    ///
    /// As for [`Pass::rest`].
    unsafe fn rest(header: NonNull<Header<S::Value, S::Error>>) -> Option<Started<S::Value, S::Error>> {
        // SAFETY: passed on to the caller.
        unsafe { Self::operation(header) }.and_then(|operation| {
            // SAFETY: as above.
            unsafe { operation.rest() }
        })
    }

    /// # Safety
    ///
    /// `header` is that of a `Self` that nobody uses any more.
    unsafe fn drop(header: NonNull<Header<S::Value, S::Error>>) {
        let whole = header.cast::<Self>();
        // SAFETY: as the caller says; should a drop inside panic, the memory is given up.
        let allocation = unsafe { header.as_ref() }.allocation.clone();
        // SAFETY: as the caller says.
        unsafe { whole.drop_in_place() };
        // SAFETY: `with_sender` got it from this policy, for this request.
        unsafe { allocation.release(whole.cast(), &Self::request()) }
    }
}
