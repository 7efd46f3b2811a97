//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = "nobody wrote it, and not every file has every operation")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};

graphs! {
    {
        from_iter(0..35u64)
            .map(|x| x * 4 + 2)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 8), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 9)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 6)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..41u64)
            .join(from_iter(3..27u64).then(on(A.clone())).map(|x| x * 2 + 7).then(on(C.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
            .join(from_iter(3..40u64).then(on(C.clone()).capacity(2)).map(|x| x * 4 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..43u64)
            .take(12)
            .try_map(|x| fails(x, 5))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..54u64)
            .map(|x| x / 4).filter(changes())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..60u64)
            .map(|x| x * 3 + 5)
            .then(on(C.clone()).capacity(2))
            .or_stopped(|_| just(7))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..41u64)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 1), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..24u64)
            .join(from_iter(3..15u64).and(|x| just(x).filter(|x| x % 5 != 0)).batch::<2>().map(|batch| batch.iter().sum::<u64>())).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 2)
    }
    {
        from_iter(0..49u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .map(|x| x * 3 + 6)
    }
    {
        from_iter(0..44u64)
            .then(on(C.clone()).capacity(1))
            .map(|x| x / 2).filter(changes())
    }
    {
        from_iter(0..70u64)
            .and(later)
            .take(12)
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..29u64)
            .try_map(|x| fails(x, 79))
            .upon_stopped(|_| 7)
            .join(from_iter(3..24u64).then(on(C.clone())).map(|x| x * 4 + 1).filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..20u64)
            .then(on(B.clone()).capacity(3))
            .join(from_iter(3..68u64).or_stopped(|_| just(7)).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .map(|x| x * 3 + 1)
    }
    {
        from_iter(0..30u64)
            .filter(throttle_by(10, |x: &u64| *x))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .and(later)
            .map(|x| x * 2 + 3)
    }
    {
        from_iter(0..51u64)
            .join(from_iter(3..31u64).then(on(C.clone())).map(|x| x * 2 + 6).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .map(|x| x * 4 + 3)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 2 + 5), |x| just(x).then(on(C.clone()).capacity(2)).materialize().then(on(B.clone())).dematerialize().and(|x| just(x).filter(|x| x % 4 != 0)))
    }
    {
        from_iter(0..70u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .materialize().then(on(C.clone())).dematerialize()
    }
    {
        from_iter(0..71u64)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .fork(|x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).materialize().then(on(A.clone())).dematerialize(), |x| just(x).map(|x| x * 3 + 9).then(on(B.clone())).map(|x| x * 3 + 5)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..26u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone()).capacity(4)).and(later), |x| just(x))
            .sequence(from_iter(10..999u64))
            .materialize().then(on(A.clone())).dematerialize()
    }
    {
        from_iter(0..42u64)
            .repeat(3)
            .filter(throttle_by(5, |x: &u64| *x))
            .map(|x| x * 2 + 8)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..40u64)
            .filter(skip(3))
            .take(9)
    }
    {
        from_iter(0..33u64)
            .finally(|| just(()))
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), |x| just(x).try_map(|x| fails(x, 8)).upon_stopped(|_| 7))
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .map(|x| x * 3 + 3)
    }
    {
        from_iter(0..47u64)
            .join(from_iter(3..68u64).map(|x| x * 4 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(skip(3))
    }
    {
        from_iter(0..43u64)
            .join(from_iter(3..39u64).repeat(2)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..34u64)
            .take_while(|x| *x < 2077)
            .then(on(C.clone()).capacity(3))
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
    }
    {
        from_iter(0..62u64)
            .filter(throttle_by(10, |x: &u64| *x))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..77u64)
            .and(later)
            .fork(|x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 2 + 3), |x| just(x).then(on(C.clone()).capacity(4)).and(later).try_map(|x| fails(x, 38)).then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 3 + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .and(|x| just(x).filter(|x| x % 3 != 0))
    }
    {
        from_iter(0..50u64)
            .finally(|| just(()))
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 2 + 5), |x| just(x).then(on(A.clone()).capacity(4)).materialize().then(on(C.clone())).dematerialize().try_map(|x| fails(x, 8)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)))
            .filter(|x| x % 6 != 0)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
    }
    {
        from_iter(0..24u64)
            .join(from_iter(3..39u64).then(on(B.clone())).map(|x| x * 2 + 8).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..74u64)
            .map(|x| x * 2 + 6)
            .repeat(3)
    }
    {
        from_iter(0..61u64)
            .map(|x| x * 3 + 3)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 2 + 2)
            .then(on(A.clone()).capacity(1))
            .map(|x| x * 2 + 7)
    }
    {
        from_iter(0..37u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .join(evens().or_stopped(|_| just(7))).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .filter(throttle_by(4, |x: &u64| *x))
    }
    {
        from_iter(0..38u64)
            .join(from_iter(3..50u64).then(on(C.clone())).batch::<4>().map(|batch| batch.iter().sum::<u64>()).filter(throttle_by(8, |x: &u64| *x))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(B.clone()))
    }
    {
        from_iter(0..36u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(A.clone()).capacity(4)).filter_map(|x| (x % 3 != 1).then_some(x + 3)))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..47u64)
            .filter(throttle_by(2, |x: &u64| *x))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..29u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone()).capacity(2)).sequence(from_iter(10..999u64)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(B.clone()).capacity(2)).route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).sequence(from_iter(10..999u64)), later))
            .try_map(|x| fails(x, 76))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(throttle_by(6, |x: &u64| *x))
            .map(|x| x * 2 + 3)
    }
    {
        from_iter(0..50u64)
            .map(|x| x * 3 + 1)
            .map(|x| x / 3).filter(changes())
            .map(|x| x * 2 + 9)
    }
    {
        from_iter(0..24u64)
            .take(19)
            .join(from_iter(3..69u64).filter(throttle_by(7, |x: &u64| *x))).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
    }
    {
        from_iter(0..50u64)
            .fork(|x| just(x).try_map(|x| fails(x, 7)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x).sequence(from_iter(10..999u64)).filter_map(|x| (x % 3 != 1).then_some(x + 3))).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..36u64)
            .map(|x| x * 4 + 1)
            .join(evens().then(on(B.clone()).capacity(1)).sequence(from_iter(10..999u64)).map(|x| x / 3).filter(changes())).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..29u64)
            .sequence(from_iter(10..999u64))
            .and(later)
            .then(on(C.clone()))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..39u64)
            .repeat(2)
            .then(on(C.clone()).capacity(3))
    }
    {
        from_iter(0..71u64)
            .filter(skip(2))
            .join(from_iter(3..79u64).then(on(A.clone())).map(|x| x * 4 + 5).map(|x| x * 2 + 6)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..38u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .fork(|x| just(x).try_map(|x| fails(x, 89)).or_else(|wrong: Wrong| just(wrong.0 + 500)).map(|x| x * 4 + 1), |x| just(x).then(on(B.clone()).capacity(4)).join(from_iter(11..1000u64).map(|x| x * 2 + 9)).map(|(p, q)| (p + 5 * q) % 10_007).map(|x| x * 4 + 2)).map(|(p, q)| (p + 3 * q) % 10_007)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..63u64)
            .map(|x| x * 4 + 5)
            .and(later)
    }
    {
        from_iter(0..77u64)
            .materialize().then(on(C.clone())).dematerialize()
            .map(|x| x * 4 + 9)
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..74u64)
            .then(on(C.clone()))
            .or_stopped(|_| just(7))
            .map(|x| x * 3 + 1)
            .filter(|x| x % 2 != 1)
    }
    {
        from_iter(0..38u64)
            .join(from_iter(3..29u64).route(|x| x % 4 == 0, |x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 2 + 5), later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..65u64)
            .join(from_iter(3..54u64).repeat(3).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 5)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..50u64)
            .repeat(2)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(|x| just(x).filter(|x| x % 2 != 0))
    }
    {
        from_iter(0..25u64)
            .then(on(C.clone()))
            .map(|x| x * 2 + 5)
            .map(|x| x * 3 + 1)
            .map(|x| x * 2 + 5)
            .take(15)
    }
    {
        from_iter(0..62u64)
            .filter(|x| x % 4 != 1)
            .map(|x| x * 3 + 6)
            .map(|x| x * 3 + 2)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..41u64)
            .repeat(3)
            .fork(|x| just(x).then(on(B.clone()).capacity(1)).filter_map(|x| (x % 5 != 1).then_some(x + 5)), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .filter(throttle_by(4, |x: &u64| *x))
    }
    {
        from_iter(0..69u64)
            .fork(|x| just(x).then(on(A.clone()).capacity(1)).join(from_iter(45..1000u64).map(|x| x * 4 + 7)).map(|(p, q)| (p + 5 * q) % 10_007).map(|x| x * 4 + 3), |x| just(x).try_map(|x| fails(x, 7)).retry(1).take(13)).map(|(p, q)| (p + 3 * q) % 10_007)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .stopped_as_none().map(|x| x.unwrap_or(99))
    }
    {
        from_iter(0..67u64)
            .map(|x| x * 3 + 3)
            .map(|x| x * 2 + 8)
            .map(|x| x * 3 + 5)
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..22u64)
            .repeat(3)
            .repeat(2)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .map(|x| x * 3 + 5)
            .finally(|| just(()))
    }
    {
        from_iter(0..29u64)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone()).capacity(3)).and(|x| just(x).filter(|x| x % 4 != 0)), |x| just(x).then(on(C.clone())).sequence(from_iter(10..999u64)).filter_map(|x| (x % 3 != 1).then_some(x + 3)))
    }
    {
        from_iter(0..73u64)
            .take_while(|x| *x < 3431)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 5), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 8))
    }
    {
        from_iter(0..44u64)
            .fork(|x| just(x).then(on(B.clone())).map(|x| x * 4 + 4), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .take(20)
    }
    {
        from_iter(0..58u64)
            .repeat(3)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .filter(throttle_by(6, |x: &u64| *x))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..76u64)
            .filter(|x| x % 5 != 1)
            .map(|x| x * 3 + 2)
            .then(on(B.clone()).capacity(3))
    }
    {
        from_iter(0..43u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..49u64)
            .join(from_iter(3..65u64).then(on(B.clone())).map(|x| x * 2 + 5).then(on(B.clone()).capacity(1))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..58u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 3 + 3), |x| just(x).then(on(B.clone())).filter_map(|x| (x % 3 != 1).then_some(x + 3)).filter(|x| x % 4 != 1))
            .filter(|x| x % 4 != 1)
            .then(on(C.clone()).capacity(3))
    }
    {
        from_iter(0..77u64)
            .try_map(|x| fails(x, 73))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .try_map(|x| fails(x, 76))
            .retry(1)
    }
    {
        from_iter(0..42u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .filter(throttle_by(8, |x: &u64| *x))
            .then(on(B.clone()))
            .map(|x| x * 2 + 1)
    }
    {
        from_iter(0..35u64)
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
    }
    {
        from_iter(0..37u64)
            .map(|x| x * 4 + 9)
            .fork(later, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 8)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(C.clone()))
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..40u64)
            .map(|x| x * 3 + 1)
            .route(|x| x % 2 == 0, |x| just(x).filter_map(|x| (x % 2 != 1).then_some(x + 2)).route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 6), |x| just(x).then(on(A.clone()).capacity(1)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 4 + 6)), |x| just(x).map(|x| x * 4 + 9).and(later))
            .map(|x| x / 4).filter(changes())
            .filter(skip(3))
    }
    {
        from_iter(0..34u64)
            .filter(skip(2))
            .materialize().then(on(A.clone())).dematerialize()
    }
    {
        from_iter(0..38u64)
            .map(|x| x * 3 + 1)
            .map(|x| x * 3 + 6)
    }
    {
        from_iter(0..76u64)
            .map(|x| x * 2 + 5)
            .and(later)
    }
    {
        from_iter(0..59u64)
            .map(|x| x / 2).filter(changes())
            .route(|x| x % 4 == 0, later, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 7))
            .map(|x| x * 2 + 3)
            .map(|x| x / 3).filter(changes())
    }
    {
        from_iter(0..38u64)
            .join(evens().then(on(C.clone())).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..29u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..62u64)
            .map(|x| x * 2 + 8)
            .map(|x| x * 3 + 9)
            .map(|x| x * 4 + 2)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..33u64)
            .then(on(A.clone()))
            .filter(|x| x % 3 != 1)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .and(later)
            .map(|x| x * 3 + 3)
    }
    {
        from_iter(0..49u64)
            .and(later)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).filter(|x| x % 2 != 1), |x| just(x))
            .try_map(|x| fails(x, 7))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(skip(1))
    }
    {
        from_iter(0..42u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).try_map(|x| fails(x, 7)).or_else(|wrong: Wrong| just(wrong.0 + 500)).then(on(B.clone()).capacity(1)).map(|x| x * 4 + 6), |x| just(x).map(|x| x * 3 + 3))
            .filter(skip(3))
    }
    {
        from_iter(0..49u64)
            .repeat(3)
            .filter(|x| x % 2 != 0)
            .map(|x| x * 4 + 3)
            .map(|x| x * 4 + 9)
            .filter(throttle_by(10, |x: &u64| *x))
    }
    {
        from_iter(0..75u64)
            .repeat(3)
            .then(on(B.clone()))
            .take(14)
    }
    {
        from_iter(0..33u64)
            .sequence(from_iter(10..999u64))
            .map(|x| x / 2).filter(changes())
            .then(on(B.clone()).capacity(3))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..44u64)
            .try_map(|x| fails(x, 53))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .join(from_iter(3..86u64).then(on(B.clone()).capacity(4)).and(later).map(|x| x * 4 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..44u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 7), |x| just(x).then(on(C.clone())).and(|x| just(x).filter(|x| x % 2 != 0)))
    }
    {
        from_iter(0..42u64)
            .map(|x| x * 2 + 3)
            .repeat(2)
            .map(|x| x * 4 + 4)
            .filter(skip(2))
    }
    {
        from_iter(0..65u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .try_map(|x| fails(x, 71))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(throttle_by(8, |x: &u64| *x))
            .then(on(A.clone()))
            .map(|x| x * 2 + 9)
    }
    {
        from_iter(0..56u64)
            .filter(skip(3))
            .then(on(C.clone()))
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .materialize().then(on(B.clone())).dematerialize()
    }
    {
        from_iter(0..43u64)
            .map(|x| x / 4).filter(changes())
            .join(from_iter(3..55u64).then(on(B.clone()).capacity(1)).try_map(|x| fails(x, 35)).or_else(|wrong: Wrong| just(wrong.0 + 500)).and(|x| just(x).filter(|x| x % 3 != 0))).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(throttle_by(4, |x: &u64| *x))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..28u64)
            .fork(later, |x| just(x).then(on(B.clone())).filter(|x| x % 2 != 0)).map(|(p, q)| (p + 3 * q) % 10_007)
            .materialize().then(on(A.clone())).dematerialize()
    }
    {
        from_iter(0..27u64)
            .and(later)
            .map(|x| x * 4 + 5)
            .finally(|| just(()))
    }
    {
        from_iter(0..42u64)
            .map(|x| x * 4 + 5)
            .then(on(C.clone()))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..67u64)
            .filter(throttle_by(10, |x: &u64| *x))
            .filter(|x| x % 5 != 1)
            .filter(skip(2))
    }
    {
        from_iter(0..56u64)
            .then(on(B.clone()))
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).and(later).filter_map(|x| (x % 2 != 1).then_some(x + 2)), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 8))
    }
    {
        from_iter(0..53u64)
            .repeat(3)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 3 + 7), later)
    }
    {
        from_iter(0..51u64)
            .finally(|| just(()))
            .map(|x| x * 2 + 3)
            .map(|x| x * 3 + 4)
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..66u64)
            .then(on(B.clone()))
            .map(|x| x * 2 + 9)
            .map(|x| x * 2 + 6)
            .materialize().then(on(B.clone())).dematerialize()
            .try_map(|x| fails(x, 6))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..61u64)
            .take(8)
            .filter(|x| x % 5 != 1)
            .filter(throttle_by(6, |x: &u64| *x))
            .try_map(|x| fails(x, 7))
    }
    {
        from_iter(0..27u64)
            .join(from_iter(3..10u64).then(on(B.clone())).and(later).filter_map(|x| (x % 3 != 1).then_some(x + 3))).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .map(|x| x * 4 + 3)
    }
    {
        from_iter(0..39u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .fork3(|x| just(x).map(|x| x * 3 + 5).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 9), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .try_map(|x| fails(x, 5))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
    }
    {
        from_iter(0..57u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .and(|x| just(x).filter(|x| x % 2 != 0))
    }
    {
        from_iter(0..58u64)
            .then(on(A.clone()))
            .filter(|x| x % 4 != 1)
    }
    {
        from_iter(0..61u64)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..73u64)
            .materialize().then(on(C.clone())).dematerialize()
            .join(evens().and(|x| just(x).filter(|x| x % 5 != 0))).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 2)
    }
    {
        from_iter(0..61u64)
            .route(|x| x % 5 == 0, |x| just(x).try_map(|x| fails(x, 8)).upon_error(|wrong: Wrong| wrong.0 + 900), |x| just(x).then(on(C.clone()).capacity(1)).map(|x| x * 4 + 2).and(|x| just(x).filter(|x| x % 3 != 0)))
            .and(later)
            .take(20)
    }
    {
        from_iter(0..37u64)
            .or_stopped(|_| just(7))
            .then(on(B.clone()))
            .map(|x| x * 4 + 1)
            .then(on(B.clone()).capacity(1))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..23u64)
            .map(|x| x * 3 + 2)
            .sequence(from_iter(10..999u64))
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..42u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .finally(|| just(()))
            .fork(later, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .join(from_iter(3..21u64).then(on(A.clone()).capacity(3)).try_map(|x| fails(x, 5)).then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..66u64)
            .then(on(C.clone()))
            .fork3(|x| just(x).then(on(C.clone()).capacity(2)).take(18).materialize().then(on(C.clone())).dematerialize(), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 2).then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1), |x| just(x).try_map(|x| fails(x, 7)).upon_stopped(|_| 7)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .try_map(|x| fails(x, 9))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..78u64)
            .map(|x| x / 2).filter(changes())
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
    }
    {
        from_iter(0..29u64)
            .then(on(C.clone()).capacity(1))
            .map(|x| x * 2 + 2)
            .try_map(|x| fails(x, 7))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x / 2).filter(changes())
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..71u64)
            .map(|x| x * 3 + 5)
            .repeat(2)
            .filter(|x| x % 3 != 1)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 3 + 9).map(|x| x * 4 + 4), |x| just(x).then(on(B.clone())).map(|x| x * 4 + 8).map(|x| x * 3 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..67u64)
            .fork3(|x| just(x).then(on(C.clone())).join(from_iter(66..1000u64).map(|x| x * 4 + 6)).map(|(p, q)| (p + 5 * q) % 10_007), later, later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .and(later)
            .try_map(|x| fails(x, 6))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..61u64)
            .join(from_iter(3..61u64).repeat(3).map(|x| x * 3 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..74u64)
            .filter(throttle_by(9, |x: &u64| *x))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .route(|x| x % 2 == 0, |x| just(x).and(later).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 6))
            .map(|x| x * 2 + 6)
    }
    {
        from_iter(0..60u64)
            .map(|x| x * 4 + 2)
            .map(|x| x * 2 + 5)
            .sequence(from_iter(10..999u64))
            .try_map(|x| fails(x, 62))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
    }
    {
        from_iter(0..60u64)
            .try_map(|x| fails(x, 7))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..78u64)
            .and(later)
            .fork3(|x| just(x).then(on(A.clone())).try_map(|x| fails(x, 83)).retry(1).upon_stopped(|_| 7), |x| just(x).then(on(B.clone())).map(|x| x * 3 + 3).try_map(|x| fails(x, 9)).into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7)), |x| just(x).materialize().then(on(C.clone())).dematerialize()).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..44u64)
            .or_stopped(|_| just(7))
            .join(from_iter(3..22u64).or_stopped(|_| just(7))).map(|(p, q)| (p + 5 * q) % 10_007)
            .join(from_iter(3..31u64).map(|x| x * 4 + 4).batch::<3>().map(|batch| batch.iter().sum::<u64>())).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(skip(1))
    }
    {
        from_iter(0..24u64)
            .map(|x| x * 4 + 7)
            .filter(skip(3))
            .filter(|x| x % 2 != 1)
            .filter(skip(2))
    }
    {
        from_iter(0..78u64)
            .map(|x| x * 2 + 8)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()).capacity(2))
    }
    {
        from_iter(0..21u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .try_map(|x| fails(x, 6))
            .upon_stopped(|_| 7)
            .then(on(B.clone()))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
            .and(later)
    }
    {
        from_iter(0..41u64)
            .map(|x| x * 3 + 9)
            .join(from_iter(3..24u64).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..37u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone()).capacity(3)).take(9).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 6))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..50u64)
            .map(|x| x * 2 + 1)
            .map(|x| x * 4 + 6)
            .map(|x| x * 4 + 5)
    }
    {
        from_iter(0..40u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..60u64)
            .and(later)
            .map(|x| x / 2).filter(changes())
            .take(19)
            .and(later)
    }
}
