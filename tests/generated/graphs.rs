//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated` writes them anew.

use fusewire::prelude::*;

use crate::harness::{A, B, C, Wrong, evens, fails, graphs, later};

graphs! {
    {
        from_iter(0..35u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .join(from_iter(3..83u64).map(|x| x * 2 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .then(on(C.clone()))
    }
    {
        from_iter(0..41u64)
            .join(from_iter(3..27u64).then(on(A.clone())).try_map(|x| fails(x, 8)).or_else(|wrong: Wrong| just(wrong.0 + 500)).and(|x| just(x).filter(|x| x % 4 != 0))).map(|(p, q)| (p + 5 * q) % 10_007)
            .join(from_iter(3..40u64).then(on(C.clone()).capacity(2)).and(|x| just(x).filter(|x| x % 4 != 0))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..43u64)
            .then(on(B.clone()))
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 2 + 1), |x| just(x))
            .try_map(|x| fails(x, 51))
            .then(on(A.clone()))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..54u64)
            .and(later)
            .join(from_iter(3..22u64).filter(|x| x % 6 != 0)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..60u64)
            .route(|x| x % 3 == 0, |x| just(x).map(|x| x * 4 + 9).map(|x| x * 2 + 1), later)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
    }
    {
        from_iter(0..41u64)
            .fork(|x| just(x).then(on(A.clone())).try_map(|x| fails(x, 39)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..24u64)
            .join(from_iter(3..15u64).map(|x| x * 4 + 5).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 4 != 0))
    }
    {
        from_iter(0..49u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 5), |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 7))
    }
    {
        from_iter(0..44u64)
            .join(from_iter(3..42u64).repeat(2)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..70u64)
            .then(on(A.clone()))
            .join(from_iter(3..76u64).filter(|x| x % 3 != 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..29u64)
            .try_map(|x| fails(x, 79))
            .join(from_iter(3..24u64).then(on(C.clone())).map(|x| x * 4 + 1).map(|x| x * 2 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..20u64)
            .then(on(B.clone()).capacity(3))
            .join(from_iter(3..68u64).route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 4), |x| just(x).then(on(B.clone())).try_map(|x| fails(x, 38)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1))).and(|x| just(x).filter(|x| x % 3 != 0))).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..30u64)
            .join(from_iter(3..20u64).filter(|x| x % 3 != 0)).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..51u64)
            .join(from_iter(3..31u64).then(on(C.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 4 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 6)
    }
    {
        from_iter(0..70u64)
            .and(later)
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 8), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..71u64)
            .map(|x| x * 3 + 3)
            .join(evens().then(on(A.clone()).capacity(4)).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..26u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 4 + 4), |x| just(x).and(later).route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 1), later))
            .map(|x| x * 4 + 1)
            .then(on(A.clone()).capacity(4))
    }
    {
        from_iter(0..42u64)
            .fork(|x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..40u64)
            .route(|x| x % 2 == 0, later, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 1))
            .map(|x| x * 2 + 4)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..33u64)
            .repeat(2)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), |x| just(x).try_map(|x| fails(x, 8)).or_else(|wrong: Wrong| just(wrong.0 + 500)))
    }
    {
        from_iter(0..47u64)
            .join(from_iter(3..68u64).map(|x| x * 4 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 2)
    }
    {
        from_iter(0..43u64)
            .join(from_iter(3..39u64).filter_map(|x| (x % 2 != 1).then_some(x + 2))).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..34u64)
            .repeat(3)
            .join(from_iter(3..97u64).then(on(B.clone())).map(|x| x * 2 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(A.clone()))
    }
    {
        from_iter(0..62u64)
            .join(from_iter(3..46u64).map(|x| x * 2 + 1).filter(|x| x % 4 != 0)).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..77u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 4), later)
    }
    {
        from_iter(0..50u64)
            .then(on(B.clone()))
            .route(|x| x % 5 == 0, later, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 9))
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .then(on(C.clone()))
    }
    {
        from_iter(0..24u64)
            .join(from_iter(3..39u64).then(on(B.clone())).and(later).try_map(|x| fails(x, 5)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..74u64)
            .route(|x| x % 2 == 0, later, |x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 4 + 6))
            .then(on(C.clone()))
            .filter(|x| x % 2 != 0)
    }
    {
        from_iter(0..61u64)
            .map(|x| x * 4 + 4)
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone()).capacity(2)).filter_map(|x| (x % 4 != 1).then_some(x + 4)).then(on(A.clone())).map(|x| x * 4 + 8), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 1))
            .map(|x| x * 2 + 6)
            .map(|x| x * 2 + 5)
    }
    {
        from_iter(0..37u64)
            .fork(|x| just(x), |x| just(x).then(on(C.clone())).filter_map(|x| (x % 5 != 1).then_some(x + 5))).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 4 + 8)
            .and(later)
    }
    {
        from_iter(0..38u64)
            .join(from_iter(3..50u64).then(on(C.clone())).batch::<4>().map(|batch| batch.iter().sum::<u64>()).batch::<2>().map(|batch| batch.iter().sum::<u64>())).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(B.clone()))
    }
    {
        from_iter(0..36u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).map(|x| x * 2 + 4).and(|x| just(x).filter(|x| x % 2 != 0)))
            .try_map(|x| fails(x, 72))
            .and(later)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..47u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .join(from_iter(3..26u64).repeat(3).repeat(3)).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..29u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(C.clone()).capacity(2)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).and(later), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..50u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .fork3(|x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 3 + 5), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 4), |x| just(x).map(|x| x * 2 + 3)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
    }
    {
        from_iter(0..24u64)
            .and(later)
            .join(from_iter(3..44u64).map(|x| x * 4 + 9).filter(|x| x % 5 != 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..50u64)
            .fork(|x| just(x).try_map(|x| fails(x, 7)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).and(|x| just(x).filter(|x| x % 2 != 0))).map(|(p, q)| (p + 3 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
    }
    {
        from_iter(0..36u64)
            .join(evens().then(on(B.clone()).capacity(3)).try_map(|x| fails(x, 5))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(A.clone()))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..29u64)
            .join(evens().scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(later)
    }
    {
        from_iter(0..39u64)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 2 + 2), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .and(later)
            .join(from_iter(3..43u64).batch::<4>().map(|batch| batch.iter().sum::<u64>())).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..38u64)
            .repeat(2)
            .fork(|x| just(x).try_map(|x| fails(x, 89)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)).map(|x| x * 4 + 1), |x| just(x).then(on(B.clone()).capacity(4)).try_map(|x| fails(x, 6)).or_else(|wrong: Wrong| just(wrong.0 + 500)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..63u64)
            .fork(|x| just(x), |x| just(x).then(on(C.clone()).capacity(2)).try_map(|x| fails(x, 45)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1))).map(|(p, q)| (p + 3 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 3 + 9)
    }
    {
        from_iter(0..77u64)
            .filter(|x| x % 2 != 0)
            .join(from_iter(3..97u64).repeat(3)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(B.clone()))
            .map(|x| x * 2 + 1)
    }
    {
        from_iter(0..74u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 2 + 8), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 7))
    }
    {
        from_iter(0..38u64)
            .join(from_iter(3..29u64).try_map(|x| fails(x, 5)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..65u64)
            .join(from_iter(3..54u64).filter_map(|x| (x % 5 != 1).then_some(x + 5)).map(|x| x * 2 + 8)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .then(on(C.clone()).capacity(1))
    }
    {
        from_iter(0..50u64)
            .fork3(|x| just(x).then(on(C.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), later, |x| just(x).map(|x| x * 4 + 4)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..25u64)
            .map(|x| x * 3 + 9)
            .fork3(|x| just(x).then(on(B.clone()).capacity(2)).map(|x| x * 3 + 9), later, |x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 3 + 9).map(|x| x * 3 + 7)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..62u64)
            .then(on(B.clone()))
            .join(from_iter(3..71u64).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).then(on(B.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..41u64)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .fork(|x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 3 + 2), |x| just(x).try_map(|x| fails(x, 83)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 3 + 8)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..69u64)
            .fork(|x| just(x).then(on(A.clone()).capacity(1)).try_map(|x| fails(x, 75)).filter_map(|x| (x % 4 != 1).then_some(x + 4)), |x| just(x).then(on(B.clone()).capacity(1)).map(|x| x * 2 + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
            .then(on(B.clone()))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..67u64)
            .route(|x| x % 5 == 0, |x| just(x), later)
            .and(later)
    }
    {
        from_iter(0..22u64)
            .map(|x| x * 2 + 3)
            .fork(later, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 4)
            .then(on(B.clone()))
    }
    {
        from_iter(0..29u64)
            .fork3(|x| just(x).route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 4 + 2), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 1).map(|x| x * 4 + 8)).try_map(|x| fails(x, 8)).or_else(|wrong: Wrong| just(wrong.0 + 500)), |x| just(x).then(on(A.clone())).and(later).filter_map(|x| (x % 5 != 1).then_some(x + 5)), |x| just(x).map(|x| x * 2 + 8).map(|x| x * 2 + 4)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 9), |x| just(x).then(on(B.clone())).map(|x| x * 3 + 1).then(on(C.clone())).map(|x| x * 4 + 4))
    }
    {
        from_iter(0..73u64)
            .then(on(C.clone()))
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 5), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 8))
    }
    {
        from_iter(0..44u64)
            .fork(|x| just(x).then(on(B.clone())).map(|x| x * 4 + 4), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .then(on(B.clone()))
    }
    {
        from_iter(0..58u64)
            .then(on(C.clone()))
            .fork(later, |x| just(x).then(on(C.clone())).route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 1), |x| just(x)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 3 * q) % 10_007)
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
            .and(later)
    }
    {
        from_iter(0..76u64)
            .filter(|x| x % 6 != 0)
            .join(from_iter(3..78u64).and(later).filter(|x| x % 3 != 0)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..43u64)
            .join(evens().scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 6)
            .and(later)
    }
    {
        from_iter(0..49u64)
            .join(from_iter(3..65u64).then(on(B.clone())).and(later).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..58u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(A.clone()).capacity(4)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(A.clone())).filter(|x| x % 4 != 0))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..77u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 3 + 3), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 5)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..42u64)
            .join(from_iter(3..70u64).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 2 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 8))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..35u64)
            .fork(|x| just(x).then(on(C.clone())).and(|x| just(x).filter(|x| x % 5 != 0)).and(later), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(A.clone()))
            .map(|x| x * 3 + 3)
    }
    {
        from_iter(0..37u64)
            .then(on(C.clone()))
            .fork(later, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 8)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(later)
            .and(later)
    }
    {
        from_iter(0..40u64)
            .then(on(B.clone()).capacity(3))
            .route(|x| x % 4 == 0, later, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 3))
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
    }
    {
        from_iter(0..34u64)
            .join(from_iter(3..50u64).repeat(3)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..38u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 8), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 1))
            .and(later)
    }
    {
        from_iter(0..76u64)
            .join(from_iter(3..58u64).then(on(B.clone()).capacity(2)).map(|x| x * 4 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(B.clone()))
    }
    {
        from_iter(0..59u64)
            .map(|x| x * 2 + 5)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 7), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 5 != 0))
            .map(|x| x * 3 + 6)
    }
    {
        from_iter(0..38u64)
            .join(evens().then(on(C.clone())).map(|x| x * 2 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..29u64)
            .route(|x| x % 4 == 0, later, |x| just(x).then(on(B.clone())).map(|x| x * 2 + 2))
    }
    {
        from_iter(0..62u64)
            .fork3(|x| just(x).try_map(|x| fails(x, 44)), |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 3 + 3).map(|x| x * 4 + 8), |x| just(x).map(|x| x * 4 + 9)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..33u64)
            .filter(|x| x % 4 != 1)
            .join(from_iter(3..81u64).map(|x| x * 3 + 3)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 8)
            .map(|x| x * 2 + 7)
    }
    {
        from_iter(0..49u64)
            .map(|x| x * 2 + 3)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .then(on(C.clone()))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..42u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).fork(|x| just(x).then(on(C.clone())).map(|x| x * 3 + 6), later).map(|(p, q)| (p + 3 * q) % 10_007).map(|x| x * 2 + 8), |x| just(x).then(on(C.clone()).capacity(3)).filter(|x| x % 4 != 0).map(|x| x * 3 + 7))
            .map(|x| x * 4 + 8)
    }
    {
        from_iter(0..49u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .join(from_iter(3..29u64).map(|x| x * 4 + 9).filter(|x| x % 4 != 1)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..75u64)
            .then(on(A.clone()))
            .join(from_iter(3..22u64).then(on(C.clone()).capacity(2)).map(|x| x * 4 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .filter(|x| x % 5 != 0)
    }
    {
        from_iter(0..33u64)
            .route(|x| x % 5 == 0, |x| just(x).map(|x| x * 2 + 4), |x| just(x).fork(|x| just(x).map(|x| x * 3 + 7), |x| just(x).and(later).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 3 * q) % 10_007).map(|x| x * 4 + 1))
    }
    {
        from_iter(0..44u64)
            .repeat(3)
            .fork(|x| just(x).then(on(A.clone())).try_map(|x| fails(x, 8)), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..44u64)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 7), |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).then(on(B.clone())).map(|x| x * 2 + 2))
    }
    {
        from_iter(0..42u64)
            .fork3(|x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 4 + 5), |x| just(x).map(|x| x * 2 + 4), |x| just(x)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..65u64)
            .try_map(|x| fails(x, 71))
            .join(from_iter(3..48u64).then(on(B.clone())).filter(|x| x % 4 != 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 67))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..56u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), |x| just(x).then(on(C.clone())).join(from_iter(42..1000u64).map(|x| x * 3 + 7)).map(|(p, q)| (p + 5 * q) % 10_007))
            .map(|x| x * 3 + 5)
            .then(on(A.clone()))
    }
    {
        from_iter(0..43u64)
            .map(|x| x * 4 + 8)
            .route(|x| x % 5 == 0, |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 3 + 3), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 2).filter(|x| x % 5 != 0))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(later)
    }
    {
        from_iter(0..28u64)
            .fork(later, |x| just(x).then(on(B.clone())).filter(|x| x % 2 != 0)).map(|(p, q)| (p + 3 * q) % 10_007)
            .fork(|x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 4), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 8)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..27u64)
            .repeat(2)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone()).capacity(3)).filter_map(|x| (x % 4 != 1).then_some(x + 4)).map(|x| x * 3 + 8), |x| just(x).and(later).and(later))
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..42u64)
            .map(|x| x * 3 + 8)
            .join(from_iter(3..96u64).then(on(B.clone())).try_map(|x| fails(x, 80)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(C.clone()))
    }
    {
        from_iter(0..67u64)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .fork3(|x| just(x).then(on(B.clone()).capacity(4)).and(|x| just(x).filter(|x| x % 2 != 0)), |x| just(x).map(|x| x * 2 + 1), |x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 4 + 1)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter_map(|x| (x % 3 != 1).then_some(x + 3))
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..56u64)
            .then(on(B.clone()))
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 4).and(later), |x| just(x).filter_map(|x| (x % 2 != 1).then_some(x + 2)).and(later))
    }
    {
        from_iter(0..53u64)
            .repeat(3)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 3 + 7), later)
    }
    {
        from_iter(0..51u64)
            .join(from_iter(3..40u64).then(on(A.clone()).capacity(3))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..66u64)
            .try_map(|x| fails(x, 85))
            .join(evens().then(on(C.clone())).try_map(|x| fails(x, 64)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1))).map(|(p, q)| (p + 5 * q) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..61u64)
            .fork3(|x| just(x).map(|x| x * 4 + 5).map(|x| x * 3 + 7), |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 4 + 2).try_map(|x| fails(x, 85)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)), |x| just(x).map(|x| x * 4 + 2)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
            .and(later)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..27u64)
            .join(from_iter(3..10u64).then(on(B.clone())).and(later).map(|x| x * 2 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 3)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..39u64)
            .filter_map(|x| (x % 4 != 1).then_some(x + 4))
            .fork3(|x| just(x).and(later).and(later), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 7).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .join(from_iter(3..55u64).and(|x| just(x).filter(|x| x % 5 != 0)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..57u64)
            .fork(later, |x| just(x).then(on(C.clone())).map(|x| x * 2 + 3)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 3 + 2)
    }
    {
        from_iter(0..58u64)
            .fork3(|x| just(x).filter(|x| x % 6 != 0), |x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 2 + 3), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..61u64)
            .try_map(|x| fails(x, 73))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 4 + 4), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..73u64)
            .and(later)
            .join(from_iter(3..71u64).then(on(C.clone()).capacity(4)).map(|x| x * 2 + 2).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..61u64)
            .route(|x| x % 4 == 0, |x| just(x).fork(|x| just(x).then(on(B.clone())).filter_map(|x| (x % 2 != 1).then_some(x + 2)).map(|x| x * 4 + 6), |x| just(x).then(on(B.clone())).map(|x| x * 3 + 8)).map(|(p, q)| (p + 3 * q) % 10_007), |x| just(x).then(on(B.clone())).map(|x| x * 2 + 7).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .filter(|x| x % 4 != 1)
    }
    {
        from_iter(0..37u64)
            .then(on(B.clone()))
            .fork(|x| just(x).then(on(A.clone())).fork(|x| just(x).then(on(B.clone()).capacity(2)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).then(on(C.clone())).map(|x| x * 2 + 3), |x| just(x).then(on(C.clone()).capacity(3)).filter_map(|x| (x % 4 != 1).then_some(x + 4)).map(|x| x * 4 + 8)).map(|(p, q)| (p + 3 * q) % 10_007), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 5)
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..23u64)
            .try_map(|x| fails(x, 57))
            .fork(|x| just(x), later).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 9)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..42u64)
            .then(on(B.clone()))
            .fork(later, |x| just(x).then(on(C.clone())).try_map(|x| fails(x, 63)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 3 * q) % 10_007)
            .join(from_iter(3..53u64).filter_map(|x| (x % 4 != 1).then_some(x + 4)).try_map(|x| fails(x, 56))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .join(from_iter(3..21u64).then(on(A.clone()).capacity(3)).try_map(|x| fails(x, 5)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..66u64)
            .then(on(C.clone()))
            .fork3(|x| just(x).then(on(C.clone()).capacity(2)).map(|x| x * 2 + 7).map(|x| x * 2 + 9), |x| just(x).then(on(A.clone())).filter_map(|x| (x % 5 != 1).then_some(x + 5)).map(|x| x * 2 + 7), |x| just(x).try_map(|x| fails(x, 7)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 2 + 4)
    }
    {
        from_iter(0..78u64)
            .join(from_iter(3..81u64).and(|x| just(x).filter(|x| x % 5 != 0)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..29u64)
            .and(later)
            .fork3(later, |x| just(x).map(|x| x * 4 + 1), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..71u64)
            .and(later)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 2), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 9).map(|x| x * 4 + 4))
    }
    {
        from_iter(0..67u64)
            .fork3(|x| just(x).then(on(C.clone())).join(from_iter(66..1000u64).map(|x| x * 4 + 6)).map(|(p, q)| (p + 5 * q) % 10_007), later, later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .and(later)
            .try_map(|x| fails(x, 6))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..61u64)
            .join(from_iter(3..61u64).repeat(3).map(|x| x * 3 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..74u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 4 + 5), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 2).map(|x| x * 4 + 7))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .and(later)
    }
    {
        from_iter(0..60u64)
            .join(from_iter(3..72u64).then(on(B.clone())).try_map(|x| fails(x, 62)).or_else(|wrong: Wrong| just(wrong.0 + 500)).map(|x| x * 4 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 7)
    }
    {
        from_iter(0..60u64)
            .join(from_iter(3..83u64).then(on(C.clone()).capacity(4)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 2 + 2)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(|x| x % 5 != 0)
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..78u64)
            .and(later)
            .fork3(|x| just(x).then(on(A.clone())).try_map(|x| fails(x, 83)).map(|x| x * 4 + 1), |x| just(x).then(on(C.clone())).and(|x| just(x).filter(|x| x % 5 != 0)).route(|x| x % 4 == 0, |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 4 + 2), later), |x| just(x).filter(|x| x % 6 != 1)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 3 + 7)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..44u64)
            .then(on(B.clone()))
            .join(evens().join(from_iter(3..35u64).map(|x| x * 2 + 3).try_map(|x| fails(x, 8)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 2)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..24u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone()).capacity(1)).and(later).and(later), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 8))
            .try_map(|x| fails(x, 45))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 4 + 6)
    }
    {
        from_iter(0..78u64)
            .and(later)
            .join(from_iter(3..49u64).try_map(|x| fails(x, 39)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(A.clone()))
            .try_map(|x| fails(x, 57))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..21u64)
            .try_map(|x| fails(x, 8))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .join(from_iter(3..44u64).then(on(B.clone())).map(|x| x * 3 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..41u64)
            .map(|x| x * 3 + 9)
            .join(from_iter(3..24u64).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..37u64)
            .then(on(A.clone()))
            .route(|x| x % 2 == 0, |x| just(x).filter(|x| x % 4 != 0), |x| just(x).map(|x| x * 3 + 9))
            .then(on(C.clone()))
    }
    {
        from_iter(0..50u64)
            .and(later)
            .fork3(|x| just(x).then(on(C.clone()).capacity(1)).route(|x| x % 5 == 0, |x| just(x).then(on(C.clone())).try_map(|x| fails(x, 87)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 9).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })), |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 4 + 8), |x| just(x)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..40u64)
            .fork3(|x| just(x).map(|x| x * 4 + 6).join(from_iter(35..1000u64).map(|x| x * 2 + 5)).map(|(p, q)| (p + 5 * q) % 10_007), |x| just(x).then(on(A.clone()).capacity(3)).and(later), |x| just(x)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .fork3(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 4), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 4).try_map(|x| fails(x, 50)), |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 4 + 6)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..60u64)
            .route(|x| x % 4 == 0, |x| just(x), later)
            .then(on(C.clone()))
    }
    {
        from_iter(0..59u64)
            .join(from_iter(3..99u64).then(on(A.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(A.clone()))
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..77u64)
            .fork3(|x| just(x).then(on(A.clone()).capacity(1)).map(|x| x * 4 + 3), |x| just(x).then(on(A.clone())).and(|x| just(x).filter(|x| x % 2 != 0)), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..60u64)
            .repeat(2)
            .route(|x| x % 5 == 0, |x| just(x).then(on(C.clone())).route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 8), |x| just(x)), |x| just(x))
    }
    {
        from_iter(0..46u64)
            .fork3(later, |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).map(|x| x * 2 + 6).try_map(|x| fails(x, 9)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1))).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 3 + 7)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..65u64)
            .then(on(A.clone()))
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone()).capacity(4)).map(|x| x * 4 + 2).and(later), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 2))
    }
    {
        from_iter(0..40u64)
            .route(|x| x % 5 == 0, |x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 3))
            .map(|x| x * 2 + 9)
            .route(|x| x % 3 == 0, |x| just(x), |x| just(x))
    }
    {
        from_iter(0..75u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(C.clone()).capacity(3)).and(|x| just(x).filter(|x| x % 3 != 0)), |x| just(x).and(later))
            .map(|x| x * 4 + 1)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..65u64)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .join(from_iter(3..79u64).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 2).map(|x| x * 2 + 8)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..47u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .fork(|x| just(x).then(on(B.clone())).and(later), |x| just(x).then(on(B.clone()).capacity(2)).map(|x| x * 4 + 4)).map(|(p, q)| (p + 3 * q) % 10_007)
            .try_map(|x| fails(x, 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 3 + 8)
    }
    {
        from_iter(0..71u64)
            .fork3(|x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 2 + 2), |x| just(x), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 2 + 9)
    }
    {
        from_iter(0..70u64)
            .join(from_iter(3..52u64).then(on(A.clone()).capacity(3)).try_map(|x| fails(x, 8)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..68u64)
            .route(|x| x % 5 == 0, |x| just(x), later)
            .try_map(|x| fails(x, 76))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..35u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 3 + 6).and(|x| just(x).filter(|x| x % 4 != 0)), |x| just(x).then(on(C.clone())).and(later).map(|x| x * 2 + 4))
            .try_map(|x| fails(x, 6))
            .and(later)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..71u64)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .join(from_iter(3..71u64).then(on(B.clone())).filter_map(|x| (x % 5 != 1).then_some(x + 5)).map(|x| x * 3 + 4)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(A.clone()))
            .map(|x| x * 4 + 3)
    }
    {
        from_iter(0..34u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone()).capacity(2)).route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).try_map(|x| fails(x, 48)).or_else(|wrong: Wrong| just(wrong.0 + 500)).map(|x| x * 3 + 6), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 3).filter_map(|x| (x % 2 != 1).then_some(x + 2))).fork(|x| just(x).map(|x| x * 4 + 4).map(|x| x * 2 + 6), |x| just(x).then(on(A.clone())).and(later)).map(|(p, q)| (p + 3 * q) % 10_007), |x| just(x).then(on(C.clone()).capacity(1)).map(|x| x * 2 + 7))
            .filter(|x| x % 5 != 0)
            .map(|x| x * 4 + 9)
    }
    {
        from_iter(0..22u64)
            .route(|x| x % 2 == 0, later, later)
    }
    {
        from_iter(0..30u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x))
            .map(|x| x * 3 + 4)
    }
    {
        from_iter(0..59u64)
            .join(from_iter(3..29u64).try_map(|x| fails(x, 30)).or_else(|wrong: Wrong| just(wrong.0 + 500)).map(|x| x * 4 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .route(|x| x % 2 == 0, |x| just(x).try_map(|x| fails(x, 71)).or_else(|wrong: Wrong| just(wrong.0 + 500)).then(on(A.clone())).map(|x| x * 4 + 8), |x| just(x).try_map(|x| fails(x, 66)).or_else(|wrong: Wrong| just(wrong.0 + 500)))
            .map(|x| x * 3 + 1)
            .then(on(B.clone()))
    }
    {
        from_iter(0..66u64)
            .join(from_iter(3..47u64).repeat(2)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 6)
            .filter(|x| x % 3 != 1)
    }
    {
        from_iter(0..75u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .fork3(|x| just(x).then(on(A.clone())).route(|x| x % 5 == 0, |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 3 + 6), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 2)).map(|x| x * 3 + 9), |x| just(x).then(on(A.clone()).capacity(3)).route(|x| x % 3 == 0, |x| just(x), |x| just(x).then(on(A.clone())).map(|x| x * 4 + 4)).map(|x| x * 3 + 5), |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 6)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..56u64)
            .repeat(2)
            .route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 4), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 3).and(later))
    }
    {
        from_iter(0..77u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 4 + 9), |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 4 + 2))
            .and(later)
    }
    {
        from_iter(0..60u64)
            .fork(|x| just(x).then(on(B.clone())).and(later).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).map(|x| x * 2 + 4).then(on(B.clone())).map(|x| x * 2 + 1)).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..26u64)
            .join(evens().then(on(C.clone()).capacity(1)).map(|x| x * 3 + 1)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 5)
    }
    {
        from_iter(0..35u64)
            .try_map(|x| fails(x, 65))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .fork3(|x| just(x).then(on(C.clone()).capacity(2)).filter_map(|x| (x % 5 != 1).then_some(x + 5)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).filter_map(|x| (x % 4 != 1).then_some(x + 4)), |x| just(x).then(on(A.clone()).capacity(4)).try_map(|x| fails(x, 33)).or_else(|wrong: Wrong| just(wrong.0 + 500))).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 3 + 2)
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
    }
    {
        from_iter(0..61u64)
            .and(later)
            .fork(later, later).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 1)
    }
    {
        from_iter(0..31u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 3), |x| just(x).then(on(C.clone()).capacity(4)).try_map(|x| fails(x, 49)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)))
    }
    {
        from_iter(0..53u64)
            .join(from_iter(3..92u64).then(on(B.clone())).map(|x| x * 3 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..31u64)
            .try_map(|x| fails(x, 7))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .fork3(|x| just(x).map(|x| x * 3 + 9), later, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 2)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..45u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .route(|x| x % 2 == 0, |x| just(x).then(on(B.clone())).filter_map(|x| (x % 4 != 1).then_some(x + 4)), |x| just(x).then(on(A.clone()).capacity(3)).map(|x| x * 3 + 4).map(|x| x * 2 + 5))
    }
    {
        from_iter(0..50u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 6).map(|x| x * 2 + 3), |x| just(x).then(on(A.clone()).capacity(3)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
    }
    {
        from_iter(0..24u64)
            .try_map(|x| fails(x, 9))
            .join(from_iter(3..42u64).then(on(A.clone()).capacity(3)).map(|x| x * 4 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 9)
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..37u64)
            .then(on(C.clone()))
            .fork3(|x| just(x).map(|x| x * 2 + 3).try_map(|x| fails(x, 55)), |x| just(x).then(on(B.clone())).and(later), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .then(on(C.clone()))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..74u64)
            .fork3(|x| just(x).then(on(C.clone())).and(later), later, |x| just(x)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .route(|x| x % 2 == 0, |x| just(x).then(on(A.clone())).filter_map(|x| (x % 4 != 1).then_some(x + 4)), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2))
    }
    {
        from_iter(0..71u64)
            .join(from_iter(3..61u64).repeat(3)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..73u64)
            .join(from_iter(3..57u64).then(on(C.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 4 + 8)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..54u64)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone()).capacity(4)).map(|x| x * 2 + 2), |x| just(x).then(on(C.clone())).map(|x| x * 2 + 1).then(on(A.clone()).capacity(1)).map(|x| x * 2 + 8))
            .and(later)
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..28u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).then(on(B.clone())).try_map(|x| fails(x, 7)).or_else(|wrong: Wrong| just(wrong.0 + 500)).route(|x| x % 4 == 0, |x| just(x).and(|x| just(x).filter(|x| x % 3 != 0)), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 4).map(|x| x * 3 + 2)))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..35u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 1), |x| just(x).and(later))
    }
    {
        from_iter(0..74u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(B.clone()).capacity(3)).map(|x| x * 3 + 2).route(|x| x % 2 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 3 + 1), |x| just(x)), |x| just(x).then(on(C.clone()).capacity(4)).map(|x| x * 3 + 9).then(on(A.clone())).map(|x| x * 3 + 9))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .filter_map(|x| (x % 2 != 1).then_some(x + 2))
    }
    {
        from_iter(0..26u64)
            .map(|x| x * 4 + 5)
            .route(|x| x % 4 == 0, |x| just(x).map(|x| x * 3 + 6).map(|x| x * 3 + 7), |x| just(x).then(on(B.clone())).map(|x| x * 3 + 9))
            .try_map(|x| fails(x, 8))
    }
    {
        from_iter(0..69u64)
            .map(|x| x * 2 + 2)
            .join(from_iter(3..31u64).repeat(2).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .batch::<3>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..32u64)
            .join(from_iter(3..70u64).map(|x| x * 2 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..57u64)
            .join(from_iter(3..21u64).then(on(B.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .and(later)
            .then(on(B.clone()))
    }
    {
        from_iter(0..79u64)
            .route(|x| x % 5 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 3 + 3), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 4))
            .filter(|x| x % 5 != 0)
            .then(on(B.clone()).capacity(1))
    }
    {
        from_iter(0..38u64)
            .route(|x| x % 4 == 0, |x| just(x).then(on(B.clone())).map(|x| x * 4 + 9), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 5))
            .and(later)
    }
    {
        from_iter(0..21u64)
            .fork(|x| just(x).then(on(C.clone())).map(|x| x * 3 + 7), |x| just(x).then(on(B.clone())).map(|x| x * 4 + 8).filter_map(|x| (x % 5 != 1).then_some(x + 5))).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..75u64)
            .fork(|x| just(x).then(on(B.clone())).and(|x| just(x).filter(|x| x % 3 != 0)).and(later), |x| just(x).then(on(A.clone()).capacity(2)).map(|x| x * 2 + 4).map(|x| x * 2 + 6)).map(|(p, q)| (p + 3 * q) % 10_007)
            .and(|x| just(x).filter(|x| x % 3 != 0))
            .and(later)
    }
    {
        from_iter(0..55u64)
            .fork(|x| just(x).then(on(A.clone())).map(|x| x * 4 + 4).and(later), |x| just(x)).map(|(p, q)| (p + 3 * q) % 10_007)
            .map(|x| x * 2 + 9)
            .then(on(B.clone()).capacity(4))
    }
    {
        from_iter(0..47u64)
            .fork3(|x| just(x).then(on(A.clone())).map(|x| x * 2 + 3).filter_map(|x| (x % 5 != 1).then_some(x + 5)), |x| just(x).then(on(C.clone())).map(|x| x * 4 + 2), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..75u64)
            .and(later)
            .route(|x| x % 4 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 2 + 1), |x| just(x).then(on(A.clone())).map(|x| x * 2 + 4))
            .then(on(C.clone()))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..34u64)
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .fork3(|x| just(x).then(on(B.clone())).and(later), |x| just(x).then(on(B.clone())).join(from_iter(18..1000u64).map(|x| x * 4 + 6)).map(|(p, q)| (p + 5 * q) % 10_007), |x| just(x).then(on(B.clone())).map(|x| x * 4 + 1)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
    }
    {
        from_iter(0..38u64)
            .fork3(|x| just(x).then(on(A.clone()).capacity(3)).try_map(|x| fails(x, 64)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 7), |x| just(x).then(on(A.clone())).map(|x| x * 3 + 9)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..29u64)
            .route(|x| x % 3 == 0, |x| just(x).try_map(|x| fails(x, 5)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).try_map(|x| fails(x, 7)).or_else(|wrong: Wrong| just(wrong.0 + 500)).filter(|x| x % 2 != 1))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..31u64)
            .join(from_iter(3..81u64).then(on(C.clone()).capacity(1)).map(|x| x * 4 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .map(|x| x * 2 + 2)
    }
    {
        from_iter(0..51u64)
            .repeat(3)
            .join(from_iter(3..34u64).repeat(3).map(|x| x * 4 + 6)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 2 + 5)
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..70u64)
            .join(from_iter(3..84u64).then(on(B.clone()).capacity(1)).map(|x| x * 3 + 5)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 4)
    }
    {
        from_iter(0..47u64)
            .then(on(A.clone()).capacity(2))
            .join(from_iter(3..42u64).then(on(C.clone()).capacity(2)).map(|x| x * 2 + 7)).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 4 + 2)
            .map(|x| x * 4 + 8)
    }
    {
        from_iter(0..43u64)
            .map(|x| x * 4 + 1)
            .route(|x| x % 3 == 0, |x| just(x).then(on(C.clone())).map(|x| x * 4 + 5), |x| just(x).then(on(B.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
            .batch::<4>().map(|batch| batch.iter().sum::<u64>())
    }
    {
        from_iter(0..53u64)
            .and(|x| just(x).filter(|x| x % 4 != 0))
            .join(from_iter(3..83u64).then(on(B.clone())).map(|x| x * 2 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
    }
    {
        from_iter(0..45u64)
            .fork(|x| just(x).map(|x| x * 4 + 7).try_map(|x| fails(x, 56)).map_err(|wrong: Wrong| Wrong(wrong.0 + 1)), |x| just(x).then(on(C.clone()).capacity(4)).filter_map(|x| (x % 5 != 1).then_some(x + 5))).map(|(p, q)| (p + 3 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .and(|x| just(x).filter(|x| x % 2 != 0))
            .join(from_iter(3..11u64).then(on(A.clone())).map(|x| x * 4 + 4).then(on(B.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
            .try_map(|x| fails(x, 77))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..77u64)
            .route(|x| x % 2 == 0, later, later)
    }
    {
        from_iter(0..22u64)
            .join(from_iter(3..93u64).map(|x| x * 3 + 1).and(later)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .route(|x| x % 2 == 0, |x| just(x).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).try_map(|x| fails(x, 9)), |x| just(x).then(on(C.clone())).filter(|x| x % 5 != 1))
            .try_map(|x| fails(x, 5))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
            .and(later)
    }
    {
        from_iter(0..72u64)
            .map(|x| x * 2 + 7)
            .join(from_iter(3..57u64).then(on(A.clone()).capacity(2)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..71u64)
            .fork(|x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 3 + 6), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 6)).map(|(p, q)| (p + 3 * q) % 10_007)
            .try_map(|x| fails(x, 6))
            .map_err(|wrong: Wrong| Wrong(wrong.0 + 1))
    }
    {
        from_iter(0..56u64)
            .map(|x| x * 3 + 8)
            .join(from_iter(3..92u64).repeat(3)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..58u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(A.clone())).map(|x| x * 4 + 9).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }), |x| just(x).filter(|x| x % 4 != 1))
    }
    {
        from_iter(0..54u64)
            .then(on(B.clone()))
            .join(from_iter(3..28u64).then(on(A.clone())).map(|x| x * 2 + 8)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..60u64)
            .map(|x| x * 3 + 3)
            .join(evens().then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .map(|x| x * 3 + 5)
    }
    {
        from_iter(0..76u64)
            .fork(|x| just(x).then(on(C.clone()).capacity(2)).try_map(|x| fails(x, 9)).or_else(|wrong: Wrong| just(wrong.0 + 500)).filter(|x| x % 5 != 1), |x| just(x).then(on(A.clone())).filter(|x| x % 2 != 0)).map(|(p, q)| (p + 3 * q) % 10_007)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .and(later)
    }
    {
        from_iter(0..60u64)
            .then(on(A.clone()))
            .route(|x| x % 2 == 0, later, |x| just(x).then(on(B.clone()).capacity(3)).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }))
            .then(on(C.clone()))
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..26u64)
            .fork3(|x| just(x).then(on(A.clone())).route(|x| x % 4 == 0, later, later), |x| just(x).map(|x| x * 3 + 5), later).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 2 + 5)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
    }
    {
        from_iter(0..79u64)
            .try_map(|x| fails(x, 51))
            .join(from_iter(3..83u64).then(on(B.clone())).map(|x| x * 3 + 3).filter_map(|x| (x % 4 != 1).then_some(x + 4))).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(C.clone()))
            .or_else(|wrong: Wrong| just(wrong.0 + 500))
    }
    {
        from_iter(0..62u64)
            .scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })
            .join(evens().then(on(B.clone())).map(|x| x * 3 + 9)).map(|(p, q)| (p + 5 * q) % 10_007)
            .fork3(|x| just(x).then(on(C.clone())).map(|x| x * 3 + 2), |x| just(x).then(on(A.clone()).capacity(1)).filter(|x| x % 3 != 1).map(|x| x * 2 + 2), |x| just(x).then(on(C.clone()).capacity(3)).map(|x| x * 3 + 1)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
            .map(|x| x * 2 + 8)
    }
    {
        from_iter(0..22u64)
            .fork3(|x| just(x).route(|x| x % 2 == 0, |x| just(x).then(on(C.clone()).capacity(1)).map(|x| x * 2 + 6), |x| just(x).map(|x| x * 3 + 3).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|x| x * 4 + 5), |x| just(x).then(on(C.clone())).map(|x| x * 3 + 7), |x| just(x).and(later).map(|x| x * 2 + 3)).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)
    }
    {
        from_iter(0..47u64)
            .join(from_iter(3..82u64).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(C.clone()).capacity(1))
    }
    {
        from_iter(0..75u64)
            .filter_map(|x| (x % 5 != 1).then_some(x + 5))
            .join(evens().then(on(A.clone()))).map(|(p, q)| (p + 5 * q) % 10_007)
            .filter(|x| x % 3 != 1)
    }
    {
        from_iter(0..21u64)
            .join(evens().filter(|x| x % 4 != 0)).map(|(p, q)| (p + 5 * q) % 10_007)
    }
    {
        from_iter(0..70u64)
            .batch::<2>().map(|batch| batch.iter().sum::<u64>())
            .join(from_iter(3..98u64).then(on(A.clone())).scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum }).map(|x| x * 2 + 8)).map(|(p, q)| (p + 5 * q) % 10_007)
            .then(on(C.clone()))
    }
}
