//! `spawn`: starts an operation that a scope owns.

use std::panic::Location;
use std::ptr::NonNull;

use super::brief::Brief;
use super::spawned::{Header, Keep, Spawned, release};
use crate::alloc::{Allocation, Request};
use crate::completion::{Completion, Never};
use crate::context::{ContextRef, Scheduler, current};
use crate::function::IsAlone;
use crate::lane::PanicReport;
use crate::scope::{Association, Refused, ScopeToken};
use crate::sender::Sender;
use crate::stop::StopToken;

/// Starts `sender` on the context of `scheduler`, as an operation of `scope`, and returns.
///
/// The sender cannot fail and makes no value: what becomes of either is said before it is spawned, by
/// [`map`](crate::adaptors::SenderExt::map) and [`or_else`](crate::adaptors::SenderExt::or_else).
/// A panic is told to whoever [joins](ScopeToken::join) the scope.
///
/// **Runs on** the context: it is connected there, and started by a task that is posted. If the context ends before that,
/// or has ended, the operation is stopped without having run.
/// **Its facts** are the context, the scope's stop token, and the scope's [allocation](crate::alloc) policy or else the
/// context's.
/// **Costs** one allocation of that policy, a post, and one atomic operation on the scope at its beginning and its end;
/// one that does not complete inside `start` is dropped by a second post.
///
/// # Errors
///
/// When the scope is closed or full, or the policy has no memory. The sender is dropped then.
///
/// # Examples
///
/// ```
/// use fusewire::consumers::spawn_on;
/// use fusewire::context::cpu::Cpu;
/// use fusewire::prelude::*;
/// use fusewire::scope::Scope;
///
/// let (cpu, scope) = (Cpu::builder().build()?, Scope::new());
/// spawn_on(&cpu, &scope, just(6).map(|n| println!("{}", n * 7)))?;
/// block_on(scope.join()).into_result()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// C++26: `spawn`, of `starts_on`.
#[inline]
#[track_caller]
pub fn spawn_on<C, S, M>(scheduler: &C, scope: &ScopeToken, sender: S) -> Result<(), Refused>
where
    C: Scheduler,
    S: IsAlone<M>,
{
    let (context, sender) = (scheduler.context(), sender.itself());
    if Brief::<S::Itself>::FITS && scope.recycles_on(context) {
        context.post(Brief::task(sender, scope.associate()?)?);
        return Ok(());
    }
    spawn_at(context, scope, sender, Location::caller())
}

/// As [`spawn_on`], of any sender.
#[inline(never)]
fn spawn_at<S>(
    context: &ContextRef,
    scope: &ScopeToken,
    sender: S,
    here: &'static Location<'static>,
) -> Result<(), Refused>
where
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    let spawned = Spawned::make_noted(sender, Owned::new(scope, Some(context))?, |owned, place, sender| {
        owned.association.note(place, sender, Some(context), Some(here));
    })?;
    scope.spawns_on(context);
    // SAFETY: it was just made.
    unsafe { Spawned::post(spawned, context) };
    Ok(())
}

/// Starts `sender` here and now, as an operation of `scope`.
///
/// As [`spawn_on`], but **runs on** the calling thread, inside of this call, until it completes or goes elsewhere. On a
/// thread that belongs to no context, an operation that must wait somewhere is stopped: it has nowhere to wait.
///
/// # Errors
///
/// When the scope is closed or full, or the policy has no memory. The sender is dropped then.
///
/// C++26: `spawn`.
#[track_caller]
pub fn spawn<S: IsAlone<M>, M>(scope: &ScopeToken, sender: S) -> Result<(), Refused> {
    let (context, here) = (current(), Location::caller());
    let owned = Owned::new(scope, context.as_ref())?;
    let spawned = Spawned::make_noted(sender.itself(), owned, |owned, place, sender| {
        owned.association.note(place, sender, context.as_ref(), Some(here));
    })?;
    if let Some(context) = &context {
        scope.spawns_on(context);
    }
    // SAFETY: it was just made.
    unsafe { Spawned::begin(spawned) };
    Ok(())
}

/// What an operation of a scope keeps.
struct Owned {
    allocation: Allocation,
    // Dropped after the memory was given back: a scope that is joined holds none.
    association: Association,
}

impl Owned {
    #[inline]
    fn new(scope: &ScopeToken, context: Option<&ContextRef>) -> Result<Self, Refused> {
        Ok(Self { association: scope.associate()?, allocation: scope.allocation(context) })
    }
}

impl Keep<(), Never> for Owned {
    fn stop(&self) -> StopToken {
        self.association.stop_token()
    }

    fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    #[inline]
    fn begins(&self, place: NonNull<()>) {
        self.association.note_start(place);
    }

    #[inline]
    fn arrived(&mut self, _: Completion<(), Never>) {}

    fn panicked(&mut self, report: PanicReport) {
        self.association.panicked(report);
    }

    // Always: the request is a constant at the only places that call it.
    #[inline(always)]
    unsafe fn over(header: NonNull<Header<Self>>, request: Request) {
        // SAFETY: valid until the memory is given back.
        unsafe { header.as_ref() }.keep.association.note_end(header.cast());
        // SAFETY: passed on to the caller.
        let association = unsafe { release(header, request, |keep| (keep.allocation, keep.association)) };
        drop(association);
    }
}
