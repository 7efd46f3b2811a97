//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = "nobody wrote it, and not every file has every operation")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};

graphs! {
    {
        from_iter(0..59u64)
            .join(from_iter(3..99u64).take(16)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(A.clone()))
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..77u64)
            .fork3(|x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 4 + 3), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 1), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 4)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .sequence(from_iter(10..999u64))
            .map(|x| x * 3 + 2)
    }
    {
        from_iter(0..60u64)
            .map(|x| x * 3 + 8)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .sequence(from_iter(10..999u64))
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
            .try_map(|x| fails(x, 69))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
    }
    {
        from_iter(0..46u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..65u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()))
            .map(|x| x * 2 + 9)
    }
    {
        from_iter(0..40u64)
            .route(|x| x % 5 == 0, |x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 3))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .take(19)
    }
    {
        from_iter(0..75u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(C.clone()).capacity(3)).and(|x| just(x).filter(|x| x % 3 != 0)), |x| just(x).map(|x| x * 2 + 6))
            .map(|x| x * 3 + 7)
            .and(|x| just(x).filter(|x| x % 5 != 0))
    }
    {
        from_iter(0..65u64)
            .map(|x| x * 2 + 3)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .then(on(B.clone()).capacity(3))
            .map(|x| x * 4 + 2)
            .filter(|x| x % 6 != 1)
    }
    {
        from_iter(0..47u64)
            .map(|x| x * 3 + 5)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .then(on(B.clone()))
            .filter(throttle_by(9, |x: &u64| *x))
            .filter(skip(1))
    }
    {
        from_iter(0..71u64)
            .fork3(|x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 2 + 2), |x| just(x), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter(skip(1))
    }
    {
        from_iter(0..70u64)
            .join(from_iter(3..52u64).then(on(A.clone()).capacity(3)).route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 2 + 5), |x| just(x).then(on(A.clone())).and(later).map(|x| x * 4 + 2))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..68u64)
            .route(|x| x % 5 == 0, |x| just(x), later)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 2), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 7))
    }
    {
        from_iter(0..35u64)
            .try_map(|x| fails(x, 76))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 4 + 9)
            .finally(|| just(()))
            .filter(skip(2))
    }
    {
        from_iter(0..71u64)
            .try_map(|x| fails(x, 44))
            .upon_stopped(|_| 7)
            .filter(skip(2))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..34u64)
            .repeat(2)
            .then(on(A.clone()))
            .try_map(|x| fails(x, 8))
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
    }
    {
        from_iter(0..22u64)
            .route(|x| x % 2 == 0, later, later)
    }
    {
        from_iter(0..30u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x))
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
    }
    {
        from_iter(0..59u64)
            .repeat(2)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .map(|x| x * 2 + 9)
            .join(evens().then(on(B.clone())).map(|x| x * 2 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 39))
            .upon_stopped(|_| 7)
    }
    {
        from_iter(0..66u64)
            .take(7)
            .then(on(C.clone()))
    }
    {
        from_iter(0..75u64)
            .map(|x| x * 3 + 4)
            .and(later)
            .filter(|x| x % 6 != 1)
            .then(on(C.clone()).capacity(3))
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..56u64)
            .try_map(|x| fails(x, 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .join(from_iter(3..47u64).then(on(C.clone()).capacity(4)).map(|x| x * 4 + 3).map(|x| x * 2 + 3)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..77u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 4 + 9), |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 4 + 2))
            .and(later)
    }
    {
        from_iter(0..60u64)
            .repeat(3)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..26u64)
            .join(evens().then(on(C.clone()).capacity(1)).map(|x| x * 3 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .finally(|| just(()))
            .map(|x| x * 3 + 2)
    }
    {
        from_iter(0..35u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .try_map(|x| fails(x, 65))
            .upon_stopped(|_| 7)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..48u64)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..36u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 3 + 9), |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 3 + 2).map(|x| x * 3 + 7))
            .try_map(|x| fails(x, 6))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(|x| x % 6 != 1)
    }
    {
        from_iter(0..61u64)
            .map(|x| x * 3 + 2)
            .and(later)
            .finally(|| just(()))
    }
    {
        from_iter(0..31u64)
            .repeat(2)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..53u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(B.clone()))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..31u64)
            .try_map(|x| fails(x, 7))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .fork3(|x| just(x).map(|x| x * 3 + 9), later, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 2)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..45u64)
            .filter(throttle_by(7, |x: &u64| *x))
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 4 + 2), |x| just(x))
    }
    {
        from_iter(0..50u64)
            .filter(|x| x % 4 != 1)
            .filter(throttle_by(7, |x: &u64| *x))
    }
    {
        from_iter(0..24u64)
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
            .repeat(3)
            .filter(|x| x % 3 != 1)
            .map(|x| x * 3 + 1)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..37u64)
            .and(later)
            .then(on(C.clone()))
            .filter(|x| x % 4 != 1)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..74u64)
            .fork3(|x| just(x).and(later).try_map(|x| fails(x, 5)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).filter_map(|x| (x % 4 != 1).then_some(x + 4)), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2))
            .fork(|x| just(x).map(|x| x * 3 + 5).and(later), |x| just(x).then(on(A.clone()).capacity(1)).route(|x| x % 3 == 0, |x| just(x).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1).map(|x| x * 3 + 5), |x| just(x).then(on(A.clone()).capacity(1)).and(later))).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .join(from_iter(3..61u64).repeat(3)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..73u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .try_map(|x| fails(x, 86))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..54u64)
            .filter(skip(2))
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..28u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .and(later)
    }
    {
        from_iter(0..35u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).and(later), |x| just(x).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1).and(later))
    }
    {
        from_iter(0..74u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 3 + 2).try_map(|x| fails(x, 43)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 7))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(|x| x % 5 != 1)
    }
    {
        from_iter(0..26u64)
            .map(|x| x * 3 + 3)
            .map(|x| x * 2 + 9)
            .filter(|x| x % 6 != 1)
            .and(later)
            .map(|x| x * 4 + 5)
    }
    {
        from_iter(0..69u64)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 4 + 8), |x| just(x).then(on(B.clone())).sequence(from_iter(10..999u64))).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 4)
            .filter(skip(2))
            .then(on(C.clone()))
            .map(|x| x * 3 + 3)
    }
    {
        from_iter(0..32u64)
            .map(|x| x * 4 + 3)
            .map(|x| x * 2 + 1)
            .map(|x| x / 2).filter(changes())
            .filter(skip(2))
    }
    {
        from_iter(0..57u64)
            .join(from_iter(3..21u64).then(on(B.clone())).filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(skip(3))
            .take(6)
    }
    {
        from_iter(0..79u64)
            .route(|x| x % 5 == 0, |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).then(on(C.clone())).map(|x| x * 3 + 3), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 4))
            .filter(|x| x % 5 != 0)
            .materialize().then(on(A.clone())).dematerialize()
    }
    {
        from_iter(0..38u64)
            .map(|x| x * 2 + 1)
            .finally(|| just(()))
    }
    {
        from_iter(0..21u64)
            .filter(|x| x % 2 != 1)
            .and(|x| just(x).filter(|x| x % 3 != 0))
    }
    {
        from_iter(0..75u64)
            .take_while(|x| *x < 2008)
            .try_map(|x| fails(x, 7))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..55u64)
            .fork(|x| just(x).then(on(A.clone())).filter_map(|x| (x % 2 != 1).then_some(x + 2)).map(|x| x * 4 + 8), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(A.clone()).capacity(1))
            .take(12)
    }
    {
        from_iter(0..47u64)
            .fork3(|x| just(x).then(on(A.clone())).materialize().then(on(C.clone())).dematerialize().map(|x| x * 2 + 6), later, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 9)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..75u64)
            .filter(skip(2))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 4 + 1), |x| just(x))
            .map(|x| x * 3 + 3)
            .map(|x| x * 4 + 7)
    }
    {
        from_iter(0..34u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .filter(throttle_by(2, |x: &u64| *x))
            .filter(throttle_by(9, |x: &u64| *x))
    }
    {
        from_iter(0..38u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 4 + 6)
            .map(|x| x / 2).filter(changes())
            .take(9)
    }
    {
        from_iter(0..29u64)
            .route(|x| x % 3 == 0, |x| just(x).try_map(|x| fails(x, 5)).retry(1).map(|x| x * 2 + 4), |x| just(x).take(6))
            .map(|x| x * 2 + 4)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..31u64)
            .join(from_iter(3..81u64).then(on(C.clone()).capacity(1)).map(|x| x * 4 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .and(|x| just(x).filter(|x| x % 4 != 0))
    }
    {
        from_iter(0..51u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .try_map(|x| fails(x, 58))
            .retry(1)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(A.clone()))
            .map(|x| x * 4 + 6)
    }
    {
        from_iter(0..70u64)
            .map(|x| x * 4 + 9)
            .repeat(2)
    }
    {
        from_iter(0..47u64)
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .map(|x| x / 2).filter(changes())
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..43u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 3 + 4).map(|x| x * 3 + 2), |x| just(x).then(on(B.clone())).map(|x| x * 3 + 9).sequence(from_iter(10..999u64))).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(A.clone()).capacity(4))
    }
    {
        from_iter(0..53u64)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .join(from_iter(3..83u64).then(on(B.clone())).map(|x| x * 2 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..45u64)
            .filter(|x| x % 5 != 1)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..71u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .filter(skip(2))
    }
    {
        from_iter(0..77u64)
            .try_map(|x| fails(x, 74))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..22u64)
            .join(from_iter(3..93u64).map(|x| x * 3 + 1).map(|x| x * 4 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .route(|x| x % 5 == 0, |x| just(x).finally(|| just(())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 4 + 9))
            .filter(throttle_by(5, |x: &u64| *x))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..72u64)
            .map(|x| x / 4).filter(changes())
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..71u64)
            .finally(|| just(()))
            .or_stopped(|_| just(7))
            .take(21)
            .then(on(B.clone()))
    }
    {
        from_iter(0..56u64)
            .filter(|x| x % 3 != 1)
            .then(on(C.clone()).capacity(3))
            .filter(|x| x % 5 != 1)
    }
    {
        from_iter(0..58u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 9).map(|x| x * 4 + 1), later)
    }
    {
        from_iter(0..54u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .join(from_iter(3..34u64).map(|x| x * 2 + 3)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..60u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .and(later)
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
    }
    {
        from_iter(0..76u64)
            .filter(skip(2))
            .filter(|x| x % 6 != 1)
            .map(|x| x * 3 + 9)
            .repeat(2)
    }
    {
        from_iter(0..60u64)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .map(|x| x * 4 + 6)
            .map(|x| x * 4 + 6)
    }
    {
        from_iter(0..26u64)
            .fork3(|x| just(x).then(on(A.clone())).materialize().then(on(C.clone())).dematerialize(), later, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 5)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter(skip(1))
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..79u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .join(from_iter(3..98u64).map(|x| x * 3 + 2).then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
    }
    {
        from_iter(0..62u64)
            .repeat(3)
            .sequence(from_iter(10..999u64))
            .join(from_iter(3..28u64).then(on(B.clone())).try_map(|x| fails(x, 41)).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..22u64)
            .and(later)
            .filter(|x| x % 2 != 0)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .then(on(B.clone()))
    }
    {
        from_iter(0..47u64)
            .map(|x| x * 3 + 9)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 2 + 4)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..75u64)
            .repeat(3)
            .join(evens().map(|x| x * 2 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(throttle_by(10, |x: &u64| *x))
    }
    {
        from_iter(0..21u64)
            .join(evens().filter(|x| x % 4 != 0)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..70u64)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .map(|x| x / 2).filter(changes())
            .finally(|| just(()))
    }
    {
        from_iter(0..69u64)
            .filter(throttle_by(9, |x: &u64| *x))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .fork(later, |x| just(x).then(on(C.clone())).map(|x| x * 2 + 7)).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter(throttle_by(9, |x: &u64| *x))
    }
    {
        from_iter(0..69u64)
            .filter(throttle_by(8, |x: &u64| *x))
            .try_map(|x| fails(x, 8))
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..58u64)
            .route(|x| x % 3 == 0, later, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 1))
            .map(|x| x * 4 + 5)
    }
    {
        from_iter(0..76u64)
            .map(|x| x * 3 + 3)
            .fork(|x| just(x), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..41u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .take(17)
            .filter(throttle_by(10, |x: &u64| *x))
            .try_map(|x| fails(x, 6))
            .retry(1)
    }
    {
        from_iter(0..69u64)
            .map(|x| x / 2).filter(changes())
            .take(21)
            .then(on(C.clone()).capacity(1))
            .map(|x| x * 2 + 7)
    }
    {
        from_iter(0..30u64)
            .try_map(|x| fails(x, 7))
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..46u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .join(from_iter(3..97u64).then(on(C.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .map(|x| x * 2 + 5)
    }
    {
        from_iter(0..69u64)
            .map(|x| x * 3 + 3)
            .route(|x| x % 4 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 7).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 5).filter_map(|x| (x % 2 != 1).then_some(x + 2)))
            .map(|x| x * 2 + 7)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
    }
    {
        from_iter(0..66u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .map(|x| x * 4 + 1)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..33u64)
            .or_stopped(|_| just(7))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..48u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .fork(|x| just(x).stopped_as_none().map(|x| x.unwrap_or(99)), |x| just(x).try_map(|x| fails(x, 5)).or_else(|wrong: Wrong| just(wrong.0 + 500)).and(|x| just(x).filter(|x| x % 2 != 0))).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter(skip(3))
    }
    {
        from_iter(0..53u64)
            .fork(|x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 3 + 1).and(later), |x| just(x).then(on(B.clone())).map(|x| x * 4 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..20u64)
            .and(later)
            .route(|x| x % 4 == 0, |x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 5))
    }
    {
        from_iter(0..28u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .map(|x| x * 4 + 8)
    }
    {
        from_iter(0..77u64)
            .and(later)
            .then(on(C.clone()))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..72u64)
            .map(|x| x * 4 + 6)
            .map(|x| x / 2).filter(changes())
            .then(on(A.clone()))
            .and(later)
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..74u64)
            .and(later)
            .join(from_iter(3..87u64).then(on(B.clone())).map(|x| x * 3 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..67u64)
            .fork(|x| just(x).then(on(B.clone())).sequence(from_iter(10..999u64)), |x| just(x).then(on(C.clone()).capacity(1)).or_stopped(|_| just(7))).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter(throttle_by(8, |x: &u64| *x))
            .materialize().then(on(A.clone())).dematerialize()
    }
    {
        from_iter(0..32u64)
            .filter(|x| x % 2 != 1)
            .materialize().then(on(A.clone())).dematerialize()
            .then(on(B.clone()))
    }
    {
        from_iter(0..78u64)
            .then(on(A.clone()).capacity(3))
            .try_map(|x| fails(x, 8))
            .upon_stopped(|_| 7)
    }
    {
        from_iter(0..38u64)
            .then(on(C.clone()).capacity(1))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 4 + 1)
            .map(|x| x * 4 + 5)
    }
    {
        from_iter(0..44u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 4).map(|x| x * 4 + 2), |x| just(x).sequence(from_iter(10..999u64)).map(|x| x * 2 + 1))
    }
    {
        from_iter(0..50u64)
            .fork(|x| just(x).map(|x| x * 4 + 9).map(|x| x * 2 + 4), |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 2 + 4).then(on(C.clone())).map(|x| x * 2 + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
            .materialize().then(on(C.clone())).dematerialize()
            .take(15)
    }
    {
        from_iter(0..20u64)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..29u64)
            .map(|x| x * 4 + 2)
            .materialize().then(on(A.clone())).dematerialize()
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..76u64)
            .try_map(|x| fails(x, 7))
            .retry(1)
            .map(|x| x * 4 + 3)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .try_map(|x| fails(x, 5))
            .retry(1)
    }
    {
        from_iter(0..37u64)
            .fork(later, later).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter(throttle_by(2, |x: &u64| *x))
    }
    {
        from_iter(0..76u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .join(from_iter(3..40u64).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 4 + 6)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(|x| x % 3 != 1)
            .try_map(|x| fails(x, 70))
            .retry(1)
    }
    {
        from_iter(0..28u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 2 + 9)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .filter(throttle_by(10, |x: &u64| *x))
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..40u64)
            .materialize().then(on(C.clone())).dematerialize()
            .map(|x| x * 2 + 5)
            .map(|x| x * 2 + 7)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .map(|x| x * 4 + 6)
    }
    {
        from_iter(0..68u64)
            .map(|x| x / 3).filter(changes())
            .filter(|x| x % 5 != 0)
            .map(|x| x * 2 + 4)
    }
    {
        from_iter(0..46u64)
            .and(later)
            .route(|x| x % 5 == 0, |x| just(x).sequence(from_iter(10..999u64)).try_map(|x| fails(x, 9)).into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7)), |x| just(x).then(on(A.clone()).capacity(2)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
            .map(|x| x * 2 + 6)
    }
    {
        from_iter(0..74u64)
            .join(from_iter(3..31u64).batch::<3>().map(|batch| batch.iter().sum::<u64>())).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(C.clone()))
    }
    {
        from_iter(0..46u64)
            .sequence(from_iter(10..999u64))
            .then(on(B.clone()))
    }
    {
        from_iter(0..27u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .repeat(2)
            .map(|x| x / 4).filter(changes())
            .try_map(|x| fails(x, 9))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
    }
    {
        from_iter(0..20u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..36u64)
            .join(evens().filter(skip(3))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(B.clone()))
            .join(from_iter(3..40u64).then(on(A.clone()).capacity(4)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 2 + 6)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..46u64)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .fork3(|x| just(x).map(|x| x * 3 + 7).and(|x| just(x).filter(|x| x % 2 != 0)), |x| just(x).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 6).then(on(B.clone()).capacity(4)).map(|x| x * 4 + 1)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..61u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .map(|x| x * 3 + 5)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()).capacity(1))
    }
    {
        from_iter(0..24u64)
            .map(|x| x * 3 + 2)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 3 + 6)
            .sequence(from_iter(10..999u64))
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..58u64)
            .repeat(3)
            .join(from_iter(3..76u64).take_while(|x| *x < 3848).then(on(C.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
}
