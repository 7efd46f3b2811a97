//! `spawn_on` onto a context that spins allocates nothing in the long run, on any thread; nor does a result that is awaited there,
//! beyond the word that stops it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::consumers::{detach_on, spawn_on};
use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: forwards to the system's allocator, and counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
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
        for _ in 0..128 {
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
    let waves = [false, true].repeat(50);
    let before = ALLOCATIONS.load(Ordering::SeqCst);
    for detached in waves {
        wave(detached, false);
    }
    assert_eq!(ALLOCATIONS.load(Ordering::SeqCst) - before, 0, "of 12 800 operations");
}
