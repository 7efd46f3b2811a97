//! The steps of both ends, over words that anybody may have written.
//!
//! This file and the two ends beside it know nothing of files, locks and processes, so that a model and a test that
//! ends a process after every single access run the same code.

use std::marker::PhantomData;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::layout::{
    AT_HEAD, AT_SLOTS, BELL_ASKED, BELL_ASLEEP, BELL_SILENT, CONSUMER_REDELIVERED, CONSUMER_TAKEN, END_BELL,
    END_DEATHS, END_GENERATION, END_PID, END_SLEEPS, END_STARTED, END_STATE, End, PRODUCER_DROPPED,
    STATE_ATTACHED, STATE_ATTACHING, STATE_BITS, STATE_BURIED, STATE_CLOSED, STATE_NEVER, Shape,
};
use super::memory::Memory;
use super::{Odd, Process};
use crate::primitive::Ordering;

/// Knows the shape of the slots: a constant of the type of the values, or a number that was read.
pub(super) trait Form: Copy {
    fn shape(self) -> Shape;
}

/// The slots of values of type `T`.
pub(super) struct Of<T>(PhantomData<fn() -> T>);

impl<T> Of<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Of<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Of<T> {}

impl<T> Form for Of<T> {
    #[inline(always)]
    fn shape(self) -> Shape {
        const { Shape::of(size_of::<T>()) }
    }
}

impl Form for Shape {
    fn shape(self) -> Shape {
        self
    }
}

/// The state in the word of an end.
const fn state_of(word: u64) -> u64 {
    word & ((1 << STATE_BITS) - 1)
}

/// A generation, as far as there is room for it above a state.
const fn short(generation: u64) -> u64 {
    generation << STATE_BITS >> STATE_BITS
}

const fn is_over(word: u64) -> bool {
    matches!(state_of(word), STATE_CLOSED | STATE_BURIED)
}

/// The words of a ring, by their names. Small and copied, so that rare work is given a copy and a loop keeps its own in registers.
#[derive(Clone, Copy)]
pub(super) struct Ring<M, F> {
    memory: M,
    form: F,
    // INVARIANT: one less than the number of slots, a power of two; the memory has room for them.
    mask: u64,
}

impl<M: Memory, F: Form> Ring<M, F> {
    /// # Safety
    ///
    /// - `memory` has at least as many bytes as `form` says for `capacity`.
    /// - `capacity` is a power of two.
    /// - The memory lives as long as the ring is used.
    pub(super) unsafe fn new(memory: M, form: F, capacity: u64) -> Self {
        debug_assert!(capacity.is_power_of_two());
        Self { memory, form, mask: capacity - 1 }
    }

    #[inline(always)]
    pub(super) const fn memory(&self) -> M {
        self.memory
    }

    #[inline(always)]
    pub(super) const fn capacity(&self) -> u64 {
        self.mask + 1
    }

    /// Another look at the same memory.
    pub(super) fn with_form<G: Form>(self, form: G) -> Ring<M, G> {
        debug_assert_eq!(form.shape(), self.form.shape());
        Ring { memory: self.memory, form, mask: self.mask }
    }

    /// A word of the header.
    #[inline(always)]
    fn load(&self, at: usize, order: Ordering) -> u64 {
        debug_assert!(at < AT_SLOTS);
        // SAFETY: the header is there whatever the capacity, and its offsets are multiples of eight.
        unsafe { self.memory.load(at, order) }
    }

    /// Writes a word of the header.
    #[inline(always)]
    fn store(&self, at: usize, value: u64, order: Ordering) {
        debug_assert!(at < AT_SLOTS);
        // SAFETY: as in `load`.
        unsafe { self.memory.store(at, value, order) }
    }

    #[inline(always)]
    fn slot(&self, index: u64) -> usize {
        AT_SLOTS + (index & self.mask) as usize * self.form.shape().stride
    }

    /// The consumer's index.
    #[inline(always)]
    pub(super) fn head(&self) -> u64 {
        // ORDERING: acquire pairs with the release of `set_head`: the values before it were read.
        self.load(AT_HEAD, Ordering::Acquire)
    }

    #[inline(always)]
    pub(super) fn set_head(&self, head: u64) {
        // ORDERING: release pairs with the acquire of `head`: the values were read before their slots are written again.
        self.store(AT_HEAD, head, Ordering::Release);
    }

    /// The number in the slot of that index.
    #[inline(always)]
    pub(super) fn sequence(&self, index: u64) -> u64 {
        let at = self.slot(index) + self.form.shape().sequence;
        // ORDERING: acquire pairs with the release of `publish`: whoever sees the number sees the value.
        // SAFETY: masked below the capacity, for which the memory has room.
        unsafe { self.memory.load(at, Ordering::Acquire) }
    }

    /// Says that the value of that index is in its slot.
    #[inline(always)]
    pub(super) fn publish(&self, index: u64) {
        self.set_sequence(index, index.wrapping_add(1));
    }

    /// Makes an empty ring of memory that is all zeros.
    pub(super) fn begin(&self, start: u64) {
        self.set_head(start);
        self.set_number(End::Consumer.at(CONSUMER_TAKEN), start);
        for lead in 0..self.capacity() {
            let index = start.wrapping_add(lead);
            self.set_sequence(index, self.free(index));
        }
    }

    #[inline(always)]
    fn set_sequence(&self, index: u64, sequence: u64) {
        let at = self.slot(index) + self.form.shape().sequence;
        // ORDERING: release pairs with the acquire of `sequence`.
        // SAFETY: masked below the capacity, for which the memory has room.
        unsafe { self.memory.store(at, sequence, Ordering::Release) }
    }

    /// The number of a slot that waits for the value of that index.
    #[inline(always)]
    pub(super) const fn free(&self, index: u64) -> u64 {
        index.wrapping_add(1).wrapping_sub(self.capacity())
    }

    /// Asks for the lines of a slot that the consumer does not watch.
    #[inline(always)]
    pub(super) fn ask_for(&self, index: u64) {
        let shape = self.form.shape();
        // Beyond so many lines the hardware's own prefetching does better.
        let lines = shape.sequence / 64;
        if lines <= 8 {
            for line in 0..lines {
                self.memory.prefetch(self.slot(index) + line * 64);
            }
        }
    }

    /// Writes a value word by word, so that whoever reads at the same time reads words.
    #[inline(always)]
    pub(super) fn write<T: IntoBytes + Immutable>(&self, index: u64, value: &T) {
        let mut at = self.slot(index) + self.form.shape().value;
        let bytes = value.as_bytes();
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            let word = u64::from_ne_bytes(word.try_into().expect("eight bytes"));
            // ORDERING: relaxed, `publish` orders it before the number.
            // SAFETY: the shape has room for the words of the value in each slot.
            unsafe { self.memory.store(at, word, Ordering::Relaxed) };
            at += 8;
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            // ORDERING: relaxed, as above.
            // SAFETY: the shape rounds the value up to whole words.
            unsafe { self.memory.store(at, u64::from_ne_bytes(word), Ordering::Relaxed) };
        }
    }

    /// Copies a value out, word by word. What somebody writes meanwhile makes another value, and no harm.
    #[inline(always)]
    pub(super) fn read<T: FromBytes + IntoBytes>(&self, index: u64) -> T {
        let mut at = self.slot(index) + self.form.shape().value;
        let mut value = T::new_zeroed();
        let mut words = value.as_mut_bytes().chunks_exact_mut(8);
        for word in &mut words {
            // ORDERING: relaxed, `sequence` was read before, and `set_head` comes after.
            // SAFETY: the shape has room for the words of the value in each slot.
            word.copy_from_slice(&unsafe { self.memory.load(at, Ordering::Relaxed) }.to_ne_bytes());
            at += 8;
        }
        let rest = words.into_remainder();
        if !rest.is_empty() {
            // ORDERING: relaxed, as above.
            // SAFETY: the shape rounds the value up to whole words.
            let word = unsafe { self.memory.load(at, Ordering::Relaxed) }.to_ne_bytes();
            let bytes = rest.len();
            rest.copy_from_slice(&word[..bytes]);
        }
        value
    }

    /// How many values wait from `head` on, by halving; at most the capacity. For who looks from outside: the numbers only grow.
    pub(super) fn waiting(&self, head: u64) -> u64 {
        let (mut published, mut beyond) = (0, self.capacity() + 1);
        while beyond - published > 1 {
            let middle = published + (beyond - published) / 2;
            let expected = head.wrapping_add(middle);
            // A slot that was filled again since `head` was read is ahead, not behind.
            if self.sequence(expected.wrapping_sub(1)).wrapping_sub(expected) <= u64::MAX / 2 {
                published = middle;
            } else {
                beyond = middle;
            }
        }
        published
    }

    // --- the words of an end --------------------------------------------------------------------

    /// The state of an end, and the generation of the other one that belongs to a former run.
    #[inline(always)]
    fn state_word(&self, end: End) -> u64 {
        // ORDERING: acquire pairs with the release of `store_state`: what the end did before is visible.
        self.load(end.at(END_STATE), Ordering::Acquire)
    }

    pub(super) fn state(&self, end: End) -> u64 {
        state_of(self.state_word(end))
    }

    fn store_state(&self, end: End, state: u64, former: u64) {
        // ORDERING: release pairs with the acquire of `state_word`.
        self.store(end.at(END_STATE), former << STATE_BITS | state, Ordering::Release);
    }

    /// Another state of the same process, or of what it left.
    pub(super) fn set_state(&self, end: End, state: u64) {
        self.store_state(end, state, self.state_word(end) >> STATE_BITS);
    }

    fn generation(&self, end: End) -> u64 {
        // ORDERING: acquire pairs with the release of `take_end`: the state of that process, or a later one, is seen afterwards.
        short(self.load(end.at(END_GENERATION), Ordering::Acquire))
    }

    /// Whether an end was closed, or buried, in this run of the other one. What it did before is visible afterwards.
    #[inline(always)]
    pub(super) fn is_closed(&self, end: End) -> bool {
        is_over(self.state_word(end)) && closed_in_this_run(*self, end)
    }

    /// The generation of the other end that belongs to a former run, for a process that takes `end` over; zero if there is none.
    ///
    /// A run is over when the processes at both ends left in order. Who takes over from a process that died goes on in its run;
    /// and an end that was taken after the last process at this one had left belongs to the run that begins now.
    fn former(&self, end: End) -> u64 {
        let own = self.state_word(end);
        match state_of(own) {
            STATE_NEVER => return 0,
            STATE_CLOSED => {}
            _ => return own >> STATE_BITS,
        }
        // Somebody may attach there meanwhile; one who writes there without end is not waited for.
        for _ in 0..100 {
            let generation = self.generation(end.other());
            let word = self.state_word(end.other());
            if generation == self.generation(end.other()) {
                let former = is_over(word) && word >> STATE_BITS != self.generation(end);
                return if former { generation } else { 0 };
            }
        }
        0
    }

    /// A number that is only looked at, or written by the process of the end alone.
    pub(super) fn number(&self, at: usize) -> u64 {
        // ORDERING: relaxed, it guards nothing.
        self.load(at, Ordering::Relaxed)
    }

    pub(super) fn set_number(&self, at: usize, number: u64) {
        // ORDERING: relaxed, it guards nothing.
        self.store(at, number, Ordering::Relaxed);
    }

    /// Adds to a number that nobody else writes.
    pub(super) fn add(&self, at: usize, more: u64) {
        self.set_number(at, self.number(at).wrapping_add(more));
    }

    /// Who has, or had an end; which may change while it is read.
    pub(super) fn process(&self, end: End) -> Process {
        let pid = self.number(end.at(END_PID));
        Process { pid: u32::try_from(pid).unwrap_or(u32::MAX), started: self.number(end.at(END_STARTED)) }
    }

    /// Takes an end over, whose lock the caller holds; who died with it, if somebody did.
    ///
    /// Each word is written such that a death between any two of them leaves an end that the next one takes over.
    pub(super) fn take_end(&self, end: End, process: Process) -> Option<Process> {
        let (state, former) = (self.state(end), self.former(end));
        let died = (state == STATE_ATTACHED || state == STATE_ATTACHING).then(|| self.process(end));
        if died.is_some() {
            self.add(end.at(END_DEATHS), 1);
        }
        if end == End::Consumer {
            let head = self.head();
            let again = self.number(end.at(CONSUMER_TAKEN)).wrapping_sub(head);
            // What is not ahead of the index was handed back, whatever became of the process.
            if again != 0 && again <= self.capacity() {
                self.add(end.at(CONSUMER_REDELIVERED), again);
            }
            self.set_number(end.at(CONSUMER_TAKEN), head);
        }
        self.store_state(end, STATE_ATTACHING, former);
        self.set_number(end.at(END_PID), u64::from(process.pid));
        self.set_number(end.at(END_STARTED), process.started);
        let generation = self.number(end.at(END_GENERATION)).wrapping_add(1);
        // ORDERING: release pairs with the acquire of `generation`.
        self.store(end.at(END_GENERATION), generation, Ordering::Release);
        self.set_number(end.at(END_SLEEPS), 0);
        self.swap_bell(end, BELL_SILENT);
        self.store_state(end, STATE_ATTACHED, former);
        died
    }

    /// Closes an end, and wakes the other one.
    pub(super) fn leave_end(&self, end: End) {
        self.set_state(end, STATE_CLOSED);
        self.ring_bell(end.other());
    }

    // --- bells ----------------------------------------------------------------------------------

    /// Whether that end ever sleeps.
    #[inline(always)]
    pub(super) fn sleeps(&self, end: End) -> bool {
        self.number(end.at(END_SLEEPS)) != 0
    }

    /// Says that this end may sleep from now on.
    ///
    /// The other end reads it without a fence, which is what spares a ring that nobody sleeps at. So the fence is made here for both:
    /// who read before that nobody sleeps has pushed before, and it is seen.
    pub(super) fn may_sleep(&self, end: End) {
        self.set_number(end.at(END_SLEEPS), 1);
        self.memory.fence_everywhere();
    }

    /// Wakes the other end's process, if it said that it sleeps.
    ///
    /// Whoever sleeps says so, fences, and looks at the ring once more; so one of the two sees the other.
    #[inline]
    pub(super) fn ring_bell(&self, end: End) {
        if self.sleeps(end) {
            self.memory.fence();
            // SAFETY: the bell of an end.
            if unsafe { self.memory.bell(end.at(END_BELL)) } != BELL_SILENT {
                self.ring_now(end);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn ring_now(&self, end: End) {
        if self.swap_bell(end, BELL_SILENT) == BELL_ASLEEP {
            // SAFETY: the bell of an end.
            unsafe { self.memory.wake(end.at(END_BELL)) };
        }
    }

    pub(super) fn swap_bell(&self, end: End, new: u32) -> u32 {
        // SAFETY: the bell of an end.
        unsafe { self.memory.swap_bell(end.at(END_BELL), new) }
    }

    pub(super) fn change_bell(&self, end: End, old: u32, new: u32) -> bool {
        // SAFETY: the bell of an end.
        unsafe { self.memory.change_bell(end.at(END_BELL), old, new) }
    }

    /// Whether the consumer may go to sleep, of which its bell then says so: nothing waits, and the producer has not closed.
    pub(super) fn consumer_sleeps(&self, head: u64) -> bool {
        self.swap_bell(End::Consumer, BELL_ASLEEP);
        self.memory.fence();
        let may = self.sequence(head) == self.free(head) && !self.is_closed(End::Producer);
        if !may {
            self.swap_bell(End::Consumer, BELL_SILENT);
        }
        may
    }

    /// Whether the producer, which found no room and asked to hear of some, may go to sleep: nobody answered since.
    pub(super) fn producer_sleeps(&self) -> bool {
        let may = self.change_bell(End::Producer, BELL_ASKED, BELL_ASLEEP);
        may && !self.is_closed(End::Consumer)
    }

    /// Whether that end may go to sleep, which stands at index `at`; its bell then says so.
    pub(super) fn goes_to_sleep(&self, end: End, at: u64) -> bool {
        match end {
            End::Consumer => self.consumer_sleeps(at),
            End::Producer => self.producer_sleeps(),
        }
    }

    /// That end sleeps no more. A producer that nobody rang for still asks for room.
    pub(super) fn awoke(&self, end: End) {
        match end {
            End::Consumer => drop(self.swap_bell(end, BELL_SILENT)),
            End::Producer => drop(self.change_bell(end, BELL_ASLEEP, BELL_ASKED)),
        }
    }

    // --- what a process leaves, and the next one finds ------------------------------------------

    /// The index of the next value to push, by the numbers in the slots. For a producer, which alone changes them.
    pub(super) fn recover_tail(&self) -> Result<u64, Odd> {
        let head = self.head();
        let filled = (0..self.capacity())
            .take_while(|lead| {
                let index = head.wrapping_add(*lead);
                self.sequence(index) == index.wrapping_add(1)
            })
            .count() as u64;
        for lead in filled..self.capacity() {
            let index = head.wrapping_add(lead);
            let found = self.sequence(index);
            if found != self.free(index) {
                return Err(Odd::Sequence { index, found });
            }
        }
        Ok(head.wrapping_add(filled))
    }

    /// The index of the next value to pop. For a consumer, which alone changes it; a producer may be filling slots meanwhile.
    pub(super) fn recover_head(&self) -> Result<u64, Odd> {
        let head = self.head();
        for lead in 0..self.capacity() {
            let index = head.wrapping_add(lead);
            let found = self.sequence(index);
            if found != self.free(index) && found != index.wrapping_add(1) {
                return Err(Odd::Sequence { index, found });
            }
        }
        Ok(head)
    }

    pub(super) fn dropped_one(&self) {
        self.add(End::Producer.at(PRODUCER_DROPPED), 1);
    }
}

/// An end was closed: whether by a process of this run of the other end.
#[cold]
#[inline(never)]
fn closed_in_this_run<M: Memory, F: Form>(ring: Ring<M, F>, end: End) -> bool {
    let former = ring.state_word(end.other()) >> STATE_BITS;
    // A new process may have come between the two looks at the state.
    ring.generation(end) != former && is_over(ring.state_word(end))
}
