//! What stands behind a hop, as a device sees it: kernels, and nothing else.
//!
//! The macro cannot know whether a hop leads to a device, nor whether a function is a kernel. It
//! asks for each stage of a segment that might be a device's, by [`kernel_of`]; a host's answer is
//! [`NoKernel`], which costs nothing and is used by nobody.

use std::marker::PhantomData;

use crate::context::{MayBlock, NeverBlocks, OnDevice, Runner, Scheduler};
use crate::function::{Fits, Misfits, Nothing};
use crate::graph::tag::{Runs, Tag};
use crate::kernel::{Bound, BoundFunction, Kernel};
use crate::on::On;
use crate::stage::Stage;

/// What a context takes a stage for.
#[diagnostic::on_unimplemented(
    message = "`{S}` is not a kernel, and a device runs nothing else",
    label = "a device runs kernels alone",
    note = "help: write `#[stage(kernel)]` above it, or go back to a host before it: `.then(on(compute))`"
)]
pub trait Takes<S, M> {
    /// The kernel, where a device needs it.
    type Kernel: Copy;

    /// The kernel, where a device needs it.
    fn kernel() -> Self::Kernel;
}

macro_rules! hosts {
    ($($host:ident),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<S: Stage> Takes<S, Fits> for $host {
                type Kernel = NoKernel;

                #[inline(always)]
                fn kernel() -> NoKernel {
                    NoKernel
                }
            }
        )*
    };
}

hosts!(MayBlock, NeverBlocks);

#[diagnostic::do_not_recommend]
impl<S: Kernel<Tables = ()>> Takes<S, Fits> for OnDevice {
    type Kernel = KernelOf<S>;

    fn kernel() -> KernelOf<S> {
        KernelOf(PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Kernel<Tables = ()> + Nothing> Takes<S, Misfits> for OnDevice {
    type Kernel = KernelOf<S>;

    fn kernel() -> KernelOf<S> {
        KernelOf(PhantomData)
    }
}

/// Checks that the stage `S` may run where the hop `to` leads, and gives the kernel if that is a device.
#[inline(always)]
#[rustfmt::skip]
pub fn kernel_of<S, C: Scheduler<Runs: Runs<S> + Takes<S, M>>, K, M>(_: &On<C, K>, _: PhantomData<S>) -> <C::Runs as Takes<S, M>>::Kernel {
    <C::Runs as Takes<S, M>>::kernel()
}

/// A stage of a host: not looked at.
#[derive(Debug, Clone, Copy)]
pub struct NoKernel;

/// A kernel without tables.
#[derive(Debug)]
pub struct KernelOf<S>(PhantomData<fn() -> S>);

impl<S> Clone for KernelOf<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for KernelOf<S> {}

/// A kernel with its tables, as a stage that a `V` arrives at.
#[diagnostic::on_unimplemented(
    message = "this stage does not take a `{V}`",
    label = "a `{V}` arrives here",
    note = "help: take a `{V}`, or put a `.map(..)` before this stage that makes what it takes"
)]
pub trait Computes<V, M> {
    /// The kernel's own type.
    type Itself;
    /// What it makes.
    type Out;

    /// The kernel.
    fn itself(self) -> Self::Itself;
}

#[diagnostic::do_not_recommend]
impl<V, K: Kernel<In = V>> Computes<V, Fits> for Bound<K> {
    type Itself = Self;
    type Out = K::Out;

    #[inline(always)]
    fn itself(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<V, K: Kernel<In = V> + Nothing> Computes<V, Misfits> for Bound<K> {
    type Itself = Self;
    type Out = K::Out;

    #[inline(always)]
    fn itself(self) -> Self {
        self
    }
}

/// Checks a kernel with its tables.
#[inline(always)]
pub fn bound<V, E, M, B: Computes<V, M>>(_: Tag<V, E>, kernel: B) -> (B::Itself, Tag<B::Out, E>) {
    (kernel.itself(), Tag::new())
}

/// A list of kernels, first to last: `(first, (second, ()))`.
pub trait Kernels {
    /// Adds the descriptions, with their tables.
    fn describe(&self, to: &mut Vec<BoundFunction>);
}

impl Kernels for () {
    fn describe(&self, _: &mut Vec<BoundFunction>) {}
}

impl<A: OneKernel, R: Kernels> Kernels for (A, R) {
    fn describe(&self, to: &mut Vec<BoundFunction>) {
        to.extend(self.0.describe());
        self.1.describe(to);
    }
}

/// An element of [`Kernels`].
pub trait OneKernel {
    /// The description, if it is a kernel of a device.
    fn describe(&self) -> Option<BoundFunction>;
}

impl OneKernel for NoKernel {
    fn describe(&self) -> Option<BoundFunction> {
        None
    }
}

impl<S: Kernel<Tables = ()>> OneKernel for KernelOf<S> {
    fn describe(&self) -> Option<BoundFunction> {
        Some(Bound::<S>::new(()).erased())
    }
}

impl<K: Kernel> OneKernel for &Bound<K> {
    fn describe(&self) -> Option<BoundFunction> {
        Some(self.erased())
    }
}

/// A hop before something that no device runs; see [`check`](Self::check).
#[derive(Debug)]
pub struct HostOnly<'o, C, K>(pub &'o On<C, K>);

/// Implemented for nothing.
#[diagnostic::on_unimplemented(
    message = "a device runs kernels, and this is none",
    label = "not `.map(kernel)`",
    note = "help: behind a hop to a device write `.map(..)` with functions that have `#[stage(kernel)]`, then go back to a host: `.then(on(compute))`"
)]
pub trait RunsAnything {}

impl<C: Scheduler<Runs = OnDevice>, K> HostOnly<'_, C, K> {
    /// Refuses a hop to a device.
    #[rustfmt::skip]
    pub const fn check(&self) where C: RunsAnything {}
}

/// What is asked of a hop to a host.
pub trait OnHost {
    /// Accepts it.
    fn check(&self);
}

impl<C: Scheduler, K> OnHost for HostOnly<'_, C, K> {
    #[inline(always)]
    fn check(&self) {
        // For a graph that is generic over its scheduler.
        const {
            assert!(
                !C::Runs::DEVICE,
                "a device runs kernels, and this graph has something else behind the hop to it"
            );
        }
    }
}
