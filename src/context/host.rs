//! The loop that every context with a thread shares.
//!
//! A target that runs lanes on a thread builds on this: [`Host::new`] makes the two halves, a
//! [`Front`] that any thread may call and that is the [`Context`](super::Context), and a [`Host`]
//! that the thread drives by [`run`](Host::run), or turn by turn by [`turn`](Host::turn). How the
//! thread sleeps is the target's own business, behind [`Park`].
//!
//! One turn of the host is, in this order: if attention was raised, new lanes, posted tasks and
//! every lane's `check`; then the timers that are due and the waiting tasks; then the lanes. A lane that is alone is run by
//! [`Lane::run`], which leaves the lane's loop only for attention or when it has been idle for as
//! long as the wait strategy allows: between two messages there is no indirect call and nothing
//! but the load of [`Attention`](crate::lane::Attention).

use std::sync::Arc;
use std::time::Instant;

pub use super::front::{Front, HostSettings};
#[cfg(target_os = "linux")]
#[doc(hidden)]
pub use super::park::Doorbell;
pub use super::park::{Park, ParkedThread, ThreadPark, Unpark};

use super::clock::Clock;
use super::enter;
use super::front::Waiting;
use super::timer::Timers;
use crate::alloc::Allocation;
use crate::lane::{Abandoned, Lane, PanicReport, Turn};
use crate::panic_site::{self, Watch};
use crate::primitive::Ordering;
use crate::wait::Wait;
use crate::work::{TaskList, TaskRef, Tasks};

/// The turns that one of several lanes may take before the next gets its own.
const BURST: u32 = 64;

/// The half of a hosted context that its thread drives.
///
/// Dropping it ends the context: whatever is left is abandoned.
pub struct Host {
    front: Arc<Front>,
    lanes: Vec<Box<dyn Lane>>,
    // Empty between turns; kept for its memory.
    polled: Vec<Waiting>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("front", &self.front)
            .field("lanes", &self.lanes.len())
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Both halves of a context, of which nothing runs yet. `unpark` wakes the thread that will
    /// run the host.
    ///
    /// Installs, once per process, the panic hook that notes where a lane panicked; on threads
    /// that run no host it does what the hook before it did.
    pub fn new(settings: HostSettings, unpark: Arc<dyn Unpark>) -> (Arc<Front>, Self) {
        Self::with_allocation(settings, Allocation::Recycling, unpark)
    }

    /// As [`new`](Self::new), for a context with this default policy instead of
    /// [`Recycling`](crate::alloc::Recycling).
    pub fn with_allocation(
        settings: HostSettings,
        allocation: Allocation,
        unpark: Arc<dyn Unpark>,
    ) -> (Arc<Front>, Self) {
        Self::with_clock(settings, allocation, Clock::System, unpark)
    }

    pub(super) fn with_clock(
        settings: HostSettings,
        allocation: Allocation,
        clock: Clock,
        unpark: Arc<dyn Unpark>,
    ) -> (Arc<Front>, Self) {
        panic_site::install();
        let front = Arc::new(Front::new(settings, allocation, clock, unpark));
        let host = Self { front: Arc::clone(&front), lanes: Vec::new(), polled: Vec::new() };
        (front, host)
    }

    /// The other half.
    pub const fn front(&self) -> &Arc<Front> {
        &self.front
    }

    /// Has this lane take its turns before the others.
    pub(super) fn begin_with_lane(&mut self, first: usize) {
        if first < self.lanes.len() {
            self.lanes.swap(0, first);
        }
    }

    /// The lanes it hosts, without those that wait to be started.
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    /// Runs on the calling thread until [`Front::close`], then ends.
    pub fn run<P: Park>(mut self, park: &mut P) {
        // SAFETY: this is the only host of its front, and the call has it to itself.
        let here = unsafe { enter(self.front.clone()) };
        let watching = panic_site::watch(Watch::Lane);
        park.start();
        self.drive(park);
        drop(watching);
        drop(here);
    }

    fn drive<P: Park>(&mut self, park: &mut P) {
        let wait = self.front.wait();
        let patience = wait.patience();
        let mut idle = 0;
        loop {
            let mut turn = Turn::Idle;
            if self.front.attention.raised() {
                self.attend(&mut InOrder);
                if self.front.is_closed() {
                    return;
                }
                turn = Turn::Busy;
            }
            if P::TURNS.is_some() && park.look() {
                turn = Turn::Busy;
            }
            if self.poll_timers() | self.poll_waiting() {
                turn = Turn::Busy;
            }
            let mut turns = 1;
            if P::TURNS.is_none() && self.lanes.len() == 1 && self.polled_none() && self.timers().is_empty() {
                turns = patience.saturating_sub(idle).max(1);
                turn = busier(turn, self.run_alone(turns));
            } else {
                turn = busier(turn, self.round(P::TURNS.unwrap_or(BURST)));
            }
            if turn == Turn::Busy {
                idle = 0;
                continue;
            }
            idle = idle.saturating_add(turns);
            if idle < patience || wait == Wait::Spin {
                std::hint::spin_loop();
            } else if wait.parks() {
                self.park(park);
                idle = 0;
            } else {
                std::thread::yield_now();
            }
        }
    }

    /// One trip round the host, on the calling thread, with one turn for each lane. Never waits.
    ///
    /// Busy if anything moved on, [`Turn::Done`] once the context was closed: it has ended then.
    pub fn turn(&mut self) -> Turn {
        self.trip(1)
    }

    /// As [`turn`](Self::turn), with up to `burst` turns for each lane.
    pub(super) fn trip(&mut self, burst: u32) -> Turn {
        self.trip_by(burst, &mut InOrder)
    }

    /// As [`trip`](Self::trip), with the tasks run as `tasking` says.
    pub(super) fn trip_by(&mut self, burst: u32, tasking: &mut impl Tasking) -> Turn {
        // SAFETY: this is the only host of its front, and the call has it to itself.
        let here = unsafe { enter(self.front.clone()) };
        let watching = panic_site::watch(Watch::Lane);
        let mut turn = Turn::Idle;
        if self.front.attention.raised() {
            self.attend(tasking);
            turn = Turn::Busy;
        } else if tasking.run(Tasks::none()) {
            turn = Turn::Busy;
        }
        if self.front.is_closed() {
            self.end();
            turn = Turn::Done;
        } else {
            if self.poll_timers() | self.poll_waiting() {
                turn = Turn::Busy;
            }
            turn = busier(turn, self.round(burst));
        }
        drop(watching);
        drop(here);
        turn
    }

    /// When somebody wants a turn although nothing happens.
    pub fn deadline(&mut self) -> Option<Instant> {
        let waiting = self.front.waiting().iter().filter_map(|waiting| waiting.deadline).min();
        let mut earliest = waiting.into_iter().chain(self.timers().deadline()).min();
        self.each_lane(|lane| {
            earliest = earliest.into_iter().chain(lane.deadline()).min();
            Turn::Idle
        });
        earliest
    }

    /// Whether a task waits: for its next turn, or for a time.
    pub fn has_waiting(&self) -> bool {
        !self.polled_none() || !self.timers().is_empty()
    }

    fn timers(&self) -> &Timers {
        self.front.wheel()
    }

    /// Runs every task that is due; whether there was one.
    fn poll_timers(&self) -> bool {
        // SAFETY: this is the host of the context, which runs.
        unsafe { self.timers().poll(|| self.front.time(), run_task) }
    }

    fn polled_none(&self) -> bool {
        self.front.waiting().is_empty()
    }

    /// Does what attention was raised for.
    fn attend(&mut self, tasking: &mut impl Tasking) {
        self.front.attention.lower();
        for mut lane in self.front.take_lanes() {
            match panic_site::catch(|| lane.start()) {
                Ok(()) => self.lanes.push(lane),
                Err(report) => give_up(lane, Abandoned::Panicked(report)),
            }
        }
        tasking.run(self.front.tasks.take());
        self.each_lane(|lane| {
            lane.check();
            Turn::Idle
        });
    }

    /// Runs every task that waits; whether one of them waits no longer.
    fn poll_waiting(&mut self) -> bool {
        let mut polled = std::mem::take(&mut self.polled);
        std::mem::swap(&mut polled, &mut self.front.waiting());
        if polled.is_empty() {
            self.polled = polled;
            return false;
        }
        let before = polled.len();
        for waiting in polled.drain(..) {
            run_task(waiting.task);
        }
        self.polled = polled;
        self.front.waiting().len() < before
    }

    /// The only lane there is, until attention is raised or it has been idle for `turns`.
    fn run_alone(&mut self, turns: u32) -> Turn {
        let front = &*self.front;
        let Some(lane) = self.lanes.last_mut() else { return Turn::Idle };
        // ORDERING: relaxed here and below, this thread alone uses it.
        front.alone.store(true, Ordering::Relaxed);
        let turn = panic_site::catch(|| lane.run(&front.attention, turns));
        // ORDERING: relaxed, see above.
        front.alone.store(false, Ordering::Relaxed);
        self.settle(0, turn)
    }

    /// Up to `turns` turns of each lane.
    fn round(&mut self, turns: u32) -> Turn {
        self.each_lane(|lane| lane.burst(turns))
    }

    fn each_lane(&mut self, mut work: impl FnMut(&mut dyn Lane) -> Turn) -> Turn {
        let mut busy = Turn::Idle;
        let mut index = 0;
        while let Some(lane) = self.lanes.get_mut(index) {
            let turn = panic_site::catch(|| work(lane.as_mut()));
            let before = self.lanes.len();
            busy = busier(busy, self.settle(index, turn));
            if self.lanes.len() == before {
                index += 1;
            }
        }
        busy
    }

    /// Drops a lane that is done or panicked.
    fn settle(&mut self, index: usize, turn: Result<Turn, PanicReport>) -> Turn {
        match turn {
            Ok(Turn::Done) => drop_lane(self.lanes.remove(index)),
            Ok(turn) => return turn,
            Err(report) => give_up(self.lanes.remove(index), Abandoned::Panicked(report)),
        }
        Turn::Busy
    }

    fn park<P: Park>(&mut self, park: &mut P) {
        let deadline = self.deadline();
        if self.front.bell.sleep() {
            park.park(deadline);
            self.front.bell.awake();
        }
    }

    /// Abandons everything, and everything that comes up while doing so.
    fn end(&mut self) {
        self.front.close();
        // Tasks first: a lane whose operation has completed then drops it, which else it could not.
        self.give_up_tasks();
        for lane in self.front.shut_inbox().into_iter().chain(self.lanes.drain(..)) {
            give_up(lane, Abandoned::ContextEnded);
        }
        self.give_up_tasks();
    }

    fn give_up_tasks(&mut self) {
        loop {
            let waiting = std::mem::take(&mut *self.front.waiting());
            if waiting.is_empty() && self.front.tasks.is_empty() && self.timers().is_empty() {
                return;
            }
            // SAFETY: this is the host of the context, which ends.
            while let Some(task) = unsafe { self.timers().take() } {
                caught(|| drop(task));
            }
            for task in self.front.tasks.take().chain(waiting.into_iter().map(|waiting| waiting.task)) {
                caught(|| drop(task));
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: this is the only host of its front, and the call has it to itself.
        let here = unsafe { enter(self.front.clone()) };
        let watching = panic_site::watch(Watch::Lane);
        self.end();
        drop(watching);
        drop(here);
    }
}

fn busier(one: Turn, other: Turn) -> Turn {
    if one == Turn::Idle { other } else { one }
}

/// In which order tasks are run, and how many of them in one trip.
pub(super) trait Tasking {
    /// Runs what it chooses of the tasks that were taken now, oldest first, and of those that it holds back. Whether it ran any.
    fn run(&mut self, taken: Tasks) -> bool;
}

/// All of them, in the order of posting.
struct InOrder;

impl Tasking for InOrder {
    #[inline]
    fn run(&mut self, taken: Tasks) -> bool {
        taken.fold(false, |_, task| {
            run_task(task);
            true
        })
    }
}

pub(super) fn run_task(task: TaskRef) {
    caught(|| task.run());
}

/// Abandons the tasks that were held back.
pub(super) fn give_up_tasks(held: &mut TaskList) {
    while let Some(task) = held.pop() {
        caught(|| drop(task));
    }
}

/// Keeps a panic to itself that nobody joins; the panic hook has said it.
fn caught(work: impl FnOnce()) {
    let watching = panic_site::watch(Watch::Task);
    let _ = panic_site::catch(work);
    drop(watching);
}

fn give_up(mut lane: Box<dyn Lane>, why: Abandoned) {
    caught(|| lane.abandon(why));
    drop_lane(lane);
}

fn drop_lane(lane: Box<dyn Lane>) {
    caught(|| drop(lane));
}
