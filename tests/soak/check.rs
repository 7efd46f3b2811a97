//! Values that say whether they are whole, and who counts them.

use std::sync::Mutex;

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Keys of values.
pub(crate) const KEYS: u64 = 16;

/// A number in three forms: a value of which a part is from another one is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Value {
    pub(crate) number: u64,
    pub(crate) check: [u64; 4],
}

impl Value {
    pub(crate) fn new(number: u64) -> Self {
        let mix = |salt: u64| (number ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        Self { number, check: [mix(1), mix(2), mix(3), mix(4)] }
    }

    pub(crate) const fn key(&self) -> u64 {
        // Keys come in a sequence that is not their order.
        (self.number * 7) % KEYS
    }
}

/// What came out of an edge.
pub(crate) struct Checked(Mutex<Seen>);

struct Seen {
    keyed: bool,
    count: u64,
    /// The next number, if there are no gaps.
    gap: Option<(u64, u64)>,
    last: Option<u64>,
    last_of: [Option<u64>; KEYS as usize],
    wrong: Option<String>,
}

impl Checked {
    /// In order altogether, or if `keyed` of each key.
    pub(crate) fn new(keyed: bool) -> Self {
        let seen =
            Seen { keyed, count: 0, gap: None, last: None, last_of: [None; KEYS as usize], wrong: None };
        Self(Mutex::new(seen))
    }

    /// Takes one value; how many came before it.
    pub(crate) fn take(&self, value: &Value) -> u64 {
        let mut seen = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Seen { keyed, count, gap, last, last_of, wrong } = &mut *seen;
        let number = value.number;
        let of_key = &mut last_of[value.key() as usize];
        let before = if *keyed { *of_key } else { *last };
        if *value != Value::new(number) {
            wrong.get_or_insert(format!("value {number} is torn: {value:?}"));
        } else if before >= Some(number) {
            wrong.get_or_insert(format!("{number} came after {before:?}"));
        }
        if number != *count && gap.is_none() {
            *gap = Some((*count, number));
        }
        (*last, *of_key) = (Some(number), Some(number));
        *count += 1;
        *count - 1
    }

    pub(crate) fn count(&self) -> u64 {
        self.seen(|seen| seen.count)
    }

    /// Whether every value was whole, and in order.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        self.seen(|seen| seen.wrong.clone().map_or(Ok(()), Err))
    }

    /// Whether what came is all up to the last.
    pub(crate) fn without_gaps(&self) -> Result<(), String> {
        match self.seen(|seen| seen.gap) {
            None => Ok(()),
            Some((expected, came)) => Err(format!("{came} came in place of {expected}")),
        }
    }

    /// Whether the last value of each key came, of `made` values.
    pub(crate) fn latest_of_each_key(&self, made: u64) -> Result<(), String> {
        let mut latest = [None; KEYS as usize];
        for number in made.saturating_sub(2 * KEYS)..made {
            latest[Value::new(number).key() as usize] = Some(number);
        }
        let came = self.seen(|seen| seen.last_of);
        if came == latest {
            Ok(())
        } else {
            Err(format!("the latest of {made} are {latest:?}, and {came:?} came"))
        }
    }

    fn seen<R>(&self, look: impl FnOnce(&Seen) -> R) -> R {
        look(&self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
