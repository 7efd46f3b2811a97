//! Files that a process should not believe: mutated headers, indices and numbers, with nobody at the ends and under way.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::thread;

use fusewire::edge::shm::layout::{AT_HEAD, AT_SLOTS, AT_TOTAL, AT_TYPE_NAME, Shape};
use fusewire::edge::shm::{Foreign, ShmError};

use crate::support::Name;

/// Seeded, so that a failure comes again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A word that somebody might try.
    fn word(&mut self, old: u64) -> u64 {
        match self.below(5) {
            0 => self.next(),
            1 => old.wrapping_add(self.next() % 9).wrapping_sub(4),
            2 => 1 << self.below(64),
            3 => u64::MAX << self.below(64),
            _ => old ^ (1 << self.below(64)),
        }
    }
}

const VALUES: usize = 8;

fn open(name: &Name) -> File {
    File::options().read(true).write(true).open(name.path()).unwrap()
}

fn word_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap())
}

#[test]
fn a_mutated_file_is_refused_or_harmless() {
    let name = Name::new();
    {
        let ring = name.shm().capacity(VALUES);
        let (mut sender, mut receiver) =
            (ring.sender::<[u64; 3]>().unwrap(), ring.receiver::<[u64; 3]>().unwrap());
        for n in 0..20 {
            let _ = sender.push([n; 3]);
            if n >= 5 {
                receiver.pop().unwrap();
            }
        }
    }
    let good = fs::read(name.path()).unwrap();
    let file = open(&name);
    let stride = Shape::of(24).stride;
    let mut random = Random(0x1234_5678_9abc_def1);
    let (mut foreign, mut odd, mut mismatch, mut taken) = (0, 0, 0, 0);
    for round in 0..6_000 {
        let mut bad = good.clone();
        for _ in 0..1 + random.below(3) {
            let at = match random.below(6) {
                0 => 8 * random.below(AT_SLOTS / 8),
                1 => 8 * random.below(AT_TYPE_NAME / 8),
                2 => AT_HEAD,
                3 => 8 * random.below(bad.len() / 8),
                4 => AT_TYPE_NAME + 8 * random.below(16),
                _ => AT_SLOTS + stride * random.below(VALUES),
            };
            let word = random.word(word_at(&bad, at));
            bad[at..at + 8].copy_from_slice(&word.to_ne_bytes());
        }
        let length =
            if random.below(8) == 0 { random.next() % (2 * bad.len() as u64) } else { bad.len() as u64 };
        file.set_len(length).unwrap();
        bad.resize(length as usize, 0);
        file.write_all_at(&bad, 0).unwrap();
        let ring = name.shm().attach();
        let mut note = |error: ShmError| match error {
            ShmError::Foreign { .. } => foreign += 1,
            ShmError::Odd { .. } => odd += 1,
            ShmError::Mismatch { .. } | ShmError::Type { .. } => {
                assert!(!error.to_string().contains('\n'));
                mismatch += 1;
            }
            other => panic!("round {round}: {other}"),
        };
        let sender = ring.sender::<[u64; 3]>().map_err(&mut note);
        let receiver = ring.receiver::<[u64; 3]>().map_err(&mut note);
        if let (Ok(mut sender), Ok(mut receiver)) = (sender, receiver) {
            taken += 1;
            for n in 0..20 {
                let _ = sender.push([n; 3]);
                let _ = receiver.pop();
            }
        }
        if let Ok(watch) = ring.watch() {
            let counters = watch.counters();
            assert!(counters.depth <= watch.capacity());
        }
    }
    assert!(
        foreign > 500 && odd > 500 && mismatch > 100 && taken > 500,
        "{foreign} foreign, {odd} odd, {mismatch} mismatches, {taken} taken"
    );
}

#[test]
fn each_number_of_a_header_is_checked() {
    let name = Name::new();
    drop(name.shm().capacity(VALUES).sender::<[u64; 3]>().unwrap());
    let good = fs::read(name.path()).unwrap();
    let file = open(&name);
    for at in (0..=AT_TOTAL).step_by(8) {
        // The index of the first value may be any: it is only what the counters are counted from.
        if at == fusewire::edge::shm::layout::AT_START {
            continue;
        }
        for word in [0, 1, 3, word_at(&good, at) + 1, word_at(&good, at) ^ (1 << 40), u64::MAX] {
            if word == word_at(&good, at) {
                continue;
            }
            file.write_all_at(&good, 0).unwrap();
            file.write_all_at(&word.to_ne_bytes(), at as u64).unwrap();
            let refused = name.shm().sender::<[u64; 3]>().map(drop).unwrap_err();
            let known = matches!(
                refused,
                ShmError::Foreign { .. } | ShmError::Mismatch { .. } | ShmError::Type { .. }
            );
            assert!(known, "{word} at {at:#x}: {refused}");
        }
    }
    file.write_all_at(&good, 0).unwrap();
    assert!(name.shm().sender::<[u64; 3]>().is_ok());
    file.set_len(good.len() as u64 - 1).unwrap();
    let refused = name.shm().sender::<[u64; 3]>().unwrap_err();
    assert!(matches!(refused, ShmError::Foreign { why: Foreign::Length { .. }, .. }), "{refused}");
}

/// One process writes anything anywhere while two others use the ring: they end or go on, and touch nothing else.
#[test]
fn a_hostile_writer_only_makes_wrong_values() {
    let mut random = Random(0xfeed_beef_dead_0001);
    let mut closed = 0;
    for _ in 0..150 {
        let name = Name::new();
        let ring = name.shm().capacity(VALUES);
        let (mut sender, mut receiver) =
            (ring.sender::<[u64; 9]>().unwrap(), ring.receiver::<[u64; 9]>().unwrap());
        let file = open(&name);
        let length = fs::metadata(name.path()).unwrap().len() as usize;
        thread::scope(|scope| {
            scope.spawn(move || {
                for n in 0..3_000 {
                    let _ = sender.push([n; 9]);
                    sender.wake();
                    let _ = sender.peer();
                }
                let _ = sender.counters();
            });
            scope.spawn(move || {
                for _ in 0..3_000 {
                    let _ = receiver.pop();
                    let _ = receiver.is_closed();
                }
                let _ = receiver.odd().map(|odd| odd.to_string());
            });
            for _ in 0..200 {
                let at = if random.below(2) == 0 { AT_HEAD } else { 8 * random.below(length / 8) };
                let mut old = [0; 8];
                file.read_exact_at(&mut old, at as u64).unwrap();
                let word = random.word(u64::from_ne_bytes(old));
                file.write_all_at(&word.to_ne_bytes(), at as u64).unwrap();
            }
        });
        closed += u32::from(name.shm().watch().is_err() || name.shm().receiver::<[u64; 9]>().is_err());
    }
    assert!(closed > 20, "only {closed} of the rings were seen to be damaged");
}
