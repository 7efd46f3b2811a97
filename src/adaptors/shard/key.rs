//! Which shard a key belongs to: the same in every run, on every machine.

/// What a [`shard`](crate::adaptors::SenderExt::shard) chooses by.
///
/// Implemented for integers, `bool`, `char`, strings, bytes and pairs, by [`spread`] of a hash that this crate fixes: a key goes
/// to the same one of so many shards in every run, on every machine, and with every version of the compiler. `Hash` of the standard
/// library promises nothing of that. A number of one's own choice is an [`AtShard`].
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is no key that shards are chosen by",
    note = "help: give a number, a string, bytes or a pair of such, or `AtShard(n)` for the shard of that number"
)]
pub trait ShardKey {
    /// A number that differs where keys do.
    fn hash(&self) -> u64;

    /// Which of so many shards the key belongs to, of which there is one at least.
    #[inline(always)]
    fn shard(&self, shards: usize) -> usize {
        spread(self.hash(), shards)
    }
}

/// The shard of this number, or of what is left of it by the number of shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtShard(pub usize);

impl ShardKey for AtShard {
    #[inline(always)]
    fn hash(&self) -> u64 {
        self.0 as u64
    }

    #[inline(always)]
    fn shard(&self, shards: usize) -> usize {
        self.0.checked_rem(shards).unwrap_or_default()
    }
}

/// One of `shards` for each `hash`, such that numbers in a row go to all of them (Knuth's multiplicative hash, of whose
/// product the high bits count).
#[inline(always)]
pub const fn spread(hash: u64, shards: usize) -> usize {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(GOLDEN);
    ((mixed as u128 * shards as u128) >> 64) as usize
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(
            impl ShardKey for $number {
                #[inline(always)]
                fn hash(&self) -> u64 {
                    *self as u64
                }
            }
        )*
    };
}

numbers! { u8 u16 u32 u64 usize i8 i16 i32 i64 isize bool char }

/// FNV-1a.
const fn of_bytes(bytes: &[u8]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01B3);
        at += 1;
    }
    hash
}

impl ShardKey for str {
    #[inline]
    fn hash(&self) -> u64 {
        of_bytes(self.as_bytes())
    }
}

impl ShardKey for String {
    #[inline]
    fn hash(&self) -> u64 {
        of_bytes(self.as_bytes())
    }
}

impl ShardKey for [u8] {
    #[inline]
    fn hash(&self) -> u64 {
        of_bytes(self)
    }
}

impl<const N: usize> ShardKey for [u8; N] {
    #[inline]
    fn hash(&self) -> u64 {
        of_bytes(self)
    }
}

impl<K: ShardKey + ?Sized> ShardKey for &K {
    #[inline(always)]
    fn hash(&self) -> u64 {
        (**self).hash()
    }

    #[inline(always)]
    fn shard(&self, shards: usize) -> usize {
        (**self).shard(shards)
    }
}

impl<A: ShardKey, B: ShardKey> ShardKey for (A, B) {
    #[inline(always)]
    fn hash(&self) -> u64 {
        self.0.hash().rotate_left(29).wrapping_mul(0x2545_F491_4F6C_DD1D) ^ self.1.hash()
    }
}

#[cfg(test)]
mod tests {
    use super::{AtShard, ShardKey, spread};

    /// Written down, so that no change of the hash goes unseen: what was sharded by it may lie on disks.
    #[test]
    fn keys_stay_where_they_are() {
        let of = |key: &dyn Fn(usize) -> usize| [2, 4, 8].map(key);
        assert_eq!([0u64, 1, 2, 3, 4, 5].map(|key| key.shard(4)), [0, 2, 0, 3, 1, 0]);
        assert_eq!(of(&|shards| "EURUSD".shard(shards)), of(&|shards| String::from("EURUSD").shard(shards)));
        assert_eq!("EURUSD".hash(), b"EURUSD".hash());
        assert_eq!(b"".hash(), 0xCBF2_9CE4_8422_2325);
        assert_eq!(b"a".hash(), 0xAF63_DC4C_8601_EC8C);
        assert_eq!([5, 6, 7, 8].map(|at| AtShard(at).shard(4)), [1, 2, 3, 0]);
        assert_eq!(7u32.hash(), 7u64.hash());
    }

    #[test]
    fn numbers_in_a_row_go_to_all_shards_alike() {
        for shards in [1usize, 2, 3, 4, 7, 8, 16] {
            let mut counts = vec![0u32; shards];
            for hash in 0..16_000u64 {
                counts[spread(hash, shards)] += 1;
            }
            let even = 16_000 / u32::try_from(shards).unwrap();
            assert!(
                counts.iter().all(|&count| count * 10 > even * 8 && count * 10 < even * 12),
                "{counts:?}"
            );
        }
    }
}
