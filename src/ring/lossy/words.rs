//! Slots of atomic words.

use std::fmt;
use std::marker::PhantomData;

use crossbeam_utils::CachePadded;

use super::super::RingError;
use super::super::ends::Ends;
use super::Plain;
use crate::primitive::{AtomicUsize, Ordering, fence};

/// Bytes of a word.
const WORD: usize = size_of::<usize>();

/// Words of a line.
const LINE_WORDS: usize = super::super::LINE / WORD;

/// A cache line of words.
#[repr(align(64))]
struct Line([AtomicUsize; LINE_WORDS]);

/// What all ends of a lossy broadcast share.
pub(super) struct Shared<T> {
    // INVARIANT: the index of the next value to be pushed. Only the producer stores.
    tail: CachePadded<AtomicUsize>,
    pub(super) ends: Ends,
    pub(super) start: usize,
    pub(super) mask: usize,
    lines: Box<[Line]>,
    holds: PhantomData<fn(T) -> T>,
}

/// What a consumer found in a slot.
pub(super) enum Found<T> {
    /// The value of the index that was looked for, whole.
    Value(T),
    /// Nothing yet.
    Nothing,
    /// A later value, or one that is being written.
    Later,
}

impl<T: Plain> Shared<T> {
    /// Words of a value.
    const WORDS: usize = size_of::<T>().div_ceil(WORD);

    /// Words from one slot to the next: as many slots to a line as fit, but none across two that
    /// could be in one.
    const STRIDE: usize = {
        let words = 1 + Self::WORDS;
        if words <= LINE_WORDS { words.next_power_of_two() } else { words.next_multiple_of(LINE_WORDS) }
    };

    pub(super) fn new(capacity: usize, start: usize) -> Result<Self, RingError> {
        let slot_bytes = Self::STRIDE * WORD;
        let too_large = RingError::TooLarge { capacity, slot_bytes };
        let capacity = capacity.checked_next_power_of_two().ok_or(too_large)?;
        // A number is twice an index, and half of its range tells one that is ahead from one behind.
        if capacity > usize::MAX / 8 {
            return Err(too_large);
        }
        let words = capacity.checked_mul(Self::STRIDE).ok_or(too_large)?;
        let count = words.div_ceil(LINE_WORDS);
        let bytes = count.checked_mul(size_of::<Line>()).ok_or(too_large)?;
        let mut lines = Vec::new();
        lines.try_reserve_exact(count).map_err(|_| RingError::OutOfMemory { bytes })?;
        // Writing them touches every page.
        lines.extend((0..count).map(|_| Line(std::array::from_fn(|_| AtomicUsize::new(0)))));
        let shared = Self {
            tail: CachePadded::new(AtomicUsize::new(start)),
            ends: Ends::new(),
            start,
            mask: capacity - 1,
            lines: lines.into_boxed_slice(),
            holds: PhantomData,
        };
        for lead in 0..capacity {
            let index = start.wrapping_add(lead);
            // ORDERING: relaxed, nobody else has the ring yet.
            shared.word(index, 0).store(filled(index.wrapping_sub(capacity)), Ordering::Relaxed);
        }
        Ok(shared)
    }

    /// A word of the slot of that index; the first is its number.
    #[inline(always)]
    fn word(&self, index: usize, word: usize) -> &AtomicUsize {
        let at = (index & self.mask) * Self::STRIDE + word;
        &self.lines[at / LINE_WORDS].0[at % LINE_WORDS]
    }

    /// Writes and publishes the value of the next index. For the producer.
    #[inline(always)]
    pub(super) fn write(&self, index: usize, value: &T) {
        let number = self.word(index, 0);
        // ORDERING: relaxed, by the fence.
        number.store(writing(index), Ordering::Relaxed);
        // ORDERING: release pairs with the acquire fence of `read`: who reads a word that is written
        // below sees this number at its second look.
        fence(Ordering::Release);
        for (word, bytes) in value.as_bytes().chunks(WORD).enumerate() {
            let mut whole = [0; WORD];
            whole[..bytes.len()].copy_from_slice(bytes);
            // ORDERING: relaxed, by the fence and by the store of the number.
            self.word(index, 1 + word).store(usize::from_ne_bytes(whole), Ordering::Relaxed);
        }
        // First the tail, so that whoever has read a value finds it counted as pushed, and does not
        // join in front of it.
        // ORDERING: release pairs with the acquire of `tail`.
        self.tail.store(index.wrapping_add(1), Ordering::Release);
        // ORDERING: release pairs with the acquire of `read`: who sees this number sees the words, and
        // the tail past them.
        number.store(filled(index), Ordering::Release);
    }

    /// Reads the value of that index, if it is there.
    #[inline(always)]
    pub(super) fn read(&self, index: usize) -> Found<T> {
        let number = self.word(index, 0);
        // ORDERING: acquire pairs with the second release of `write`.
        let before = number.load(Ordering::Acquire);
        if before != filled(index) {
            let is_behind = before.wrapping_sub(filled(index)) > usize::MAX / 2;
            return if is_behind { Found::Nothing } else { Found::Later };
        }
        let mut value = T::new_zeroed();
        for (word, bytes) in value.as_mut_bytes().chunks_mut(WORD).enumerate() {
            // ORDERING: relaxed, by the load of the number and by the fence.
            let whole = self.word(index, 1 + word).load(Ordering::Relaxed).to_ne_bytes();
            bytes.copy_from_slice(&whole[..bytes.len()]);
        }
        // ORDERING: acquire pairs with the release fence of `write`.
        fence(Ordering::Acquire);
        // ORDERING: relaxed, by the fence.
        if number.load(Ordering::Relaxed) == before { Found::Value(value) } else { Found::Later }
    }

    /// Whether that index was pushed, and perhaps overwritten since.
    #[inline(always)]
    pub(super) fn is_due(&self, index: usize) -> bool {
        // ORDERING: relaxed, `read` looks again.
        let number = self.word(index, 0).load(Ordering::Relaxed);
        number.wrapping_sub(filled(index)) <= usize::MAX / 2
    }

    /// The index of the next value, at some moment of late.
    pub(super) fn tail(&self) -> usize {
        // ORDERING: acquire pairs with the last release of `write`.
        self.tail.load(Ordering::Acquire)
    }
}

/// The number of a slot while the value of that index is written.
#[inline(always)]
const fn writing(index: usize) -> usize {
    index.wrapping_mul(2)
}

/// The number of a slot that holds the value of that index.
#[inline(always)]
const fn filled(index: usize) -> usize {
    index.wrapping_mul(2).wrapping_add(1)
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // ORDERING: relaxed, a number to look at.
        let tail = self.tail.load(Ordering::Relaxed);
        f.debug_struct("LossyBroadcast")
            .field("capacity", &(self.mask + 1))
            .field("pushed", &tail.wrapping_sub(self.start))
            .finish_non_exhaustive()
    }
}
