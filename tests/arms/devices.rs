//! Arms on a device.

use std::sync::{Arc, Mutex};

use fusewire::device::reference::Reference;
use fusewire::engine::Engine;
use fusewire::prelude::*;

use super::{Odd, WAITS, cpu, even};

#[stage(kernel)]
fn mixed(x: u64) -> u64 {
    x.wrapping_mul(0x9e37_79b9).rotate_left(9)
}

#[test]
fn arms_on_a_device_keep_step_and_errors_go_past_them() {
    for wait in WAITS {
        let (home, b) = (cpu("home", wait), cpu("b", wait));
        let device = Reference::builder().build().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let graph = fuse! {
            from_iter(0..5_000u64)
                .try_map(even)
                .fork(|x| just(x).then(on(device.clone())).map(mixed), |x| just(x).then(on(b)).filter(|x| x % 3 != 0))
                .or_else(|Odd(x)| just((0, x)))
                .route(|(_, x)| x % 7 == 0, |(p, _)| just(p).then(on(device)).map(mixed), |(p, q)| just(p ^ q))
                .for_each(move |value| log.lock().unwrap().push(value))
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        let met = (0..5_000u64)
            .filter(|x| !x.is_multiple_of(2) || !x.is_multiple_of(3))
            .map(|x| (if x.is_multiple_of(2) { mixed(x) } else { 0 }, x));
        let expected: Vec<_> = met.map(|(p, q)| if q.is_multiple_of(7) { mixed(p) } else { p ^ q }).collect();
        assert_eq!((report.started, report.completed), (5_000, expected.len() as u64));
        assert_eq!(*seen.lock().unwrap(), expected);
    }
}
