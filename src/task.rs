//! `Task`: a sender whose type says what it makes, and not how.
//!
//! The type of a sender spells out its whole graph. Inside of a program that is what makes it fast; at the
//! boundary of a library it would make every change of the inside a change of the interface. A [`Task`] hides it.
//!
//! # Examples
//!
//! ```
//! use fusewire::prelude::*;
//! use fusewire::task::Task;
//!
//! /// All that users of a library see.
//! pub fn quote(symbol: u32) -> Task<u64> {
//!     fuse! { just(symbol).map(|symbol| u64::from(symbol) * 100) }.into_task()
//! }
//!
//! assert_eq!(block_on(quote(7).map(|price| price + 1)), Completion::Value(701));
//! ```

mod erased;

use std::fmt;
use std::marker::PhantomPinned;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::alloc::{AllocError, Allocation};
use crate::completion::{Completion, Never, Started, StopReason};
use crate::context::current;
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;

use erased::{Memory, Pass, Verbs};

/// A sender without its type: it makes a `V`, or fails with an `E`, and nobody needs to know how.
///
/// **Completes** as the sender inside does; if there is no memory for it, as stopped with
/// [`StopReason::NoMemory`].
/// **Runs** where the sender inside does. Facts flow through it, as through any other sender.
/// **Costs** one allocation, ever, however often it is started: a sender of up to [`SMALL`](Self::SMALL) bytes lies in the
/// task itself, and its operation is put into memory of the [policy](crate::alloc) that flows in with `connect`; a larger
/// one gets room for both when the task is made, from the policy of the context whose thread that is. Each start is one
/// indirect call, and so is each completion that comes later.
///
/// It is `Send`, and can be run as a graph: [`Engine::run`](crate::engine::Engine::run) starts it pass after pass.
///
/// C++26: none; stdexec: `any_sender`. futures: `BoxFuture`.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
pub struct Task<V: 'static, E: 'static = Never> {
    inside: Inside<V, E>,
}

/// The sender, on its way to `connect`.
enum Inside<V: 'static, E: 'static> {
    Small(Small<V, E>),
    Large(Memory<V, E>),
    NoMemory,
}

/// A sender that lies in the task.
struct Small<V: 'static, E: 'static> {
    bytes: Bytes,
    verbs: &'static Verbs<V, E>,
}

type Bytes = [MaybeUninit<usize>; WORDS];

const WORDS: usize = 8;

// SAFETY: what lies in it is `Send`, because `Task::new` asks for that.
unsafe impl<V: 'static, E: 'static> Send for Small<V, E> {}

impl<V: 'static, E: 'static> Task<V, E> {
    /// The most bytes of a sender that lies in the task itself.
    pub const SMALL: usize = size_of::<Bytes>();

    /// Hides the type of `sender`.
    ///
    /// If it is large and there is no memory for it, the task completes as stopped, with [`StopReason::NoMemory`];
    /// [`try_new`](Self::try_new) says so at once.
    #[inline]
    pub fn new<S: Sender<Value = V, Error = E> + Send + 'static>(sender: S) -> Self {
        Self::try_new(sender).unwrap_or(Self { inside: Inside::NoMemory })
    }

    /// As [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// When the sender is large, and the policy of the current context has no memory for it.
    pub fn try_new<S>(sender: S) -> Result<Self, AllocError>
    where
        S: Sender<Value = V, Error = E> + Send + 'static,
    {
        if const { size_of::<S>() <= Self::SMALL && align_of::<S>() <= align_of::<Bytes>() } {
            let mut bytes: Bytes = [MaybeUninit::uninit(); WORDS];
            // SAFETY: it fits, as was just seen.
            unsafe { bytes.as_mut_ptr().cast::<S>().write(sender) };
            return Ok(Self { inside: Inside::Small(Small { bytes, verbs: erased::verbs::<S>() }) });
        }
        let allocation = current().map_or(Allocation::Global, |context| context.allocation().clone());
        Self::try_new_in(sender, &allocation)
    }

    /// Hides the type of `sender`, with memory for it and its operation from `allocation`.
    ///
    /// # Errors
    ///
    /// When that has none.
    pub fn try_new_in<S>(sender: S, allocation: &Allocation) -> Result<Self, AllocError>
    where
        S: Sender<Value = V, Error = E> + Send + 'static,
    {
        Memory::with_sender(sender, allocation).map(|memory| Self { inside: Inside::Large(memory) })
    }
}

impl<V: 'static, E: 'static> fmt::Debug for Task<V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").finish_non_exhaustive()
    }
}

impl<V: 'static, E: 'static> Small<V, E> {
    fn connect(self, env: &Env) -> Result<Memory<V, E>, AllocError> {
        let mut this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the bytes are those of the sender that the verbs are of, and are used no more.
        unsafe { (this.verbs.connect_small)(this.bytes.as_mut_ptr().cast(), env) }
    }
}

impl<V: 'static, E: 'static> Drop for Small<V, E> {
    fn drop(&mut self) {
        // SAFETY: the bytes are those of the sender that the verbs are of, and are used no more.
        unsafe { (self.verbs.drop_small)(self.bytes.as_mut_ptr().cast()) }
    }
}

#[diagnostic::do_not_recommend]
impl<V: 'static, E: 'static> Sender for Task<V, E> {
    type Value = V;
    type Error = E;
    type Operation<R: Receiver<V, E>> = TaskOperation<V, E, R>;

    fn connect<R: Receiver<V, E>>(self, receiver: R, env: &Env) -> TaskOperation<V, E, R> {
        let memory = match self.inside {
            Inside::Small(small) => small.connect(env).ok(),
            Inside::Large(mut memory) => {
                memory.connect(env);
                Some(memory)
            }
            Inside::NoMemory => None,
        };
        TaskOperation { memory, receiver, _pinned: PhantomPinned }
    }
}

/// The operation of a [`Task`].
#[pin_project]
pub struct TaskOperation<V: 'static, E: 'static, R> {
    // None if there was no memory for the sender inside.
    memory: Option<Memory<V, E>>,
    #[pin]
    receiver: R,
    #[pin]
    _pinned: PhantomPinned,
}

impl<V: 'static, E: 'static, R> fmt::Debug for TaskOperation<V, E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskOperation").finish_non_exhaustive()
    }
}

/// Completes the receiver of a task.
///
/// # Safety
///
/// `receiver` is that of a pinned `TaskOperation` whose pass is under way; as for [`Receiver::complete`].
unsafe fn complete<V: 'static, E: 'static, R: Receiver<V, E>>(
    receiver: NonNull<()>,
    completion: Completion<V, E>,
) {
    // SAFETY: the caller gives the address of a receiver that nobody else borrows.
    let receiver = unsafe { receiver.cast::<R>().as_mut() };
    // SAFETY: it is pinned with its operation.
    let receiver = unsafe { Pin::new_unchecked(receiver) };
    // SAFETY: the operation inside completes later than its start, which is that of the task; passed on from there.
    unsafe { receiver.complete(completion) };
}

impl<V: 'static, E: 'static, R: Receiver<V, E>> TaskOperation<V, E, R> {
    /// Tells the operation inside where it completes; none if there is no memory.
    fn aimed(self: Pin<&mut Self>) -> Option<Pass<V, E>> {
        let this = self.project();
        // SAFETY: nothing is moved out of the pinned receiver through this pointer.
        let receiver = NonNull::from(unsafe { this.receiver.get_unchecked_mut() });
        let memory = this.memory.as_mut()?;
        memory.aim(receiver.cast(), complete::<V, E, R>);
        Some(memory.pass())
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<V: 'static, E: 'static, R: Receiver<V, E>> Operation for TaskOperation<V, E, R> {
    type Value = V;
    type Error = E;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<V, E> {
        match self.aimed() {
            // SAFETY: passed on to the caller; the receiver is pinned and stays until it was called.
            Some(pass) => unsafe { pass.start() },
            None => Started::Inline(Completion::Stopped(StopReason::NoMemory)),
        }
    }

    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<V, E>> {
        // SAFETY: as for `start`.
        self.aimed().and_then(|pass| unsafe { pass.rest() })
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
