//! A machine as an operation.

use std::fmt;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use super::Entry;
use super::header::{Header, Machine};
use super::states::States;
use crate::completion::{Completion, Never, Started, StopReason};
use crate::env::{Env, NOWHERE};
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::{Receiver, complete_caught};
use crate::work::Fate;

/// The header of a machine, which has nothing to drop if the machine is never suspended.
#[repr(transparent)]
struct Needed<H: Header, M: States> {
    header: ManuallyDrop<H>,
    _states: PhantomData<fn() -> M>,
}

impl<H: Header, M: States> Needed<H, M> {
    const UNUSED: bool = M::AT_ONCE && !H::STOPS;

    #[inline(always)]
    const fn new(header: H) -> Self {
        Self { header: ManuallyDrop::new(header), _states: PhantomData }
    }
}

impl<H: Header, M: States> Drop for Needed<H, M> {
    #[inline(always)]
    fn drop(&mut self) {
        if !Self::UNUSED {
            // SAFETY: it is dropped here alone.
            unsafe { ManuallyDrop::drop(&mut self.header) }
        }
    }
}

/// A fused graph, connected: its stages, its state, and where it completes.
#[pin_project]
#[repr(C)]
pub struct MachineOperation<P, M: States, H: Header, B, V, E, R> {
    // First, so that what the machine waits for finds the machine.
    header: Needed<H, M>,
    parts: P,
    #[pin]
    state: M,
    body: B,
    #[pin]
    receiver: R,
    _types: PhantomData<fn() -> (V, E)>,
    #[pin]
    _pinned: PhantomPinned,
}

impl<P, M: States, H: Header, B, V, E, R> fmt::Debug for MachineOperation<P, M, H, B, V, E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineOperation").finish_non_exhaustive()
    }
}

impl<P, M, H, B, V, E, R> MachineOperation<P, M, H, B, V, E, R>
where
    P: Send,
    M: States,
    H: Header,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_, H>) -> Started<V, E> + Send,
    R: Receiver<V, E>,
{
    #[inline(always)]
    pub(crate) fn new(parts: P, body: B, receiver: R, env: &Env) -> Self {
        Self {
            header: Needed::new(H::new::<Self>(if Needed::<H, M>::UNUSED { NOWHERE } else { env })),
            parts,
            state: M::default(),
            body,
            receiver,
            _types: PhantomData,
            _pinned: PhantomPinned,
        }
    }

    #[inline(always)]
    fn enter(self: Pin<&mut Self>, arrived: Option<NonNull<()>>, rests: bool) -> Started<V, E> {
        // SAFETY: nothing is moved out through this pointer.
        let mut machine = NonNull::from(unsafe { self.get_unchecked_mut() });
        let entry = Entry::new(machine.cast(), arrived, rests);
        // SAFETY: just made from the exclusive, pinned reference that was passed in.
        let this = unsafe { machine.as_mut() };
        // SAFETY: as above; it was pinned before.
        let this = unsafe { Pin::new_unchecked(this) }.project();
        (this.body)(this.parts, this.state, &entry)
    }

    /// The same, out of line: a machine that waits is entered from two places, and has one body.
    #[inline(never)]
    fn enter_anywhere(self: Pin<&mut Self>, arrived: Option<NonNull<()>>) -> Started<V, E> {
        self.enter(arrived, false)
    }
}

impl<P, M, H, B, V, E, R> Machine for MachineOperation<P, M, H, B, V, E, R>
where
    P: Send,
    M: States,
    H: Header,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_, H>) -> Started<V, E> + Send,
    R: Receiver<V, E>,
{
    unsafe fn resume(machine: NonNull<()>, arrived: NonNull<()>) {
        let mut machine = machine.cast::<Self>();
        // SAFETY: the caller vouches for the machine; nobody else touches it while it is suspended.
        let this = unsafe { machine.as_mut() };
        // SAFETY: it was pinned when it was started.
        let mut this = unsafe { Pin::new_unchecked(this) };
        if let Started::Inline(completion) = this.as_mut().enter_anywhere(Some(arrived)) {
            // SAFETY: what the machine waited for has completed, so that its start returned `Later`, and the body has come to
            // the end of the pass.
            unsafe { complete_caught(this.project().receiver, completion) };
        }
    }

    unsafe fn arrive(machine: NonNull<()>, fate: Fate) {
        let mut arrived: Option<Completion<(), Never>> = Some(match fate {
            Fate::Run => Completion::Value(()),
            Fate::Abandoned => Completion::Stopped(StopReason::Requested),
        });
        let arrived = NonNull::from(&mut arrived).cast();
        // SAFETY: the caller vouches for the machine; an arrival and a crossing complete so.
        let Err(report) = panic_site::catch(|| unsafe { Self::resume(machine, arrived) }) else { return };
        // A stage of the machine panicked: the pass has ended in the middle of its body.
        panic_site::leave(report);
        // SAFETY: as above; the body has been left.
        let this = unsafe { machine.cast::<Self>().as_mut() };
        // SAFETY: it was pinned when it was started.
        let this = unsafe { Pin::new_unchecked(this) };
        // SAFETY: the pass was suspended, hence its start returned `Later`; the body unwound before it completed, and is not
        // entered again.
        unsafe { this.project().receiver.complete(Completion::Stopped(StopReason::Panicked)) };
    }
}

// SAFETY: `receiver` gives the field that `new` was given. Without states, or with such alone whose operations complete inside
// their start, the body has nowhere to leave a pass.
unsafe impl<P, M, H, B, V, E, R> Operation for MachineOperation<P, M, H, B, V, E, R>
where
    P: Send,
    M: States,
    H: Header,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_, H>) -> Started<V, E> + Send,
    R: Receiver<V, E>,
{
    type Value = V;
    type Error = E;
    type Receiver = R;

    const IMMEDIATE: bool = !H::STOPS && (!H::SUSPENDS || M::AT_ONCE);

    #[inline(always)]
    unsafe fn start(self: Pin<&mut Self>) -> Started<V, E> {
        if H::SUSPENDS && !Self::IMMEDIATE { self.enter_anywhere(None) } else { self.enter(None, false) }
    }

    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<V, E>> {
        if !H::GATHERS {
            return None;
        }
        match self.enter(None, true) {
            Started::Inline(Completion::Stopped(StopReason::Ended)) => None,
            started => Some(started),
        }
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
