//! Senders as streams of their passes.

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

use crate::harness::{Alive, next, wait};

#[test]
fn values_and_errors_come_in_order_and_what_is_filtered_does_not() {
    let mut stream = from_iter(0..7u32)
        .filter(|n| n % 2 == 0)
        .try_map(|n| if n == 4 { Err("four".parse::<u32>().unwrap_err()) } else { Ok(n) })
        .passes();
    wait(async {
        assert_eq!(next(&mut stream).await, Some(Ok(0)));
        assert_eq!(next(&mut stream).await, Some(Ok(2)));
        assert!(matches!(next(&mut stream).await, Some(Err(_))));
        assert_eq!(next(&mut stream).await, Some(Ok(6)), "a stream goes on after an error");
        assert_eq!(next(&mut stream).await, None);
        assert_eq!(next(&mut stream).await, None);
    });
}

#[test]
fn every_pass_may_hop() {
    let compute = Cpu::builder().build().unwrap();
    let mut stream = from_iter(0..200u32).then(on(&compute)).map(|n| n * 2).passes();
    wait(async {
        for n in 0..200 {
            assert_eq!(next(&mut stream).await, Some(Ok(n * 2)));
        }
        assert_eq!(next(&mut stream).await, None);
    });
}

#[test]
fn a_pass_begins_only_when_it_is_asked_for() {
    let made = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let makes = made.clone();
    let mut stream = from_fn(move || Some(makes.fetch_add(1, std::sync::atomic::Ordering::SeqCst))).passes();
    let count = || made.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(count(), 0);
    assert_eq!(wait(next(&mut stream)), Some(Ok(0)));
    assert_eq!(count(), 1);
}

#[test]
fn filtering_for_ever_gives_the_thread_back() {
    let mut stream = from_fn(|| Some(1)).filter(|_| false).passes();
    let pending = crate::harness::poll(&mut Box::pin(next(&mut stream)), &std::sync::Arc::default());
    assert!(pending.is_pending());
}

#[test]
fn a_panic_ends_it_and_drops_the_sender() {
    let alive = Alive::default();
    let living = alive.one();
    let mut stream = from_iter(0..3)
        .map(move |n| {
            let _ = &living;
            assert!(n != 1, "one");
            n
        })
        .passes();
    assert_eq!(wait(next(&mut stream)), Some(Ok(0)));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wait(next(&mut stream))));
    assert!(panicked.is_err());
    assert_eq!(wait(next(&mut stream)), None);
    assert_eq!(alive.count(), 0);
}
