//! `every`: a tick each period.

use std::time::{Duration, Instant};

use crate::completion::Never;
use crate::context::now;
use crate::context::timer::Timer;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph with a tick each `period`, the first one period after it was first asked.
///
/// A tick is due one period after the tick before was due, however late that one was taken: ticks
/// do not drift. Ticks that nobody took before the next was due are given as one, which counts the
/// others in [`Tick::missed`].
///
/// **Completes** when the tick is due: inside `start` if it is already, else later. Never ends.
/// **Runs** where it is started, by that context's clock, in the first turn after the tick is due. As an operation it waits in the
/// context's [timers](crate::context::timer) and costs nothing meanwhile; as the source of a lane it is asked
/// every turn. A context that parks sleeps until the tick is due.
/// **Costs** one look at the clock per ask, some tens of nanoseconds; no allocation, no system call.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fusewire::source::{Source, Taken};
/// use fusewire::sources::every;
///
/// let mut ticks = every(Duration::from_millis(1));
/// assert!(matches!(ticks.take(), Taken::Empty));
/// std::thread::sleep(Duration::from_millis(4));
/// let Taken::Value(tick) = ticks.take() else { panic!("four ticks are due") };
/// assert!(tick.missed >= 2);
/// ```
pub const fn every(period: Duration) -> Every {
    // SAFETY: it is a field of this source, which `timer` gives, and nobody else touches.
    Every { period, next: Next::AfterFirstAsk, timer: unsafe { Timer::new() } }
}

/// The source made by [`every`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Every {
    period: Duration,
    next: Next,
    timer: Timer,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    AfterFirstAsk,
    At(Instant),
    // Further away than the clock can tell.
    Never,
}

/// A moment that [`every`] told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// When it was due, which is a whole number of periods after the first.
    pub due: Instant,
    /// How many ticks before it were due since the last one that was given.
    pub missed: u64,
}

impl Every {
    /// The same ticks, the first of them at `first`.
    pub const fn starting_at(mut self, first: Instant) -> Self {
        self.next = Next::At(first);
        self
    }

    fn after(&self, moment: Instant) -> Next {
        moment.checked_add(self.period).map_or(Next::Never, Next::At)
    }
}

impl Source for Every {
    type Value = Tick;
    type Error = Never;

    fn take(&mut self) -> Taken<Tick, Never> {
        let now = now();
        let first = match self.next {
            Next::AfterFirstAsk => {
                self.next = self.after(now);
                return Taken::Empty;
            }
            Next::At(due) if due <= now => due,
            Next::At(_) | Next::Never => return Taken::Empty,
        };
        let late = now.duration_since(first);
        // With a period of zero every ask is a tick, and none is missed.
        let missed = if late < self.period {
            0
        } else {
            late.as_nanos().checked_div(self.period.as_nanos()).unwrap_or(0)
        };
        let missed = u64::try_from(missed).unwrap_or(u64::MAX);
        let due = if missed == 0 {
            first
        } else {
            let since = late.as_nanos() % self.period.as_nanos();
            now - Duration::from_nanos(u64::try_from(since).unwrap_or(0))
        };
        self.next = self.after(due);
        Taken::Value(Tick { due, missed })
    }

    unsafe fn timer(&mut self) -> Option<&mut Timer> {
        Some(&mut self.timer)
    }

    fn deadline(&self) -> Option<Instant> {
        match self.next {
            Next::At(due) => Some(due),
            Next::AfterFirstAsk | Next::Never => None,
        }
    }
}

#[diagnostic::do_not_recommend]
impl Sender for Every {
    type Value = Tick;
    type Error = Never;
    type Operation<R: Receiver<Tick, Never>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<Tick, Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        SourceOperation::new(self, receiver, env)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_keep_to_whole_periods_and_count_what_was_missed() {
        let period = Duration::from_millis(10);
        let first = Instant::now() - Duration::from_millis(35);
        let mut ticks = every(period).starting_at(first);
        let Taken::Value(tick) = ticks.take() else { panic!("due for 35 ms") };
        assert_eq!(tick.missed, 3);
        assert_eq!(tick.due, first + 3 * period);
        assert_eq!(ticks.deadline(), Some(first + 4 * period));
        assert!(matches!(ticks.take(), Taken::Empty));
    }

    #[test]
    fn periods_without_sense_do_no_harm() {
        let mut always = every(Duration::ZERO).starting_at(Instant::now());
        for _ in 0..3 {
            assert!(matches!(always.take(), Taken::Value(Tick { missed: 0, .. })));
        }
        let mut never = every(Duration::MAX);
        assert!(matches!(never.take(), Taken::Empty));
        assert_eq!(never.deadline(), None);
        assert!(matches!(never.take(), Taken::Empty));
    }
}
