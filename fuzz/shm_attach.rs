//! A ring between processes whose words are whatever the fuzzer likes, before and while both ends are attached.
//!
//! `cargo +nightly fuzz run shm_attach`, or `bash .ci/fuzz.sh` for a while without cargo-fuzz. What must not happen is a panic, a
//! read or write outside of the memory, or a call that does not return; wrong values are what a hostile process gets.

#![no_main]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::LazyLock;

use fusewire::edge::shm::layout::{AT_HEAD, AT_SLOTS, AT_TYPE_NAME, Shape};
use fusewire::edge::shm::{shm, shm_fd};
use libfuzzer_sys::fuzz_target;

type Value = [u64; 9];

const CAPACITY: usize = 8;

/// A file with a ring that was used, and what it holds.
static RING: LazyLock<(File, Vec<u8>)> = LazyLock::new(|| {
    let fd = shm("").capacity(CAPACITY).sealed::<Value>().expect("memory for a ring");
    let file = File::from(fd.try_clone().expect("a descriptor"));
    let ring = shm_fd(fd);
    let mut sender = ring.sender::<Value>().expect("a sender");
    let mut receiver = ring.receiver::<Value>().expect("a receiver");
    for n in 0..13 {
        let _ = sender.push([n; 9]);
        if n > 4 {
            let _ = receiver.pop();
        }
    }
    drop((sender, receiver));
    let mut good = vec![0; file.metadata().expect("a file").len() as usize];
    file.read_exact_at(&mut good, 0).expect("a file");
    (file, good)
});

/// Writes words as the input says: a byte that chooses among the places that matter, another which of them, and eight to write.
fn mutate(input: &[u8], file: &File, length: usize) {
    for step in input.chunks_exact(10) {
        let (what, which) = (step[0], usize::from(step[1]));
        let at = match what % 4 {
            0 => AT_HEAD,
            1 => AT_SLOTS + Shape::of(size_of::<Value>()).stride * (which % CAPACITY) + Shape::of(72).sequence,
            2 => 8 * (which % (AT_TYPE_NAME / 8)),
            _ => 8 * ((which << 4 | usize::from(what >> 4)) % (length / 8)),
        };
        let mut word = [0; 8];
        file.read_exact_at(&mut word, at as u64).expect("inside of the file");
        let new = u64::from_ne_bytes(step[2..].try_into().expect("eight bytes"));
        // Near what was there, or anything.
        let new = if what & 4 == 0 { u64::from_ne_bytes(word).wrapping_add(new as i8 as u64) } else { new };
        file.write_all_at(&new.to_ne_bytes(), at as u64).expect("inside of the file");
    }
}

fuzz_target!(|input: &[u8]| {
    let (file, good) = &*RING;
    file.write_all_at(good, 0).expect("the file's length");
    let (before, during) = input.split_at(input.len().min(40));
    mutate(before, file, good.len());
    let ring = shm_fd(file.try_clone().expect("a descriptor").into());
    let (sender, receiver) = (ring.sender::<Value>(), ring.receiver::<Value>());
    for refused in [sender.as_ref().err(), receiver.as_ref().err()].into_iter().flatten() {
        assert!(!refused.to_string().contains('\n'), "one sentence");
    }
    if let Ok(watch) = ring.watch() {
        assert!(watch.counters().depth <= watch.capacity());
    }
    let (mut sender, mut receiver) = (sender.ok(), receiver.ok());
    for step in during.chunks(10) {
        if let Some(sender) = &mut sender {
            let _ = sender.push([1; 9]);
            sender.wake();
        }
        mutate(step, file, good.len());
        if let Some(receiver) = &mut receiver {
            let _ = receiver.pop_deferred();
            let _ = receiver.pop();
            assert!(receiver.odd().is_none() || receiver.is_closed());
        }
        if let Some(sender) = &mut sender {
            assert!(sender.odd().is_none() || sender.is_closed());
        }
    }
});
