//! From keys to slots: open addressing, bounded, without allocation after it was made.

use std::collections::TryReserveError;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

/// No slot.
const NONE: u32 = u32::MAX;

/// Keys of slots. Probes linearly, and closes the gap when a key is forgotten, so that it never fills with what is gone. It is at
/// most half full: there are at least twice as many places as slots.
pub(super) struct Table<K> {
    // INVARIANT: a slot is here once if it has a key, and not at all if it has none.
    places: Box<[Place]>,
    keys: Box<[Option<Kept<K>>]>,
    seed: u64,
}

/// A key with its hash: nobody's code runs to forget it.
struct Kept<K> {
    hash: u32,
    key: K,
}

#[derive(Clone, Copy)]
struct Place {
    hash: u32,
    slot: u32,
}

impl<K: Hash + Eq> Table<K> {
    pub(super) fn new(slots: usize) -> Result<Self, TryReserveError> {
        let count = (2 * slots).next_power_of_two();
        let (mut places, mut keys) = (Vec::new(), Vec::new());
        places.try_reserve_exact(count)?;
        keys.try_reserve_exact(slots)?;
        places.resize(count, Place { hash: 0, slot: NONE });
        keys.resize_with(slots, || None);
        // A seed of its own, so that nobody can choose keys that meet in one place.
        let seed = RandomState::new().hash_one(slots);
        Ok(Self { places: places.into(), keys: keys.into(), seed })
    }

    #[inline(always)]
    pub(super) fn hash(&self, key: &K) -> u32 {
        let mut folded = Folded(self.seed);
        key.hash(&mut folded);
        folded.finish() as u32
    }

    /// The slot of a key.
    #[inline(always)]
    pub(super) fn find(&self, hash: u32, key: &K) -> Option<u32> {
        let mut at = self.home(hash);
        loop {
            let place = self.places[at];
            if place.slot == NONE {
                return None;
            }
            if place.hash == hash
                && self.keys[place.slot as usize].as_ref().is_some_and(|kept| kept.key == *key)
            {
                return Some(place.slot);
            }
            at = self.next(at);
        }
    }

    /// Gives a key that is not here to a slot that has none.
    #[inline(always)]
    pub(super) fn insert(&mut self, hash: u32, key: K, slot: u32) {
        self.keys[slot as usize] = Some(Kept { hash, key });
        let mut at = self.home(hash);
        while self.places[at].slot != NONE {
            at = self.next(at);
        }
        self.places[at] = Place { hash, slot };
    }

    /// Takes the key of a slot away, if it has one.
    #[inline(always)]
    pub(super) fn forget(&mut self, slot: u32) {
        // Dropped at the end, when the table is whole again.
        let Some(kept) = self.keys[slot as usize].take() else { return };
        let mut gap = self.home(kept.hash);
        while self.places[gap].slot != slot {
            gap = self.next(gap);
        }
        let mut at = gap;
        loop {
            at = self.next(at);
            let place = self.places[at];
            if place.slot == NONE {
                break;
            }
            // One that lies at or before its home's way to the gap may move there.
            let (far, near) = (self.distance(self.home(place.hash), at), self.distance(gap, at));
            if far >= near {
                self.places[gap] = place;
                gap = at;
            }
        }
        self.places[gap].slot = NONE;
    }

    #[inline(always)]
    fn home(&self, hash: u32) -> usize {
        hash as usize & (self.places.len() - 1)
    }

    #[inline(always)]
    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }

    /// How many steps `to` is behind `from`.
    #[inline(always)]
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.places.len() - 1)
    }
}

/// Hashes by folding the two halves of a product, as wyhash does: a few instructions for a word.
struct Folded(u64);

impl Folded {
    #[inline(always)]
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

impl Hasher for Folded {
    #[inline(always)]
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word));
        }
        self.fold(bytes.len() as u64);
    }

    #[inline(always)]
    fn write_u8(&mut self, n: u8) {
        self.fold(n.into());
    }

    #[inline(always)]
    fn write_u16(&mut self, n: u16) {
        self.fold(n.into());
    }

    #[inline(always)]
    fn write_u32(&mut self, n: u32) {
        self.fold(n.into());
    }

    #[inline(always)]
    fn write_u64(&mut self, n: u64) {
        self.fold(n);
    }

    #[inline(always)]
    fn write_usize(&mut self, n: usize) {
        self.fold(n as u64);
    }

    #[inline(always)]
    fn finish(&self) -> u64 {
        // Once more, so that the low bits depend on all of a word that is a power of two.
        let mut last = Self(self.0);
        last.fold(0xa076_1d64_78bd_642f);
        last.0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Table;

    #[test]
    fn keys_are_found_until_they_are_forgotten() {
        const SLOTS: u32 = 37;
        let mut table = Table::new(SLOTS as usize).unwrap();
        let mut has: Vec<Option<u64>> = vec![None; SLOTS as usize];
        let mut random = 1_u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (slot, key) = ((random >> 33) as u32 % SLOTS, (random >> 48) % 61);
            let hash = table.hash(&key);
            let found = table.find(hash, &key);
            assert_eq!(found.map(|slot| slot as usize), has.iter().position(|&of| of == Some(key)));
            if has[slot as usize].is_some() {
                table.forget(slot);
                has[slot as usize] = None;
            } else if found.is_none() {
                table.insert(hash, key, slot);
                has[slot as usize] = Some(key);
            }
        }
        assert!(has.iter().flatten().count() > 5, "the table was used");
    }
}
