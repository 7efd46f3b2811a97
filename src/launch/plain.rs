//! A sender that runs as it is: one lane, one pass after another.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::completion::{Completion, Started, StopReason};
use crate::context::{ContextRef, current};
use crate::control::{Answered, Control, LaneCounts, Mode, RunError, Standing};
use crate::device::lost_device;
use crate::env::Env;
use crate::lane::{Abandoned, Lane, PanicReport, Turn};
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopSource;

/// Where the pass of a [`PlainLane`] completes, on whichever thread it then is.
struct Mailbox<V, E> {
    completion: Mutex<Option<Completion<V, E>>>,
    /// Where the pass panicked, if it did.
    report: Mutex<Option<PanicReport>>,
    home: ContextRef,
}

struct Deliver<V, E> {
    mailbox: Arc<Mailbox<V, E>>,
    // The lane may drop the operation while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

impl<V: Send, E: Send> Receiver<V, E> for Deliver<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        // Cloned first: the lane may drop the operation, and this receiver with it, as soon as it
        // sees the completion.
        let mailbox = Arc::clone(&self.mailbox);
        if let Completion::Stopped(StopReason::Panicked) = completion {
            *mailbox.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic_site::take_left());
        }
        *mailbox.completion.lock().unwrap_or_else(PoisonError::into_inner) = Some(completion);
        mailbox.home.nudge();
    }
}

type Connected<S> = <S as Sender>::Operation<Deliver<<S as Sender>::Value, <S as Sender>::Error>>;

/// The reference semantics of `run`: connect once, start again after each completion.
pub(super) struct PlainLane<S>
where
    S: Sender<Value: Send, Error: Send>,
{
    // `Option`, so that an operation that is still under way can be leaked rather than dropped.
    operation: Option<Pin<Box<Connected<S>>>>,
    mailbox: Arc<Mailbox<S::Value, S::Error>>,
    under_way: bool,
    pub(super) stop: StopSource,
    control: Arc<Control>,
    counts: LaneCounts,
    // The number of the last question that was answered; see `Asking`.
    said: u64,
}

impl<S> PlainLane<S>
where
    S: Sender + Send + 'static,
    S::Value: Send,
    S::Error: fmt::Display + Send + 'static,
{
    pub(super) fn new(sender: S, home: ContextRef, control: Arc<Control>) -> Self {
        let stop = StopSource::new();
        let env = Env::new().with_context(home.clone()).with_stop(stop.token()).in_turn(true);
        let mailbox = Arc::new(Mailbox { completion: Mutex::new(None), report: Mutex::new(None), home });
        let deliver = Deliver { mailbox: Arc::clone(&mailbox), _pinned: PhantomPinned };
        let operation = Box::pin(sender.connect(deliver, &env));
        let counts = LaneCounts::default();
        Self { operation: Some(operation), mailbox, under_way: false, stop, control, counts, said: 0 }
    }

    fn finish(&mut self, completion: Completion<S::Value, S::Error>) -> Turn {
        match completion {
            Completion::Value(_) => self.counts.completed += 1,
            Completion::Stopped(StopReason::Filtered) => {}
            Completion::Stopped(StopReason::Ended | StopReason::Requested) => {
                self.counts.started -= 1;
                // A source that was asked to stop while it waited leaves what was gathered to `rest`.
                if self.control.mode() != Mode::Draining {
                    return self.end();
                }
            }
            Completion::Stopped(StopReason::Panicked) => {
                let report = self.mailbox.report.lock().unwrap_or_else(PoisonError::into_inner).take();
                self.control.fail(RunError::Panicked(report.unwrap_or_else(panic_site::take_left)));
                return self.end();
            }
            Completion::Stopped(StopReason::DeviceFailed) => {
                self.control.fail(RunError::Device(lost_device()));
                return self.end();
            }
            Completion::Stopped(reason @ StopReason::NoMemory) => {
                self.control.fail(RunError::failed(reason));
                return self.end();
            }
            Completion::Error(error) => {
                self.control.fail(RunError::failed(error));
                return self.end();
            }
        }
        if self.control.mode() == Mode::Abandoning { self.end() } else { Turn::Busy }
    }

    /// Says where it stands, if somebody has asked.
    #[cold]
    fn say_if_asked(&mut self) {
        let asked = self.control.asking().asked();
        if asked == self.said {
            return;
        }
        self.said = asked;
        let Some(context) = current() else { return };
        let LaneCounts { started, completed } = self.counts;
        let awaits = vec![self.under_way];
        self.control
            .asking()
            .answer(asked, Standing { context: context.id(), taken: started, completed, awaits });
    }

    fn answered(&self) -> Answered {
        Answered { standing: self.said, sample: 0 }
    }

    /// Between two passes.
    fn end(&mut self) -> Turn {
        // Dropped first, so that what the graph owned is gone when it counts as ended.
        self.operation = None;
        self.control.count_out(self.counts, self.answered());
        Turn::Done
    }
}

impl<S> Lane for PlainLane<S>
where
    S: Sender + Send + 'static,
    S::Value: Send,
    S::Error: fmt::Display + Send + 'static,
{
    fn turn(&mut self) -> Turn {
        if self.under_way {
            let arrived = self.mailbox.completion.lock().unwrap_or_else(PoisonError::into_inner).take();
            return match arrived {
                None => Turn::Idle,
                Some(completion) => {
                    self.under_way = false;
                    self.finish(completion)
                }
            };
        }
        let Some(operation) = self.operation.as_mut() else { return Turn::Done };
        let started = match self.control.mode() {
            // SAFETY: no pass is under way; until it completes the operation is not touched, and it is
            // leaked rather than dropped.
            Mode::Running => Some(unsafe { operation.as_mut().start() }),
            // SAFETY: as above.
            Mode::Draining => unsafe { operation.as_mut().rest() },
            Mode::Abandoning => None,
        };
        let Some(started) = started else { return self.end() };
        self.counts.started += 1;
        match started {
            Started::Inline(completion) => self.finish(completion),
            Started::Later => {
                self.under_way = true;
                Turn::Busy
            }
        }
    }

    fn check(&mut self) {
        self.say_if_asked();
        if self.control.mode() != Mode::Running {
            self.stop.request_stop();
        }
    }

    fn abandon(&mut self, why: Abandoned) {
        self.stop.request_stop();
        self.control.given_up(why);
        self.control.count_out(self.counts, self.answered());
    }
}

impl<S> Drop for PlainLane<S>
where
    S: Sender<Value: Send, Error: Send>,
{
    fn drop(&mut self) {
        let arrived = || self.mailbox.completion.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if self.under_way && !arrived() {
            // Some context still holds the operation's task: its memory must stay.
            std::mem::forget(self.operation.take());
        }
    }
}
