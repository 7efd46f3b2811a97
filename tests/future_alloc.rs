//! Futures, both ways, allocate nothing in the long run: an awaited sender one operation, everything else nothing.

#[path = "support/first_thread.rs"]
mod first_thread;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use futures_core::Stream;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    // Whether what this thread allocates is left out: what launching a graph takes may come late, when its lanes are well under way.
    static LEFT_OUT: Cell<bool> = const { Cell::new(false) };
}

fn count() {
    if !LEFT_OUT.get() && !first_thread::is_first() {
        ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
    }
}

// SAFETY: forwards to the system's allocator, and counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor that allocates nothing after its first future.
struct Executor(Waker);

impl Executor {
    fn new() -> Self {
        Self(Waker::from(Arc::new(Unpark(std::thread::current()))))
    }

    fn wait<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&self.0)) {
                return output;
            }
            std::thread::park();
        }
    }
}

/// Is pending once, and wakes itself.
fn later(n: u64) -> impl Future<Output = u64> {
    let mut polled = false;
    poll_fn(move |cx| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(n);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// Allocations of a thousand times `work`: the least of five counts, because another thread may come late to what it makes
/// once.
fn allocations(mut work: impl FnMut()) -> u64 {
    // What is made once: seats, words, the memory of queues.
    for _ in 0..100 {
        work();
    }
    let counts = (0..5).map(|_| {
        let before = ALLOCATIONS.load(Ordering::SeqCst);
        for _ in 0..1000 {
            work();
        }
        ALLOCATIONS.load(Ordering::SeqCst) - before
    });
    counts.min().unwrap_or(0)
}

/// One test, so that no other one allocates meanwhile.
#[test]
fn nothing_is_allocated_per_message() {
    let executor = Executor::new();
    let compute = Cpu::builder().build().unwrap();

    let inline = allocations(|| {
        assert_eq!(
            executor.wait(just(20u64).map(|n| n + 1).map(|n| n * 2).into_future()),
            Completion::Value(42)
        );
    });
    assert_eq!(inline, 0, "awaiting what completes inside `start`");

    let hops = allocations(|| {
        assert_eq!(
            executor.wait(just(1u64).then(on(&compute)).map(|n| n + 1).into_future()),
            Completion::Value(2)
        );
    });
    assert_eq!(hops, 1000, "awaiting what hops: the operation, and nothing else");

    // Whoever wakes holds the waker for a moment longer than the pass lives; here always, and until the next one but one.
    let held = Arc::new(Mutex::new([const { None::<Waker> }; 2]));
    let mut turn = 0;
    let mut outlived = from_fn(|| Some(1u64))
        .and(move |n| {
            let held = Arc::clone(&held);
            turn ^= 1;
            from_future(poll_fn(move |cx| {
                held.lock().unwrap()[turn] = Some(cx.waker().clone());
                Poll::Ready(n)
            }))
        })
        .passes();
    let kept = allocations(|| {
        let item = poll_fn(|cx| Pin::new(&mut outlived).poll_next(cx));
        assert_eq!(executor.wait(item), Some(Ok(1)));
    });
    assert_eq!(kept, 0, "passes whose wakers outlive them");
    drop(outlived);

    let mut passes = from_fn(|| Some(1u64)).then(on(&compute)).and(|n| from_future(later(n))).passes();
    let streamed = allocations(|| {
        let item = poll_fn(|cx| Pin::new(&mut passes).poll_next(cx));
        assert_eq!(executor.wait(item), Some(Ok(1)));
    });
    assert_eq!(streamed, 0, "a stream of passes that hop and wait for a future");
    drop(passes);

    for fused in [false, true] {
        const WARM: u64 = 2_000;
        const LAST: u64 = 10_000;
        // More than the edge holds: the source is still at work when the last is counted.
        const ALL: u64 = LAST + 4_096;
        let counts = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let notes = Arc::clone(&counts);
        let note = move |n: u64| match n {
            WARM => notes[0].store(ALLOCATIONS.load(Ordering::SeqCst), Ordering::SeqCst),
            LAST => notes[1].store(ALLOCATIONS.load(Ordering::SeqCst), Ordering::SeqCst),
            _ => {}
        };
        let there = compute.clone();
        let stream = from_iter(0..ALL).passes();
        LEFT_OUT.set(true);
        let handle = if fused {
            Engine::new().run(fuse! {
                from_stream(stream).try_map(|n| n).then(on(there)).and(|n| from_future(later(n))).for_each(note)
            })
        } else {
            let graph = from_stream(stream).try_map(|n| n).then(on(there)).and(|n| from_future(later(n)));
            Engine::new().run(graph.for_each(note))
        };
        assert_eq!(handle.unwrap().join().unwrap().completed, ALL);
        LEFT_OUT.set(false);
        let [warm, last] = [0, 1].map(|index| counts[index].load(Ordering::SeqCst));
        assert!(warm > 0);
        assert_eq!(last - warm, 0, "a stream as source and a future as stage, fused: {fused}");
    }

    let mut output = from_fn(|| Some(7u64)).into_stream(&Engine::new(), 8).unwrap();
    let out = allocations(|| {
        let item = poll_fn(|cx| Pin::new(&mut output).poll_next(cx));
        assert_eq!(executor.wait(item).map(|item| item.ok()), Some(Some(7)));
    });
    assert_eq!(out, 0, "a graph's output as a stream");
}
