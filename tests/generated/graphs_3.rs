//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = "nobody wrote it, and not every file has every operation")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};

graphs! {
    {
        from_iter(0..26u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .fork(later, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..51u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 4), |x| just(x).then(on(A.clone()).capacity(2)).or_stopped(|_| just(7)))
    }
    {
        from_iter(0..79u64)
            .try_map(|x| fails(x, 6))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .and(later)
            .take_while(|x| *x < 3326)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .map(|x| x * 2 + 9)
    }
    {
        from_iter(0..52u64)
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .try_map(|x| fails(x, 31))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..66u64)
            .sequence(from_iter(10..999u64))
            .try_map(|x| fails(x, 5))
    }
    {
        from_iter(0..39u64)
            .fork3(|x| just(x).then(on(B.clone()).capacity(4)).and(|x| just(x).filter(|x| x % 5 != 0)).then(on(B.clone()).capacity(1)).map(|x| x * 2 + 5), |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 3 + 9), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .then(on(A.clone()).capacity(4))
    }
    {
        from_iter(0..55u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(4)).try_map(|x| fails(x, 83)).then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 7))
            .then(on(C.clone()).capacity(1))
    }
    {
        from_iter(0..31u64)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .fork3(|x| just(x).then(on(B.clone())).map(|x| x * 4 + 9).try_map(|x| fails(x, 73)).retry(1), |x| just(x).map(|x| x * 2 + 1), |x| just(x).sequence(from_iter(10..999u64)).then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter(skip(2))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..33u64)
            .repeat(2)
            .map(|x| x * 2 + 5)
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..40u64)
            .materialize().then(on(B.clone())).dematerialize()
            .or_stopped(|_| just(7))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 3 + 3)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..67u64)
            .sequence(from_iter(10..999u64))
            .join(from_iter(3..81u64).then(on(C.clone())).map(|x| x * 3 + 9).then(on(A.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..50u64)
            .then(on(B.clone()).capacity(2))
            .fork(|x| just(x).then(on(B.clone()).capacity(4)).and(later), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 5).map(|x| x * 3 + 6)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .take_while(|x| *x < 815)
    }
    {
        from_iter(0..31u64)
            .and(later)
            .map(|x| x * 4 + 3)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..22u64)
            .map(|x| x * 2 + 8)
            .and(later)
            .or_stopped(|_| just(7))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .filter(|x| x % 6 != 0)
    }
    {
        from_iter(0..64u64)
            .take_while(|x| *x < 744)
            .map(|x| x * 2 + 2)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .map(|x| x * 4 + 2)
    }
    {
        from_iter(0..62u64)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), |x| just(x).then(on(A.clone())).and(later)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(C.clone()).capacity(4))
    }
    {
        from_iter(0..68u64)
            .filter(skip(1))
            .join(from_iter(3..55u64).try_map(|x| fails(x, 76)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 6))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..60u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .then(on(C.clone()).capacity(1))
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..37u64)
            .and(later)
            .take(4)
    }
    {
        from_iter(0..68u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .filter(|x| x % 5 != 0)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .and(later)
    }
    {
        from_iter(0..35u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 9), later)
            .map(|x| x * 4 + 3)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..25u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .fork(later, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 9).then(on(C.clone()).capacity(4)).map(|x| x * 3 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..30u64)
            .map(|x| x * 2 + 7)
            .then(on(B.clone()).capacity(2))
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..76u64)
            .filter(throttle_by(9, |x: &u64| *x))
            .take(7)
            .map(|x| x * 3 + 6)
    }
    {
        from_iter(0..77u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .map(|x| x * 4 + 4)
            .map(|x| x / 3).filter(changes())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..63u64)
            .fork3(|x| just(x).then(on(C.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).finally(|| just(())), |x| just(x).then(on(B.clone())).and(later).map(|x| x * 2 + 8), |x| just(x).map(|x| x * 4 + 9).map(|x| x * 3 + 3)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..39u64)
            .materialize().then(on(B.clone())).dematerialize()
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 5), |x| just(x).map(|x| x * 4 + 2).map(|x| x * 3 + 2)).map(|(p, q)| (p + 3 * q) % 10_007)
            .or_stopped(|_| just(7))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..37u64)
            .and(later)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .map(|x| x * 3 + 1)
    }
    {
        from_iter(0..65u64)
            .sequence(from_iter(10..999u64))
            .and(later)
            .take(20)
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..47u64)
            .map(|x| x * 3 + 6)
            .try_map(|x| fails(x, 80))
    }
    {
        from_iter(0..56u64)
            .then(on(B.clone()))
            .fork(|x| just(x), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter(throttle_by(9, |x: &u64| *x))
            .filter(|x| x % 3 != 1)
    }
    {
        from_iter(0..57u64)
            .fork(|x| just(x).map(|x| x * 3 + 6).materialize().then(on(B.clone())).dematerialize(), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 3)
            .filter(skip(2))
    }
    {
        from_iter(0..74u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .try_map(|x| fails(x, 55))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 3 + 2)
    }
    {
        from_iter(0..62u64)
            .then(on(A.clone()).capacity(3))
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
    }
    {
        from_iter(0..67u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .finally(|| just(()))
            .filter(skip(1))
    }
    {
        from_iter(0..25u64)
            .filter(|x| x % 2 != 1)
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 8).and(|x| just(x).filter(|x| x % 4 != 0)), |x| just(x).then(on(B.clone())).map(|x| x * 3 + 6))
            .map(|x| x * 3 + 5)
            .then(on(C.clone()))
    }
    {
        from_iter(0..55u64)
            .fork(|x| just(x), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .try_map(|x| fails(x, 37))
            .then(on(B.clone()).capacity(3))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..69u64)
            .filter(skip(1))
            .sequence(from_iter(10..999u64))
            .map(|x| x * 2 + 6)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..48u64)
            .sequence(from_iter(10..999u64))
            .map(|x| x * 3 + 1)
    }
    {
        from_iter(0..64u64)
            .repeat(2)
            .and(later)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .then(on(C.clone()))
    }
    {
        from_iter(0..41u64)
            .fork(|x| just(x).then(on(B.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).try_map(|x| fails(x, 78)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x).then(on(C.clone()).capacity(1)).map(|x| x * 3 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..72u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).try_map(|x| fails(x, 9)).into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7)), |x| just(x).then(on(A.clone())).sequence(from_iter(10..999u64)).map(|x| x * 3 + 1))
            .map(|x| x * 3 + 6)
            .finally(|| just(()))
    }
    {
        from_iter(0..76u64)
            .and(later)
            .filter(skip(2))
            .map(|x| x * 2 + 1)
            .join(from_iter(3..19u64).and(|x| just(x).filter(|x| x % 3 != 0))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..22u64)
            .then(on(A.clone()).capacity(3))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..60u64)
            .map(|x| x / 4).filter(changes())
            .map(|x| x * 3 + 6)
            .then(on(A.clone()))
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..64u64)
            .route(|x| x % 2 == 0, |x| just(x).and(later), |x| just(x))
    }
    {
        from_iter(0..69u64)
            .join(from_iter(3..14u64).then(on(A.clone())).map(|x| x * 4 + 9).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .take_while(|x| *x < 2037)
            .try_map(|x| fails(x, 6))
    }
    {
        from_iter(0..49u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter(skip(3))
    }
    {
        from_iter(0..21u64)
            .and(later)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..57u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .map(|x| x * 4 + 3)
    }
    {
        from_iter(0..29u64)
            .fork(|x| just(x), later).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..53u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 2), |x| just(x).then(on(C.clone()).capacity(4)).fork(|x| just(x), later).map(|(p, q)| (p + 3 * q) % 10_007).materialize().then(on(B.clone())).dematerialize())
    }
    {
        from_iter(0..38u64)
            .map(|x| x * 2 + 2)
            .repeat(3)
            .and(later)
            .map(|x| x * 2 + 5)
    }
    {
        from_iter(0..33u64)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .map(|x| x * 3 + 1)
            .then(on(A.clone()))
    }
    {
        from_iter(0..46u64)
            .and(later)
            .map(|x| x * 4 + 6)
            .stopped_as_none().map(|x| x.unwrap_or(99))
            .and(later)
    }
    {
        from_iter(0..22u64)
            .then(on(A.clone()))
            .route(|x| x % 4 == 0, |x| just(x).then(on(C.clone()).capacity(1)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 6))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .then(on(B.clone()))
    }
    {
        from_iter(0..31u64)
            .filter(throttle_by(9, |x: &u64| *x))
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 4), |x| just(x).then(on(B.clone())).map(|x| x * 4 + 3))
    }
    {
        from_iter(0..51u64)
            .filter(throttle_by(10, |x: &u64| *x))
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .map(|x| x * 4 + 6)
    }
    {
        from_iter(0..62u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .map(|x| x / 2).filter(changes())
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..56u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .materialize().then(on(C.clone())).dematerialize()
            .filter(|x| x % 6 != 0)
            .and(later)
            .map(|x| x / 2).filter(changes())
    }
    {
        from_iter(0..65u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 4 + 6), |x| just(x).then(on(A.clone()).capacity(3)).take(19).try_map(|x| fails(x, 58)).or_else(|wrong: Wrong| just(wrong.0 + 500)))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..57u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 5), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 5))
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .then(on(C.clone()))
    }
    {
        from_iter(0..29u64)
            .materialize().then(on(A.clone())).dematerialize()
            .map(|x| x * 3 + 4)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .then(on(A.clone()).capacity(2))
    }
    {
        from_iter(0..26u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .try_map(|x| fails(x, 7))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x / 3).filter(changes())
            .then(on(B.clone()).capacity(1))
    }
    {
        from_iter(0..50u64)
            .and(later)
            .then(on(B.clone()))
            .map(|x| x * 4 + 5)
            .try_map(|x| fails(x, 88))
            .into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..78u64)
            .fork3(|x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 3 + 5).then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 9), |x| just(x).map(|x| x * 4 + 7)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..22u64)
            .map(|x| x * 3 + 1)
            .route(|x| x % 2 == 0, |x| just(x), |x| just(x))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(later)
    }
    {
        from_iter(0..29u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..76u64)
            .sequence(from_iter(10..999u64))
            .filter(|x| x % 5 != 0)
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..30u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .take_while(|x| *x < 341)
            .and(later)
            .and(|x| just(x).filter(|x| x % 5 != 0))
    }
    {
        from_iter(0..51u64)
            .repeat(2)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 7).route(|x| x % 4 == 0, |x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 4 + 7), |x| just(x).then(on(B.clone()).capacity(3)).sequence(from_iter(10..999u64))), later)
    }
    {
        from_iter(0..70u64)
            .join(from_iter(3..67u64).then(on(C.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 30))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .stopped_as_none().map(|x| x.unwrap_or(99))
    }
    {
        from_iter(0..48u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .map(|x| x * 4 + 7)
            .take_while(|x| *x < 2494)
    }
    {
        from_iter(0..43u64)
            .filter(|x| x % 5 != 0)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .filter(|x| x % 6 != 1)
            .then(on(C.clone()))
    }
    {
        from_iter(0..56u64)
            .map(|x| x * 4 + 8)
            .route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 4), |x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 2 + 3))
            .try_map(|x| fails(x, 74))
    }
    {
        from_iter(0..46u64)
            .route(|x| x % 5 == 0, |x| just(x).map(|x| x * 4 + 4), |x| just(x).sequence(from_iter(10..999u64)).filter(|x| x % 6 != 1))
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..48u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 5).then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1), |x| just(x).map(|x| x * 2 + 4))
            .then(on(B.clone()))
            .filter(throttle_by(9, |x: &u64| *x))
    }
    {
        from_iter(0..38u64)
            .map(|x| x / 3).filter(changes())
            .route(|x| x % 2 == 0, |x| just(x).and(later).then(on(B.clone()).capacity(1)).map(|x| x * 3 + 8), |x| just(x).try_map(|x| fails(x, 9)).into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7)).map(|x| x * 2 + 8))
            .then(on(B.clone()))
            .map(|x| x * 4 + 7)
    }
    {
        from_iter(0..63u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .sequence(from_iter(10..999u64))
            .then(on(B.clone()))
            .map(|x| x * 2 + 2)
    }
    {
        from_iter(0..68u64)
            .filter(skip(2))
            .then(on(C.clone()).capacity(4))
            .fork(|x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 4 + 4), |x| just(x).and(later).map(|x| x * 2 + 8)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .try_map(|x| fails(x, 6))
            .upon_error(|wrong: Wrong| wrong.0 + 900)
    }
    {
        from_iter(0..74u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone()).capacity(2)).map(|x| x * 2 + 1), |x| just(x).then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1))
    }
    {
        from_iter(0..24u64)
            .join(from_iter(3..16u64).then(on(C.clone())).map(|x| x * 3 + 2)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(|x| x % 2 != 1)
    }
    {
        from_iter(0..77u64)
            .materialize().then(on(A.clone())).dematerialize()
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..31u64)
            .try_map(|x| fails(x, 56))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .and(later)
    }
    {
        from_iter(0..23u64)
            .filter(skip(2))
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..21u64)
            .join(from_iter(3..37u64).map(|x| x * 2 + 7).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..66u64)
            .route(|x| x % 4 == 0, |x| just(x).map(|x| x * 4 + 6).and(later), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 4).and(later))
            .take(3)
    }
    {
        from_iter(0..55u64)
            .try_map(|x| fails(x, 8))
            .map(|x| x * 2 + 3)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .filter(skip(3))
            .map(|x| x * 2 + 2)
            .and(later)
    }
    {
        from_iter(0..25u64)
            .and(later)
            .and(later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .sequence(from_iter(10..999u64))
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..66u64)
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
            .then(on(B.clone()))
    }
    {
        from_iter(0..70u64)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 3 + 6), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 5).sequence(from_iter(10..999u64))).map(|(p, q)| (p + 3 * q) % 10_007)
            .finally(|| just(()))
            .map(|x| x * 3 + 3)
    }
    {
        from_iter(0..76u64)
            .map(|x| x * 4 + 9)
            .join(from_iter(3..26u64).filter(|x| x % 3 != 1)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..64u64)
            .then(on(B.clone()).capacity(3))
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .route(|x| x % 5 == 0, |x| just(x), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2))
    }
    {
        from_iter(0..32u64)
            .and(later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .then(on(A.clone()))
    }
    {
        from_iter(0..53u64)
            .filter(throttle_by(8, |x: &u64| *x))
            .then(on(B.clone()))
            .map(|x| x * 4 + 8)
            .filter(throttle_by(3, |x: &u64| *x))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..25u64)
            .and(later)
            .join(from_iter(3..11u64).try_map(|x| fails(x, 5)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)).map(|x| x * 3 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..61u64)
            .filter(skip(3))
            .join(from_iter(3..79u64).try_map(|x| fails(x, 84)).or_else(|wrong: Wrong| just(wrong.0 + 500)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..51u64)
            .filter(throttle_by(7, |x: &u64| *x))
            .and(|x| just(x).filter(|x| x % 3 != 0))
    }
    {
        from_iter(0..69u64)
            .filter(skip(2))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .filter(|x| x % 5 != 1)
            .then(on(A.clone()))
    }
    {
        from_iter(0..42u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..72u64)
            .filter(|x| x % 3 != 1)
            .join(from_iter(3..10u64).then(on(C.clone())).map(|x| x * 2 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
    }
    {
        from_iter(0..28u64)
            .route(|x| x % 5 == 0, later, |x| just(x).then(on(B.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 2 + 2))
            .and(later)
    }
    {
        from_iter(0..37u64)
            .or_stopped(|_| just(7))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..67u64)
            .and(later)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
    }
    {
        from_iter(0..26u64)
            .sequence(from_iter(10..999u64))
            .map(|x| x * 2 + 4)
            .map(|x| x * 3 + 8)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .map(|x| x * 4 + 1)
    }
    {
        from_iter(0..25u64)
            .repeat(2)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 3 + 7), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .map(|x| x * 2 + 4)
    }
    {
        from_iter(0..37u64)
            .filter(skip(3))
            .route(|x| x % 5 == 0, |x| just(x).filter_map(|x| (x % 2 != 1).then_some(x + 2)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).map(|x| x * 3 + 3).filter_map(|x| (x % 3 != 1).then_some(x + 3)))
    }
    {
        from_iter(0..63u64)
            .materialize().then(on(A.clone())).dematerialize()
            .or_stopped(|_| just(7))
    }
    {
        from_iter(0..79u64)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .sequence(from_iter(10..999u64))
    }
    {
        from_iter(0..46u64)
            .route(|x| x % 4 == 0, later, |x| just(x).map(|x| x * 3 + 6))
            .then(on(A.clone()).capacity(3))
            .map(|x| x * 4 + 4)
            .then(on(A.clone()))
            .map(|x| x * 3 + 3)
    }
    {
        from_iter(0..34u64)
            .map(|x| x * 4 + 4)
            .join(evens().map(|x| x * 3 + 4).map(|x| x * 2 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..35u64)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 2 + 4).try_map(|x| fails(x, 8)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x).map(|x| x * 3 + 2)).map(|(p, q)| (p + 3 * q) % 10_007)
            .try_map(|x| fails(x, 9))
    }
    {
        from_iter(0..36u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(B.clone())).map(|x| x + 1)
            .map(|x| x * 2 + 3)
    }
    {
        from_iter(0..24u64)
            .map(|x| x * 4 + 4)
            .then(on(C.clone()).capacity(3))
            .filter(throttle_by(8, |x: &u64| *x))
            .then(on(B.clone()))
    }
    {
        from_iter(0..53u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .sequence(from_iter(10..999u64))
            .map(|x| x * 3 + 3)
            .map(|x| x / 3).filter(changes())
            .map(|x| x * 2 + 1)
    }
    {
        from_iter(0..71u64)
            .then(on(C.clone()).capacity(2))
            .fork3(|x| just(x), later, |x| just(x).map(|x| x * 4 + 7).materialize().then(on(C.clone())).dematerialize()).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x / 2).filter(changes())
    }
    {
        from_iter(0..35u64)
            .route(|x| x % 5 == 0, |x| just(x).map(|x| x * 3 + 3).map(|x| x * 3 + 7), later)
    }
    {
        from_iter(0..56u64)
            .filter(|x| x % 3 != 0)
            .repeat(2)
    }
    {
        from_iter(0..46u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
            .finally(|| just(()))
            .then(on(B.clone()))
    }
    {
        from_iter(0..43u64)
            .filter(|x| x % 5 != 1)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..71u64)
            .repeat(3)
            .fork(|x| just(x).then(on(B.clone())).map(|x| x * 3 + 7), later).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..33u64)
            .and(later)
            .fork3(|x| just(x).then(on(C.clone())).try_map(|x| fails(x, 53)).into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7)).then(on(B.clone())).map(|x| x * 3 + 7), later, later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..56u64)
            .then(on(C.clone()))
            .map(|x| x * 3 + 6)
            .filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])
    }
    {
        from_iter(0..64u64)
            .materialize().then(on(B.clone())).dematerialize()
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(later)
            .then(on(A.clone()))
    }
    {
        from_iter(0..24u64)
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(A.clone())).map(|x| x + 1)
            .filter(throttle_by(10, |x: &u64| *x))
            .then(on(DEVICE.clone())).map(mixed).map(small).then(on(C.clone())).map(|x| x + 1)
            .try_map(|x| fails(x, 46))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
}
