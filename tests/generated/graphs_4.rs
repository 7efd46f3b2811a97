//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = "nobody wrote it, and not every file has every operation")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};

graphs! {
    {
        merge4(from_iter(0..43u64), from_iter(1000..1017u64), from_iter(2000..2061u64), from_iter(3000..3000u64))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .join(evens().filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(C.clone()).capacity(1).policy(Spill(6)))
            .and(|x| just(x).filter(|x| x % 3 != 0))
    }
    {
        from_iter(0..40u64)
            .fork(|x| just(x), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 3).map(|x| x * 3 + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        merge(from_iter(0..16u64), from_iter(1000..1012u64))
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
            .then(on(B.clone()))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .and(later)
    }
    {
        merge_by_priority(from_iter(0..26u64), from_iter(1000..1018u64))
            .map(|x| x * 4 + 2)
            .try_map(|x| fails(x, 41))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
            .map(|x| x * 4 + 1)
            .filter(|x| x % 4 != 1)
    }
    {
        merge_by_priority(from_iter(0..2u64), from_iter(1000..1011u64))
            .route(|x| x % 3 == 0, |x| just(x).try_map(|x| fails(x, 5)).upon_error(|wrong: Wrong| wrong.0 + 900), |x| just(x).then(on(C.clone())).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 6)).and(later))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1))
            .map(|x| x * 2 + 1)
    }
    {
        merge4(from_iter(0..43u64), from_iter(1000..1024u64), from_iter(2000..2028u64), from_iter(3000..3031u64))
            .fork(|x| just(x).then(on(A.clone()).capacity(1).policy(Spill(13))).map(|x| x * 2 + 9), |x| just(x).then(on(C.clone()).capacity(3)).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 9))).map(|(p, q)| (p + 3 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .try_map(|x| fails(x, 8))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge3(from_iter(0..47u64), from_iter(1000..1016u64), from_iter(2000..2045u64))
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone()).capacity(3)).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 64))).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 33))), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 8))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 2 != 1))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge_by_priority(from_iter(0..3u64), from_iter(1000..1053u64))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .then(on(A.clone()).capacity(1).policy(Spill(7)))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 60)))
    }
    {
        merge4(from_iter(0..34u64), from_iter(1000..1058u64), from_iter(2000..2051u64), from_iter(3000..3054u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(C.clone()).capacity(3))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .filter(throttle_by(8, |x: &u64| *x))
    }
    {
        merge(from_iter(0..10u64), from_iter(1000..1018u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(B.clone()).capacity(2).policy(Spill(2)))
    }
    {
        from_iter(0..55u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 4), |x| just(x).then(on(A.clone()).capacity(4).policy(Spill(19))).map(|x| x * 3 + 4))
    }
    {
        merge_by_priority(from_iter(0..8u64), from_iter(1000..1023u64))
            .fork(|x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 2)).map(|(p, q)| (p + 3 * q) % 10_007)
            .try_map(|x| fails(x, 5))
            .retry(1)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge_by_priority(from_iter(0..1u64), from_iter(1000..1068u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
    }
    {
        merge(from_iter(0..50u64), from_iter(1000..1016u64))
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter(skip(2))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
    }
    {
        from_iter(0..35u64)
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 49)))
            .then(on(A.clone()).capacity(2).policy(Spill(2)))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge4(from_iter(0..58u64), from_iter(1000..1067u64), from_iter(2000..2024u64), from_iter(3000..3031u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone()).capacity(2)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).then(on(A.clone()).capacity(1).policy(Spill(7))).map(|x| x * 2 + 4), |x| just(x))
    }
    {
        from_iter(0..60u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(1).policy(Spill(6))).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1)).then(on(B.clone()).capacity(3).policy(Spill(6))).map(|x| x * 2 + 9), |x| just(x).then(on(B.clone()).capacity(3)).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 1)).filter(|x| x % 3 != 0))
    }
    {
        merge_by_priority(from_iter(0..7u64), from_iter(1000..1007u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .then(on(A.clone()).capacity(4).policy(Spill(4)))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 49)))
    }
    {
        merge3(from_iter(0..4u64), from_iter(1000..1023u64), from_iter(2000..2017u64))
            .then(on(A.clone()).capacity(3).policy(Spill(9)))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 21)))
    }
    {
        merge3(from_iter(0..76u64), from_iter(1000..1036u64), from_iter(2000..2000u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 55)))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
            .then(on(B.clone()))
    }
    {
        from_iter(0..70u64)
            .fork(|x| just(x).then(on(B.clone()).capacity(2).policy(Spill(8))).map(|x| x * 3 + 4), |x| just(x).then(on(B.clone()).capacity(1)).or_stopped(|_| just(7)).then(on(C.clone()).capacity(1).policy(Spill(18))).map(|x| x * 2 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        merge3(from_iter(0..25u64), from_iter(1000..1019u64), from_iter(2000..2003u64))
            .map(|x| x * 3 + 5)
            .route(|x| x % 5 == 0, |x| just(x).map(|x| x * 4 + 6).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).map(|x| x + 2)), |x| just(x).then(on(A.clone()).capacity(4).policy(Spill(2))).map(|x| x * 3 + 6))
            .and(later)
    }
    {
        merge_by_priority(from_iter(0..44u64), from_iter(1000..1048u64))
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        merge4(from_iter(0..2u64), from_iter(1000..1017u64), from_iter(2000..2018u64), from_iter(3000..3017u64))
            .map(|x| x * 2 + 3)
            .then(on(C.clone()).capacity(2).policy(Spill(14)))
            .filter(throttle_by(8, |x: &u64| *x))
            .filter(|x| x % 4 != 0)
    }
    {
        merge3(from_iter(0..10u64), from_iter(1000..1014u64), from_iter(2000..2010u64))
            .and(later)
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .map(|x| x * 2 + 2)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..65u64)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 2 + 9), |x| just(x).then(on(A.clone()).capacity(4).policy(Spill(19))).map(|x| x * 2 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .fork(|x| just(x).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1)), |x| just(x).then(on(A.clone())).and(later).then(on(B.clone()).capacity(3).policy(Spill(13))).map(|x| x * 2 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        merge3(from_iter(0..32u64), from_iter(1000..1041u64), from_iter(2000..2045u64))
            .join(from_iter(3..22u64).then(on(B.clone()).capacity(4).policy(Spill(8))).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })).map(|(p, q)| (p + 5 * q) % 10_007)
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
    }
    {
        merge4(from_iter(0..14u64), from_iter(1000..1017u64), from_iter(2000..2001u64), from_iter(3000..3002u64))
            .filter(|x| x % 3 != 1)
            .try_map(|x| fails(x, 6))
            .retry(1)
            .map(|x| x * 2 + 2)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge3(from_iter(0..28u64), from_iter(1000..1040u64), from_iter(2000..2012u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .map(|x| x * 3 + 4)
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1))
    }
    {
        from_iter(0..65u64)
            .try_map(|x| fails(x, 9))
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(skip(3))
            .filter(throttle_by(4, |x: &u64| *x))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1))
    }
    {
        merge3(from_iter(0..29u64), from_iter(1000..1009u64), from_iter(2000..2016u64))
            .try_map(|x| fails(x, 5))
            .fork(|x| just(x).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).map(|x| x + 5)), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter(skip(3))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .and(later)
    }
    {
        merge_by_priority(from_iter(0..6u64), from_iter(1000..1044u64))
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 1), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(C.clone()))
            .map(|x| x * 3 + 5)
    }
    {
        merge(from_iter(0..24u64), from_iter(1000..1026u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .materialize().then(on(A.clone())).dematerialize()
            .then(on(C.clone()).capacity(4).policy(Spill(11)))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 46)))
    }
    {
        merge3(from_iter(0..36u64), from_iter(1000..1006u64), from_iter(2000..2029u64))
            .filter(throttle_by(10, |x: &u64| *x))
            .try_map(|x| fails(x, 34))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(throttle_by(4, |x: &u64| *x))
    }
    {
        merge3(from_iter(0..10u64), from_iter(1000..1040u64), from_iter(2000..2056u64))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
    }
    {
        merge_by_priority(from_iter(0..7u64), from_iter(1000..1012u64))
            .take(20)
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone())).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 22))).map(|x| x * 3 + 3), |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 3 + 5))
            .and(later)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge(from_iter(0..4u64), from_iter(1000..1004u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .fork(|x| just(x).then(on(B.clone()).capacity(4).policy(Spill(3))).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).try_map(|x| fails(x, 33)), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 6)).map(|(p, q)| (p + 3 * q) % 10_007)
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 4 + 4)
    }
    {
        merge4(from_iter(0..3u64), from_iter(1000..1010u64), from_iter(2000..2054u64), from_iter(3000..3045u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
    }
    {
        merge4(from_iter(0..20u64), from_iter(1000..1030u64), from_iter(2000..2030u64), from_iter(3000..3059u64))
            .then(on(C.clone()).capacity(3).policy(Spill(9)))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
    }
    {
        merge3(from_iter(0..28u64), from_iter(1000..1002u64), from_iter(2000..2037u64))
            .filter(skip(3))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1))
            .then(on(C.clone()).capacity(1).policy(Spill(3)))
            .map(|x| x * 4 + 5)
    }
    {
        merge_by_priority(from_iter(0..21u64), from_iter(1000..1048u64))
            .join(from_iter(3..68u64).then(on(A.clone())).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        merge4(from_iter(0..15u64), from_iter(1000..1043u64), from_iter(2000..2047u64), from_iter(3000..3009u64))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 3 + 4), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 4 + 7)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        merge3(from_iter(0..24u64), from_iter(1000..1001u64), from_iter(2000..2015u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .and(later)
    }
    {
        from_iter(0..30u64)
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 5 != 1))
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .then(on(A.clone()).capacity(2).policy(Spill(6)))
    }
    {
        from_iter(0..35u64)
            .then(on(A.clone()).capacity(3))
            .map(|x| x * 4 + 9)
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 26)))
    }
    {
        merge3(from_iter(0..19u64), from_iter(1000..1003u64), from_iter(2000..2056u64))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .fork(|x| just(x).then(on(A.clone())).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 77))), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 4 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        merge3(from_iter(0..10u64), from_iter(1000..1045u64), from_iter(2000..2003u64))
            .fork(|x| just(x).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 2 + 9)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        merge(from_iter(0..8u64), from_iter(1000..1017u64))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1))
            .then(on(B.clone()))
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .then(on(C.clone()).capacity(2).policy(Spill(20)))
    }
    {
        merge3(from_iter(0..25u64), from_iter(1000..1023u64), from_iter(2000..2049u64))
            .try_map(|x| fails(x, 59))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        merge4(from_iter(0..0u64), from_iter(1000..1003u64), from_iter(2000..2023u64), from_iter(3000..3010u64))
            .materialize().then(on(A.clone())).dematerialize()
            .map(|x| x * 2 + 8)
    }
    {
        merge(from_iter(0..60u64), from_iter(1000..1031u64))
            .fork(|x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 2 + 2), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .join(from_iter(3..82u64).then(on(C.clone())).map(|x| x * 4 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        merge3(from_iter(0..52u64), from_iter(1000..1051u64), from_iter(2000..2012u64))
            .map(|x| x * 3 + 2)
            .join(from_iter(3..54u64).then(on(A.clone())).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 52))).shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 36)))).map(|(p, q)| (p + 5 * q) % 10_007)
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 28)))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1))
    }
    {
        merge3(from_iter(0..10u64), from_iter(1000..1015u64), from_iter(2000..2008u64))
            .then(on(C.clone()))
            .map(|x| x * 2 + 6)
    }
    {
        merge_by_priority(from_iter(0..2u64), from_iter(1000..1010u64))
            .then(on(C.clone()).capacity(3).policy(Spill(3)))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 4 != 1))
            .take(3)
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
    }
    {
        merge(from_iter(0..2u64), from_iter(1000..1034u64))
            .and(later)
            .then(on(A.clone()).capacity(3).policy(Spill(12)))
            .shard(|x| x % 3, [A.clone(), B.clone(), C.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1))
            .shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1))
            .then(on(B.clone()).capacity(4).policy(Spill(11)))
    }
    {
        merge(from_iter(0..6u64), from_iter(1000..1017u64))
            .and(later)
            .fork3(|x| just(x), |x| just(x).map(|x| x * 2 + 9), |x| just(x).try_map(|x| fails(x, 5)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        merge4(from_iter(0..1u64), from_iter(1000..1042u64), from_iter(2000..2045u64), from_iter(3000..3019u64))
            .fork(|x| just(x).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).filter(|x| x % 3 != 1)), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .sequence(from_iter(10..999u64))
            .materialize().then(on(B.clone())).dematerialize()
    }
    {
        merge(from_iter(0..28u64), from_iter(1000..1012u64))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .then(on(C.clone()))
            .finally(|| just(()))
    }
    {
        merge_by_priority(from_iter(0..20u64), from_iter(1000..1002u64))
            .map(|x| x * 3 + 7)
            .and(later)
            .shard(|x| x % 2, [A.clone(), B.clone()], |shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } })
            .then(on(A.clone()))
            .and(|x| just(x).filter(|x| x % 3 != 0))
    }
    {
        from_iter(0..25u64)
            .then(on(A.clone()).capacity(2))
            .map(|x| x * 4 + 8)
            .filter(|x| x % 6 != 0)
            .map(|x| x / 2).filter(changes())
    }
    {
        merge_by_priority(from_iter(0..8u64), from_iter(1000..1013u64))
            .then(on(A.clone()).capacity(2).policy(Spill(2)))
            .join(from_iter(3..83u64).then(on(C.clone()).capacity(4)).map(|x| x * 4 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        merge3(from_iter(0..62u64), from_iter(1000..1030u64), from_iter(2000..2008u64))
            .fork(|x| just(x).shard(|x| x % 2, [A.clone(), B.clone()], |_| |x: u64| just(x).try_map(|x| fails(x, 54))).try_map(|x| fails(x, 46)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
}
