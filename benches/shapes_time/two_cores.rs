//! The ping-pong between two pinned cores: fused on two cpu contexts, and by hand on two threads.

use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use core_affinity::CoreId;
use crossbeam_utils::CachePadded;
use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::loan::lend;

use super::Shape;
use super::pin::pin;
use super::shapes::hop::CAPACITY;
use super::shapes::hop::ring::{Pop, Push, slotted};
use super::shapes::ping_pong::{self, Serve};

/// What is noted at the origin: the first trip is a warm-up, the clock runs from its end.
#[derive(Default)]
struct Clock {
    start: Option<Instant>,
    took: Duration,
    sum: u64,
}

impl Clock {
    #[inline(always)]
    fn returned<const WORDS: usize>(&mut self, came: [u64; WORDS], last: u64) {
        self.sum = self.sum.wrapping_mul(31).wrapping_add(came[0] ^ came[WORDS - 1]);
        let n = came[0] - 1;
        if n == 1 {
            self.start = Some(Instant::now());
        } else if n == last {
            self.took = self.start.map_or(Duration::ZERO, |start| start.elapsed());
        }
    }
}

/// Trips of `WORDS` words between two cores.
pub(crate) fn hop<'f, const WORDS: usize>(
    name: &'static str,
    cores: [CoreId; 2],
    stop: &'f AtomicBool,
) -> Shape<'f> {
    Shape {
        name,
        fused: Box::new(move |n| fused::<WORDS>(n, cores)),
        hand: Box::new(move |n| by_hand::<WORDS>(n, cores, stop)),
    }
}

fn fused<const WORDS: usize>(n: u64, cores: [CoreId; 2]) -> (Duration, u64) {
    let [here, there] = cores.map(|core| Cpu::pinned(core.id).expect("a core that may be used"));
    let serve = Arc::new(CachePadded::new(Serve::default()));
    let (mut clock, back) = lend(Clock::default());
    let returned = {
        let serve = serve.clone();
        move |came: [u64; WORDS]| {
            clock.returned(came, n + 1);
            let next = came[0];
            if next == n + 2 { serve.end() } else { serve.ask(next) }
        }
    };
    let graph = ping_pong::graph::<WORDS, _>(&serve, (here.clone(), there), CAPACITY, |_| {}, returned);
    serve.ask(1);
    let handle = Engine::on(here).run(graph).expect("the ping-pong can be launched");
    assert_eq!(handle.join().expect("it does not fail").completed, n + 1, "hop");
    let clock = back.take().expect("the graph has ended");
    (clock.took, clock.sum)
}

fn by_hand<const WORDS: usize>(n: u64, cores: [CoreId; 2], stop: &AtomicBool) -> (Duration, u64) {
    if WORDS == 1 {
        over::<WORDS, slotted::Quarter>(n, cores, stop)
    } else {
        over::<WORDS, slotted::Line>(n, cores, stop)
    }
}

fn over<const WORDS: usize, A: Copy + Send>(
    n: u64,
    [here, there]: [CoreId; 2],
    stop: &AtomicBool,
) -> (Duration, u64) {
    let ring = slotted::Ring::<[u64; WORDS], CAPACITY, A>::new;
    let (mut out, mut back) = (ring(), ring());
    let ((mut to, mut from_here), (mut to_here, mut from)) = (out.ends(), back.ends());
    let echo = move || {
        pin(there);
        for _ in 0..=n {
            let Some(mut value) = wait(&mut from_here, stop) else { return };
            value[0] += 1;
            while !to_here.has_room() {}
            to_here.push(value);
        }
    };
    let origin = move || {
        pin(here);
        let mut clock = Clock::default();
        for number in 1..=n + 1 {
            while !to.has_room() {}
            to.push([number; WORDS]);
            let Some(came) = wait(&mut from, stop) else { break };
            clock.returned(came, n + 1);
        }
        (clock.took, clock.sum)
    };
    thread::scope(|scope| {
        scope.spawn(echo);
        scope.spawn(origin).join().expect("the origin does not panic")
    })
}

/// The next value; none once it is to stop.
#[inline(always)]
fn wait<T>(from: &mut impl Pop<T>, stop: &AtomicBool) -> Option<T> {
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) {
        if let Some(value) = from.pop() {
            return Some(value);
        }
        spin_loop();
    }
    None
}
