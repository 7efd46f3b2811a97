//! `detach`: starts an operation that nobody owns.

use std::ptr::NonNull;

use super::spawned::{Header, Keep, Spawned, release};
use crate::alloc::{AllocError, Allocation, Request};
use crate::completion::{Completion, Never};
use crate::context::{Scheduler, current};
use crate::function::IsAlone;
use crate::lane::PanicReport;
use crate::stop::StopToken;

/// Starts `sender` on the context of `scheduler`, and lets it go.
///
/// Nobody waits for it, nobody stops it, and nobody is told when it panics, beyond what the panic hook prints. If it is to end
/// before something else does, [spawn](super::spawn_on) it into a scope.
///
/// **Runs on** the context, as what is spawned does. **Costs** one allocation of the context's policy, and a post.
///
/// # Errors
///
/// When the policy has no memory. The sender is dropped then.
///
/// C++26: none; stdexec: `start_detached`.
pub fn detach_on<C, S, M>(scheduler: &C, sender: S) -> Result<(), AllocError>
where
    C: Scheduler,
    S: IsAlone<M>,
{
    let context = scheduler.context();
    let spawned = Spawned::make(sender.itself(), Detached { allocation: context.allocation().clone() })?;
    // SAFETY: it was just made.
    unsafe { Spawned::post(spawned, context) };
    Ok(())
}

/// Starts `sender` here and now, and lets it go; else as [`detach_on`].
///
/// # Errors
///
/// When the policy of the current context has no memory. The sender is dropped then.
pub fn detach<S: IsAlone<M>, M>(sender: S) -> Result<(), AllocError> {
    let allocation = current().map_or(Allocation::Global, |context| context.allocation().clone());
    let spawned = Spawned::make(sender.itself(), Detached { allocation })?;
    // SAFETY: it was just made.
    unsafe { Spawned::begin(spawned) };
    Ok(())
}

/// What an operation keeps that nobody owns.
struct Detached {
    allocation: Allocation,
}

impl Keep<(), Never> for Detached {
    fn stop(&self) -> StopToken {
        StopToken::never()
    }

    fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    fn arrived(&mut self, _: Completion<(), Never>) {}

    fn panicked(&mut self, _: PanicReport) {}

    unsafe fn over(header: NonNull<Header<Self>>, request: Request) {
        // SAFETY: passed on to the caller.
        unsafe { release(header, request, |keep| (keep.allocation, ())) }
    }
}
