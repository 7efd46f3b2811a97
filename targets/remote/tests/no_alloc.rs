//! Pushing and popping allocate nothing of their own, once both ends are open: counted on the thread that does it.

#[path = "common/patience.rs"]
mod patience;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use fusewire::edge::{Edge, Pop, Push, Pushed};
use patience::eventually;

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

/// Values there and back over an edge whose room is smaller than a burst: one that is full, and a value that waits for it, are among what
/// is met. How often pushing allocated, popping, and for how many values.
fn allocations(edge: impl Edge<[u64; 4]>) -> [u64; 3] {
    let (mut sender, mut receiver) = edge.open().unwrap();
    let (mut pushed, mut popped, mut counts) = (0, 0, [0, 0]);
    eventually("all have come", || {
        let before = COUNT.get();
        while pushed < 50_000 && sender.has_room() {
            assert_eq!(sender.push([pushed; 4]), Pushed::Ok);
            pushed += 1;
        }
        sender.flush();
        let between = COUNT.get();
        while let Some(value) = receiver.pop() {
            assert_eq!(value, [popped; 4]);
            popped += 1;
        }
        counts = [counts[0] + between - before, counts[1] + COUNT.get() - between];
        popped == 50_000
    });
    assert!(COUNT.get() > 0, "the allocator counts");
    [counts[0], counts[1], popped]
}

#[cfg(feature = "aeron")]
#[test]
fn over_aeron() {
    let driver = fusewire_remote::MediaDriver::embedded().start().unwrap();
    let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for channel in ["aeron:ipc?".to_owned(), format!("aeron:udp?endpoint={free}|")] {
        let small = fusewire_remote::remote(format!("{channel}term-length=64k"), 1).driver(&driver);
        assert_eq!(allocations(small), [0, 0, 50_000], "{channel}");
    }
}

#[cfg(feature = "iceoryx2")]
#[test]
fn over_iceoryx2() {
    let service = format!("fusewire-test/{}/no-alloc", std::process::id());
    let [pushing, popping, values] = allocations(fusewire_remote::iceoryx2(service).capacity(64));
    assert_eq!(popping, 0);
    // iceoryx2 0.10 itself puts each chunk that it lends behind a counter on the heap: one for each value that it takes, and none for one
    // that finds no room, however often it is offered. When it does so no more, this is to say none.
    assert_eq!(pushing, values);
}
