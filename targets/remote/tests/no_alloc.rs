//! Pushing and popping allocate nothing, once both ends are open: counted on the thread that does it.

#[path = "common/bed.rs"]
mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::{channels, driver, eventually};
use fusewire::edge::{Edge, Pop, Push, Pushed};
use fusewire_remote::remote;

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: it is the system's allocator, which the counting leaves alone.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// A log that is full, and a value that waits for it, are among what is met: the window is smaller than a burst.
#[test]
fn pushing_and_popping_allocate_nothing() {
    let driver = driver();
    for channel in channels() {
        let channel = match channel.contains('?') {
            true => channel + "|term-length=64k",
            false => channel + "?term-length=64k",
        };
        let (mut sender, mut receiver) = Edge::<[u64; 4]>::open(remote(&channel, 1).driver(&driver)).unwrap();
        let (mut pushed, mut popped) = (0, 0);
        let before = COUNT.get();
        eventually("all have come", || {
            while pushed < 50_000 && sender.has_room() {
                assert_eq!(sender.push([pushed; 4]), Pushed::Ok);
                pushed += 1;
            }
            sender.flush();
            while let Some(value) = receiver.pop() {
                assert_eq!(value, [popped; 4]);
                popped += 1;
            }
            popped == 50_000
        });
        assert_eq!(COUNT.get() - before, 0, "{channel}: allocations");
    }
    assert!(COUNT.get() > 0, "the allocator counts");
}
