//! Falling asleep under the model checker: no work is slept past, and each sleep has one waker.

use loom::sync::Arc;
use loom::sync::atomic::AtomicUsize;
use loom::thread;

use super::Asleep;
use crate::primitive::Ordering;

/// Work as plainly as can be: a count that nothing but the set orders.
struct Shared {
    asleep: Asleep,
    work: AtomicUsize,
}

impl Shared {
    fn new(workers: usize) -> Arc<Self> {
        Arc::new(Self { asleep: Asleep::new(workers), work: AtomicUsize::new(0) })
    }

    /// Takes one piece of work. A lost wake is a deadlock, which loom reports.
    fn work(&self, worker: usize) {
        loop {
            let left = self.work.load(Ordering::Relaxed);
            if left > 0
                && self.work.compare_exchange(left, left - 1, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            {
                return;
            }
            self.asleep.announce(worker);
            if self.work.load(Ordering::Relaxed) == 0 {
                thread::park();
            }
            self.asleep.withdraw(worker);
        }
    }

    fn bring(&self, workers: &[thread::Thread]) {
        self.work.fetch_add(1, Ordering::Relaxed);
        if let Some(worker) = self.asleep.take_one() {
            workers[worker].unpark();
        }
    }
}

/// One worker for two pieces of work, which so many threads bring. It is a thread of its own, because loom takes an `unpark` of a
/// thread that joins another for the end of that.
fn bringing(threads: usize) {
    let mut model = loom::model::Builder::new();
    // Of four threads' interleavings there are too many; a lost wake takes one preemption.
    model.preemption_bound = Some(3);
    model.check(move || {
        let shared = Shared::new(1);
        let worker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.work(0);
                shared.work(0);
            })
        };
        let bringers: Vec<_> = (0..threads)
            .map(|_| {
                let (shared, workers) = (Arc::clone(&shared), [worker.thread().clone()]);
                thread::spawn(move || (0..2 / threads).for_each(|_| shared.bring(&workers)))
            })
            .collect();
        bringers.into_iter().for_each(|bringer| bringer.join().unwrap());
        worker.join().unwrap();
    });
}

#[test]
fn no_work_is_slept_past() {
    bringing(1);
}

#[test]
fn two_bring_work_to_one_who_sleeps() {
    bringing(2);
}

#[test]
fn each_sleep_has_one_waker() {
    loom::model(|| {
        let asleep = Arc::new(Asleep::new(2));
        asleep.announce(0);
        let wakers = [(); 2].map(|()| {
            let asleep = Arc::clone(&asleep);
            thread::spawn(move || asleep.take_one())
        });
        let taken = wakers.map(|waker| waker.join().unwrap());
        assert_eq!(taken.iter().flatten().count(), 1);
        assert!(asleep.withdraw(0), "it was taken out");
    });
}
