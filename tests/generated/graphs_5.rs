//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = "nobody wrote it, and not every file has every operation")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};

use fusewire::edge::{Conflate, DropNewest, DropOldest};
use fusewire::sources::{fed_back, feedback};

use crate::harness::{loose, steady, step, third, turned};

loose! {
    |log| {
        fuse! {
        merge_by_priority(from_iter(0..41u64), from_iter(1000..1006u64))
            .then(on(A.clone()).capacity(4).policy(Spill(1)))
            .filter(|x| x % 3 != 0)
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 33)))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 28)).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        merge(from_iter(0..32u64), from_iter(1000..1020u64))
            .map(|x| x * 3 + 2)
            .then(on(B.clone()).capacity(1).policy(DropNewest))
            .map(|x| x * 1 + 24)
            .map(|x| x * 1 + 12).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        fuse! {
        merge_by_priority(fed_back(again), from_iter(0..37u64))
            .filter(|x| x % 3 != 1)
            .and(later)
            .then(on(B.clone()).capacity(2).policy(Spill(2)))
            .and(later)
            .map(step).try_map(back.unless(turned)).filter_map(|x| x).map(move |x| log.see(x))
        }
    }
    |log| {
        let [log_0, log_1, log_2] = log.of_arms();
        fuse! {
        from_iter(0..50u64)
            .take(9)
            .then(on(B.clone()).capacity(3).policy(Spill(4)))
            .filter(throttle_by(9, |x: &u64| *x))
            .broadcast3(
                |x| just(x).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 20).then(on(DEVICE.clone())).map(steady).then(on(C.clone())).map(|x| x + 4).map(move |x| log_1.see(x)),
                |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 1 + 8).then(on(A.clone()).capacity(2).policy(DropNewest)).map(|x| x * 1 + 4).map(move |x| log_2.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge3(from_iter(0..32u64), from_iter(1000..1012u64), from_iter(2000..2002u64))
            .join(from_iter(3..15u64).map(|x| x * 2 + 8).then(on(B.clone()).capacity(1).policy(Spill(17)))).map(|(p, q)| (p + 5 * q) % 10_007)
            .shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 12))
            .then(on(C.clone()).capacity(2)).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        from_iter(0..70u64)
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(B.clone()).capacity(3).policy(Conflate(third))).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        fuse! {
        merge_by_priority(fed_back(again), from_iter(0..4u64))
            .then(on(B.clone()).capacity(2))
            .map(|x| x * 1 + 12)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .map(step).try_map(back.unless(turned)).filter_map(|x| x).map(move |x| log.see(x))
        }
    }
    |log| {
        let [log_0, log_1] = log.of_arms();
        fuse! {
        merge3(from_iter(0..11u64), from_iter(1000..1041u64), from_iter(2000..2021u64))
            .try_map(|x| fails(x, 39))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .then(on(C.clone()).capacity(4).policy(Spill(9)))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .broadcast(
                |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 1 + 20).then(on(C.clone()).capacity(1).policy(Spill(4))).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 1 + 4).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 2 != 1)).map(|x| x * 1 + 16).then(on(DEVICE.clone())).map(steady).then(on(C.clone())).map(|x| x + 4).map(move |x| log_1.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge3(from_iter(0..13u64), from_iter(1000..1032u64), from_iter(2000..2022u64))
            .then(on(C.clone()).capacity(4).policy(Spill(2)))
            .try_map(|x| fails(x, 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .and(later).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        merge(from_iter(0..27u64), from_iter(1000..1003u64))
            .map(|x| x / 2).filter(changes())
            .then(on(A.clone()).capacity(2).policy(Spill(4)))
            .map(|x| x * 4 + 3)
            .then(on(C.clone()).capacity(4).policy(DropOldest))
            .map(|x| x * 1 + 32)
            .map(|x| x * 1 + 4)
            .map(|x| x * 1 + 8).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        let [log_0, log_1] = log.of_arms();
        fuse! {
        merge3(from_iter(0..9u64), fed_back(again), from_iter(1000..1019u64))
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .broadcast(
                |x| just(x).shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1)).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 24)).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 1 + 8).then(on(A.clone()).capacity(2)).map(|x| x * 1 + 20).map(move |x| log_1.see(x)),
            )
        }
    }
    |log| {
        let [log_0, log_1, log_2, log_3] = log.of_arms();
        fuse! {
        merge4(from_iter(0..7u64), from_iter(1000..1036u64), from_iter(2000..2035u64), from_iter(3000..3026u64))
            .join(from_iter(3..78u64).filter_map(|x| (x % 3 != 1).then_some(x + 3))).map(|(p, q)| (p + 5 * q) % 10_007)
            .broadcast4(
                |x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 1 + 0).then(on(C.clone()).capacity(3).policy(DropNewest)).map(|x| x * 1 + 4).map(|x| x * 1 + 16).map(move |x| log_0.see(x)),
                |x| just(x).and(later).and(|x| just(x).filter(|x| x % 3 != 0)).map(move |x| log_1.see(x)),
                |x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 1 + 16).filter(|x| x % 2 != 0).map(move |x| log_2.see(x)),
                |x| just(x).then(on(B.clone()).capacity(2)).map(|x| x * 1 + 20).then(on(B.clone()).capacity(4).policy(DropOldest)).map(|x| x * 1 + 4).map(|x| x * 1 + 0).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 28)).map(move |x| log_3.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        from_iter(0..25u64)
            .then(on(A.clone()))
            .take_while(|x| *x < 4000)
            .shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 20))
            .map(|x| x * 1 + 28)
            .and(later).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        merge_by_priority(from_iter(0..20u64), from_iter(1000..1038u64))
            .join(from_iter(3..87u64).then(on(A.clone())).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } }).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 63)))).map(|(p, q)| (p + 5 * q) % 10_007)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(C.clone()).capacity(4).policy(Conflate(third)))
            .map(|x| x * 1 + 12)
            .map(|x| x * 1 + 0)
            .map(|x| x * 1 + 32).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        fuse! {
        merge_by_priority(fed_back(again), from_iter(0..29u64))
            .map(|x| x * 1 + 8)
            .then(on(DEVICE.clone())).map(steady).then(on(B.clone())).map(|x| x + 4)
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .and(later)
            .then(on(B.clone()).capacity(1).policy(Spill(13))).map(move |x| log.see(x))
        }
    }
    |log| {
        let [log_0, log_1, log_2, log_3] = log.of_arms();
        fuse! {
        merge4(from_iter(0..24u64), from_iter(1000..1025u64), from_iter(2000..2002u64), from_iter(3000..3006u64))
            .and(later)
            .broadcast4(
                |x| just(x).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 12)).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 1 + 24).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 2 != 1)).map(move |x| log_1.see(x)),
                |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 16).shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 4)).then(on(C.clone()).capacity(1)).map(|x| x * 1 + 32).map(move |x| log_2.see(x)),
                |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 24).then(on(B.clone()).capacity(4).policy(DropNewest)).map(|x| x * 1 + 4).map(|x| x * 1 + 0).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 8)).map(move |x| log_3.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge3(from_iter(0..60u64), from_iter(1000..1029u64), from_iter(2000..2004u64))
            .fork(|x| just(x).then(on(C.clone()).capacity(2).policy(Spill(13))).filter(|x| x % 3 != 0), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 9)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 1 + 4)
            .shard_unordered(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .and(later)
            .then(on(A.clone()).capacity(4).policy(Spill(19)))
            .map(|x| x * 1 + 12).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        merge4(from_iter(0..28u64), from_iter(1000..1046u64), from_iter(2000..2042u64), from_iter(3000..3020u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(C.clone()).capacity(4).policy(Conflate(third)))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 8))
            .map(|x| x * 1 + 28).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        fuse! {
        merge_by_priority(fed_back(again), from_iter(0..10u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .map(|x| x * 1 + 20).map(move |x| log.see(x))
        }
    }
    |log| {
        let [log_0, log_1, log_2] = log.of_arms();
        fuse! {
        merge3(from_iter(0..4u64), from_iter(1000..1027u64), from_iter(2000..2029u64))
            .map(|x| x * 4 + 6)
            .broadcast3(
                |x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 1 + 20).then(on(A.clone()).capacity(4).policy(Conflate(third))).map(|x| x * 1 + 4).map(|x| x * 1 + 0).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 1 + 24).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 32)).map(move |x| log_1.see(x)),
                |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 1 + 24).shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 0)).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 8)).map(move |x| log_2.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge(from_iter(0..20u64), from_iter(1000..1011u64))
            .fork3(|x| just(x).then(on(C.clone())).materialize().then(on(C.clone())).dematerialize(), later, |x| just(x).then(on(C.clone()).capacity(3).policy(Spill(16))).map(|x| x * 3 + 9)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 1 + 4)
            .shard_unordered(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
            .then(on(A.clone()).capacity(3)).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        from_iter(0..45u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(C.clone()).capacity(2).policy(DropOldest))
            .map(|x| x * 1 + 4)
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 4)).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        fuse! {
        merge_by_priority(fed_back(again), from_iter(0..62u64))
            .route(|x| x % 5 == 0, |x| just(x).and(|x| just(x).filter(|x| x % 3 != 0)), |x| just(x).and(later).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 4))
            .then(on(A.clone()).capacity(2).policy(Spill(7)))
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .map(|x| x * 1 + 0)
            .then(on(C.clone()).capacity(3)).map(move |x| log.see(x))
        }
    }
    |log| {
        let [log_0, log_1, log_2] = log.of_arms();
        fuse! {
        merge(from_iter(0..9u64), from_iter(1000..1014u64))
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 5), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 9))
            .map(|x| x * 1 + 4)
            .broadcast3(
                |x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 1 + 0).map(move |x| log_0.see(x)),
                |x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 1 + 28).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 8)).and(later).map(move |x| log_1.see(x)),
                |x| just(x).map(move |x| log_2.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge_by_priority(from_iter(0..32u64), from_iter(1000..1048u64))
            .fork3(|x| just(x).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1)).map(|x| x * 2 + 7), |x| just(x).then(on(C.clone())).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 6)), |x| just(x).then(on(A.clone())).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 9)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 1 + 4)
            .shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1))
            .map(|x| x * 1 + 12).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        merge4(from_iter(0..31u64), from_iter(1000..1023u64), from_iter(2000..2029u64), from_iter(3000..3024u64))
            .and(later)
            .then(on(A.clone()))
            .map(|x| x * 1 + 4)
            .then(on(A.clone()).capacity(4).policy(DropOldest)).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        let [log_0, log_1, log_2] = log.of_arms();
        fuse! {
        merge(from_iter(0..11u64), fed_back(again))
            .then(on(A.clone()).capacity(2))
            .map(|x| x * 1 + 4)
            .then(on(B.clone()).capacity(1).policy(Spill(4)))
            .filter(|x| x % 5 != 0)
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .broadcast3(
                |x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 1 + 24).map(move |x| log_0.see(x)),
                |x| just(x).then(on(B.clone()).capacity(2)).map(|x| x * 1 + 28).then(on(C.clone()).capacity(3).policy(DropOldest)).map(|x| x * 1 + 4).map(move |x| log_1.see(x)),
                |x| just(x).then(on(C.clone()).capacity(4).policy(DropNewest)).map(|x| x * 1 + 4).map(move |x| log_2.see(x)),
            )
        }
    }
    |log| {
        let [log_0, log_1, log_2, log_3] = log.of_arms();
        fuse! {
        from_iter(0..65u64)
            .then(on(B.clone()).capacity(4).policy(Spill(9)))
            .map(|x| x * 1 + 4)
            .broadcast4(
                |x| just(x).shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 16)).map(|x| x * 1 + 24).map(move |x| log_0.see(x)),
                |x| just(x).filter(|x| x % 4 != 1).map(move |x| log_1.see(x)),
                |x| just(x).then(on(C.clone()).capacity(1)).map(|x| x * 1 + 4).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 32)).filter(|x| x % 5 != 1).then(on(C.clone()).capacity(1)).map(move |x| log_2.see(x)),
                |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 1 + 8).then(on(C.clone()).capacity(4).policy(Spill(6))).map(move |x| log_3.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        from_iter(0..60u64)
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 75)))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } }).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        from_iter(0..25u64)
            .try_map(|x| fails(x, 38))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(B.clone()).capacity(4).policy(DropNewest))
            .and(later)
            .and(later).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        fuse! {
        merge(from_iter(0..29u64), fed_back(again))
            .then(on(B.clone()).capacity(2).policy(Spill(17)))
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone()).capacity(1)).map(|x| x * 1 + 4), |x| just(x).then(on(DEVICE.clone())).map(steady).then(on(A.clone())).map(|x| x + 4).then(on(C.clone()).capacity(2).policy(Spill(4))).map(|x| x * 1 + 4))
            .then(on(A.clone()).capacity(1))
            .map(|x| x * 1 + 4)
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .map(|x| x * 1 + 32)
            .then(on(A.clone()).capacity(4).policy(Spill(18))).map(move |x| log.see(x))
        }
    }
    |log| {
        let [log_0, log_1, log_2] = log.of_arms();
        fuse! {
        merge4(from_iter(0..13u64), from_iter(1000..1009u64), from_iter(2000..2022u64), from_iter(3000..3015u64))
            .fork(later, |x| just(x).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(C.clone()).capacity(2))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 38)))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .broadcast3(
                |x| just(x).then(on(DEVICE.clone())).map(steady).then(on(B.clone())).map(|x| x + 4).then(on(DEVICE.clone())).map(steady).then(on(B.clone())).map(|x| x + 4).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 12).then(on(A.clone()).capacity(4).policy(DropNewest)).map(|x| x * 1 + 4).map(move |x| log_1.see(x)),
                |x| just(x).shard_unordered(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1)).map(move |x| log_2.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge4(from_iter(0..12u64), from_iter(1000..1074u64), from_iter(2000..2021u64), from_iter(3000..3044u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1)).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        merge_by_priority(from_iter(0..28u64), from_iter(1000..1009u64))
            .try_map(|x| fails(x, 8))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
            .then(on(B.clone()).capacity(1).policy(DropOldest))
            .map(|x| x * 1 + 20)
            .map(|x| x * 1 + 28)
            .and(later).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        let [log_0, log_1, log_2, log_3] = log.of_arms();
        fuse! {
        merge3(from_iter(0..65u64), fed_back(again), from_iter(1000..1065u64))
            .then(on(DEVICE.clone())).map(steady).then(on(B.clone())).map(|x| x + 4)
            .then(on(A.clone()).capacity(3).policy(Spill(18)))
            .map(|x| x * 1 + 20)
            .then(on(C.clone()).capacity(1))
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .broadcast4(
                |x| just(x).then(on(C.clone()).capacity(4)).map(move |x| log_0.see(x)),
                |x| just(x).map(move |x| log_1.see(x)),
                |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 1 + 24).then(on(C.clone()).capacity(3).policy(DropNewest)).map(|x| x * 1 + 4).then(on(C.clone()).capacity(2)).map(move |x| log_2.see(x)),
                |x| just(x).then(on(A.clone()).capacity(4).policy(DropNewest)).map(|x| x * 1 + 4).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 0)).map(move |x| log_3.see(x)),
            )
        }
    }
    |log| {
        let [log_0, log_1, log_2] = log.of_arms();
        fuse! {
        merge3(from_iter(0..11u64), from_iter(1000..1065u64), from_iter(2000..2044u64))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .or_stopped(|_| just(7))
            .broadcast3(
                |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 0).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 2 != 1)).map(move |x| log_0.see(x)),
                |x| just(x).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 2 != 1)).map(move |x| log_1.see(x)),
                |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 1 + 24).then(on(A.clone()).capacity(3).policy(DropOldest)).map(|x| x * 1 + 4).map(move |x| log_2.see(x)),
            )
        }
    }
    |log| {
        fuse! {
        merge(from_iter(0..43u64), from_iter(1000..1012u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .shard_unordered(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(DEVICE.clone())).map(steady).then(on(A.clone())).map(|x| x + 4)
            .map(|x| x * 1 + 4).map(move |x| log.see(x))
        }
    }
    |log| {
        fuse! {
        from_iter(0..20u64)
            .try_map(|x| fails(x, 42))
            .upon_stopped(|_| 7)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(C.clone()).capacity(3).policy(DropNewest))
            .map(|x| x * 1 + 32)
            .then(on(DEVICE.clone())).map(steady).then(on(B.clone())).map(|x| x + 4).map(move |x| log.see(x))
        }
    }
    |log| {
        let (back, again) = feedback::<u64>(1_024).unwrap();
        let [log_0, log_1, log_2, log_3] = log.of_arms();
        fuse! {
        merge_by_priority(fed_back(again), from_iter(0..5u64))
            .then(on(DEVICE.clone())).map(steady).then(on(A.clone())).map(|x| x + 4)
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 8))
            .then(on(B.clone()).capacity(4))
            .map(|x| x * 1 + 8)
            .map(step).try_map(back.unless(turned)).filter_map(|x| x)
            .broadcast4(
                |x| just(x).and(|x| just(x).filter(|x| x % 3 != 0)).map(move |x| log_0.see(x)),
                |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 1 + 32).then(on(C.clone()).capacity(3).policy(Conflate(third))).map(|x| x * 1 + 4).then(on(A.clone()).capacity(4)).map(move |x| log_1.see(x)),
                |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 1 + 8).then(on(B.clone()).capacity(4).policy(DropOldest)).map(|x| x * 1 + 4).map(move |x| log_2.see(x)),
                |x| just(x).then(on(C.clone()).capacity(2).policy(Conflate(third))).map(|x| x * 1 + 4).then(on(DEVICE.clone())).map(steady).then(on(C.clone())).map(|x| x + 4).map(move |x| log_3.see(x)),
            )
        }
    }
    |log| {
        let [log_0, log_1] = log.of_arms();
        fuse! {
        merge(from_iter(0..44u64), from_iter(1000..1019u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
            .broadcast(
                |x| just(x).shard_unordered(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 24)).map(move |x| log_0.see(x)),
                |x| just(x).then(on(B.clone()).capacity(1).policy(DropOldest)).map(|x| x * 1 + 4).map(move |x| log_1.see(x)),
            )
        }
    }
}
