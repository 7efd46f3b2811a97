//! What waits on the sender's side while the engine has no room: in order, or of each key the latest alone.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;

use crate::error::RemoteError;

/// What became of a value that was to wait.
#[derive(Debug)]
pub enum Kept<T> {
    /// It waits behind the others.
    Behind,
    /// It took the place of the one with its key.
    Instead,
    /// There is no room for it.
    Full(T),
}

/// Values that wait on the sender's side. Whatever it needs is allocated when it is made.
pub trait Waiting<T>: Send {
    /// How many wait.
    fn len(&self) -> usize;

    /// Whether none waits.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is room for any value.
    fn has_room(&self) -> bool;

    /// Lets a value wait.
    fn keep(&mut self, value: T) -> Kept<T>;

    /// The value that is to be sent next.
    fn front(&self) -> Option<&T>;

    /// Lets go of the value that was sent.
    fn sent(&mut self);

    /// All that wait, the one to be sent next first.
    fn iter<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a;
}

/// Values that wait in the order in which they were pushed.
#[derive(Debug)]
pub struct InOrder<T> {
    // INVARIANT: at most `room`, allocated at once.
    values: VecDeque<T>,
    room: usize,
}

impl<T> InOrder<T> {
    pub(crate) fn new(room: usize) -> Result<Self, RemoteError> {
        let mut values = VecDeque::new();
        values.try_reserve_exact(room).map_err(|_| RemoteError::NoMemory { values: room })?;
        Ok(Self { values, room })
    }
}

impl<T: Send> Waiting<T> for InOrder<T> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.values.len()
    }

    #[inline(always)]
    fn has_room(&self) -> bool {
        self.values.len() < self.room
    }

    fn keep(&mut self, value: T) -> Kept<T> {
        if !self.has_room() {
            return Kept::Full(value);
        }
        self.values.push_back(value);
        Kept::Behind
    }

    fn front(&self) -> Option<&T> {
        self.values.front()
    }

    fn sent(&mut self) {
        self.values.pop_front();
    }

    fn iter<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a,
    {
        self.values.iter()
    }
}

/// Of each key the latest value, in the order in which the keys arrived: what `Conflate` keeps while the engine has no room.
pub struct ByKey<T, K, F> {
    values: InOrder<T>,
    // INVARIANT: of each key that waits how many arrived before it, counted from the first ever. Those of fewer than have gone are of
    // values that were sent: they are swept out when there are too many, so that sending runs nobody's code. At most half full, so that
    // the table itself is swept in place and never by allocating.
    keys: HashMap<K, u64>,
    // How many were sent from here.
    gone: u64,
    key: F,
}

impl<T, K: Hash + Eq, F: Fn(&T) -> K> ByKey<T, K, F> {
    pub(crate) fn new(room: usize, key: F) -> Result<Self, RemoteError> {
        let (values, mut keys) = (InOrder::new(room)?, HashMap::new());
        let places = room.saturating_add(1).saturating_mul(4);
        keys.try_reserve(places).map_err(|_| RemoteError::NoMemory { values: room })?;
        Ok(Self { values, keys, gone: 0, key })
    }
}

impl<T, K, F> Waiting<T> for ByKey<T, K, F>
where
    T: Send,
    K: Hash + Eq + Send,
    F: Fn(&T) -> K + Send,
{
    #[inline(always)]
    fn len(&self) -> usize {
        self.values.len()
    }

    #[inline(always)]
    fn has_room(&self) -> bool {
        self.values.has_room()
    }

    fn keep(&mut self, value: T) -> Kept<T> {
        let key = (self.key)(&value);
        let before = self.keys.get(&key).and_then(|arrived| arrived.checked_sub(self.gone));
        if let Some(place) = before.and_then(|at| self.values.values.get_mut(at as usize)) {
            *place = value;
            return Kept::Instead;
        }
        let arrived = self.gone + self.values.len() as u64;
        let kept = self.values.keep(value);
        if let Kept::Behind = kept {
            if self.keys.len() > 2 * self.values.room {
                self.keys.retain(|_, arrived| *arrived >= self.gone);
            }
            self.keys.insert(key, arrived);
        }
        kept
    }

    fn front(&self) -> Option<&T> {
        self.values.front()
    }

    fn sent(&mut self) {
        if self.values.values.pop_front().is_some() {
            self.gone += 1;
        }
    }

    fn iter<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a,
    {
        self.values.iter()
    }
}

impl<T, K, F> fmt::Debug for ByKey<T, K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByKey").field("waiting", &self.values.values.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn all<T: Copy, W: Waiting<T>>(waiting: &W) -> Vec<T> {
        waiting.iter().copied().collect()
    }

    #[test]
    fn a_later_value_takes_the_place_of_the_one_with_its_key() {
        let mut waiting = ByKey::new(2, |value: &(u8, u32)| value.0).unwrap();
        assert!(matches!(waiting.keep((1, 10)), Kept::Behind));
        assert!(matches!(waiting.keep((2, 20)), Kept::Behind));
        assert!(!waiting.has_room());
        assert!(matches!(waiting.keep((1, 11)), Kept::Instead));
        assert!(matches!(waiting.keep((3, 30)), Kept::Full((3, 30))));
        assert_eq!(all(&waiting), [(1, 11), (2, 20)]);
        waiting.sent();
        // A key that was sent arrives anew.
        assert!(matches!(waiting.keep((1, 12)), Kept::Behind));
        assert!(matches!(waiting.keep((2, 21)), Kept::Instead));
        assert_eq!(all(&waiting), [(2, 21), (1, 12)]);
    }

    /// Against a list in which the place is looked for.
    #[test]
    fn it_does_what_a_list_does() {
        let (mut waiting, mut list) = (ByKey::new(5, |value: &(u64, u64)| value.0).unwrap(), Vec::new());
        let mut state = 1_u64;
        let room = waiting.keys.capacity();
        for turn in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let value = ((state >> 40) % 9, turn);
            if (state >> 60) < 6 {
                waiting.sent();
                if !list.is_empty() {
                    list.remove(0);
                }
                continue;
            }
            let kept = waiting.keep(value);
            match list.iter().position(|(key, _)| *key == value.0) {
                Some(at) => {
                    list[at] = value;
                    assert!(matches!(kept, Kept::Instead));
                }
                None if list.len() < 5 => {
                    list.push(value);
                    assert!(matches!(kept, Kept::Behind));
                }
                None => assert!(matches!(kept, Kept::Full(_))),
            }
            assert_eq!(all(&waiting), list);
        }
        assert_eq!(waiting.keys.capacity(), room, "it did not grow");
    }

    /// A key function that does not give a value the same key again does no harm, and is not asked for what was kept.
    #[test]
    fn a_key_is_asked_for_once() {
        let asked = AtomicU64::new(0);
        let mut waiting = ByKey::new(4, |_: &u64| asked.fetch_add(1, Ordering::SeqCst) / 3).unwrap();
        let room = waiting.keys.capacity();
        for n in 0..10_000 {
            let _ = waiting.keep(n);
            if n % 2 == 0 {
                waiting.sent();
            }
            assert!(waiting.len() <= 4);
        }
        assert_eq!((asked.load(Ordering::SeqCst), waiting.keys.capacity()), (10_000, room));
    }

    #[test]
    fn more_room_than_there_is_memory_is_an_error() {
        for room in [usize::MAX, 1 << 60] {
            assert_eq!(InOrder::<u64>::new(room).unwrap_err(), RemoteError::NoMemory { values: room });
            let error = ByKey::new(room, |value: &u64| *value).map(drop).unwrap_err();
            assert_eq!(error, RemoteError::NoMemory { values: room });
        }
    }
}
