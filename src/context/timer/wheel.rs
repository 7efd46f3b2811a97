//! The wheel itself: lists of timers by the digits of their due times.

use std::ptr::NonNull;

use crate::work::TaskRef;

/// Bits of a nanosecond count that make a tick: 2^14 ns, some 16 microseconds.
pub(super) const TICK_BITS: u32 = 14;
/// Bits of a tick count that make a digit, one per level.
const DIGIT_BITS: usize = 6;
const SLOTS: usize = 1 << DIGIT_BITS;
/// Enough digits for every tick that a `u64` of nanoseconds has.
const LEVELS: usize = (u64::BITS - TICK_BITS) as usize / DIGIT_BITS + 1;
/// The list of those that are due, behind the slots of all levels.
const DUE: usize = LEVELS * SLOTS;

/// One timer in a wheel, embedded in what waits.
#[derive(Debug)]
pub(super) struct Node {
    // INVARIANT: all fields are the wheel's, whose thread alone touches them, while `task` is there.
    task: Option<TaskRef>,
    due: u64,
    list: usize,
    before: NonNull<Self>,
    after: NonNull<Self>,
}

// SAFETY: whoever has a node has it to itself, or has left it to a wheel, which then has.
unsafe impl Send for Node {}

impl Node {
    pub(super) const fn new() -> Self {
        Self { task: None, due: 0, list: 0, before: NonNull::dangling(), after: NonNull::dangling() }
    }

    /// Keeps a task that is in no wheel.
    pub(super) const fn put(&mut self, task: TaskRef) {
        debug_assert!(self.task.is_none(), "one task waits in a timer");
        // What was there is nothing, so that there is nothing to drop.
        std::mem::forget(self.task.replace(task));
    }

    /// Whether it is in no wheel.
    #[cfg(all(test, not(loom)))]
    pub(super) const fn is_free(&self) -> bool {
        self.task.is_none()
    }

    /// What [`put`](Self::put) kept.
    pub(super) const fn take(&mut self) -> Option<TaskRef> {
        self.task.take()
    }
}

/// Timers by their due time, in nanoseconds from some moment.
///
/// A timer whose tick differs from the present one first in digit `n` lies at level `n`, in the slot of
/// that digit. When the present reaches a slot of a higher level, its timers are distributed over the
/// levels below: each is moved at most once per level. Lists are circular and doubly linked, first in first
/// out; a word per level says which of its slots hold any.
///
/// Source: G. Varghese and T. Lauck, "Hashed and hierarchical timing wheels" (1987), scheme 6.
#[derive(Debug)]
pub(super) struct Wheel {
    // The present tick. Every timer's tick is taken as no earlier.
    cursor: u64,
    // INVARIANT: no timer must be looked at before; `u64::MAX` if there is none.
    next: u64,
    count: usize,
    occupied: [u64; LEVELS],
    first: Box<[Option<NonNull<Node>>; DUE + 1]>,
}

// SAFETY: a wheel has the nodes in it to itself, and the tasks in them are `Send`.
unsafe impl Send for Wheel {}

impl Wheel {
    pub(super) fn new() -> Self {
        let first = Box::new([None; DUE + 1]);
        Self { cursor: 0, next: u64::MAX, count: 0, occupied: [0; LEVELS], first }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// The time before which nothing is to be done.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// The list of a timer that is due at `due`.
    fn place(&self, due: u64) -> usize {
        let tick = (due >> TICK_BITS).max(self.cursor);
        let level = ((tick ^ self.cursor) | 1).ilog2() as usize / DIGIT_BITS;
        level * SLOTS + digit(tick, level)
    }

    /// Keeps `task` in `node` until `due`.
    ///
    /// # Safety
    ///
    /// `node` is in no wheel. It stays valid and in place, and is touched through wheels alone, until its
    /// task is handed out.
    pub(super) unsafe fn insert(&mut self, mut node: NonNull<Node>, due: u64, task: TaskRef) {
        // SAFETY: the caller gives it to this wheel.
        let own = unsafe { node.as_mut() };
        own.put(task);
        own.due = due;
        self.count += 1;
        self.next = self.next.min(due);
        let list = self.place(due);
        // SAFETY: it is in no list, and stays valid until it is taken out.
        unsafe { self.link(node, list) };
    }

    /// Hands out the task in `node` before it is due; none if it is in no wheel.
    ///
    /// # Safety
    ///
    /// `node` is valid, and in this wheel or in none.
    pub(super) unsafe fn remove(&mut self, mut node: NonNull<Node>) -> Option<TaskRef> {
        // SAFETY: valid, and in no other wheel, by the caller.
        let task = unsafe { node.as_mut() }.take()?;
        // SAFETY: it had a task, so that it is in this wheel.
        unsafe { self.unlink(node) };
        self.count -= 1;
        if self.count == 0 {
            self.next = u64::MAX;
        }
        Some(task)
    }

    /// Moves the present to `now`. What is due then is handed out by [`pop`](Self::pop).
    pub(super) fn advance(&mut self, now: u64) {
        let tick = now >> TICK_BITS;
        while let Some((level, list, start)) = self.earliest_slot()
            && start <= tick
        {
            self.cursor = start;
            self.spread(list, now);
            if level == 0 && start == tick {
                break;
            }
        }
        self.cursor = self.cursor.max(tick);
        self.next = self.earliest();
    }

    /// Takes one that is due, in the order of their ticks.
    pub(super) fn pop(&mut self) -> Option<TaskRef> {
        // SAFETY: it is in a list, hence in this wheel.
        self.first[DUE].and_then(|node| unsafe { self.remove(node) })
    }

    /// Takes any.
    pub(super) fn pop_any(&mut self) -> Option<TaskRef> {
        let node = self.first.iter().find_map(|first| *first)?;
        // SAFETY: it is in a list, hence in this wheel.
        unsafe { self.remove(node) }
    }

    /// Deals the timers of a slot that the present has reached out to where they now belong.
    fn spread(&mut self, list: usize, now: u64) {
        let mut rest = self.first[list].map(|first| {
            // SAFETY: it is in a list, hence valid, and so is its neighbour.
            (first, unsafe { first.as_ref() }.before)
        });
        while let Some((node, last)) = rest {
            // SAFETY: as above.
            let own = unsafe { node.as_ref() };
            let (after, due) = (own.after, own.due);
            rest = (node != last).then_some((after, last));
            // From the lowest level alone, so that earlier ticks come first.
            let to = if list < SLOTS && due <= now { DUE } else { self.place(due) };
            if to != list {
                // SAFETY: it is in a list of this wheel.
                unsafe { self.unlink(node) };
                // SAFETY: it is in none now.
                unsafe { self.link(node, to) };
            }
        }
    }

    /// The level, the list and the first tick of the earliest slot that holds a timer.
    fn earliest_slot(&self) -> Option<(usize, usize, u64)> {
        let level = self.occupied.iter().position(|&slots| slots != 0)?;
        // None lies before the present, so that the lowest slot is the earliest.
        let slot = self.occupied[level].trailing_zeros() as usize;
        let above = DIGIT_BITS * (level + 1);
        let start = (self.cursor >> above << above) | ((slot as u64) << (DIGIT_BITS * level));
        Some((level, level * SLOTS + slot, start))
    }

    /// A time before which none is due: exact for those of the lowest level.
    fn earliest(&self) -> u64 {
        let Some((level, list, start)) = self.earliest_slot() else { return u64::MAX };
        let first = self.first[list].filter(|_| level == 0);
        let Some(first) = first else { return start << TICK_BITS };
        let (mut node, mut earliest) = (first, u64::MAX);
        loop {
            // SAFETY: it is in a list, hence valid.
            let own = unsafe { node.as_ref() };
            earliest = earliest.min(own.due);
            node = own.after;
            if node == first {
                return earliest;
            }
        }
    }

    /// # Safety
    ///
    /// `node` is valid until it is unlinked, and in no list.
    unsafe fn link(&mut self, mut node: NonNull<Node>, list: usize) {
        let (before, after) = match self.first[list] {
            None => {
                self.first[list] = Some(node);
                if let Some(slots) = self.occupied.get_mut(list / SLOTS) {
                    *slots |= 1 << (list % SLOTS);
                }
                (node, node)
            }
            Some(mut first) => {
                // SAFETY: it is linked, hence valid.
                let mut last = std::mem::replace(unsafe { &mut first.as_mut().before }, node);
                // SAFETY: as above.
                unsafe { last.as_mut() }.after = node;
                (last, first)
            }
        };
        // SAFETY: valid, by the caller.
        let own = unsafe { node.as_mut() };
        (own.list, own.before, own.after) = (list, before, after);
    }

    /// # Safety
    ///
    /// `node` is in a list of this wheel.
    unsafe fn unlink(&mut self, node: NonNull<Node>) {
        // SAFETY: it is linked, hence valid.
        let own = unsafe { node.as_ref() };
        let (list, mut before, mut after) = (own.list, own.before, own.after);
        if after == node {
            self.first[list] = None;
            if let Some(slots) = self.occupied.get_mut(list / SLOTS) {
                *slots &= !(1 << (list % SLOTS));
            }
            return;
        }
        // SAFETY: its neighbours are linked, hence valid.
        unsafe { before.as_mut() }.after = after;
        // SAFETY: as above.
        unsafe { after.as_mut() }.before = before;
        if self.first[list] == Some(node) {
            self.first[list] = Some(after);
        }
    }
}

/// Digit `level` of a tick.
const fn digit(tick: u64, level: usize) -> usize {
    (tick >> (DIGIT_BITS * level)) as usize % SLOTS
}
