//! Where a segment that might be a device's runs: decided by the type of its scheduler.
//!
//! For a host all of it is what it would be without devices: the same tail in a lane, the same
//! state for a single pass.

use std::sync::Arc;

use crate::context::{ContextRef, MayBlock, NeverBlocks, OnDevice, Scheduler};
use crate::device::{Device, DeviceError, Gather, Queue, Tally, note_failure};
use crate::graph::device_pass::{Arrived, PassSlot};
use crate::graph::drawing::Drawing;
use crate::graph::kernels::Kernels;
use crate::graph::tag::Tag;
use crate::graph::tail::{DeviceTail, Failed, Missed, Nothing, StraightTail};
use crate::graph::topology::DeviceInfo;
use crate::kernel::{BoundFunction, Data, Program};
use crate::launch::{Launch, LaunchError};
use crate::on::On;

/// How a segment from `V` to `U` runs where the scheduler `C` leads.
pub trait Places<C, V, U> {
    /// What is ready before the graph's lanes are made.
    type Opened;
    /// What one pass after another needs, kept with the stages.
    type Pass: Send;

    /// Gets ready for lanes.
    ///
    /// # Errors
    ///
    /// When the device cannot be opened and has no fallback.
    fn open<S: Kernels>(
        scheduler: &C,
        segment: u16,
        kernels: impl FnOnce() -> S,
        launch: &mut Launch<'_>,
    ) -> Result<Self::Opened, DeviceError>;

    /// Gets ready for single passes.
    fn pass() -> Self::Pass;

    /// A single pass is on its way there.
    fn begin(pass: &mut Self::Pass);

    /// The value of a single pass has come there, or is asked after again.
    fn arrived<S: Kernels>(
        value: V,
        scheduler: &C,
        pass: &mut Self::Pass,
        kernels: impl FnOnce() -> S,
    ) -> Arrived<V, U>;

    /// Adds what is known of the device.
    fn draw<S: Kernels>(scheduler: &C, segment: u16, kernels: impl FnOnce() -> S, drawing: &mut Drawing);
}

/// A segment on a host.
#[derive(Debug)]
pub struct Here(ContextRef);

impl Here {
    /// The context of its lane.
    pub const fn context(&self) -> &ContextRef {
        &self.0
    }

    /// The segment, and what follows it.
    #[inline(always)]
    pub fn tail<P, G, N>(self, parts: P, body: G, next: N) -> StraightTail<P, G, N> {
        StraightTail::new(parts, body, next)
    }

    /// The same, where passes without a value go past it.
    #[inline(always)]
    pub fn tail_marked<P, G, N>(self, parts: P, body: G, next: N) -> StraightTail<P, G, N> {
        StraightTail::new(parts, body, next)
    }

    /// The same, where errors go past it too.
    #[inline(always)]
    pub fn tail_carrying<V, E, U, P, G, N>(
        self,
        _: Tag<V, E>,
        parts: P,
        body: G,
        next: N,
    ) -> StraightTail<P, impl Fn(&mut P, Result<V, E>) -> Result<U, E> + Copy + Send, N>
    where
        G: Fn(&mut P, V) -> U + Copy + Send,
    {
        let carries = move |parts: &mut P, arrived: Result<V, E>| match arrived {
            Ok(value) => Ok(body(parts, value)),
            Err(error) => Err(error),
        };
        StraightTail::new(parts, carries, next)
    }
}

macro_rules! hosts {
    ($($host:ident),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<C: Scheduler, V, U> Places<C, V, U> for $host {
                type Opened = Here;
                type Pass = ();

                #[inline(always)]
                fn open<S: Kernels>(
                    scheduler: &C,
                    _: u16,
                    _: impl FnOnce() -> S,
                    _: &mut Launch<'_>,
                ) -> Result<Here, DeviceError> {
                    Ok(Here(scheduler.context().clone()))
                }

                #[inline(always)]
                fn pass() {}

                #[inline(always)]
                fn begin((): &mut ()) {}

                #[inline(always)]
                fn arrived<S: Kernels>(value: V, _: &C, (): &mut (), _: impl FnOnce() -> S) -> Arrived<V, U> {
                    Arrived::Host(value)
                }

                fn draw<S: Kernels>(_: &C, _: u16, _: impl FnOnce() -> S, _: &mut Drawing) {}
            }
        )*
    };
}

hosts!(MayBlock, NeverBlocks);

/// A segment on a device, or on the host that stands in for it.
#[derive(Debug)]
pub struct Opened<Q, V, U> {
    context: ContextRef,
    gather: Option<Gather<Q, V, U>>,
    tally: Arc<Tally>,
    fallback: bool,
}

impl<Q: Queue, V: Data, U: Data> Opened<Q, V, U> {
    /// The context of its lane.
    pub const fn context(&self) -> &ContextRef {
        &self.context
    }

    /// The segment, and what follows it.
    pub fn tail<P, G, N>(self, parts: P, body: G, next: N) -> DeviceTail<Q, V, U, P, G, N, Nothing> {
        DeviceTail::new(self.gather, self.tally, self.fallback, parts, body, next)
    }

    /// The same, where passes without a value go past it.
    pub fn tail_marked<P, G, N>(self, parts: P, body: G, next: N) -> DeviceTail<Q, V, U, P, G, N, Missed> {
        DeviceTail::new(self.gather, self.tally, self.fallback, parts, body, next)
    }

    /// The same, where errors go past it too.
    pub fn tail_carrying<E: Send, P, G, N>(
        self,
        _: Tag<V, E>,
        parts: P,
        body: G,
        next: N,
    ) -> DeviceTail<Q, V, U, P, G, N, Failed<E>> {
        DeviceTail::new(self.gather, self.tally, self.fallback, parts, body, next)
    }
}

/// Opens a queue of `device` for `functions`, one behind the other.
pub(super) fn open_queue<C: Device, V: Data, U: Data>(
    device: &C,
    functions: &[BoundFunction],
    tally: Arc<Tally>,
) -> Result<Gather<C::Queue, V, U>, DeviceError> {
    let name = || device.context().name().to_owned();
    let program = Program::new(functions).map_err(|refused| DeviceError::unsupported(name(), &refused))?;
    Gather::new(device.open(&program)?, device.context().name(), tally)
}

#[diagnostic::do_not_recommend]
impl<C: Device, V: Data, U: Data> Places<C, V, U> for OnDevice {
    type Opened = Opened<C::Queue, V, U>;
    type Pass = PassSlot<C::Queue, V, U>;

    fn open<S: Kernels>(
        device: &C,
        segment: u16,
        kernels: impl FnOnce() -> S,
        launch: &mut Launch<'_>,
    ) -> Result<Self::Opened, DeviceError> {
        let tally = Tally::new();
        let context = device.context().clone();
        let fallback = device.fallback();
        let mut functions = Vec::new();
        kernels().describe(&mut functions);
        match open_queue(device, &functions, Arc::clone(&tally)) {
            Ok(gather) => {
                launch.device(segment, Arc::clone(&tally), gather.notes());
                Ok(Opened { context, gather: Some(gather), tally, fallback: fallback.is_some() })
            }
            Err(error) => {
                let Some(host) = fallback else { return Err(error) };
                let note = format!("not opened, its stages run on `{}`: {error}", host.name());
                launch.device(segment, Arc::clone(&tally), vec![note]);
                Ok(Opened { context: host.clone(), gather: None, tally, fallback: true })
            }
        }
    }

    fn pass() -> Self::Pass {
        PassSlot::new()
    }

    fn begin(pass: &mut Self::Pass) {
        pass.begin();
    }

    fn arrived<S: Kernels>(
        value: V,
        device: &C,
        pass: &mut Self::Pass,
        kernels: impl FnOnce() -> S,
    ) -> Arrived<V, U> {
        let open = || {
            let mut functions = Vec::new();
            kernels().describe(&mut functions);
            open_queue(device, &functions, Tally::new())
        };
        match pass.step(value, open) {
            Ok(arrived) => arrived,
            Err(_) if device.fallback().is_some() => Arrived::Host(value),
            Err(error) => {
                note_failure(error);
                Arrived::Failed
            }
        }
    }

    fn draw<S: Kernels>(device: &C, segment: u16, kernels: impl FnOnce() -> S, drawing: &mut Drawing) {
        let mut functions = Vec::new();
        kernels().describe(&mut functions);
        let mut info = DeviceInfo::new(segment, device.batching());
        info.kernels = functions.iter().map(|kernel| kernel.function().name.to_owned()).collect();
        info.table_bytes =
            functions.iter().flat_map(|kernel| kernel.tables()).map(|table| table.bytes().len()).sum();
        (info.input_bytes, info.output_bytes) = (size_of::<V>(), size_of::<U>());
        info.fallback = device.fallback().map(|host| host.name().to_owned());
        info.notes = Program::new(&functions).map_or_else(
            |refused| vec![DeviceError::unsupported(device.context().name(), &refused).to_string()],
            |program| device.describe(&program),
        );
        drawing.device(info);
    }
}

/// Gets segment number `segment`, behind the hop `on`, ready for a lane.
///
/// # Errors
///
/// When its device cannot be opened and has no fallback.
#[inline(always)]
pub fn open<V, E, U, E2, C, K, S>(
    launch: &mut Launch<'_>,
    segment: u16,
    on: &On<C, K>,
    _: Tag<V, E>,
    _: Tag<U, E2>,
    kernels: impl FnOnce() -> S,
) -> Result<<C::Runs as Places<C, V, U>>::Opened, LaunchError>
where
    C: Scheduler<Runs: Places<C, V, U>>,
    S: Kernels,
{
    <C::Runs as Places<C, V, U>>::open(on.scheduler(), segment, kernels, launch).map_err(LaunchError::Device)
}

/// What single passes over the hop `on` need.
#[inline(always)]
pub fn pass<V, E, U, E2, C, K>(
    _: &On<C, K>,
    _: Tag<V, E>,
    _: Tag<U, E2>,
) -> <C::Runs as Places<C, V, U>>::Pass
where
    C: Scheduler<Runs: Places<C, V, U>>,
{
    <C::Runs as Places<C, V, U>>::pass()
}

/// A single pass is on its way over the hop `on`.
#[inline(always)]
pub fn begin_pass<V, E, U, E2, C, K>(
    _: &On<C, K>,
    _: Tag<V, E>,
    _: Tag<U, E2>,
    pass: &mut <C::Runs as Places<C, V, U>>::Pass,
) where
    C: Scheduler<Runs: Places<C, V, U>>,
{
    <C::Runs as Places<C, V, U>>::begin(pass);
}

/// The value of a single pass has come over the hop `on`, or is asked after again.
#[inline(always)]
pub fn arrived<V, E, U, E2, C, K, S>(
    value: V,
    on: &On<C, K>,
    _: Tag<V, E>,
    _: Tag<U, E2>,
    pass: &mut <C::Runs as Places<C, V, U>>::Pass,
    kernels: impl FnOnce() -> S,
) -> Arrived<V, U>
where
    C: Scheduler<Runs: Places<C, V, U>>,
    S: Kernels,
{
    <C::Runs as Places<C, V, U>>::arrived(value, on.scheduler(), pass, kernels)
}

/// Draws the device of segment number `segment`, if it has one.
pub fn draw_device<V, E, U, E2, C, K, S>(
    drawing: &mut Drawing,
    segment: u16,
    on: &On<C, K>,
    _: Tag<V, E>,
    _: Tag<U, E2>,
    kernels: impl FnOnce() -> S,
) where
    C: Scheduler<Runs: Places<C, V, U>>,
    S: Kernels,
{
    <C::Runs as Places<C, V, U>>::draw(on.scheduler(), segment, kernels, drawing);
}
