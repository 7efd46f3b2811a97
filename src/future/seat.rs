//! Where a pass is started that a future awaits: a context that the future drives, and a stop.

use std::cell::RefCell;
use std::task::Context;

use super::pass::{Arrival, OwnedPass};
use crate::completion::{Completion, StopReason};
use crate::consumers::resume_panic;
use crate::context::ContextRef;
use crate::context::polled::Driver;
use crate::env::Env;
use crate::sender::Sender;
use crate::stop::StopSource;

/// Seats that a thread keeps for the next futures that it polls.
const SPARE: usize = 16;

thread_local! {
    #[expect(clippy::vec_box, reason = "a seat is handed out in the box that it was made in, so a poll moves a pointer")]
    static SPARES: RefCell<Vec<Box<Seat>>> = const { RefCell::new(Vec::new()) };
}

/// A context that is driven by one future at a time, and used again by the next.
#[derive(Debug)]
struct Seat {
    driver: Driver,
    home: ContextRef,
    stop: StopSource,
}

impl Seat {
    fn take() -> Box<Self> {
        let spare = SPARES.try_with(|spares| spares.try_borrow_mut().ok()?.pop()).ok().flatten();
        spare.unwrap_or_else(|| {
            let driver = Driver::new("await", "await");
            let home: ContextRef = driver.front().clone();
            Box::new(Self { driver, home, stop: StopSource::new() })
        })
    }

    /// Keeps it for the next future, if nobody uses it.
    fn give_back(mut self: Box<Self>) {
        if !self.driver.is_unused() || self.stop.stop_requested() {
            return;
        }
        self.driver.reset();
        // Dropped here if the thread ends, or keeps enough.
        let _ = SPARES.try_with(|spares| {
            if let Ok(mut spares) = spares.try_borrow_mut()
                && spares.len() < SPARE
            {
                spares.push(self);
            }
        });
    }
}

/// A sender that is connected for a future that awaits its passes.
#[derive(Debug)]
pub(super) struct Awaited<S: Sender> {
    pass: OwnedPass<S>,
    // INVARIANT: there until it is dropped.
    seat: Option<Box<Seat>>,
}

impl<S> Awaited<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    pub(super) fn connect(sender: S) -> Self {
        let seat = Seat::take();
        let env = Env::new().with_context(seat.home.clone()).with_stop(seat.stop.token());
        let pass = OwnedPass::connect(sender, &seat.home, &env);
        Self { pass, seat: Some(seat) }
    }

    /// Begins a pass; the completion if it is there at once.
    pub(super) fn start(&mut self) -> Option<Completion<S::Value, S::Error>> {
        let seat = self.seat.as_ref()?;
        // SAFETY: the driver of this home is the seat's, which is not asked meanwhile.
        unsafe { self.pass.start(&seat.home) }
    }

    /// Goes on with the pass that is under way; its completion once it is there.
    pub(super) fn go_on(&mut self, cx: &mut Context<'_>) -> Option<Completion<S::Value, S::Error>> {
        let Self { pass, seat } = self;
        seat.as_mut()?.driver.drive(cx, true, || pass.has_arrived());
        let (completion, report): Arrival<_, _> = pass.take()?;
        if let Completion::Stopped(StopReason::Panicked) = completion {
            resume_panic(report);
        }
        Some(completion)
    }
}

impl<S: Sender> Awaited<S> {
    pub(super) fn request_stop(&self) {
        if let Some(seat) = &self.seat {
            seat.stop.request_stop();
        }
    }
}

impl<S: Sender> Drop for Awaited<S> {
    fn drop(&mut self) {
        let Some(mut seat) = self.seat.take() else { return };
        if self.pass.is_under_way() {
            // Nobody is to be woken for what comes now.
            seat.driver.reset();
            seat.stop.request_stop();
            // Ends the context: what of the pass waits here completes as stopped, in here.
            drop(seat);
        } else {
            seat.give_back();
        }
    }
}
