//! The word of a scope under the model checker: told once, freed once, and nothing after that.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::{Count, Limit, Then};

/// A scope whose memory is a flag.
struct Scope {
    count: Count,
    told: AtomicUsize,
    freed: AtomicUsize,
}

impl Scope {
    fn new() -> Arc<Self> {
        Arc::new(Self { count: Count::new(), told: AtomicUsize::new(0), freed: AtomicUsize::new(0) })
    }

    fn free(&self) {
        assert_eq!(self.freed.fetch_add(1, Ordering::Relaxed), 0, "freed twice");
    }

    fn give_up(&self) {
        if self.count.give_up() == Then::Free {
            self.free();
        }
    }

    fn leave(&self) {
        match self.count.leave() {
            Then::Nothing => {}
            Then::Tell => {
                assert_eq!(self.freed.load(Ordering::Relaxed), 0, "told after it was freed");
                self.told.fetch_add(1, Ordering::Relaxed);
                self.give_up();
            }
            Then::Free => self.free(),
        }
    }

    fn freed(&self) -> usize {
        self.freed.load(Ordering::Relaxed)
    }
}

#[test]
fn join_is_told_exactly_once_or_finds_it_empty() {
    loom::model(|| {
        let scope = Scope::new();
        scope.count.associate(Limit::of(9)).unwrap();
        scope.count.associate(Limit::of(9)).unwrap();
        let leavers = [0, 1].map(|_| {
            let scope = scope.clone();
            thread::spawn(move || scope.leave())
        });
        let empty = scope.count.await_empty();
        leavers.into_iter().for_each(|leaver| leaver.join().unwrap());
        assert_eq!(scope.told.load(Ordering::Relaxed), usize::from(!empty));
        assert!(scope.count.is_closed() && scope.count.associate(Limit::of(9)).is_err());
        assert_eq!(scope.freed(), 0);
        scope.give_up();
        assert_eq!(scope.freed(), 1);
    });
}

#[test]
fn close_and_associate_agree() {
    loom::model(|| {
        let scope = Scope::new();
        scope.count.hold();
        let spawner = {
            let scope = scope.clone();
            thread::spawn(move || {
                let associated = scope.count.associate(Limit::of(1)).is_ok();
                if associated {
                    scope.leave();
                }
                scope.give_up();
                associated
            })
        };
        scope.count.close();
        assert!(scope.count.associate(Limit::of(1)).is_err(), "closed means closed");
        let empty = scope.count.await_empty();
        let associated = spawner.join().unwrap();
        assert!(empty || associated, "whom else to wait for?");
        assert_eq!(scope.told.load(Ordering::Relaxed), usize::from(!empty));
        scope.give_up();
        assert_eq!(scope.freed(), 1);
    });
}

#[test]
fn the_last_of_handles_and_associations_frees() {
    loom::model(|| {
        let scope = Scope::new();
        scope.count.associate(Limit::of(9)).unwrap();
        let leaver = {
            let scope = scope.clone();
            thread::spawn(move || scope.leave())
        };
        // The owner goes without waiting.
        scope.count.close();
        let _empty = scope.count.await_empty();
        scope.give_up();
        leaver.join().unwrap();
        assert_eq!(scope.freed(), 1);
    });
}

#[test]
fn the_limit_holds() {
    loom::model(|| {
        let scope = Scope::new();
        let spawners = [0, 1].map(|_| {
            let scope = scope.clone();
            thread::spawn(move || scope.count.associate(Limit::of(1)).is_ok())
        });
        let got = spawners.map(|spawner| usize::from(spawner.join().unwrap()));
        assert_eq!(got.iter().sum::<usize>(), 1);
    });
}

#[test]
fn who_waits_no_more_leaves_the_scope_open() {
    loom::model(|| {
        let scope = Scope::new();
        scope.count.associate(Limit::of(9)).unwrap();
        let empty = scope.count.await_empty();
        assert!(!empty);
        let leaver = {
            let scope = scope.clone();
            thread::spawn(move || scope.leave())
        };
        scope.count.await_no_more();
        leaver.join().unwrap();
        let told = scope.told.load(Ordering::Relaxed) == 1;
        assert_eq!(scope.count.is_closed(), told, "closed by the one who tells, else open");
        assert_eq!(scope.count.associate(Limit::of(9)).is_ok(), !told);
        if !told {
            scope.leave();
        }
        assert_eq!(scope.freed(), 0);
        scope.give_up();
        assert_eq!(scope.freed(), 1);
    });
}

#[test]
fn an_owner_that_goes_is_not_forgotten_with_who_waits_no_more() {
    loom::model(|| {
        let scope = Scope::new();
        scope.count.hold();
        scope.count.associate(Limit::of(9)).unwrap();
        let _not_yet = scope.count.await_empty();
        let owner = {
            let scope = scope.clone();
            thread::spawn(move || {
                scope.count.close();
                let _not_yet = scope.count.await_empty();
                scope.give_up();
            })
        };
        scope.count.await_no_more();
        owner.join().unwrap();
        scope.leave();
        assert_eq!(scope.told.load(Ordering::Relaxed), 1, "the last one tells");
        scope.give_up();
        assert_eq!(scope.freed(), 1);
    });
}
