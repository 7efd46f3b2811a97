//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = "nobody wrote it, and not every file has every operation")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};

graphs! {
    {
        from_iter(0..78u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .join(evens().then(on(C.clone()).capacity(3)).map(|x| x * 4 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 3 + 7)
    }
    {
        from_iter(0..26u64)
            .map(|x| x * 3 + 9)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 3 + 3), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 3).try_map(|x| fails(x, 62)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .try_map(|x| fails(x, 7))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..63u64)
            .repeat(2)
            .then(on(B.clone()).capacity(4))
            .and(|x| just(x).filter(|x| x % 3 != 0))
    }
    {
        from_iter(0..40u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .filter(skip(1))
            .map(|x| x * 3 + 3)
            .map(|x| x * 3 + 7)
    }
    {
        from_iter(0..61u64)
            .sequence(from_iter(10..999u64))
            .filter(throttle_by(6, |x: &u64| *x))
    }
    {
        from_iter(0..49u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 4), |x| just(x).map(|x| x * 2 + 7))
            .filter(skip(1))
            .materialize().then(on(C.clone())).dematerialize()
    }
    {
        from_iter(0..49u64)
            .then(on(C.clone()))
            .fork(|x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .map(|x| x * 4 + 2)
    }
    {
        from_iter(0..40u64)
            .materialize().then(on(C.clone())).dematerialize()
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .take_while(|x| *x < 612)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .finally(|| just(()))
    }
    {
        from_iter(0..74u64)
            .then(on(A.clone()))
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .then(on(A.clone()).capacity(1))
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..26u64)
            .and(later)
            .then(on(B.clone()))
            .stopped_as_none().map(|x| x.unwrap_or(99))
    }
    {
        from_iter(0..34u64)
            .join(from_iter(3..67u64).then(on(A.clone()).capacity(4)).take(13)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..56u64)
            .join(from_iter(3..14u64).repeat(2).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 9)
            .map(|x| x * 2 + 3)
    }
    {
        from_iter(0..53u64)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .filter(skip(2))
    }
    {
        from_iter(0..25u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .try_map(|x| fails(x, 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .route(|x| x % 4 == 0, |x| just(x), |x| just(x).filter_map(|x| (x % 3 != 1).then_some(x + 3)))
            .try_map(|x| fails(x, 78))
            .retry(1)
    }
    {
        from_iter(0..75u64)
            .filter(throttle_by(4, |x: &u64| *x))
            .filter(|x| x % 3 != 0)
    }
    {
        from_iter(0..25u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 8), |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 2 + 5))
    }
    {
        from_iter(0..35u64)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 3 + 4), |x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 4 + 2)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(C.clone()).capacity(2))
    }
    {
        from_iter(0..75u64)
            .and(later)
            .then(on(B.clone()).capacity(1))
            .filter(throttle_by(7, |x: &u64| *x))
    }
    {
        from_iter(0..72u64)
            .try_map(|x| fails(x, 9))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(B.clone()).capacity(4))
            .sequence(from_iter(10..999u64))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .filter(skip(1))
    }
    {
        from_iter(0..46u64)
            .sequence(from_iter(10..999u64))
            .map(|x| x * 3 + 4)
            .try_map(|x| fails(x, 64))
            .retry(1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .try_map(|x| fails(x, 8))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..58u64)
            .try_map(|x| fails(x, 80))
            .retry(1)
            .route(|x| x % 5 == 0, |x| just(x).map(|x| x * 2 + 5), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 3))
            .map(|x| x * 2 + 7)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..61u64)
            .fork3(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 1), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 2), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .take(15)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..77u64)
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
            .repeat(2)
            .fork3(|x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 2 + 3).finally(|| just(())), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 5), |x| just(x).map(|x| x * 3 + 1).map(|x| x * 2 + 6)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..58u64)
            .map(|x| x * 3 + 2)
            .then(on(C.clone()).capacity(1))
            .try_map(|x| fails(x, 46))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(A.clone()))
            .map(|x| x * 4 + 7)
    }
    {
        from_iter(0..32u64)
            .filter(|x| x % 2 != 0)
            .try_map(|x| fails(x, 6))
            .retry(1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..49u64)
            .map(|x| x * 4 + 1)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).materialize().then(on(C.clone())).dematerialize().then(on(B.clone())).map(|x| x * 2 + 2), |x| just(x))
            .take(14)
    }
    {
        from_iter(0..42u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 4), later)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..20u64)
            .sequence(from_iter(10..999u64))
            .filter(|x| x % 2 != 1)
            .map(|x| x / 2).filter(changes())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..37u64)
            .route(|x| x % 3 == 0, later, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 9))
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..60u64)
            .then(on(B.clone()).capacity(3))
            .map(|x| x * 3 + 9)
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..51u64)
            .map(|x| x * 4 + 5)
            .join(from_iter(3..27u64).filter(skip(1)).then(on(A.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..39u64)
            .map(|x| x * 3 + 9)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).stopped_as_none().map(|x| x.unwrap_or(99)), later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()).capacity(4))
    }
    {
        from_iter(0..46u64)
            .filter(throttle_by(7, |x: &u64| *x))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..45u64)
            .filter(|x| x % 2 != 1)
            .then(on(A.clone()).capacity(2))
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .then(on(B.clone()))
    }
    {
        from_iter(0..49u64)
            .fork(|x| just(x).then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1).then(on(C.clone())).map(|x| x * 3 + 4), |x| just(x).fork(|x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 2 + 7).and(|x| just(x).filter(|x| x % 4 != 0)), later).map(|(p, q)| (p + 3 * q) % 10_007)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x / 2).filter(changes())
            .try_map(|x| fails(x, 60))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .join(from_iter(3..86u64).sequence(from_iter(10..999u64)).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..50u64)
            .map(|x| x * 3 + 3)
            .fork(|x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 4 + 2), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 3).then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..20u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone())).materialize().then(on(C.clone())).dematerialize(), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 2))
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..59u64)
            .sequence(from_iter(10..999u64))
            .map(|x| x * 4 + 4)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..56u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..47u64)
            .join(from_iter(3..78u64).then(on(C.clone())).filter_map(|x| (x % 4 != 1).then_some(x + 4)).map(|x| x * 3 + 6)).map(|(p, q)| (p + 5 * q) % 10_007)
            .take(10)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()).capacity(2))
    }
    {
        from_iter(0..43u64)
            .then(on(B.clone()).capacity(1))
            .fork(later, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 9)).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 2 + 3)
    }
    {
        from_iter(0..58u64)
            .then(on(B.clone()).capacity(1))
            .fork3(|x| just(x).then(on(C.clone()).capacity(3)).try_map(|x| fails(x, 63)).or_else(|wrong: Wrong| just(wrong.0 + 500)), later, |x| just(x).try_map(|x| fails(x, 85)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x / 3).filter(changes())
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..34u64)
            .then(on(C.clone()).capacity(1))
            .map(|x| x * 2 + 8)
            .filter(throttle_by(4, |x: &u64| *x))
            .and(later)
    }
    {
        from_iter(0..29u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 7).filter(|x| x % 4 != 1), |x| just(x))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..50u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .materialize().then(on(B.clone())).dematerialize()
    }
    {
        from_iter(0..28u64)
            .filter(|x| x % 2 != 0)
            .route(|x| x % 3 == 0, |x| just(x), |x| just(x).then(on(C.clone()).capacity(2)).and(|x| just(x).filter(|x| x % 2 != 0)))
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .and(|x| just(x).filter(|x| x % 4 != 0))
    }
    {
        from_iter(0..69u64)
            .try_map(|x| fails(x, 74))
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 3 + 9), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..54u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .materialize().then(on(B.clone())).dematerialize()
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..30u64)
            .try_map(|x| fails(x, 5))
            .retry(1)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..30u64)
            .repeat(2)
            .and(later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..71u64)
            .and(later)
            .join(from_iter(3..61u64).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).filter(skip(3))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..38u64)
            .filter(throttle_by(5, |x: &u64| *x))
            .join(from_iter(3..99u64).then(on(A.clone())).materialize().then(on(C.clone())).dematerialize()).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..31u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .try_map(|x| fails(x, 5))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..45u64)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .finally(|| just(()))
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .map(|x| x * 3 + 6)
    }
    {
        from_iter(0..44u64)
            .filter(skip(1))
            .repeat(2)
    }
    {
        from_iter(0..55u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 6), |x| just(x))
    }
    {
        from_iter(0..79u64)
            .repeat(2)
            .fork3(|x| just(x).then(on(C.clone())).map(|x| x * 2 + 3), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 1), |x| just(x)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .take(4)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..60u64)
            .finally(|| just(()))
            .map(|x| x * 3 + 2)
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..20u64)
            .and(later)
            .map(|x| x * 2 + 2)
            .and(later)
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..63u64)
            .take(15)
            .map(|x| x * 3 + 2)
    }
    {
        from_iter(0..73u64)
            .route(|x| x % 4 == 0, |x| just(x), later)
            .then(on(B.clone()).capacity(4))
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..67u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 7), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 4))
            .then(on(C.clone()))
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..57u64)
            .sequence(from_iter(10..999u64))
            .or_stopped(|_| just(7))
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
    }
    {
        from_iter(0..58u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .or_stopped(|_| just(7))
            .map(|x| x / 2).filter(changes())
    }
    {
        from_iter(0..73u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .map(|x| x * 2 + 9)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .stopped_as_none().map(|x| x.unwrap_or(99))
    }
    {
        from_iter(0..70u64)
            .repeat(3)
            .join(from_iter(3..92u64).map(|x| x * 3 + 2).take_while(|x| *x < 583)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(skip(3))
            .filter(throttle_by(7, |x: &u64| *x))
    }
    {
        from_iter(0..21u64)
            .then(on(A.clone()))
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 1), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 8)
            .filter(throttle_by(6, |x: &u64| *x))
    }
    {
        from_iter(0..69u64)
            .then(on(A.clone()))
            .map(|x| x * 2 + 2)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone()).capacity(3)).stopped_as_none().map(|x| x.unwrap_or(99)), |x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 4 + 6))
            .map(|x| x * 2 + 2)
    }
    {
        from_iter(0..75u64)
            .map(|x| x * 3 + 8)
            .map(|x| x * 4 + 6)
            .repeat(3)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
    }
    {
        from_iter(0..64u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .stopped_as_none().map(|x| x.unwrap_or(99))
    }
    {
        from_iter(0..77u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 3), |x| just(x).then(on(A.clone()).capacity(1)).and(|x| just(x).filter(|x| x % 2 != 0)))
            .then(on(B.clone()).capacity(3))
    }
    {
        from_iter(0..34u64)
            .join(evens().then(on(C.clone())).route(|x| x % 5 == 0, |x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 4 + 2), |x| just(x).then(on(B.clone())).and(later))).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..73u64)
            .map(|x| x * 2 + 8)
            .filter(skip(2))
            .and(later)
            .materialize().then(on(A.clone())).dematerialize()
            .filter(skip(2))
    }
    {
        from_iter(0..67u64)
            .repeat(3)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .map(|x| x / 2).filter(changes())
    }
    {
        from_iter(0..59u64)
            .sequence(from_iter(10..999u64))
            .and(later)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .map(|x| x * 4 + 3)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..38u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).or_stopped(|_| just(7)).map(|x| x * 4 + 5), later)
    }
    {
        from_iter(0..34u64)
            .join(from_iter(3..28u64).then(on(B.clone())).map(|x| x * 2 + 1).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..21u64)
            .map(|x| x * 3 + 6)
            .filter(|x| x % 6 != 0)
            .filter(skip(1))
    }
    {
        from_iter(0..39u64)
            .filter(throttle_by(7, |x: &u64| *x))
            .filter(skip(2))
            .filter(skip(3))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..70u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..44u64)
            .then(on(A.clone()).capacity(2))
            .join(from_iter(3..95u64).then(on(A.clone())).sequence(from_iter(10..999u64))).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 2)
            .map(|x| x * 4 + 8)
    }
    {
        from_iter(0..25u64)
            .repeat(3)
            .route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 9), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 1))
    }
    {
        from_iter(0..32u64)
            .map(|x| x * 3 + 3)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..43u64)
            .map(|x| x * 2 + 2)
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .try_map(|x| fails(x, 58))
            .upon_stopped(|_| 7)
            .then(on(A.clone()).capacity(3))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..65u64)
            .map(|x| x * 2 + 2)
            .and(later)
            .then(on(C.clone()).capacity(3))
            .map(|x| x * 3 + 5)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..50u64)
            .join(from_iter(3..15u64).then(on(B.clone())).filter(throttle_by(7, |x: &u64| *x))).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..68u64)
            .route(|x| x % 5 == 0, |x| just(x).map(|x| x * 3 + 5), |x| just(x).then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1).sequence(from_iter(10..999u64)))
    }
    {
        from_iter(0..30u64)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .map(|x| x * 4 + 6)
            .try_map(|x| fails(x, 36))
            .upon_stopped(|_| 7)
            .try_map(|x| fails(x, 5))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
    }
    {
        from_iter(0..61u64)
            .then(on(C.clone()))
            .and(later)
    }
    {
        from_iter(0..49u64)
            .sequence(from_iter(10..999u64))
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .map(|x| x * 4 + 9)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..28u64)
            .filter(throttle_by(4, |x: &u64| *x))
            .join(from_iter(3..49u64).then(on(C.clone())).filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1]).map(|x| x * 4 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..20u64)
            .join(evens().then(on(A.clone()).capacity(2)).map(|x| x * 3 + 8).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..64u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .or_stopped(|_| just(7))
            .or_stopped(|_| just(7))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..79u64)
            .join(from_iter(3..42u64).then(on(B.clone()).capacity(2)).map(|x| x / 3).filter(changes()).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .and(later)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
    }
    {
        from_iter(0..64u64)
            .try_map(|x| fails(x, 36))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 4 + 8)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .map(|x| x / 4).filter(changes())
    }
    {
        from_iter(0..23u64)
            .join(from_iter(3..66u64).filter(throttle_by(2, |x: &u64| *x))).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..65u64)
            .sequence(from_iter(10..999u64))
            .join(evens().map(|x| x * 3 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .finally(|| just(()))
    }
    {
        from_iter(0..40u64)
            .then(on(A.clone()).capacity(4))
            .filter(skip(2))
            .then(on(C.clone()).capacity(4))
    }
    {
        from_iter(0..27u64)
            .route(|x| x % 4 == 0, |x| just(x).map(|x| x * 4 + 6), |x| just(x))
            .take(5)
            .then(on(A.clone()))
    }
    {
        from_iter(0..35u64)
            .map(|x| x * 4 + 5)
            .take_while(|x| *x < 1910)
    }
    {
        from_iter(0..51u64)
            .join(from_iter(3..77u64).then(on(A.clone()).capacity(4)).batch::<4>().map(|batch| batch.iter().sum::<u64>())).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 1)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..39u64)
            .fork(later, |x| just(x).then(on(B.clone())).map(|x| x * 4 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..48u64)
            .repeat(2)
            .filter(|x| x % 3 != 1)
    }
    {
        from_iter(0..39u64)
            .and(later)
            .map(|x| x * 3 + 5)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..43u64)
            .or_stopped(|_| just(7))
            .then(on(A.clone()))
            .map(|x| x / 2).filter(changes())
    }
    {
        from_iter(0..32u64)
            .and(later)
            .join(from_iter(3..31u64).then(on(B.clone())).map(|x| x / 2).filter(changes()).then(on(B.clone()).capacity(3))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..73u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .fork(|x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 3 + 4), |x| just(x).then(on(A.clone()).capacity(3)).sequence(from_iter(10..999u64))).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..27u64)
            .repeat(2)
            .filter(|x| x % 6 != 1)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..35u64)
            .try_map(|x| fails(x, 61))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .upon_stopped(|_| 7)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 3 + 9)
            .route(|x| x % 4 == 0, |x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 1).then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1))
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..62u64)
            .and(later)
            .filter(|x| x % 5 != 1)
    }
    {
        from_iter(0..45u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .fork(|x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 2 + 8), |x| just(x).then(on(B.clone())).map(|x| x * 4 + 8).take(15)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..61u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .fork3(|x| just(x).then(on(B.clone())).map(|x| x * 4 + 6), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 5), |x| just(x).map(|x| x * 3 + 2).map(|x| x * 3 + 9)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..23u64)
            .or_stopped(|_| just(7))
            .finally(|| just(()))
            .map(|x| x * 4 + 2)
    }
    {
        from_iter(0..58u64)
            .take(6)
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
            .or_stopped(|_| just(7))
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..78u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..50u64)
            .materialize().then(on(C.clone())).dematerialize()
            .route(|x| x % 4 == 0, |x| just(x).materialize().then(on(C.clone())).dematerialize(), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 6))
            .then(on(A.clone()))
    }
    {
        from_iter(0..26u64)
            .materialize().then(on(C.clone())).dematerialize()
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 3), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 6).map(|x| x * 3 + 9))
            .map(|x| x / 3).filter(changes())
    }
    {
        from_iter(0..53u64)
            .map(|x| x * 2 + 5)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .then(on(C.clone()).capacity(2))
    }
    {
        from_iter(0..64u64)
            .then(on(B.clone()).capacity(2))
            .map(|x| x * 4 + 4)
            .map(|x| x * 4 + 2)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .join(from_iter(3..94u64).then(on(C.clone())).route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 9).map(|x| x * 3 + 3), |x| just(x).or_stopped(|_| just(7)).map(|x| x * 3 + 1))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..78u64)
            .map(|x| x / 3).filter(changes())
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..28u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 6).map(|x| x * 3 + 6), later)
    }
    {
        from_iter(0..38u64)
            .then(on(C.clone()))
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 3), |x| just(x).and(|x| just(x).filter(|x| x % 4 != 0))).map(|(p, q)| (p + 3 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..27u64)
            .filter(skip(3))
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..34u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..52u64)
            .and(later)
            .filter(throttle_by(8, |x: &u64| *x))
            .materialize().then(on(C.clone())).dematerialize()
            .then(on(B.clone()))
            .map(|x| x * 2 + 4)
    }
}
