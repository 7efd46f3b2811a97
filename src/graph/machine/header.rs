//! What stands before the stages of a machine: how that which it waits for finds it again.
//!
//! The macro chooses the header by what the graph waits for, so that a machine which never waits
//! has none.

use std::mem::offset_of;
use std::ptr::{self, NonNull};

use crate::env::Env;
use crate::stop::StopToken;
use crate::work::{Fate, TaskNode};

/// What a header needs of its machine.
pub trait Machine {
    /// Goes on with what the operation, at which the machine is suspended, completed with.
    ///
    /// # Safety
    ///
    /// - `machine` is a pinned, suspended `Self`.
    /// - `arrived` points to an `Option` of the completion of the operation at whose state it is.
    unsafe fn resume(machine: NonNull<()>, arrived: NonNull<()>);

    /// Goes on in the machine's own task.
    ///
    /// # Safety
    ///
    /// `machine` is a pinned `Self`, suspended at an arrival or a crossing.
    unsafe fn arrive(machine: NonNull<()>, fate: Fate);
}

/// What stands first in a machine.
pub trait Header: Send + Sized {
    /// Whether the machine may wait, so that its body is entered from two places.
    const SUSPENDS: bool;

    /// Whether the machine looks at its stop token though it waits for nothing.
    const STOPS: bool = false;

    /// Whether the machine has a [`rest`](crate::operation::Operation::rest): a segment of it gathers batches.
    const GATHERS: bool = false;

    /// The header of an `M`.
    fn new<M: Machine>(env: &Env) -> Self;
}

/// Of a machine that waits for operations.
pub trait Wakes: Header {
    /// By which an operation's receiver resumes the machine.
    fn resume(this: NonNull<Self>) -> NonNull<Resume>;
}

/// Of a machine that posts itself as a task.
pub trait Posts: Header {
    /// The machine's task.
    fn node(this: NonNull<Self>) -> NonNull<TaskNode>;
}

/// Of a machine that connects operations, or waits for its source.
pub trait Knows: Header {
    /// The facts that came with `connect`.
    fn env(&self) -> &Env;
}

/// Of a machine whose source may go on for long before it gives a value.
pub trait Stops: Header {
    /// Tells whether to go on.
    fn stop(&self) -> &StopToken;
}

/// The function that resumes a machine; the first field of the machine.
#[derive(Debug)]
#[repr(transparent)]
pub struct Resume(unsafe fn(NonNull<()>, NonNull<()>));

impl Resume {
    /// Resumes the machine that begins with `this`.
    ///
    /// # Safety
    ///
    /// As for [`Machine::resume`].
    pub(super) unsafe fn resume(this: NonNull<Self>, arrived: NonNull<()>) {
        // SAFETY: the caller vouches for the machine.
        let resume = unsafe { this.as_ref() }.0;
        // SAFETY: as above; the function was made for the machine whose first field this is.
        unsafe { resume(this.cast(), arrived) }
    }
}

/// The header of a machine that never waits.
#[derive(Debug)]
pub struct Straight;

impl Header for Straight {
    const SUSPENDS: bool = false;

    #[inline(always)]
    fn new<M: Machine>(_: &Env) -> Self {
        Self
    }
}

/// The header of a machine that never waits, and can be stopped.
#[derive(Debug)]
pub struct Stoppable {
    stop: StopToken,
}

impl Header for Stoppable {
    const SUSPENDS: bool = false;
    const STOPS: bool = true;

    #[inline(always)]
    fn new<M: Machine>(env: &Env) -> Self {
        Self { stop: env.stop().clone() }
    }
}

impl Stops for Stoppable {
    #[inline(always)]
    fn stop(&self) -> &StopToken {
        &self.stop
    }
}

/// The header of a machine that waits for operations and never travels.
#[derive(Debug)]
#[repr(C)]
pub struct Waiting {
    resume: Resume,
    env: Env,
}

impl Header for Waiting {
    const SUSPENDS: bool = true;

    fn new<M: Machine>(env: &Env) -> Self {
        Self { resume: Resume(M::resume), env: env.clone() }
    }
}

/// The header of a machine that waits for operations, never travels, and repeats its source.
#[derive(Debug)]
#[repr(C)]
pub struct WaitingAndStoppable {
    resume: Resume,
    env: Env,
}

impl Header for WaitingAndStoppable {
    const SUSPENDS: bool = true;
    const STOPS: bool = true;

    fn new<M: Machine>(env: &Env) -> Self {
        Self { resume: Resume(M::resume), env: env.clone() }
    }
}

/// The header of a machine that travels and waits for nothing.
#[derive(Debug)]
#[repr(C)]
pub struct Travelling {
    node: TaskNode,
}

impl Header for Travelling {
    const SUSPENDS: bool = true;

    fn new<M: Machine>(_: &Env) -> Self {
        Self { node: TaskNode::new(run::<Self, M>) }
    }
}

/// The header of a machine that waits for its source, and for no operation.
#[derive(Debug)]
#[repr(C)]
pub struct Arriving {
    node: TaskNode,
    env: Env,
}

impl Header for Arriving {
    const SUSPENDS: bool = true;

    fn new<M: Machine>(env: &Env) -> Self {
        Self { node: TaskNode::new(run::<Self, M>), env: env.clone() }
    }
}

/// The header of a machine that waits for operations, and travels or waits for its source.
#[derive(Debug)]
#[repr(C)]
pub struct WaitingAndTravelling {
    resume: Resume,
    node: TaskNode,
    env: Env,
}

impl Header for WaitingAndTravelling {
    const SUSPENDS: bool = true;

    fn new<M: Machine>(env: &Env) -> Self {
        Self { resume: Resume(M::resume), node: TaskNode::new(run::<Self, M>), env: env.clone() }
    }
}

macro_rules! wakes {
    ($($header:ident)*) => {
        $(
            impl Wakes for $header {
                #[inline(always)]
                fn resume(this: NonNull<Self>) -> NonNull<Resume> {
                    const { assert!(offset_of!(Self, resume) == 0) }
                    this.cast()
                }
            }
        )*
    };
}

macro_rules! posts {
    ($($header:ident)*) => {
        $(
            impl Posts for $header {
                #[inline(always)]
                fn node(this: NonNull<Self>) -> NonNull<TaskNode> {
                    // SAFETY: the field of a header that exists, of which no reference is made.
                    let node = unsafe { ptr::addr_of_mut!((*this.as_ptr()).node) };
                    // SAFETY: it is inside of the header.
                    unsafe { NonNull::new_unchecked(node) }
                }
            }

            impl Found for $header {
                const AT: usize = offset_of!(Self, node);
            }
        )*
    };
}

macro_rules! knows {
    ($($header:ident)*) => {
        $(
            impl Knows for $header {
                #[inline(always)]
                fn env(&self) -> &Env {
                    &self.env
                }
            }

            impl Stops for $header {
                #[inline(always)]
                fn stop(&self) -> &StopToken {
                    self.env.stop()
                }
            }
        )*
    };
}

/// The header of a machine that has a segment which gathers batches.
#[derive(Debug)]
#[repr(transparent)]
pub struct Gathering<H>(H);

impl<H: Header> Header for Gathering<H> {
    const SUSPENDS: bool = H::SUSPENDS;
    const STOPS: bool = H::STOPS;
    const GATHERS: bool = true;

    #[inline(always)]
    fn new<M: Machine>(env: &Env) -> Self {
        Self(H::new::<M>(env))
    }
}

impl<H: Wakes> Wakes for Gathering<H> {
    #[inline(always)]
    fn resume(this: NonNull<Self>) -> NonNull<Resume> {
        H::resume(this.cast())
    }
}

impl<H: Posts> Posts for Gathering<H> {
    #[inline(always)]
    fn node(this: NonNull<Self>) -> NonNull<TaskNode> {
        H::node(this.cast())
    }
}

impl<H: Knows> Knows for Gathering<H> {
    #[inline(always)]
    fn env(&self) -> &Env {
        self.0.env()
    }
}

impl<H: Stops> Stops for Gathering<H> {
    #[inline(always)]
    fn stop(&self) -> &StopToken {
        self.0.stop()
    }
}

/// Where the task of a header is.
trait Found {
    const AT: usize;
}

wakes! { Waiting WaitingAndStoppable WaitingAndTravelling }
posts! { Travelling Arriving WaitingAndTravelling }
knows! { Waiting WaitingAndStoppable Arriving WaitingAndTravelling }

/// The task of a machine.
///
/// # Safety
///
/// `node` is that of the header of a pinned `M`, suspended at an arrival or a crossing.
unsafe fn run<H: Found, M: Machine>(node: NonNull<TaskNode>, fate: Fate) {
    // SAFETY: the header begins so many bytes before its node.
    let machine = unsafe { node.byte_sub(H::AT) };
    // SAFETY: the caller vouches for the machine, which begins with its header.
    unsafe { M::arrive(machine.cast(), fate) }
}
