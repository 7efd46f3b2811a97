//! Waiting for what comes from another thread or process.
#![allow(dead_code, unreachable_pub, reason = "each suite uses a part")]

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Asks again until it is so; a machine under load may take its time, but not for ever.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    let mut turns = 0_u64;
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited a minute until {what}");
        turns += 1;
        if turns > 1000 {
            sleep(Duration::from_micros(100));
        }
    }
}
