//! The threads of a pool: their cores and names, how they sleep, and what the system refuses.

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};
use std::time::Duration;

use fusewire::affinity::PinError;
use fusewire::conformance::harness;
use fusewire::context::Scheduler;
use fusewire::context::pool::{self, Pool, PoolError};
use fusewire::wait::Wait;
use fusewire::{affinity, conformance};

use crate::fib;

#[test]
fn no_wake_is_lost_in_thousands_of_races() {
    for wait in [Wait::SpinThenPark { spins: 50 }, Wait::Park] {
        let make = || harness(Pool::builder().workers(3).wait(wait).build().unwrap(), Pool::end);
        conformance::wakes(make, 3_000).unwrap();
    }
}

#[test]
fn workers_are_on_their_cores_and_have_their_names() {
    let cores = affinity::allowed();
    let pool = Pool::builder().name("crunch").cores(cores.clone()).build().unwrap();
    assert_eq!(pool.workers(), cores.len());
    let seen = Mutex::new(BTreeSet::new());
    let meet = Barrier::new(cores.len());
    // Each chunk waits for all others, so that every worker has one.
    pool.install(|| {
        pool::each(cores.len(), 1, |_| {
            meet.wait();
            let name = std::thread::current().name().map(str::to_owned);
            seen.lock().unwrap().insert((name, affinity::allowed()));
        });
    });
    let expected = cores.iter().enumerate().map(|(at, core)| (Some(format!("crunch{at}")), vec![*core]));
    assert_eq!(seen.into_inner().unwrap(), expected.collect());
    assert_eq!(pool.context().name(), "crunch");
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let error = Pool::builder().workers(0).build().unwrap_err();
    assert!(matches!(error, PoolError::NoWorkers), "{error}");
    assert!(error.to_string().contains("`workers`"), "{error}");
    // The first thread is there already when the second is refused.
    let error = Pool::builder().cores([affinity::allowed()[0], 9_999]).build().unwrap_err();
    assert!(matches!(error, PoolError::Pin(PinError::NoSuchCore { core: 9_999, .. })), "{error}");
}

#[test]
fn an_idle_pool_that_parks_uses_no_processor_time() {
    let pool = Pool::builder().workers(2).wait(Wait::Park).build().unwrap();
    assert_eq!(pool.install(|| fib(5)), 5);
    assert_eq!(pool.context().placement().wait, "park");
    #[cfg(target_os = "linux")]
    {
        /// The processor time of this process' threads of that name, in clock ticks.
        fn ticks(name: &str) -> u64 {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let stats = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok());
            let of = stats.filter(|stat| stat.contains(&format!("({name}")));
            of.map(|stat| {
                let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
                fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
            })
            .sum()
        }
        let sleeper = Pool::builder().name("dozing").workers(2).wait(Wait::Park).build().unwrap();
        sleeper.install(|| fib(5));
        std::thread::sleep(Duration::from_millis(50));
        let before = ticks("dozing");
        std::thread::sleep(Duration::from_millis(500));
        // Two that spin would take a hundred.
        assert!(ticks("dozing") - before <= 5, "{} ticks", ticks("dozing") - before);
    }
}
