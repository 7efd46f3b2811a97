//! A value there and back: within a process, between two mappings, between two processes.

use std::hint::black_box;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fusewire::edge::Pushed;
use fusewire::edge::shm::{Plain, Shm, ShmReceiver, ShmSender, shm, shm_fd};
use fusewire::ring::{Auto, ring};

use super::ends::{Pop, Push};
use super::support::clock::ticks;
use super::support::duel::Contender;
use super::support::pin::{pin, two_cores};

/// The contender with which the others are compared.
pub(crate) const WITHIN: &str = "within a process";

const TRIPS: usize = 1500;
const CAPACITY: usize = 1024;
const LIMIT: Duration = Duration::from_secs(30);

impl<T: Plain> Push<T> for ShmSender<T> {
    #[inline(always)]
    fn try_push(&mut self, value: T) -> bool {
        matches!(self.push(value), Pushed::Ok)
    }
}

impl<T: Plain> Pop<T> for ShmReceiver<T> {
    #[inline(always)]
    fn try_pop(&mut self) -> Option<T> {
        self.pop()
    }
}

type Payload<const WORDS: usize> = [u64; WORDS];

pub(crate) fn contenders<const WORDS: usize>() -> Vec<Contender> {
    let within = || ring::<Payload<WORDS>, Auto>(CAPACITY).expect("a ring of the bench's capacity");
    let mapped = || {
        let file = shm("").capacity(CAPACITY).sealed::<Payload<WORDS>>().expect("memory for a ring");
        let ring = shm_fd(file);
        (ring.sender().expect("a sender"), ring.receiver::<Payload<WORDS>>().expect("a receiver"))
    };
    let mut all = vec![threads(WITHIN, within(), within()), threads("two mappings", mapped(), mapped())];
    all.extend(processes::<WORDS>());
    all
}

fn contender<const WORDS: usize>(
    name: &str,
    timed: impl FnMut(usize, &mut Vec<u32>) + Send + 'static,
    partner: impl FnMut(usize) + Send + 'static,
) -> Contender {
    Contender {
        group: format!("{} bytes", 8 * WORDS),
        name: name.to_owned(),
        repetitions: TRIPS,
        timed: Box::new(timed),
        partner: Box::new(partner),
    }
}

fn threads<const WORDS: usize, P, C>(
    name: &str,
    (to, from_there): (P, C),
    (to_back, from): (P, C),
) -> Contender
where
    P: Push<Payload<WORDS>> + 'static,
    C: Pop<Payload<WORDS>> + 'static,
{
    let partner = partner_of(from_there, to_back);
    contender::<WORDS>(name, timed(to, from), partner)
}

/// Times the trips; checks of each that the right value came back whole.
fn timed<const WORDS: usize>(
    mut to: impl Push<Payload<WORDS>>,
    mut from: impl Pop<Payload<WORDS>>,
) -> impl FnMut(usize, &mut Vec<u32>) {
    let mut n = 0_u64;
    move |trips, stamps| {
        let mut last = ticks();
        for _ in 0..trips {
            n += 1;
            while !to.try_push(black_box([n; WORDS])) {}
            let came = loop {
                if let Some(value) = from.try_pop() {
                    break value;
                }
            };
            let now = ticks();
            stamps.push((now - last) as u32);
            assert!(came[0] == n + 1 && (WORDS == 1 || came[WORDS - 1] == n), "another value came back");
            black_box(&came);
            last = now;
        }
    }
}

fn partner_of<const WORDS: usize>(
    mut from: impl Pop<Payload<WORDS>>,
    mut to: impl Push<Payload<WORDS>>,
) -> impl FnMut(usize) {
    move |trips| {
        for _ in 0..trips {
            let mut value = loop {
                if let Some(value) = from.try_pop() {
                    break value;
                }
            };
            value[0] += 1;
            while !to.try_push(value) {}
        }
    }
}

/// The rings between this process and a child: values there and back, orders, and that they were carried out.
struct Names(String);

impl Names {
    fn ring(&self, which: &str) -> Shm {
        shm(format!("{}-{which}", self.0)).capacity(CAPACITY)
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        for which in ["there", "back", "order", "done"] {
            let _ = self.ring(which).remove();
        }
    }
}

/// A child, which is ended with the contender that it belongs to.
struct Partner(Child);

impl Drop for Partner {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn processes<const WORDS: usize>() -> Option<Contender> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let [_, core] = two_cores().ok()?;
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let names = Names(format!("fusewire-bench-{}-{next}", std::process::id()));
    let to = names.ring("there").sender::<Payload<WORDS>>().expect("a sender");
    let from = names.ring("back").receiver::<Payload<WORDS>>().expect("a receiver");
    let mut order = names.ring("order").sender::<u64>().expect("a sender");
    let mut done = names.ring("done").receiver::<u64>().expect("a receiver");
    let child = Command::new("/proc/self/exe")
        .args(["--partner", &names.0, &WORDS.to_string(), &core.id.to_string()])
        .spawn()
        .expect("a child");
    let partner = Partner(child);
    let obey = move |trips: usize| {
        let _kept = (&partner, &names);
        assert!(order.try_push(trips as u64));
        order.wake();
        assert!(done.wait(LIMIT), "the child did not answer");
        assert_eq!(done.pop(), Some(trips as u64));
    };
    Some(contender::<WORDS>("two processes", timed(to, from), obey))
}

/// Whether this process is such a child; then it returns when its part is over.
pub(crate) fn is_partner(arguments: &[String]) -> bool {
    let [_, flag, name, words, core, ..] = arguments else { return false };
    if flag != "--partner" {
        return false;
    }
    // The child must not outlive a bench that fails.
    // SAFETY: sets a flag of this process.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    pin(core_affinity::CoreId { id: core.parse().expect("a core") });
    // The names are the other process's to remove.
    let names = std::mem::ManuallyDrop::new(Names(name.clone()));
    match words.as_str() {
        "1" => obey::<1>(&names),
        "7" => obey::<7>(&names),
        "8" => obey::<8>(&names),
        _ => obey::<32>(&names),
    }
    true
}

fn obey<const WORDS: usize>(names: &Names) {
    let from = names.ring("there").receiver::<Payload<WORDS>>().expect("a receiver");
    let to = names.ring("back").sender::<Payload<WORDS>>().expect("a sender");
    let mut order = names.ring("order").receiver::<u64>().expect("a receiver");
    let mut done = names.ring("done").sender::<u64>().expect("a sender");
    let mut part = partner_of(from, to);
    while !order.is_closed() {
        order.wait(LIMIT);
        if let Some(trips) = order.pop() {
            part(trips as usize);
            assert!(done.try_push(trips));
            done.wake();
        }
    }
}
