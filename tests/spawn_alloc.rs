//! `spawn_on` onto a context that spins allocates nothing in the long run, on any thread; nor does a result that is awaited there,
//! beyond the word that stops it.

#[path = "support/counting.rs"]
mod counting;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::consumers::{detach_on, spawn_future_on, spawn_on};
use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;

/// Allocations of the context's thread so far. Counted on the two threads of the test alone: the one that waits for the test allocates
/// as well, at a moment of its own.
fn of(cpu: &Cpu) -> u64 {
    let count = Arc::new(AtomicU64::new(u64::MAX));
    let told = Arc::clone(&count);
    detach_on(cpu, just(()).map(move |()| told.store(counting::here(), Ordering::SeqCst))).unwrap();
    while count.load(Ordering::SeqCst) == u64::MAX {
        std::thread::yield_now();
    }
    count.load(Ordering::SeqCst)
}

/// One test, because all threads of a process share the memory that the policy keeps.
#[test]
fn nothing_is_allocated_in_the_long_run() {
    spawning_onto_a_spinning_context_allocates_nothing();
    a_result_that_is_awaited_allocates_the_word_that_stops_it();
}

fn spawning_onto_a_spinning_context_allocates_nothing() {
    let (cpu, scope) = (Cpu::builder().wait(Wait::Spin).build().unwrap(), Scope::new());
    let sum = Arc::new(AtomicU64::new(0));
    let free = Arc::new(AtomicBool::new(true));
    let mut given = 0;
    let mut wave = |detached: bool, held: bool| {
        // Holds the context up until all have been given, so that as much memory is out as can be.
        if held {
            free.store(false, Ordering::SeqCst);
            let free = Arc::clone(&free);
            let hold = just(()).map(move |()| {
                while !free.load(Ordering::SeqCst) {
                    std::thread::yield_now()
                }
            });
            spawn_on(&cpu, &scope, hold).unwrap();
        }
        // More than in the waves that are counted, as a thread may come late to giving back the last of one.
        for _ in 0..if held { 256 } else { 128 } {
            given += 1;
            let adding = Arc::clone(&sum);
            let work = just(1).map(move |n| {
                adding.fetch_add(n, Ordering::SeqCst);
            });
            if detached {
                detach_on(&cpu, work).unwrap();
            } else {
                spawn_on(&cpu, &scope, work).unwrap();
            }
        }
        free.store(true, Ordering::SeqCst);
        while sum.load(Ordering::SeqCst) != given || scope.associations() != 0 {
            std::thread::yield_now();
        }
    };
    // The policy keeps what it has once got.
    for detached in [false, true].repeat(20) {
        wave(detached, true);
    }
    let counted = of(&cpu);
    detach_on(&cpu, just(1).map(|n: u64| drop(std::hint::black_box(Box::new(n))))).unwrap();
    assert_eq!(of(&cpu), counted + 1, "the context's thread is counted");
    let waves = [false, true].repeat(50);
    let before = [of(&cpu), counting::here()];
    for detached in waves {
        wave(detached, false);
    }
    let after = [counting::here(), of(&cpu)];
    assert_eq!([after[1] - before[0], after[0] - before[1]], [0, 0], "of 12 800 operations, there and here");
}

fn a_result_that_is_awaited_allocates_the_word_that_stops_it() {
    let (cpu, scope) = (Cpu::builder().wait(Wait::Spin).build().unwrap(), Scope::new());
    let result = |n: u64| spawn_future_on(&cpu, &scope, just(n).map(|n| n + 1)).unwrap();
    let results = || {
        for n in 0..1_000 {
            assert_eq!(block_on(result(n)), Completion::Value(n + 1));
        }
    };
    // More memory than both threads keep of it. The policy keeps what it has once got.
    for result in (0..256).map(result).collect::<Vec<_>>() {
        assert!(matches!(block_on(result), Completion::Value(_)));
    }
    results();
    let before = [of(&cpu), counting::here()];
    results();
    let after = [counting::here(), of(&cpu)];
    assert_eq!([after[1] - before[0], after[0] - before[1]], [0, 1_000], "of 1000 results, there and here");
}
