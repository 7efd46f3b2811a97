//! Two real threads: nothing lost, doubled, torn or reordered.

use std::thread;

use fusewire::ring::{Full, InSlot, Indexed, Layout, Settings};

use super::payload::Payload;

/// Lets the other thread run now and then: there may be one core for both.
fn wait(spins: &mut u32) {
    *spins += 1;
    if spins.is_multiple_of(64) { thread::yield_now() } else { std::hint::spin_loop() }
}

/// How the two ends are used.
#[derive(Debug, Clone, Copy)]
enum Use {
    OneByOne,
    Bursts,
    Batches,
}

fn hands_over<T: Payload + Send, L: Layout>(capacity: usize, values: u64, how: Use) {
    let start = usize::MAX - (values / 2) as usize;
    let (mut producer, mut consumer) = Settings::new(capacity).start(start).open::<T, L>().expect("a ring");
    let watch = consumer.watch();
    let pushing = thread::spawn(move || {
        let (mut next, mut spins) = (0, 0);
        while next < values {
            match how {
                Use::Batches => {
                    let end = values.min(next + 37);
                    match producer.push_batch((next..end).map(T::of)) {
                        0 => wait(&mut spins),
                        pushed => next += pushed as u64,
                    }
                }
                Use::OneByOne | Use::Bursts => {
                    let deferred = matches!(how, Use::Bursts) && next % 16 != 15;
                    let value = T::of(next);
                    let pushed =
                        if deferred { producer.push_deferred(value) } else { producer.try_push(value) };
                    match pushed {
                        Ok(()) => next += 1,
                        Err(Full(_)) => wait(&mut spins),
                    }
                }
            }
        }
        producer.pushed()
    });
    let watching = thread::spawn(move || {
        let mut last = (0, 0);
        while last.1 < values as usize {
            let now = watch.counts();
            assert!(now.1 <= now.0 && last.0 <= now.0 && last.1 <= now.1, "{now:?} after {last:?}");
            last = now;
            thread::sleep(std::time::Duration::from_micros(200));
        }
        last
    });
    let (mut next, mut spins) = (0, 0);
    loop {
        let closed = consumer.is_closed();
        let popped = match how {
            Use::OneByOne => consumer.try_pop().map_or(0, |value| {
                value.check(next);
                next += 1;
                1
            }),
            Use::Bursts => {
                let value = consumer.pop_deferred();
                let popped = usize::from(value.is_some());
                if let Some(value) = value {
                    value.check(next);
                    next += 1;
                }
                if popped == 0 || next.is_multiple_of(16) {
                    consumer.hand_back();
                }
                popped
            }
            Use::Batches => consumer.pop_batch(50, |value| {
                value.check(next);
                next += 1;
            }),
        };
        if popped == 0 {
            if closed {
                break;
            }
            wait(&mut spins);
        }
    }
    assert_eq!(next, values);
    assert_eq!(pushing.join().expect("the producer"), values as usize);
    assert_eq!(watching.join().expect("the watcher"), (values as usize, values as usize));
}

fn every_use<T: Payload + Send, L: Layout>() {
    for how in [Use::OneByOne, Use::Bursts, Use::Batches] {
        hands_over::<T, L>(1, 5_000, how);
        hands_over::<T, L>(2, 20_000, how);
        hands_over::<T, L>(1024, 200_000, how);
    }
}

macro_rules! hand_over {
    ($($name:ident: $payload:ty, $layout:ty;)*) => {
        $(#[test] fn $name() { every_use::<$payload, $layout>(); })*
    };
}

hand_over! {
    words_in_slot: u64, InSlot;
    words_indexed: u64, Indexed;
    lines_in_slot: [u64; 7], InSlot;
    lines_indexed: [u64; 7], Indexed;
    pages_in_slot: [u64; 32], InSlot;
    pages_indexed: [u64; 32], Indexed;
    boxes_in_slot: Box<u64>, InSlot;
    boxes_indexed: Box<u64>, Indexed;
}
