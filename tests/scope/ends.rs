//! However an operation ends, nothing of it is left: contexts that go away, panics, refusals.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fusewire::consumers::spawn_on;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::scope::{ChildPanicked, Refused, Scope};

use crate::{Live, tracked};

#[test]
fn it_completes_when_either_of_its_contexts_ends() {
    let policy = tracked();
    for end_first in [false, true] {
        let (here, there) = (Manual::with_allocation("here", policy.clone()), Manual::new());
        let scope = Scope::new();
        spawn_on(&here, &scope, just(6).then(on(there.clone())).map(drop)).unwrap();
        if !end_first {
            here.run_until_idle();
            there.end();
        }
        here.end();
        // Else the hop is still on its way: a context runs what was posted before its end.
        there.end();
        assert_eq!((scope.associations(), policy.live()), (0, 0));
        // It has ended: what comes now is dropped in `post`.
        spawn_on(&here, &scope, just(())).unwrap();
        assert_eq!((scope.associations(), policy.live()), (0, 0));
        assert_eq!(block_on(scope.join()), Completion::Value(()));
    }
}

#[test]
fn panics_are_told_to_whoever_joins() {
    let (here, there) = (Manual::new(), Manual::new());
    let policy = tracked();
    let scope = Scope::builder().allocation(policy.clone()).build();
    let first = line!() + 1;
    spawn_on(&here, &scope, just(1).map(|n: u32| assert_eq!(n, 2, "at once"))).unwrap();
    spawn_on(&here, &scope, just(1).then(on(there.clone())).map(|_| panic!("later"))).unwrap();
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let bomb = Bomb;
    spawn_on(&here, &scope, just(()).map(move |()| assert_eq!(size_of_val(&bomb), 0))).unwrap();
    for manual in [&here, &there, &here] {
        manual.run_until_idle();
    }
    assert_eq!((scope.associations(), policy.live()), (0, 0));
    let Completion::Error(ChildPanicked { first: report, count }) = block_on(scope.join()) else {
        panic!("nobody was told")
    };
    assert_eq!(count, 3);
    assert!(report.message.contains("at once"), "{report:?}");
    assert_eq!((report.file.as_str(), report.line), (file!(), first));
}

/// The first operation that is spawned on a context shows the scope what there is; those after it take a shorter way, if they complete
/// where they are started and their memory is recycled. Here is every end of theirs.
#[test]
fn those_after_the_first_end_in_every_way() {
    let (manual, live, ran) = (Manual::new(), Arc::default(), Arc::new(AtomicU32::new(0)));
    let scope = Scope::builder().limit(3).build();
    let work = |n: u32| {
        let (live, ran) = (Live::new(&live), Arc::clone(&ran));
        just(n).map(move |n| {
            assert!(live.0.load(Ordering::SeqCst) > 0);
            ran.fetch_add(n, Ordering::SeqCst);
            assert!(n != 100, "a hundred");
        })
    };
    for n in 1..=3 {
        spawn_on(&manual, &scope, work(n)).unwrap();
    }
    assert_eq!((scope.associations(), live.load(Ordering::SeqCst)), (3, 3));
    assert_eq!(spawn_on(&manual, &scope, work(4)), Err(Refused::Full { limit: 3 }));
    assert_eq!(live.load(Ordering::SeqCst), 3, "the one refused was dropped");
    manual.run_until_idle();
    assert_eq!((scope.associations(), ran.swap(0, Ordering::SeqCst)), (0, 6));
    assert_eq!(live.load(Ordering::SeqCst), 0);

    // A panic is told, and what it captured is dropped before the scope is empty.
    spawn_on(&manual, &scope, work(100)).unwrap();
    spawn_on(&manual, &scope, work(1)).unwrap();
    manual.run_until_idle();
    assert_eq!((scope.associations(), ran.swap(0, Ordering::SeqCst)), (0, 101));
    assert_eq!(live.load(Ordering::SeqCst), 0);

    // Another context in between, by whose policy the memory goes.
    let policy = tracked();
    let other = Manual::with_allocation("other", policy.clone());
    for context in [&other, &manual, &other] {
        spawn_on(context, &scope, work(1)).unwrap();
    }
    assert_eq!(policy.live(), 2);
    manual.run_until_idle();
    other.run_until_idle();
    assert_eq!((policy.live(), ran.swap(0, Ordering::SeqCst)), (0, 3));

    // A context that goes drops what waits, without having run it. A panic of that drop is told too.
    struct Bad(#[allow(dead_code, reason = "counted by its drop")] Live);
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("a bad drop");
        }
    }
    let bad = Bad(Live::new(&live));
    spawn_on(&manual, &scope, work(1)).unwrap();
    spawn_on(
        &manual,
        &scope,
        just(()).map(move |()| {
            let _held = &bad;
        }),
    )
    .unwrap();
    scope.close();
    assert_eq!(spawn_on(&manual, &scope, work(1)), Err(Refused::Closed));
    drop(manual);
    assert_eq!((scope.associations(), ran.load(Ordering::SeqCst)), (0, 0));
    assert_eq!(live.load(Ordering::SeqCst), 0);
    let Completion::Error(ChildPanicked { first, count, .. }) = block_on(scope.join()) else {
        panic!("two of them have panicked")
    };
    assert_eq!((first.message.as_str(), count), ("a hundred", 2));
}
