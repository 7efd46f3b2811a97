//! `after`: one completion, some time later.

use std::time::{Duration, Instant};

use crate::completion::Never;
use crate::context::now;
use crate::context::timer::Timer;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph `delay` after it is first asked, once.
///
/// As an asynchronous stage, `.and(move |value| after(delay).map(move |()| value))`, it delays a
/// pass.
///
/// **Completes** with `()` when the time has come: inside `start` only if `delay` is zero, else
/// later. Started again it has ended.
/// **Runs** where it is started, by that context's clock, in the first turn after its time. As an operation it waits in the context's
/// [timers](crate::context::timer) and costs nothing meanwhile; as the source of a lane it is asked
/// every turn. A context that parks sleeps until then.
/// **Costs** one look at the clock per ask; no allocation, no system call.
///
/// C++26: `schedule_after`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fusewire::source::{Source, Taken};
/// use fusewire::sources::after;
///
/// let mut alarm = after(Duration::from_millis(2));
/// assert!(matches!(alarm.take(), Taken::Empty));
/// std::thread::sleep(Duration::from_millis(3));
/// assert!(matches!(alarm.take(), Taken::Value(())));
/// assert!(matches!(alarm.take(), Taken::Ended));
/// ```
pub const fn after(delay: Duration) -> After {
    After { state: State::Set(delay), timer: After::TIMER }
}

/// Begins a graph at `moment`, once; see [`after`].
///
/// C++26: `schedule_at`.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
/// use fusewire::prelude::*;
///
/// let soon = Instant::now() + Duration::from_millis(2);
/// assert_eq!(block_on(at(soon).map(|()| Instant::now() >= soon)), Completion::Value(true));
/// ```
pub const fn at(moment: Instant) -> After {
    After { state: State::Running(moment), timer: After::TIMER }
}

/// The source made by [`after`] and [`at`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct After {
    state: State,
    timer: Timer,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Set(Duration),
    Running(Instant),
    // The moment is further away than the clock can tell.
    Never,
    Over,
}

impl After {
    // SAFETY: each use of it is the field of one source, which `timer` gives, and nobody else touches.
    const TIMER: Timer = unsafe { Timer::new() };
}

impl Source for After {
    type Value = ();
    type Error = Never;

    fn take(&mut self) -> Taken<(), Never> {
        let now = now();
        if let State::Set(delay) = self.state {
            self.state = now.checked_add(delay).map_or(State::Never, State::Running);
        }
        match self.state {
            State::Running(due) if due <= now => {
                self.state = State::Over;
                Taken::Value(())
            }
            State::Over => Taken::Ended,
            State::Set(_) | State::Running(_) | State::Never => Taken::Empty,
        }
    }

    unsafe fn timer(&mut self) -> Option<&mut Timer> {
        Some(&mut self.timer)
    }

    fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Running(due) => Some(due),
            State::Set(_) | State::Never | State::Over => None,
        }
    }
}

#[diagnostic::do_not_recommend]
impl Sender for After {
    type Value = ();
    type Error = Never;
    type Operation<R: Receiver<(), Never>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<(), Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        SourceOperation::new(self, receiver, env)
    }
}
