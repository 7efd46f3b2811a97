//! What timers cost that wait: `cargo bench --bench timers`.
//!
//! Each figure twice, for sources that wait in the timers of their context, and for the same that are
//! asked each turn. On the calling thread, but for the last table.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::completion::Never;
use fusewire::consumers::spawn_on;
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::{Source, Taken};
use fusewire::sources::{After, FromSource, after, source};
use fusewire::wait::Wait;

/// `after` without its timer: it waits, but is asked each turn.
struct Asked(After);

impl Source for Asked {
    type Value = ();
    type Error = Never;

    fn take(&mut self) -> Taken<(), Never> {
        Source::take(&mut self.0)
    }

    fn deadline(&self) -> Option<Instant> {
        Source::deadline(&self.0)
    }
}

fn asked(delay: Duration) -> FromSource<Asked> {
    source(Asked(after(delay)))
}

const HOUR: Duration = Duration::from_secs(3_600);

fn main() {
    println!("a turn of a context on which timers wait, ns");
    println!("{:>8} {:>10} {:>10}", "timers", "wheel", "asked");
    for count in [0, 1, 10, 100, 1_000, 10_000] {
        println!("{count:>8} {:>10.1} {:>10.1}", turn(count, after), turn(count, asked));
    }
    println!("\n10 000 timers spawned, then stopped by their scope, ns for one");
    println!("{:>8} {:>10} {:>10}", "", "spawned", "stopped");
    started_and_stopped("wheel", after);
    started_and_stopped("asked", asked);
    println!("\nhow late 10 000 timers come within 500 ms, microseconds: a context that spins");
    println!("{:>8} {:>10} {:>10} {:>10}", "", "p50", "p99", "max");
    late("wheel", after);
    late("asked", asked);
}

/// Nanoseconds of an idle turn; the best of several runs, which other work on the machine disturbs least.
fn turn<S>(count: usize, timer: impl Fn(Duration) -> S) -> f64
where
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    let (manual, scope) = (Manual::new(), Scope::new());
    for _ in 0..count {
        spawn_on(&manual, &scope, timer(HOUR)).expect("there is room");
    }
    manual.run_until_idle();
    let turns = 4_000_000 / (count as u32 + 100);
    let run = |_| {
        let begun = Instant::now();
        for _ in 0..turns {
            manual.turn();
        }
        begun.elapsed().as_nanos() as f64 / f64::from(turns)
    };
    let best = (0..7).map(run).fold(f64::MAX, f64::min);
    drop((manual, scope));
    best
}

fn started_and_stopped<S>(name: &str, timer: impl Fn(Duration) -> S)
where
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    const COUNT: u32 = 10_000;
    let mut best = [f64::MAX; 2];
    let manual = Manual::new();
    for _ in 0..7 {
        let scope = Scope::new();
        let begun = Instant::now();
        for _ in 0..COUNT {
            spawn_on(&manual, &scope, timer(HOUR)).expect("there is room");
        }
        manual.turn();
        let spawned = begun.elapsed();
        scope.stop();
        manual.run_until_idle();
        assert!(block_on(scope.join()).value().is_some());
        for (best, time) in best.iter_mut().zip([spawned, begun.elapsed() - spawned]) {
            *best = best.min(time.as_nanos() as f64 / f64::from(COUNT));
        }
    }
    println!("{name:>8} {:>10.1} {:>10.1}", best[0], best[1]);
}

fn late<S>(name: &str, timer: impl Fn(Duration) -> S)
where
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    let cpu = Cpu::builder().wait(Wait::Spin).build().expect("a context");
    let (scope, late) = (Scope::new(), Arc::new(Mutex::new(Vec::with_capacity(10_000))));
    for n in 0..10_000_u64 {
        // Spread evenly, in no order, behind the time that it takes to spawn them.
        let delay = Duration::from_micros(100_000 + n * 7_919 % 10_000 * 50);
        let (late, begun) = (late.clone(), Instant::now());
        let note = move |()| late.lock().expect("nobody panics").push(begun.elapsed() - delay);
        spawn_on(&cpu, &scope, timer(delay).map(note)).expect("there is room");
    }
    assert!(block_on(scope.join()).value().is_some());
    let mut late = late.lock().expect("nobody panics");
    late.sort_unstable();
    let [p50, p99, max] = [late.len() / 2, late.len() * 99 / 100, late.len() - 1]
        .map(|index| late[index].as_nanos() as f64 / 1_000.0);
    println!("{name:>8} {p50:>10.1} {p99:>10.1} {max:>10.1}");
}
