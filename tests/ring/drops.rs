//! Every value is dropped exactly once, wherever it was when its ring ended.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use fusewire::ring::{InSlot, Indexed, Layout, Settings};

/// Counts its drops; a second drop of the same value is told by its number.
struct Counted {
    n: usize,
    drops: Rc<Vec<Cell<u32>>>,
    panics: bool,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops[self.n].set(self.drops[self.n].get() + 1);
        assert!(!self.panics, "as planned");
    }
}

fn each_once<L: Layout>(capacity: usize, pushed: usize, popped: usize, producer_first: bool, panics: bool) {
    let drops: Rc<Vec<Cell<u32>>> = Rc::new((0..pushed).map(|_| Cell::new(0)).collect());
    let (mut producer, mut consumer) =
        Settings::new(capacity).start(usize::MAX - 2).open::<Counted, L>().expect("a ring");
    let mut accepted = 0;
    for n in 0..pushed {
        // The first of the values that remain panics.
        let value = Counted { n, drops: Rc::clone(&drops), panics: panics && n == popped };
        if n % 3 == 0 { producer.push_deferred(value) } else { producer.try_push(value) }
            .unwrap_or_else(|_| panic!("no room for {n}"));
        if accepted < popped {
            producer.publish();
            assert_eq!(consumer.try_pop().map(|value| value.n), Some(accepted));
            accepted += 1;
        }
    }
    let watch = consumer.watch();
    let end = catch_unwind(AssertUnwindSafe(|| {
        if producer_first {
            drop(producer);
            drop(consumer);
        } else {
            drop(consumer);
            drop(producer);
        }
    }));
    assert_eq!(end.is_err(), panics && pushed > popped);
    for (n, count) in drops.iter().enumerate() {
        assert_eq!(count.get(), 1, "value {n} of {pushed}, {popped} popped");
    }
    assert_eq!(watch.counts(), (pushed, popped), "a watch outlives the ends, the values do not");
}

fn all<L: Layout>() {
    for (capacity, pushed, popped) in
        [(1, 1, 0), (1, 5, 5), (2, 2, 0), (4, 7, 3), (4, 4, 0), (1024, 3000, 1976)]
    {
        for producer_first in [true, false] {
            for panics in [true, false] {
                each_once::<L>(capacity, pushed, popped, producer_first, panics);
            }
        }
    }
}

#[test]
fn in_slot() {
    all::<InSlot>();
}

#[test]
fn indexed() {
    all::<Indexed>();
}

#[test]
fn values_without_bytes_are_dropped_too() {
    thread_local!(static DROPS: Cell<u32> = const { Cell::new(0) });
    struct Marker;
    impl Drop for Marker {
        fn drop(&mut self) {
            DROPS.set(DROPS.get() + 1);
        }
    }
    let (mut producer, mut consumer) = Settings::new(4).open::<Marker, Indexed>().expect("a ring");
    assert_eq!(producer.push_batch((0..4).map(|_| Marker)), 4);
    drop(consumer.try_pop());
    assert_eq!(DROPS.get(), 1);
    drop((producer, consumer));
    assert_eq!(DROPS.get(), 4);
}
