//! Kernels that `generator.rs` wrote; `BLESS=1 cargo test --test kernel` writes them anew.

#![allow(
    warnings,
    arithmetic_overflow,
    unconditional_panic,
    clippy::all,
    clippy::pedantic,
    reason = "nobody wrote this"
)]

use fusewire::kernel;
use fusewire::prelude::*;

use crate::harness::{Case, case};

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Row {
    a: u8, b: u16, c: u32, d: u64, e: i8, f: i16, g: i32, h: i64, i: f32, j: bool,
    au8: [u8; 4], au16: [u16; 4], au32: [u32; 4], au64: [u64; 4],
    ai8: [i8; 4], ai16: [i16; 4], ai32: [i32; 4], ai64: [i64; 4],
    af32: [f32; 4], abool: [bool; 4],
}

#[stage(kernel)]
fn kernel_0(mut row: Row) -> u64 {
    for v1 in 1..2i64 {
        if ((!true) || (26u8 >= row.a)) { return row.d.swap_bytes(); }
        let v2: u32 = (((row.e as i64) / 76) as u32);
    }
    let v3 = (!(match row.ai16[({ let v4 = row.g; 31u32 } & 3) as usize] { 0..=7 => (match 64i8 { 0..=7 => row.j, 7 => row.j, _ => row.j }), 39 => false, _ => (65u32 < 123u32) }));
    let v5: u8 = { let v6 = (v3 && v3); 46u8 }.wrapping_mul(row.a);
    for v7 in 1..5u16 {
        let mut v8: bool = (row.h.wrapping_add(row.h).saturating_add(41i64.wrapping_add(row.h)) >= 18i64);
        row.ai64[((row.f as u8) & 3) as usize] = (row.d as i64).wrapping_sub({ let v9 = 108i64; v9 });
    }
    let v10: i16 = row.ai16[((match 115i32 { 0..=7 => v5, 115 => row.a, _ => v5 }) & 3) as usize];
    ({ let v11 = (match 17u64 { 0..=7 => v5, 9 => v5, _ => v5 }); (17i64 ^ row.h) } as u64)
}

#[stage(kernel)]
fn kernel_1(mut row: Row) -> u16 {
    let v1: u16 = (match 16u16.wrapping_add(68u16).wrapping_sub({ let v2 = 1e10f32; 51u16 }) { 0..=7 => 27u16.wrapping_add(84u16).wrapping_mul(1u16), 52 => (match row.c { 0..=7 => row.b, 115 => 76u16, _ => 8u16 }).wrapping_neg(), _ => 70u16.wrapping_neg() });
    for v4 in (2i8..4).rev() {
        for v5 in 4..=5i32 {
            row.ai8[({ let v6 = 71i64; 90u32 } & 3) as usize] = { let v7 = ((row.a >> 1) + (28u8 >> 1)); row.e.wrapping_mul(v4) };
        }
        match (if false { 89u64 } else { row.au64[(row.a.rotate_right(row.c.wrapping_add(row.c)) & 3) as usize] }) {
            0 | 58 => {
                let v8: u16 = row.au16[((if row.j { 115u64 } else { row.d }) & 3) as usize].swap_bytes();
                row.ai32[({ let v9 = row.g; 68i16 } & 3) as usize] = (69i32.wrapping_sub(row.g) >> 4);
            }
            v10 if (if row.j { row.j } else { row.j }) => {
                row.ai8[((!row.f) & 3) as usize] = { let v11 = row.j; row.ai8[(row.a.wrapping_neg() & 3) as usize] };
            }
            59..=120 => {
                let v12 = { let v13 = v1; (match 109i32 { 0..=7 => { let v14 = true; row.a }, 74 => row.au8[((row.c.trailing_zeros() as u32) & 3) as usize], _ => (row.a ^ row.a) }) };
                row.au8[((match 74u32 { 0..=7 => row.f, 1 => row.f, _ => row.f }) & 3) as usize] = row.au8[(row.f & 3) as usize];
            }
            _ => {}
        }
        let mut v15: u16 = { let v16 = { let v17 = (v4 >> 7); (row.i * row.i) }; ({ let v18 = 83u32; v1 } ^ (36i16 as u16)) };
    }
    row.ai16[(row.f & 3) as usize] = (((row.f / 71) >> 1) + (27i16.wrapping_mul(68i16) >> 1));
    if ((match 97i64 { 0..=7 => row.c, 73 => 54u32, _ => 92u32 }) > row.c) {
        for v19 in (0i16..0).rev() {
            let v20: i8 = row.ai8[(row.au32[((false as i16) & 3) as usize] & 3) as usize].wrapping_sub((8i32 as i8).wrapping_neg());
            row.ai64[((if true { v19 } else { row.f }) & 3) as usize] = 57i64;
        }
        let mut v21 = (row.au8[(30i16.wrapping_neg() & 3) as usize].wrapping_add((49u8.trailing_zeros() as u8)) <= (if (!true) { row.au8[((match row.b { 0..=7 => row.a, 25 => row.a, _ => 107u8 }) & 3) as usize] } else { (match row.c { 0..=7 => 36u8, 114 => row.a, _ => row.a }) }));
    } else {
        let v22 = { let v23 = row.ai8[((!64u8) & 3) as usize].wrapping_mul((48i8.count_ones() as i8)); (((row.d % 5) >> 1) + ((row.d % 37) >> 1)) };
    }
    row.au8[({ let v24 = row.j; row.f } & 3) as usize] = (58u8.trailing_zeros() as u8).wrapping_sub(98u8.wrapping_sub(36u8));
    if { let v25 = (99i16.leading_zeros() as i16); (row.d > 18u64) } {
        match (row.e as u32).wrapping_add(3u32.wrapping_mul(row.c)) {
            0 | 74 => {
                row.abool[((row.c % 38) & 3) as usize] = ((if row.j { row.f } else { row.f }) < (row.f.trailing_zeros() as i16));
            }
            v26 if (v1 <= 96u16) => {
                let v27: f32 = { let v28 = (6i32.wrapping_mul(row.g) >> 2); (1.5f32.mul_add(row.i, 0.5) * row.af32[(row.a.wrapping_neg() & 3) as usize]) };
                row.ai16[((v26 | 9u32) & 3) as usize] = { let v29 = (7u64.leading_zeros() as u64); (!105i16) };
            }
            75..=120 => {
                let mut v30: u64 = (!((match row.c { 0..=7 => row.d, 61 => 17u64, _ => row.d }).abs_diff(row.au64[((if row.j { 3u64 } else { 13u64 }) & 3) as usize]) as u64));
                let mut v31: u64 = (match (row.au32[(row.a.wrapping_shl((row.c.count_ones() as u32)) & 3) as usize] as i32) { 0..=7 => (row.d % 60).wrapping_mul((row.c as u64)), 47 => (if row.j { v30 } else { v30 }).wrapping_add((row.d >> 7)), _ => (v30 / 24).wrapping_sub(row.au64[(17u8.wrapping_add(row.a) & 3) as usize]) });
            }
            _ => {}
        }
        let mut v32 = (match 17i64.swap_bytes() { 0..=7 => (if false { 26u32 } else { 113u32 }), 119 => ((row.c >> 1) + (row.c >> 1)), _ => (if row.j { row.c } else { row.c }) }).swap_bytes();
        for v35 in 2..=6i32 {
            let v36: i32 = { let v37 = (if (3f32 <= row.i) { 106u32.wrapping_add(v32) } else { row.au32[(row.a & 3) as usize] }); (row.ai32[(row.ai16[((if true { row.d } else { row.d }) & 3) as usize] & 3) as usize].trailing_zeros() as i32) };
        }
    }
    row.au16[((if false { 119u32 } else { row.c }) & 3) as usize].wrapping_add(row.au16[({ let v38 = 11u8; row.c } & 3) as usize])
}

#[stage(kernel)]
fn kernel_2(mut row: Row) -> u8 {
    let v1 = 105i32.wrapping_add({ let v2 = row.c; 16i32 }).wrapping_add(({ let v3 = row.c; row.g } ^ 24i32.wrapping_add(row.g)));
    match ((22u64.leading_zeros() as u64) & row.d.wrapping_add(row.d)) {
        0 | 40 => {
            for v4 in 0..0i32 {
                let mut v5: u8 = { let v6 = (if false { 113u64 } else { row.d }).wrapping_add(row.au64[(110u64.swap_bytes() & 3) as usize]); (91u8.trailing_zeros() as u8) };
                v5 = 71u8;
            }
            row.ai8[((row.j as u64) & 3) as usize] = row.e.wrapping_shl((row.c.abs_diff(91u32) as u32));
            let mut v7 = ((match (105u8 as u64) { 0..=7 => 0f32.mul_add(row.i, 0.5), 108 => (3f32 * (-0.25f32)), _ => row.af32[(row.a & 3) as usize] }) - ({ let v8 = row.j; row.i } + (1e10f32 / row.i)));
        }
        v9 if (!row.j) => {
            let mut v10 = (if (match row.ai16[({ let v11 = row.h; row.c } & 3) as usize] { 0..=7 => (row.f != 56i16), 38 => true, _ => (56u64 < row.d) }) { (match 55u8.swap_bytes() { 0..=7 => (!row.j), 31 => (match 54i8 { 0..=7 => true, 84 => row.j, _ => true }), _ => (row.j && false) }) } else { false });
            row.ai8[(row.c & 3) as usize] = ({ let v12 = 11i64; row.e } as i8);
            let mut v13: i8 = row.ai8[(78u8.wrapping_mul(row.a) & 3) as usize];
        }
        41..=120 => {
            if ((match 60i64 { 0..=7 => row.f, 115 => 2i16, _ => 10i16 }) >= row.ai16[(row.a.wrapping_add(28u8) & 3) as usize]) {
                let v14: bool = row.abool[({ let v15 = row.c; row.d } & 3) as usize];
                row.af32[({ let v16 = 101u8; row.c } & 3) as usize] = { let v17 = (if v14 { v1 } else { 69i32 }); (if true { 1.5f32 } else { row.i }) };
            }
        }
        _ => {}
    }
    for v18 in (0u64..1).rev() {
        if ((match 16i8 { 0..=7 => v1, 63 => v1, _ => row.g }) > (if true { 115i32 } else { 90i32 })) { continue; }
        match (match (37u64.abs_diff(v18) as u64) { 0..=7 => { let v19 = row.i; 57u8 }, 62 => row.a.wrapping_neg(), _ => 107u8 }) {
            0 | 96 => {
                if false { break; }
            }
            v20 if (true && false) => {
                row.af32[((if row.j { v20 } else { v20 }) & 3) as usize] = ((row.i - 1e10f32) - row.i);
            }
            97..=120 => {
                let mut v21: u8 = { let v22 = 17u32; (match (row.d.count_ones() as u64) { 0..=7 => 17u8.wrapping_shl(20u32.wrapping_sub(row.c)), 20 => 59u8.wrapping_add(23u8), _ => (row.i as u8) }) };
            }
            _ => {}
        }
        let v23 = (row.b.wrapping_shl((119u32.abs_diff(30u32) as u32)) as i64).wrapping_neg();
    }
    for v24 in 3..7u16 {
        for v25 in 4..8i16 {
            row.ai8[((39u32 >> 2) & 3) as usize] = 59i8.wrapping_add(row.e).min(row.e.wrapping_add(111i8));
            if row.j { continue; }
        }
        row.au8[((39u8 & row.a) & 3) as usize] = (row.a.swap_bytes().abs_diff(51u8.wrapping_sub(row.a)) as u8);
    }
    row.au16[(row.au8[(row.au8[((if false { row.f } else { row.f }) & 3) as usize] & 3) as usize] & 3) as usize] = row.au16[((1u16 as i16) & 3) as usize];
    (if (true && row.j) { ((90u8 >> 1) + (26u8 >> 1)) } else { row.a.wrapping_shr((!row.c)) }).wrapping_add(95u8)
}

#[stage(kernel)]
fn kernel_3(mut row: Row) -> u16 {
    row.au16[((124u8 ^ 126u8) & 3) as usize] = (if (if row.j { true } else { row.j }) { (13u16 % 52) } else { (row.b % 76) });
    let v1 = row.e;
    let mut v2: i16 = (row.f / 53).max({ let v3 = row.d; 28i16 }).wrapping_mul((!30i16).rotate_right(row.c));
    match (if (true && true) { v2.wrapping_shl({ let v4 = row.a; row.c }) } else { (30i16 / 27) }) {
        0 | 58 => {
            let mut v5 = ((match { let v6 = row.d; v1 } { 0..=7 => 48u64, 113 => 1u64.wrapping_neg(), _ => (106u32 as u64) }) as i64);
        }
        v7 if row.abool[(4u8.wrapping_add(17u8) & 3) as usize] => {
            let v8 = 95u16;
            if (!(row.j || row.j)) {
                v2 |= ((row.ai16[(row.a.wrapping_add(row.a) & 3) as usize].wrapping_add(row.f.wrapping_neg()) >> 1) + (((v2 as u8) as i16) >> 1));
            }
            let mut v9: bool = ((row.i < row.i.trunc()) && ((23i8 != v1) && (row.g != row.g)));
        }
        59..=120 => {
            let v10 = 106u64.min(row.au64[(72u64.wrapping_mul(row.d) & 3) as usize].wrapping_sub((if row.j { 32u64 } else { 37u64 })));
            match row.au8[(row.a.wrapping_add(30u8) & 3) as usize] {
                0 | 98 => {
                    let mut v11 = (if (if (v1 >= v1) { (50i16 == v2) } else { (true || false) }) { ((v1 % 26) % 76) } else { (if (match 24u8 { 0..=7 => row.j, 24 => false, _ => row.j }) { (if false { v1 } else { v1 }) } else { (match 29i32 { 0..=7 => v1, 102 => v1, _ => row.e }) }) });
                }
                v12 if row.abool[(v2.wrapping_shr((match 22i64 { 0..=7 => 42u32, 111 => row.c, _ => row.c })) & 3) as usize] => {
                    v2 |= ((match row.au16[(row.a & 3) as usize] { 0..=7 => row.f.wrapping_add(86i16), 10 => row.ai16[(row.d & 3) as usize], _ => (!1i16) }) >> 0);
                }
                99..=120 => {
                    let v13 = (match (if row.abool[({ let v14 = row.c; row.f } & 3) as usize] { 99u32.wrapping_sub(16u32) } else { 7u32 }) { 0..=7 => (!2i16).wrapping_add(row.ai16[(79u32 & 3) as usize]), 7 => 58i16, _ => (row.au32[((19u64 >> 1) & 3) as usize] as i16) });
                }
                _ => {}
            }
        }
        _ => {}
    }
    let v15 = ((match 111u64 { 0..=7 => row.h, 41 => row.h, _ => 51i64 }).max(27i64.wrapping_neg()).count_ones() as i64);
    if (row.j || (true > false)) {
        let mut v16: bool = (match 109u16 { 0..=7 => ((if row.j { 68i32 } else { 87i32 }) < (127i32 % 68)), 118 => (match (v15 / 27) { 0..=7 => (if row.j { true } else { row.j }), 29 => (if false { row.j } else { row.j }), _ => true }), _ => { let v17 = { let v18 = v1; 59u8 }; { let v19 = v1; false } } });
    } else {
        let v20: u16 = (((row.a % 1) as u16).trailing_zeros() as u16);
    }
    for v21 in 3..4u64 {
        let v22 = ((match (row.b as u32) { 0..=7 => 31u16.wrapping_mul(row.b), 59 => (row.j as u16), _ => ((row.b >> 1) + (row.b >> 1)) }) as i8);
    }
    let mut v23 = row.ai64[(row.ai16[((v2 as u8) & 3) as usize] & 3) as usize];
    match ((if row.j { row.f } else { v2 }) / 34) {
        0 | 47 => {
            match ((0i64.wrapping_add(v15) >> 1) + (v15.wrapping_sub(v23) >> 1)) {
                0 | 25 => {
                    let mut v24 = (if (!(false || false)) { { let v25 = (101u16 / 46); 1e10f32 } } else { row.af32[(33u64.wrapping_add(row.d) & 3) as usize] });
                    let mut v26 = row.ai8[(row.f.wrapping_mul(v2) & 3) as usize];
                    v2 = { let v27 = { let v28 = row.a; row.j }; (if true { 98i16 } else { v2 }) }.wrapping_add(v2);
                }
                v29 if (row.j || row.j) => {
                    let v30 = ({ let v31 = 55u16; { let v32 = row.h; 101i32 } } as i16);
                    let mut v33 = ((if row.j { row.a } else { row.a }).rotate_left(61u32.wrapping_sub(36u32)) as f32);
                }
                26..=120 => {
                    row.af32[((if row.j { 19i16 } else { 5i16 }) & 3) as usize] = (if (false && row.j) { row.af32[((row.a as u64) & 3) as usize] } else { (1e10f32 * row.i) });
                    row.ai8[(row.c.wrapping_add(row.c) & 3) as usize] = { let v34 = (69u64 as i32); { let v35 = row.a; row.e } };
                }
                _ => {}
            }
            if ({ let v36 = v1; row.d } != (61i8 as u64)) {
                let mut v37 = row.ai16[({ let v38 = row.a; v2 } & 3) as usize].wrapping_add(v2.wrapping_add(v2).wrapping_add((v2.count_ones() as i16)));
                v37 &= ({ let v39 = row.au64[(row.ai16[((!row.a) & 3) as usize] & 3) as usize]; (row.i * (-0.25f32)) } as i16);
                if (if (v37 != 28i16) { (if row.j { row.j } else { true }) } else { (false || false) }) { return { let v40 = true; row.b }; }
            } else {
                row.au16[(52u32 & 3) as usize] = (row.ai64[(103u32.wrapping_shr((109u32.leading_zeros() as u32)) & 3) as usize] as u16);
                row.ai8[(122u8 & 3) as usize] = (v1.saturating_add(row.e).abs_diff(row.e.wrapping_mul(row.e)) as i8);
            }
            v23 = (match row.b { 0..=7 => v23, 119 => row.h, _ => row.h }).saturating_sub(v15.wrapping_sub(v23)).wrapping_add((row.ai64[({ let v41 = 20u64; row.c } & 3) as usize].count_ones() as i64));
        }
        v42 if (44u16 > row.b) => {
            let v43 = (match (match v1 { 0..=7 => v15, 98 => v23, _ => v15 }).wrapping_shl((false as u32)) { 0..=7 => row.c.wrapping_neg(), 98 => (match (row.b as i32) { 0..=7 => { let v44 = 94u32; v44 }, 82 => 23u32.wrapping_shl((match 43u16 { 0..=7 => 28u32, 106 => row.c, _ => row.c })), _ => (match 103i32 { 0..=7 => row.c, 15 => 127u32, _ => 27u32 }) }), _ => 110u32 });
            let v45: u16 = 93u16.wrapping_mul(((match 87i64 { 0..=7 => row.b, 6 => 6u16, _ => 122u16 }) as u16));
            let v46: i64 = (if ({ let v47 = 126u64; 39u8 } < (!row.a)) { row.ai64[((1e10f32 as u64) & 3) as usize].rotate_right((42u32 >> 0)) } else { (v15.trailing_zeros() as i64) });
        }
        48..=120 => {
            v2 = (v2.wrapping_add(105i16).wrapping_add((match 89u32 { 0..=7 => row.f, 16 => v2, _ => row.f })) as i16);
        }
        _ => {}
    }
    let v48 = row.au8[(row.au8[(row.au8[({ let v49 = row.b; row.a } & 3) as usize] & 3) as usize] & 3) as usize];
    let mut v50 = (match (row.b % 74).wrapping_sub((row.b / 63)) { 0..=7 => (if (true && row.j) { (row.c as i64) } else { row.ai64[((v2 >> 1) & 3) as usize] }), 98 => (if true { v15 } else { v23 }).rotate_left({ let v51 = row.d; 37u32 }), _ => row.ai64[(row.au8[(121u64 & 3) as usize] & 3) as usize] });
    (match 0i16.wrapping_add(row.f).wrapping_add(row.f.wrapping_mul(row.f)) { 0..=7 => 36u16.wrapping_mul(11u16).wrapping_add(row.b.wrapping_add(73u16)), 5 => (match row.b { 0..=7 => 19u16, 109 => 44u16, _ => 117u16 }).rotate_left({ let v52 = row.b; row.c }), _ => (if (match v1 { 0..=7 => true, 15 => row.j, _ => row.j }) { (v23 as u16) } else { 99u16.swap_bytes() }) })
}

#[stage(kernel)]
fn kernel_4(mut row: Row) -> u32 {
    row.au16[(112u32.wrapping_mul(96u32) & 3) as usize] = (!row.b.rotate_right(row.c.swap_bytes()));
    let v2: f32 = (((row.d >> 6) / 45) as f32);
    let v3: i16 = (row.f.wrapping_add(61i16).abs_diff((match 38i32 { 0..=7 => 86i16, 4 => row.f, _ => row.f })) as i16).max((match row.c { 0..=7 => row.f, 67 => 15i16, _ => 21i16 }).swap_bytes());
    let mut v4: i64 = ((match (if row.j { row.b } else { 118u16 }) { 0..=7 => 27i64, 63 => (row.i as i64), _ => (if row.j { row.h } else { row.h }) }) >> 4);
    v4 = { let v6 = ((v3.trailing_zeros() as i16).abs_diff((if false { 28i16 } else { 36i16 })) as i16); v4 };
    match v4 {
        0 | 11 => {
        }
        v7 if (match row.g { 0..=7 => row.j, 10 => row.j, _ => false }) => {
            let v8 = ((row.f >> 6) as i64).wrapping_sub((v4.trailing_zeros() as i64));
            let v9 = 96i16.wrapping_add(((if false { 88i32 } else { row.g }) as i16));
        }
        12..=120 => {
            let v10: u64 = ((if row.j { row.b } else { row.b }).wrapping_sub(68u16.wrapping_mul(row.b)) as u64);
            for v11 in 2..4u16 {
                v4 &= ({ let v12 = 90u64; row.h.wrapping_mul(row.h) } & 7i64);
            }
            let mut v13: i8 = (match (if (35i8 > 54i8) { (row.b.abs_diff(122u16) as u16) } else { ((45u16 >> 1) + (124u16 >> 1)) }) { 0..=7 => row.ai8[((row.c >> 2) & 3) as usize], 88 => 77i8.wrapping_sub(122i8).wrapping_add((row.e >> 3)), _ => (match (row.j as u32) { 0..=7 => row.e.wrapping_mul(59i8), 83 => 33i8, _ => (match 72i64 { 0..=7 => 102i8, 52 => row.e, _ => 46i8 }) }) });
        }
        _ => {}
    }
    (if { let v14 = v4; (48u64 != 4u64) } { row.c.max(row.c).wrapping_mul({ let v15 = row.f; row.c }) } else { (match 70i32.wrapping_add(row.g) { 0..=7 => (match 108i32 { 0..=7 => row.c, 35 => row.c, _ => row.c }), 44 => 113u32, _ => 26u32.wrapping_neg() }) })
}

#[stage(kernel)]
fn kernel_5(mut row: Row) -> f32 {
    match 89u32.wrapping_sub(row.c).wrapping_neg() {
        0 | 63 => {
            let v1 = (((79u64 >> 3).abs_diff(107u64.wrapping_sub(row.d)) as u64).leading_zeros() as u64);
            for v2 in 2..3i32 {
                let mut v3: bool = row.abool[(((row.a >> 1) + (row.a >> 1)) & 3) as usize];
            }
        }
        v4 if (match 92u8 { 0..=7 => false, 11 => true, _ => row.j }) => {
            row.au8[(22u8.wrapping_add(row.a) & 3) as usize] = 107u8;
            row.ai8[(row.c.wrapping_add(v4) & 3) as usize] = (match v4.swap_bytes() { 0..=7 => (6i8 % 66), 8 => 102i8.wrapping_add(48i8), _ => (match 34u64 { 0..=7 => row.e, 102 => row.e, _ => row.e }) });
        }
        64..=120 => {
            let mut v5: u8 = (((match row.g { 0..=7 => row.i, 28 => 3f32, _ => 1.5f32 }) as u8) / 71);
            let mut v6 = ({ let v7 = (row.d.trailing_zeros() as u64); row.af32[(v5.wrapping_sub(v5) & 3) as usize] } + (-0.25f32));
        }
        _ => {}
    }
    match row.c.saturating_add(row.c.wrapping_add(row.c)) {
        0 | 8 => {
            let mut v8 = true;
            match (106u8 | 37u8).max(row.a.swap_bytes()) {
                0 | 8 => {
                    if (match row.ai32[(row.a & 3) as usize] { 0..=7 => (row.g < row.g), 67 => (row.j && v8), _ => row.abool[(52i16 & 3) as usize] }) { return (row.i * row.i); }
                }
                v9 if (v8 || v8) => {
                    let v10 = 80u64.wrapping_sub(4u64).wrapping_add({ let v11 = row.h; 7u64 }).wrapping_shr(row.au32[(row.d.wrapping_add(83u64) & 3) as usize]);
                }
                9..=120 => {
                    let mut v12: u64 = 44u64;
                    let v13: u64 = (match (16i8 % 96).wrapping_mul((!row.e)) { 0..=7 => (if row.j { v12 } else { row.d }).wrapping_add((match row.f { 0..=7 => row.d, 50 => 108u64, _ => 61u64 })), 3 => (match (if row.j { row.e } else { row.e }) { 0..=7 => (row.h as u64), 100 => 80u64.wrapping_neg(), _ => (102u64.count_ones() as u64) }), _ => v12.wrapping_shr((126u32 ^ row.c)).wrapping_mul(v12.wrapping_sub(19u64)) });
                }
                _ => {}
            }
        }
        v14 if (30i8 > row.e) => {
            let v15 = (if (if row.j { row.j } else { true }) { (row.c as u64) } else { row.au64[(row.au32[((116i32 as u64) & 3) as usize] & 3) as usize] }).wrapping_add((0f32.mul_add(0f32, 0.5) as u64));
        }
        9..=120 => {
            row.ai32[((row.f % 99) & 3) as usize] = (!(81i32 / 66));
            for v16 in 3..=8i64 {
                let mut v17 = row.ai32[(row.f.wrapping_sub(72i16) & 3) as usize];
                if row.abool[(row.f.wrapping_mul(row.f) & 3) as usize] { return (row.c as f32); }
                v17 |= ((v17.wrapping_add(v17) >> 1) + ((if row.j { row.g } else { v17 }) >> 1)).wrapping_neg();
            }
        }
        _ => {}
    }
    let v19 = (if row.j { (84u64 | 73u64.wrapping_sub(113u64)) } else { (if (row.a > row.a) { { let v20 = 90i16; 69u64 } } else { { let v21 = row.f; 38u64 } }) });
    for v22 in 3..4u64 {
        match row.ai64[((row.a ^ 67u8) & 3) as usize] {
            0 | 60 => {
                row.au32[(82u8.rotate_right((77u32 >> 2)) & 3) as usize] = ((if true { 38u32 } else { row.c }) % 83);
            }
            v23 if (true || row.j) => {
                row.af32[((if row.j { row.c } else { row.c }) & 3) as usize] = ((row.i * 0f32) * (108u16 as f32));
                let v24 = row.ai64[((125u32.trailing_zeros() as u32) & 3) as usize];
                row.au64[(row.a & 3) as usize] = (((v19 >> 1) + (v19 >> 1)).trailing_zeros() as u64);
            }
            61..=120 => {
                let v26 = row.ai8[((if row.j { 68i16 } else { row.f }) & 3) as usize];
            }
            _ => {}
        }
    }
    let v27: i8 = (if (match row.a { 0..=7 => row.j, 109 => row.j, _ => true }) { row.e } else { row.e.wrapping_sub(95i8) }).wrapping_add((if (11i64 == 56i64) { (match row.f { 0..=7 => 99i8, 59 => row.e, _ => row.e }) } else { 33i8.wrapping_mul(102i8) }));
    let mut v28 = (if { let v29 = 89i16; (row.g < 15i32) } { ((v27 <= v27) || (row.j && row.j)) } else { ((72u16.trailing_zeros() as u16) < row.b.wrapping_shl(row.au32[((if row.j { v19 } else { 104u64 }) & 3) as usize])) });
    if false {
        if row.abool[(104u32 & 3) as usize] {
            let v30: f32 = (match ((if v28 { v19 } else { v19 }) as i16) { 0..=7 => { let v31 = (6i8 % 52); (row.i * row.i) }, 43 => (row.i + { let v32 = row.f; 3f32 }), _ => (if v28 { 1e10f32.ceil() } else { { let v33 = false; row.i } }) });
            v28 |= ((if (v28 || v28) { (row.b < row.b) } else { { let v34 = 17i64; row.j } }) || row.abool[(v19.swap_bytes() & 3) as usize]);
        } else {
            let v35 = ((row.i * row.i) / (1.5f32 * 0f32)).ceil();
            let v36 = (if (match (match 41i64 { 0..=7 => v19, 110 => v19, _ => row.d }) { 0..=7 => (row.j || v28), 106 => (match 44i8 { 0..=7 => false, 88 => v28, _ => v28 }), _ => (row.h != row.h) }) { row.c } else { row.c.wrapping_add({ let v37 = row.b; 55u32 }) });
            let mut v38: u32 = ((55u64 as u32).wrapping_add((v36 >> 2)).abs_diff((if (v27 > row.e) { 108u32.wrapping_mul(v36) } else { v36.wrapping_add(row.c) })) as u32);
        }
        if (if (!false) { (if v28 { v28 } else { v28 }) } else { (85u8 > row.a) }) {
            v28 = (row.abool[((if row.j { row.c } else { row.c }) & 3) as usize] || (row.abool[(row.c.wrapping_mul(row.c) & 3) as usize] == (!v28)));
        } else {
            v28 = row.abool[(row.d.wrapping_shl({ let v39 = row.h; 16u32 }) & 3) as usize];
            let v40: i16 = (if v28 { (!(row.f & 63i16)) } else { { let v41 = (if false { v19 } else { row.d }); row.f.wrapping_mul(122i16) } });
        }
        match { let v42 = row.i; 57i32 }.wrapping_mul(127i32.wrapping_sub(17i32)) {
            0 | 46 => {
                row.ai16[((v28 as i16) & 3) as usize] = (match row.c { 0..=7 => row.f, 87 => row.f, _ => 107i16 }).wrapping_add(row.f.wrapping_mul(87i16));
                let mut v43 = ((row.h.wrapping_sub(row.h).leading_zeros() as i64) as u8);
                let mut v44 = row.au16[((row.f as u32) & 3) as usize];
            }
            v45 if (true && false) => {
                let mut v46 = 126u16;
            }
            47..=120 => {
                let v47: u64 = (!(((row.d.abs_diff(52u64) as u64) >> 1) + ((row.a as u64) >> 1)));
            }
            _ => {}
        }
    } else {
        v28 = { let v48 = (({ let v49 = 25i64; 40i8 } >> 1) + ((v27 / 20) >> 1)); (row.ai32[(row.a.wrapping_add(row.a) & 3) as usize] <= { let v50 = row.h; 15i32 }) };
        v28 = (((v28 || v28) && (!false)) || ((row.j || false) && (row.j && row.j)));
    }
    row.au16[(119i16 & 3) as usize] = ((match row.d { 0..=7 => 21u32, 30 => row.c, _ => 40u32 }) as u16);
    for v51 in 1..6u32 {
        let v52 = true;
        if ((row.g == 63i32) != (row.j && row.j)) {
            v28 = (row.b.rotate_right((55u32.abs_diff(v51) as u32)).wrapping_add(row.au16[(row.f & 3) as usize]) <= (if false { row.b } else { row.b }).wrapping_add((row.b / 22)));
            let v53 = { let v54 = ((v51 as f32) * row.af32[((v19 / 34) & 3) as usize]); (v19.wrapping_mul(v19) ^ { let v55 = 64i64; 53u64 }) };
        }
    }
    { let v56 = row.ai64[(row.au64[((v19.trailing_zeros() as u64) & 3) as usize] & 3) as usize]; { let v57 = v19.wrapping_neg(); (0f32 * 1e10f32) } }
}

#[stage(kernel)]
fn kernel_6(mut row: Row) -> u32 {
    for v1 in 0..3i8 {
        if ((3f32 != (-0.25f32)) && (row.j && true)) { continue; }
        let v2: i32 = ((if false { row.g } else { row.g }) & row.g).wrapping_add((!(row.g.trailing_zeros() as i32)));
        if ((1.5f32 * 1e10f32) <= (-0.25f32)) {
            let mut v3 = { let v4 = (match (8u32.leading_zeros() as u32) { 0..=7 => (row.h as i16), 39 => (if row.j { row.f } else { row.f }), _ => (row.f.abs_diff(105i16) as i16) }); row.ai16[(row.a.wrapping_add(row.a) & 3) as usize] };
            row.au8[(row.d & 3) as usize] = { let v5 = 7u8; row.a }.wrapping_add((row.a >> 3));
            let mut v6 = (row.i - row.af32[((65i16 as u64) & 3) as usize].mul_add(0.1f32.mul_add(row.i, 0.5), 0.5));
        }
    }
    for v7 in 2..5i32 {
        row.au32[((28u32.leading_zeros() as u32) & 3) as usize] = (row.c.wrapping_mul(15u32) ^ row.c.wrapping_sub(row.c));
        match 76u64.wrapping_mul(10u64).rotate_right((match row.a { 0..=7 => 57u32, 39 => row.c, _ => row.c })) {
            0 | 87 => {
                row.af32[((row.c as u8) & 3) as usize] = ({ let v8 = row.d; 1e10f32 } / row.af32[((row.b as u8) & 3) as usize]);
                let mut v9 = (({ let v10 = row.e; 94u32 } >> 3) >> 6);
                if row.j { break; }
            }
            v12 if (!row.j) => {
                let v13: bool = row.j;
                let mut v14: u8 = (((v7 as i8) as u8).abs_diff({ let v15 = (row.a as i64); (row.a % 67) }) as u8);
            }
            88..=120 => {
                let mut v16: u8 = 8u8;
                let mut v17: i16 = row.f;
            }
            _ => {}
        }
    }
    for v18 in 0..1i16 {
        for v19 in (1u16..6).rev() {
            if (row.c.saturating_sub(row.c) > (match 95u64 { 0..=7 => row.c, 118 => row.c, _ => 97u32 })) { break; }
        }
    }
    match row.ai64[(row.c.wrapping_add(36u32) & 3) as usize] {
        0 | 80 => {
            let v20: i64 = ((match (match 99i64 { 0..=7 => row.c, 47 => row.c, _ => 53u32 }) { 0..=7 => (if row.j { 34i8 } else { 7i8 }), 39 => { let v21 = row.g; row.e }, _ => (match row.f { 0..=7 => 100i8, 62 => 81i8, _ => row.e }) }) as i64);
            row.au32[((5i16.count_ones() as i16) & 3) as usize] = (match row.g { 0..=7 => 49u32, 25 => row.c, _ => row.c }).wrapping_sub((row.c % 33));
            let mut v22 = ((match row.a.wrapping_add(row.a) { 0..=7 => true, 64 => (row.b == row.b), _ => (row.f > row.f) }) && ((61i32 ^ 3i32) >= 62i32.wrapping_add(row.g)));
        }
        v23 if (false && true) => {
            let mut v24: i8 = { let v25 = ((row.f.swap_bytes() >> 1) + ({ let v26 = 97i16; 105i16 } >> 1)); row.e.wrapping_mul(row.e).wrapping_mul((55i8.count_ones() as i8)) };
        }
        81..=120 => {
            row.au32[(row.d.wrapping_sub(56u64) & 3) as usize] = row.au32[(96u64.wrapping_add(row.d) & 3) as usize];
            row.abool[(row.c.wrapping_add(51u32) & 3) as usize] = ((1.5f32 as i8) != row.ai8[((41u8 % 52) & 3) as usize]);
            match ({ let v27 = row.a; 0.1f32 } as u8) {
                0 | 15 => {
                    let v28: u64 = (((false != row.j) as u64) % 46);
                    row.au16[(row.ai16[(35u32.wrapping_mul(13u32) & 3) as usize] & 3) as usize] = ((match 99u32 { 0..=7 => row.b, 11 => row.b, _ => 31u16 }) | row.b);
                }
                v29 if (row.j || row.j) => {
                    row.ai8[((row.e as u8) & 3) as usize] = (if true { (row.b as i8) } else { (row.e >> 3) });
                }
                16..=120 => {
                    let v30 = (match (!row.a).wrapping_sub((if row.j { row.a } else { row.a })) { 0..=7 => row.au16[(row.f.wrapping_mul(37i16) & 3) as usize].swap_bytes(), 115 => (row.g.wrapping_mul(97i32) as u16), _ => ({ let v31 = row.e; 1e10f32 } as u16) });
                    row.ai32[(17u8.wrapping_sub(row.a) & 3) as usize] = (73i32.count_ones() as i32).wrapping_add(row.g.wrapping_neg());
                    row.au16[(98u8.wrapping_sub(21u8) & 3) as usize] = row.au16[((row.a % 59) & 3) as usize];
                }
                _ => {}
            }
        }
        _ => {}
    }
    let mut v32 = ((row.c.wrapping_sub(row.c).leading_zeros() as u32) as f32);
    (if ((if row.j { 106u32 } else { 120u32 }) == (43u32.abs_diff(row.c) as u32)) { 53u32.swap_bytes().wrapping_mul(30u32.wrapping_sub(row.c)) } else { (if row.j { row.c } else { 123u32 }).saturating_add((72u32 as u32)) })
}

#[stage(kernel)]
fn kernel_7(mut row: Row) -> u32 {
    match 75i64.wrapping_mul(row.h).wrapping_neg() {
        0 | 27 => {
            match { let v1 = row.d; row.b }.wrapping_sub(row.b.wrapping_add(70u16)) {
                0 | 56 => {
                    row.ai64[((73i16 ^ 97i16) & 3) as usize] = (!{ let v2 = row.f; 127i64 });
                }
                v3 if (if row.j { row.j } else { row.j }) => {
                    let mut v4: i8 = (if (match (53u64 as i16) { 0..=7 => { let v5 = row.d; false }, 80 => (27i8 <= row.e), _ => (if row.j { row.j } else { true }) }) { (!row.e.wrapping_add(row.e)) } else { (match row.g.wrapping_add(97i32) { 0..=7 => 77i8.min(row.e), 7 => row.e.wrapping_add(115i8), _ => (match row.d { 0..=7 => row.e, 118 => row.e, _ => 112i8 }) }) });
                }
                57..=120 => {
                    let v6: i32 = (if row.j { 94i32 } else { 76i32 }).wrapping_add(58i32.wrapping_add(row.g)).swap_bytes();
                    let mut v8: i16 = (row.f % 92);
                    let mut v9: i8 = (if { let v10 = (row.d >> 4); (true || row.j) } { ((match row.f { 0..=7 => 25i8, 97 => row.e, _ => row.e }) ^ (if row.j { row.e } else { 67i8 })) } else { row.e });
                }
                _ => {}
            }
        }
        v11 if (row.j >= row.j) => {
            let v12: i32 = (match row.g { 0..=7 => { let v13 = (true || false); 113i32.wrapping_sub(row.g) }, 17 => ((100i32 % 11) % 80), _ => { let v15 = (row.e >> 3); (match row.g { 0..=7 => 34i32, 39 => 93i32, _ => 118i32 }) } });
            let mut v16: i32 = row.ai32[(120u8.wrapping_add(row.a) & 3) as usize];
            match row.a.wrapping_add(19u8).rotate_left(28u32.swap_bytes()) {
                0 | 36 => {
                    let v17 = row.au32[(row.d.wrapping_add(row.d) & 3) as usize];
                }
                v18 if row.j => {
                }
                37..=120 => {
                    let v19: i8 = (match (33i16.leading_zeros() as i16) { 0..=7 => row.e.swap_bytes(), 38 => (79i8 % 75), _ => (111u32 as i8) }).rotate_left(row.c.wrapping_mul(63u32));
                }
                _ => {}
            }
        }
        28..=120 => {
            let v21: i8 = { let v22 = (row.a / 98); 4i8 }.wrapping_add(((match 41u64 { 0..=7 => 91u16, 54 => row.b, _ => row.b }) as i8));
            if ((!row.d) <= { let v23 = row.j; 48u64 }) {
                let mut v24 = (if row.j { row.h } else { 86i64 }).wrapping_shr(row.c.wrapping_mul(row.c)).wrapping_sub(row.h);
                v24 ^= (((if (false || row.j) { (row.i as i64) } else { 57i64.wrapping_mul(v24) }) >> 1) + ((!34i64).max(v24.wrapping_sub(29i64)) >> 1));
            }
            for v25 in 3..=4i32 {
                if true { break; }
                let v26: u32 = { let v27 = { let v28 = (match row.e { 0..=7 => row.b, 41 => 98u16, _ => 29u16 }); (match 113u8 { 0..=7 => row.d, 94 => 99u64, _ => row.d }) }; 70u32 };
            }
        }
        _ => {}
    }
    row.au8[((57u8 % 89) & 3) as usize] = 88u8;
    if ({ let v29 = row.j; row.i } <= row.af32[((107u64 as u64) & 3) as usize]) {
        let mut v30 = (if row.abool[((84u8 ^ 42u8) & 3) as usize] { true } else { ((match 83u32 { 0..=7 => 114u64, 54 => row.d, _ => 91u64 }) > (row.f as u64)) });
        for v31 in 0..4i64 {
            if (v30 || { let v32 = 35i32; false }) { continue; }
            let mut v33: bool = (match ((!48i8) / 51) { 0..=7 => ((54u8 >= 103u8) && (44i64 <= v31)), 8 => (match (108i64 as u64) { 0..=7 => true, 101 => row.abool[(row.f.wrapping_add(row.f) & 3) as usize], _ => (!true) }), _ => ((match 82u8 { 0..=7 => v30, 101 => v30, _ => row.j }) && (33i64 != v31)) });
            let mut v34 = 87i8.wrapping_sub(58i8);
        }
        v30 ^= (match row.e.max(42i8).wrapping_sub(8i8.wrapping_add(row.e)) { 0..=7 => (match (true as u8) { 0..=7 => (v30 && v30), 24 => row.j, _ => (row.j || v30) }), 99 => ((1e10f32 + row.i) <= (row.i + 1.5f32)), _ => ((true && v30) || (row.i >= row.i)) });
    } else {
        row.ai8[({ let v35 = 59u16; 10u64 } & 3) as usize] = (row.e % 22).saturating_sub({ let v36 = 22u8; row.e });
        match (match row.b.wrapping_sub(24u16) { 0..=7 => (match 63i64 { 0..=7 => row.f, 101 => row.f, _ => 90i16 }), 60 => 6i16, _ => (18i16 & 10i16) }) {
            0 | 58 => {
                let v37 = (row.c.swap_bytes().wrapping_mul({ let v38 = true; 86u32 }) / 25);
            }
            v40 if (!row.j) => {
                let mut v41: f32 = (((1.5f32 * row.i) - (match 9i64 { 0..=7 => 1e10f32, 83 => 1e10f32, _ => 1.5f32 })) * ((row.i * row.i) * { let v42 = row.a; 3f32 }));
                v41 -= (row.af32[(row.c & 3) as usize] / (match row.b.wrapping_mul(8u16) { 0..=7 => v41.mul_add(v41, 0.5), 19 => (v41 + row.i), _ => row.af32[((75u32 / 31) & 3) as usize] }));
                let mut v43: bool = { let v44 = (54u64 / 32).wrapping_add((match row.b { 0..=7 => row.d, 27 => 5u64, _ => 50u64 })); (v40.saturating_add(v40) >= v40) };
            }
            59..=120 => {
                let mut v45: u64 = (match (118u64 as i8) { 0..=7 => row.d.wrapping_add(38u64), 23 => 36u64.wrapping_sub(row.d), _ => (if true { 23u64 } else { row.d }) }).saturating_add(row.d);
                let mut v46 = (row.h.wrapping_shl(((row.c >> 1) + (94u32 >> 1))).leading_zeros() as i64);
                row.af32[(110u8.wrapping_add(row.a) & 3) as usize] = ((match row.b { 0..=7 => 0f32, 116 => row.i, _ => row.i }) / { let v47 = true; 1.5f32 });
            }
            _ => {}
        }
    }
    let v48 = { let v49 = ((match row.f { 0..=7 => 96u32, 110 => 27u32, _ => 119u32 }) > (if false { 88u32 } else { row.c })); (if v49 { (-0.25f32) } else { 0f32 }).trunc() };
    for v50 in (3i16..8).rev() {
        let mut v51 = 81i32;
        if ((!true) || (row.e >= 64i8)) { return (if true { row.c } else { 35u32 }); }
        let v52 = 79i8;
    }
    for v53 in 4..=4i8 {
        match (17i8 as i8) {
            0 | 11 => {
                let mut v54 = ({ let v55 = 107i8; v53 }.count_ones() as i8).rotate_left({ let v56 = row.c; 62u32 });
            }
            v57 if (false || true) => {
                let mut v58 = ({ let v59 = (row.j && true); (false || v59) } >= ((if false { row.j } else { row.j }) && (96u32 < 61u32)));
                let mut v60 = ((105i8.max(v57) as u8).abs_diff((row.a | row.a).wrapping_add(93u8.wrapping_add(120u8))) as u8);
                let mut v61: u32 = row.au32[(v60.wrapping_add(48u8) & 3) as usize].saturating_add((match (row.d >> 5) { 0..=7 => (93u32 & row.c), 115 => (27i16 as u32), _ => (row.c / 55) }));
            }
            12..=120 => {
                let mut v62: u32 = row.au32[(111u8 & 3) as usize];
                let mut v63: u32 = (v62 & ((v62 % 94) >> 3));
            }
            _ => {}
        }
        let v64: u8 = row.a.wrapping_sub(45u8).wrapping_add((row.a >> 6)).wrapping_add((match (v53 as i32) { 0..=7 => { let v65 = 122u32; 35u8 }, 2 => (match row.d { 0..=7 => row.a, 123 => 117u8, _ => 100u8 }), _ => row.a.wrapping_add(row.a) }));
        let v66: i32 = ({ let v67 = (v48 * v48); row.g.wrapping_add(95i32) } >> 6);
    }
    match (match (99u64.leading_zeros() as u64) { 0..=7 => (row.g.abs_diff(row.g) as i32), 16 => row.g.wrapping_neg(), _ => (if row.j { row.g } else { 88i32 }) }) {
        0 | 80 => {
            let mut v69 = ((row.e / 61).min((if row.j { row.e } else { 77i8 })) / 76);
            if (row.abool[(row.d.wrapping_add(row.d) & 3) as usize] && (row.b == row.b)) {
                let v70: i8 = (24u32 as i8).wrapping_sub((v69 as i8)).wrapping_add(row.e);
                v69 ^= (row.g as i8).wrapping_add((v69 | 75i8)).wrapping_add((if false { row.e } else { row.e }).saturating_add(v70.swap_bytes()));
            } else {
            }
            for v71 in (2i32..5).rev() {
                v69 |= (v69.wrapping_sub(v69) as i8).wrapping_add(row.ai8[((if false { row.a } else { 68u8 }) & 3) as usize]);
            }
        }
        v72 if (70u8 == row.a) => {
            row.ai16[(row.c.wrapping_add(39u32) & 3) as usize] = (row.ai16[((row.f >> 0) & 3) as usize].trailing_zeros() as i16);
            for v73 in (1i8..4).rev() {
                let mut v74: bool = (row.af32[(15i16 & 3) as usize] < (if (7i16 > 81i16) { (match row.h { 0..=7 => row.i, 99 => v48, _ => v48 }) } else { (v48 * (-0.25f32)) }));
                if ((match 87u32 { 0..=7 => (-0.25f32), 102 => v48, _ => v48 }) >= (match 19u64 { 0..=7 => v48, 13 => v48, _ => v48 })) { break; }
            }
        }
        81..=120 => {
            let v75 = (if ((true && true) && (!true)) { row.f.wrapping_mul(row.f).swap_bytes() } else { ((((23i16 >> 1) + (101i16 >> 1)) >> 1) + ((34i16 >> 2) >> 1)) });
            let v76 = ((row.i + 3f32).mul_add((0.1f32 - v48), 0.5) / (match row.h.wrapping_sub(row.h) { 0..=7 => (v48 + row.i), 98 => row.af32[(row.d.wrapping_sub(72u64) & 3) as usize], _ => (if row.j { v48 } else { 0.1f32 }) }));
        }
        _ => {}
    }
    let v77: f32 = (((v48 + (-0.25f32)) * row.af32[({ let v78 = 85u16; 20i16 } & 3) as usize]) - ((v48 + v48) - row.af32[({ let v79 = row.g; row.c } & 3) as usize]));
    { let v80 = ((match 85i64 { 0..=7 => row.i, 36 => v77, _ => row.i }) - (row.i * 3f32)); (row.a as u32).wrapping_sub(row.au32[(row.au32[((row.c.leading_zeros() as u32) & 3) as usize] & 3) as usize]) }
}

#[stage(kernel)]
fn kernel_8(mut row: Row) -> bool {
    if row.j {
    }
    row.abool[((match 98i64 { 0..=7 => 63i16, 36 => row.f, _ => 81i16 }) & 3) as usize] = (!(match row.g { 0..=7 => row.j, 95 => true, _ => row.j }));
    let v1 = (if (row.j && row.j) { (row.d >> 3) } else { row.d.wrapping_add(row.d) }).wrapping_add((match (match row.g { 0..=7 => 69i64, 85 => 89i64, _ => row.h }) { 0..=7 => row.d.wrapping_add(96u64), 5 => ((-0.25f32) as u64), _ => (104i16 as u64) }));
    row.au8[(v1.wrapping_mul(84u64) & 3) as usize] = (row.a.swap_bytes() >> 6);
    row.af32[(v1.wrapping_neg() & 3) as usize] = row.af32[((row.b as i16) & 3) as usize];
    if false {
        let mut v2 = (126i64.wrapping_mul(row.h) % 70).max(77i64.wrapping_add(row.h).wrapping_mul(62i64));
        let v3 = ((if (row.j || false) { (1.5f32 - row.i) } else { (0f32 * 1e10f32) }) + (row.af32[(row.c & 3) as usize] * (if row.j { 1e10f32 } else { 1.5f32 })));
    }
    let mut v4: u16 = ((row.f / 25) as u16).wrapping_sub(54u16.wrapping_add(row.b).wrapping_mul((9u16 & 62u16)));
    ((v1.wrapping_mul(26u64) & (if false { 31u64 } else { 35u64 })) != row.au64[((79u8 / 85) & 3) as usize])
}

#[stage(kernel)]
fn kernel_9(mut row: Row) -> u64 {
    let mut v1: f32 = (row.af32[((row.c / 75) & 3) as usize].mul_add(row.i, 0.5) + row.i);
    if (!(row.f <= 60i16)) {
        let v2 = (if ((row.h.abs_diff(row.h) as i64) < row.ai64[(row.d.wrapping_add(118u64) & 3) as usize]) { (if (match row.c { 0..=7 => row.j, 110 => true, _ => true }) { (if row.j { row.i } else { row.i }) } else { row.i }) } else { ((match 74i32 { 0..=7 => v1, 105 => v1, _ => row.i }) + (3f32 + v1)) });
        let v3 = row.h.wrapping_add(((row.h >> 5) % 89));
        let v4 = { let v5 = (row.b as u64); row.d.wrapping_mul(42u64) }.wrapping_sub((97u64 as u64).saturating_sub((row.c as u64)));
    }
    if (if (row.j == false) { (match 71i8 { 0..=7 => true, 18 => false, _ => false }) } else { (row.j == false) }) {
        v1 = row.af32[(row.d.wrapping_sub(114u64) & 3) as usize];
    } else {
        let v6: u16 = (if ((38u8 % 14) > 20u8.swap_bytes()) { (!98u16) } else { row.b });
        let mut v7: i32 = 72i32;
    }
    v1 *= v1;
    if (row.d.wrapping_add(119u64) <= (if row.j { row.d } else { row.d })) {
        row.ai32[(67u64.wrapping_mul(row.d) & 3) as usize] = row.ai32[(32u64 & 3) as usize].wrapping_shl((if false { row.c } else { row.c }));
    }
    let v8: u16 = (if (match (!52i16) { 0..=7 => false, 106 => (row.e > row.e), _ => (match row.g { 0..=7 => true, 55 => row.j, _ => false }) }) { (row.abool[((row.f >> 0) & 3) as usize] as u16) } else { row.b.wrapping_neg() });
    if (if (if true { row.j } else { false }) { (73u32 <= row.c) } else { (row.b >= v8) }) {
        for v9 in 1..3u8 {
            let mut v10 = 85i16.wrapping_shr(86u32);
            let mut v11: i16 = ({ let v12 = (if false { row.a } else { v9 }); (if true { row.f } else { v10 }) } % 91);
        }
    }
    for v14 in 4..7u64 {
        if { let v15 = 61i32.wrapping_mul(118i32); (39u32 < 97u32) } {
            row.au32[(87u32.wrapping_neg() & 3) as usize] = ({ let v16 = row.h; row.f } as u32);
            let v17: i32 = row.ai32[({ let v18 = true; 12u8 } & 3) as usize];
            if (v17.wrapping_add(v17) <= (match 3u16 { 0..=7 => 104i32, 42 => v17, _ => 53i32 })) { continue; }
        }
    }
    for v19 in (0i16..2).rev() {
        row.au8[((if row.j { 73i16 } else { 7i16 }) & 3) as usize] = (!{ let v20 = 45i16; row.a });
        let mut v21: u16 = (if row.j { v8 } else { v8 }).wrapping_sub({ let v22 = 67u16; 93u16 }).wrapping_mul(row.au16[((match row.d { 0..=7 => 73u8, 34 => row.a, _ => row.a }) & 3) as usize]);
    }
    (if ((79u32 == row.c) && (row.d == 88u64)) { { let v23 = row.h.wrapping_sub(102i64); (row.d >> 4) } } else { (match (if row.j { row.g } else { 87i32 }) { 0..=7 => (!row.d), 33 => 22u64.wrapping_sub(80u64), _ => (row.d >> 4) }) })
}

#[stage(kernel)]
fn kernel_10(mut row: Row) -> u16 {
    if (55u8.wrapping_add(75u8) == (match row.e { 0..=7 => row.a, 106 => row.a, _ => 110u8 })) {
        let mut v1 = { let v2 = 8u8; { let v3 = (!true); { let v4 = row.g; row.d } } };
    }
    if { let v5 = (1.5f32 + 3f32); (row.a <= row.a) } {
        row.ai8[(13u8.wrapping_add(122u8) & 3) as usize] = ((55i8 / 32).count_ones() as i8);
        if (!{ let v6 = row.f; row.j }) {
            row.abool[(103i16.wrapping_neg() & 3) as usize] = ((!row.h) > (!54i64));
        } else {
            row.abool[(row.au8[((if row.j { 93u8 } else { 67u8 }) & 3) as usize] & 3) as usize] = (!{ let v7 = 117i8; true });
            row.ai16[(row.ai16[(row.d.wrapping_add(row.d) & 3) as usize] & 3) as usize] = row.ai16[(60i16.wrapping_sub(83i16) & 3) as usize].swap_bytes();
        }
    } else {
        let mut v8 = (100u32.wrapping_add(82u32).wrapping_add((row.c >> 6)) & row.au32[(row.f.saturating_add(34i16) & 3) as usize]);
        match row.ai16[(row.ai16[((match 36i16 { 0..=7 => row.f, 2 => row.f, _ => row.f }) & 3) as usize] & 3) as usize] {
            0 | 94 => {
                let v9: i32 = (((row.g.saturating_add(23i32) / 14) >> 1) + ((if (row.e > row.e) { (78u64 as i32) } else { (match row.e { 0..=7 => row.g, 59 => row.g, _ => row.g }) }) >> 1));
                row.ai32[(37u8.rotate_right((if row.j { v8 } else { v8 })) & 3) as usize] = (row.ai32[(v8.wrapping_mul(row.c) & 3) as usize] / 5);
            }
            v10 if (row.d != row.d) => {
                let v11: i8 = row.ai8[(row.a.swap_bytes() & 3) as usize];
                v8 = (if (match v11.max(v11) { 0..=7 => (true == true), 81 => { let v12 = row.c; row.j }, _ => (if true { row.j } else { row.j }) }) { row.au32[((102u32 % 26) & 3) as usize].wrapping_add((match row.a { 0..=7 => v8, 34 => v8, _ => row.c })) } else { row.c.wrapping_mul(v8).wrapping_sub(row.c.wrapping_sub(v8)) });
                let mut v13: u64 = (match (row.e as i64) { 0..=7 => row.d.wrapping_add(row.d).wrapping_mul((match row.f { 0..=7 => 68u64, 31 => row.d, _ => row.d })), 28 => (match 37u64.wrapping_sub(23u64) { 0..=7 => row.d.wrapping_sub(113u64), 5 => row.d.wrapping_add(43u64), _ => ((row.d >> 1) + (row.d >> 1)) }), _ => ((if true { row.d } else { 89u64 }).leading_zeros() as u64) });
            }
            95..=120 => {
                let v14 = { let v15 = ((!row.d) / 56); ((3i32 / 80) == (match row.d { 0..=7 => 121i32, 100 => row.g, _ => 22i32 })) };
                let mut v16 = (((row.d.leading_zeros() as u64).abs_diff((match row.e { 0..=7 => 7u64, 50 => row.d, _ => 105u64 })) as u64).trailing_zeros() as u64);
            }
            _ => {}
        }
        match row.au16[(v8 & 3) as usize] {
            0 | 97 => {
            }
            v17 if row.j => {
                let mut v18: u32 = (if (!(row.j && false)) { { let v19 = (if row.j { row.h } else { 4i64 }); v8.wrapping_mul(v8) } } else { { let v20 = { let v21 = row.g; 126u64 }; (match 12i16 { 0..=7 => row.c, 111 => row.c, _ => row.c }) } });
                let mut v22 = (!(match row.h.swap_bytes() { 0..=7 => 90i8.wrapping_sub(77i8), 51 => row.e.wrapping_sub(125i8), _ => (row.e.abs_diff(31i8) as i8) }));
                let v23: i32 = ((126u8 >> 5).wrapping_add((row.a.abs_diff(row.a) as u8)) as i32);
            }
            98..=120 => {
                let v24 = 86i16;
                let v25: i64 = ((match v24 { 0..=7 => 13u64, 88 => 59u64, _ => row.d }).wrapping_mul((match row.g { 0..=7 => 78u64, 18 => 103u64, _ => 16u64 })) as i64);
                let mut v26: u8 = (!24u8.wrapping_add(45u8)).wrapping_neg();
            }
            _ => {}
        }
    }
    let mut v28 = (((if { let v29 = row.b; false } { 0u8 } else { (row.a.trailing_zeros() as u8) }) >> 1) + ((if (true || row.j) { (95i32 as u8) } else { (80u8.abs_diff(row.a) as u8) }) >> 1));
    v28 &= row.au8[(v28.wrapping_add(v28) & 3) as usize].wrapping_add((match (if row.j { row.h } else { 0i64 }) { 0..=7 => (!6u8), 7 => { let v30 = v28; 80u8 }, _ => 16u8 }));
    match (if row.j { 100u8 } else { v28 }).rotate_left(row.c.wrapping_add(96u32)) {
        0 | 79 => {
            let mut v31: i8 = (row.au8[(101u64.wrapping_add(73u64) & 3) as usize] as i8).wrapping_sub((((row.e >> 1) + (73i8 >> 1)) % 19));
            row.au8[(row.d.wrapping_sub(33u64) & 3) as usize] = v28;
            let mut v33: i8 = row.ai8[((row.d as u32) & 3) as usize];
        }
        v34 if (!false) => {
            if (if row.abool[(125u32.wrapping_mul(90u32) & 3) as usize] { (if false { false } else { row.j }) } else { (105i8 >= row.e) }) {
                let mut v35 = (if ((!false) && { let v36 = row.h; true }) { (!row.au16[((match row.h { 0..=7 => 16u64, 107 => 122u64, _ => 19u64 }) & 3) as usize]) } else { (row.b >> 7).wrapping_sub((if false { 19u16 } else { 20u16 })) });
                let v37 = { let v38 = row.ai64[((!row.f) & 3) as usize]; (row.d >> 5).wrapping_add((match row.a { 0..=7 => 54u64, 21 => 50u64, _ => row.d })) };
                let v39 = (row.d.wrapping_add(row.d) % 88).wrapping_mul((if row.abool[(row.au32[((if row.j { 67i16 } else { 112i16 }) & 3) as usize] & 3) as usize] { 77u64.saturating_add(96u64) } else { (if row.j { 36u64 } else { 70u64 }) }));
            } else {
                row.ai16[((row.i as u64) & 3) as usize] = ((match v28 { 0..=7 => row.f, 28 => 67i16, _ => row.f }) / 57);
                let mut v41 = { let v42 = ((if row.j { 1e10f32 } else { 1.5f32 }) > (if row.j { row.i } else { 0.1f32 })); row.au8[(row.d.wrapping_neg() & 3) as usize] };
            }
            let mut v43: bool = (if ((32i64 == 48i64) || (row.j > true)) { (if (if false { row.j } else { true }) { (!false) } else { (!false) }) } else { (!(!false)) });
        }
        80..=120 => {
            match ((row.e % 68) as i32) {
                0 | 0 => {
                    let mut v44 = (match { let v45 = row.d; v28 } { 0..=7 => (21u64 >> 1), 1 => (row.d & 38u64), _ => { let v46 = false; row.d } }).wrapping_add(108u64.wrapping_add(row.d).wrapping_neg());
                    let v47: u16 = ((if row.j { row.b } else { 47u16 }).wrapping_add((row.b / 89)) / 73);
                }
                v48 if (true || row.j) => {
                    v28 |= (((match 27i32 { 0..=7 => v28, 22 => v28, _ => 11u8 }).abs_diff((row.j as u8)) as u8).abs_diff((((row.a % 43) >> 1) + (v28.wrapping_mul(v28) >> 1))) as u8);
                }
                1..=120 => {
                    let mut v49: u32 = 27u32.wrapping_add((row.au32[(row.au64[({ let v50 = row.g; row.d } & 3) as usize] & 3) as usize] >> 1));
                    v49 = ((match 61i32.wrapping_sub(88i32) { 0..=7 => (false && false), 73 => (!row.j), _ => (row.j && row.j) }) as u32);
                }
                _ => {}
            }
            let v51 = ((if (match row.b { 0..=7 => true, 51 => row.j, _ => false }) { row.ai64[(row.ai16[(54i16.wrapping_add(row.f) & 3) as usize] & 3) as usize] } else { ((row.h >> 1) + (126i64 >> 1)) }) as i32);
            if row.j {
                let mut v52: u64 = ((91u64 >> 1) + ((match (row.f.trailing_zeros() as i16) { 0..=7 => (false as u64), 99 => 12u64, _ => row.d.wrapping_neg() }) >> 1));
                row.au32[(row.au64[((if true { 40i16 } else { row.f }) & 3) as usize] & 3) as usize] = row.c.wrapping_mul(35u32).wrapping_sub(row.c);
            } else {
                v28 = ({ let v53 = (!row.e); (1i64 >> 2) } as u8);
            }
        }
        _ => {}
    }
    if (!(!row.j)) {
        v28 = ((match 68u8 { 0..=7 => 42i64, 65 => 110i64, _ => row.h }).wrapping_mul((row.d as i64)) as u8);
        if (v28.wrapping_mul(85u8) > 56u8) {
            let v54: u16 = (row.b.saturating_add(113u16) / 81).wrapping_mul((117u64 as u16).wrapping_sub((row.b.leading_zeros() as u16)));
        }
    } else {
        let mut v55 = ({ let v56 = { let v57 = false; 0.1f32 }; row.c }.abs_diff(row.au32[(24u32.swap_bytes() & 3) as usize].max((11u32 & 125u32))) as u32);
    }
    for v58 in 4..6i8 {
        for v59 in 3..=4i32 {
            let v60 = { let v61 = row.e; row.abool[(row.d.wrapping_sub(row.d) & 3) as usize] };
            if ((103i16 == row.f) && { let v62 = v59; v60 }) { continue; }
            row.ai16[(row.a & 3) as usize] = (match (row.b.abs_diff(0u16) as u16) { 0..=7 => (match 62i64 { 0..=7 => row.f, 101 => 25i16, _ => 45i16 }), 44 => row.f, _ => 62i16.wrapping_add(105i16) });
        }
    }
    let mut v63 = { let v64 = 33u16.wrapping_add(75u16).wrapping_sub((34u16 % 93)); (88i64.min(94i64) >> 5) };
    (match (((row.h ^ row.h) >> 1) + (row.ai64[(row.ai16[((match 116u64 { 0..=7 => 38u64, 0 => 12u64, _ => 53u64 }) & 3) as usize] & 3) as usize] >> 1)) { 0..=7 => 73u16, 61 => { let v65 = 12u64; row.b }.wrapping_mul((if row.j { 115u16 } else { row.b })), _ => (match (match row.a { 0..=7 => 85u64, 110 => 108u64, _ => row.d }) { 0..=7 => (row.b >> 2), 17 => (row.b as u16), _ => 85u16.wrapping_mul(9u16) }) })
}

#[stage(kernel)]
fn kernel_11(mut row: Row) -> i32 {
    row.abool[((row.c ^ 36u32) & 3) as usize] = ((row.j || true) && (!true));
    let mut v1: i32 = row.ai32[(58i16.wrapping_sub(row.f) & 3) as usize];
    v1 ^= (if (!false) { row.ai32[(row.d & 3) as usize] } else { (row.d as i32) }).wrapping_neg();
    for v2 in 0..1u32 {
        let mut v3: f32 = ((3f32.sqrt() * 1e10f32.mul_add(row.i, 0.5)) * (row.b.wrapping_add(83u16) as f32));
    }
    let v4 = row.ai32[(99u64 & 3) as usize];
    v1 = ({ let v5 = (-0.25f32); v1 }.wrapping_add(row.g.min(row.g)) % 46);
    for v8 in 2..7i16 {
        match (row.ai8[((if row.j { row.a } else { 107u8 }) & 3) as usize] & (row.e as i8)) {
            0 | 4 => {
                let mut v9: bool = { let v10 = { let v11 = row.j; row.f }.wrapping_mul(((31i16 >> 1) + (v8 >> 1))); { let v12 = 75i16.wrapping_neg(); row.j } };
                let mut v13 = (match { let v14 = (v8 >> 3); (v8 % 12) } { 0..=7 => { let v15 = (if v9 { 24u16 } else { row.b }); (!37u64) }, 91 => (if (43u64 != 38u64) { { let v16 = row.i; row.d } } else { (match row.g { 0..=7 => 40u64, 114 => 101u64, _ => 59u64 }) }), _ => (match row.ai32[(34i16 & 3) as usize] { 0..=7 => (!row.d), 118 => row.au64[(50i16.wrapping_add(v8) & 3) as usize], _ => 46u64 }) });
            }
            v17 if (!row.j) => {
                let v18: i16 = (!(row.f.leading_zeros() as i16)).wrapping_add(114i16.wrapping_add(v8).wrapping_add(((39i16 >> 1) + (12i16 >> 1))));
            }
            5..=120 => {
                if (if (row.j || row.j) { (!true) } else { { let v19 = row.c; true } }) { continue; }
            }
            _ => {}
        }
        if (row.abool[(row.au64[(row.d.wrapping_sub(57u64) & 3) as usize] & 3) as usize] || (row.j || true)) {
            v1 ^= v4.wrapping_neg().wrapping_shr({ let v20 = row.a; row.c }).wrapping_add({ let v21 = 0u8.swap_bytes(); (!v1) });
            v1 = ({ let v22 = 22i8; v4 } >> 1).rotate_right(row.au32[(row.d.saturating_add(125u64) & 3) as usize]);
        }
        for v23 in 0..2u64 {
            let v24 = row.d;
            v1 = { let v25 = ((row.h as u16) ^ row.au16[((11u32.abs_diff(47u32) as u32) & 3) as usize]); (if (v24 != v24) { row.ai32[((row.d as i16) & 3) as usize] } else { row.g.wrapping_sub(row.g) }) };
            if (row.f.wrapping_mul(95i16) == v8.wrapping_add(89i16)) { break; }
        }
    }
    for v26 in 1..4i64 {
        let v27 = ((match (if row.j { row.g } else { v1 }) { 0..=7 => row.b.saturating_sub(row.b), 120 => row.au16[(78u64.wrapping_sub(121u64) & 3) as usize], _ => { let v28 = 114u64; 27u16 } }) as u8);
    }
    let mut v29 = (row.j as i8).wrapping_shl((match row.c { 0..=7 => row.c, 60 => 81u32, _ => row.c })).swap_bytes();
    (row.f.wrapping_add(row.f) as i32).rotate_right(row.au32[((row.c.count_ones() as u32) & 3) as usize])
}

#[stage(kernel)]
fn kernel_12(mut row: Row) -> i64 {
    let mut v1 = (1e10f32 as u32).swap_bytes();
    if ((row.g > 97i32) && (row.j || row.j)) {
        row.ai32[({ let v3 = 26i16; row.a } & 3) as usize] = (row.d.wrapping_shl(row.au32[({ let v4 = row.h; 75u32 } & 3) as usize]) as i32);
    }
    if ({ let v5 = 44i8; row.d } < (match row.b { 0..=7 => row.d, 106 => 127u64, _ => 92u64 })) {
        match (if (row.j || row.j) { 67i8.wrapping_sub(row.e) } else { 109i8 }) {
            0 | 15 => {
                let v6 = (row.e.wrapping_neg().count_ones() as i8).min(116i8);
                let v7 = row.af32[(row.d.wrapping_mul(row.d) & 3) as usize];
                let v8: i32 = (if ((!false) && (row.j && row.j)) { (106i16.swap_bytes() as i32) } else { 0i32.wrapping_sub(3i32).wrapping_sub(((row.g >> 1) + (82i32 >> 1))) });
            }
            v9 if { let v10 = row.j; true } => {
                let mut v11: u32 = (if (row.j && true) { 50u32.max(v1) } else { row.c.wrapping_mul(row.c) }).wrapping_mul(v1);
                let mut v12 = (57i16.wrapping_sub({ let v13 = row.j; row.f }) as u8);
            }
            16..=120 => {
                row.au16[((row.d as u32) & 3) as usize] = row.b.wrapping_neg();
            }
            _ => {}
        }
    }
    let mut v14: i8 = (if (row.au8[((if row.j { row.d } else { 98u64 }) & 3) as usize] < 28u8.wrapping_mul(row.a)) { (match row.c.wrapping_shr(v1.wrapping_mul(62u32)) { 0..=7 => row.e.wrapping_mul(35i8), 15 => row.e.wrapping_add(row.e), _ => { let v15 = 89i8; v15 } }) } else { (match { let v16 = row.b; row.g } { 0..=7 => 28i8, 86 => row.e, _ => 111i8.wrapping_sub(62i8) }) });
    let mut v17: i8 = (row.e.leading_zeros() as i8).wrapping_shr({ let v18 = row.d; row.c });
    match (!v17.wrapping_add(24i8)) {
        0 | 87 => {
            row.au64[(row.d.swap_bytes() & 3) as usize] = 67u64.saturating_sub(row.d).wrapping_mul(91u64.wrapping_neg());
            let v19 = row.af32[(row.au32[(38u64.wrapping_neg() & 3) as usize] & 3) as usize].mul_add({ let v20 = row.g; row.i }.mul_add(row.i, 0.5), 0.5);
        }
        v21 if { let v22 = 67u16; row.j } => {
            match row.a {
                0 | 75 => {
                    let v23 = v1;
                    let mut v24 = ((row.i as i8).swap_bytes() >> 7);
                    let v26: u64 = ((!(row.f / 93)) as u64);
                }
                v27 if (v17 != v21) => {
                    let v28: i8 = (if ((true || row.j) && (match 87i32 { 0..=7 => true, 117 => row.j, _ => false })) { (if (if row.j { row.j } else { row.j }) { (row.e.abs_diff(row.e) as i8) } else { (if row.j { row.e } else { v17 }) }) } else { (!row.e.wrapping_neg()) });
                }
                76..=120 => {
                    let mut v29: f32 = (if (108i16.wrapping_neg() <= row.f.saturating_sub(13i16)) { (27u16.wrapping_add(45u16) as f32) } else { (((-0.25f32) - row.i) - (match 38i8 { 0..=7 => (-0.25f32), 94 => row.i, _ => row.i })) });
                }
                _ => {}
            }
        }
        88..=120 => {
            v1 |= ((match (v14 >> 7) { 0..=7 => (row.c >> 7), 125 => (if row.j { v1 } else { v1 }), _ => (if true { v1 } else { 75u32 }) }) & 69u32.wrapping_neg());
            let v30: i64 = (if (row.e.wrapping_add(v17) <= { let v31 = 3f32; row.e }) { (103i64.wrapping_neg() / 44) } else { (!row.ai64[(row.au64[((row.g as u64) & 3) as usize] & 3) as usize]) });
        }
        _ => {}
    }
    let mut v33 = ((98u8.wrapping_mul(row.a).wrapping_shl((row.f as u32)) >> 1) + (row.a >> 1));
    (match row.au16[(80u8.wrapping_neg() & 3) as usize] { 0..=7 => (((row.g >> 1) + (101i32 >> 1)) as i64), 111 => ((true || row.j) as i64), _ => { let v34 = (match row.f { 0..=7 => 91u8, 108 => row.a, _ => 101u8 }); row.h } })
}

#[stage(kernel)]
fn kernel_13(mut row: Row) -> u8 {
    let mut v1: u64 = ((match row.g { 0..=7 => row.d, 108 => 112u64, _ => row.d }).swap_bytes().trailing_zeros() as u64);
    match 53i64.swap_bytes().wrapping_add((if true { row.h } else { 8i64 })) {
        0 | 0 => {
            if ((false && row.j) == row.abool[({ let v2 = row.i; row.a } & 3) as usize]) {
                v1 ^= (if (row.au64[(((115u8 >> 1) + (row.a >> 1)) & 3) as usize] > { let v3 = row.c; v1 }) { (((match 88i16 { 0..=7 => 29u64, 71 => v1, _ => v1 }) >> 1) + ((v1 / 77) >> 1)) } else { ({ let v4 = row.a; 0.1f32 } as u64) });
                v1 = ({ let v5 = row.abool[((126u64.abs_diff(v1) as u64) & 3) as usize]; { let v6 = row.i; v1 } } >> 6);
            }
            match row.g.wrapping_mul(row.g).rotate_left(row.au32[(((row.a >> 1) + (row.a >> 1)) & 3) as usize]) {
                0 | 14 => {
                    let mut v7 = (match (if true { 122i16 } else { row.f }) { 0..=7 => (if row.j { row.a } else { 10u8 }), 52 => 38u8.max(row.a), _ => row.a.wrapping_add(row.a) }).min((99u8.wrapping_mul(19u8) >> 5));
                    let mut v8: i32 = (102i32.swap_bytes().wrapping_add(row.g.rotate_right(12u32)) | (row.g.abs_diff({ let v9 = row.h; row.g }) as i32));
                }
                v10 if (row.j && false) => {
                    let v11 = row.au32[((row.c / 58) & 3) as usize].wrapping_add(64u32).wrapping_add((if (if row.j { row.j } else { row.j }) { (row.c.abs_diff(row.c) as u32) } else { (63u16 as u32) }));
                    let v12 = ({ let v13 = (row.a.count_ones() as u8); 81u16.swap_bytes() } as u8);
                }
                15..=120 => {
                    let v14: i16 = (((if row.j { row.e } else { 76i8 }).count_ones() as i8) as i16);
                    let mut v15 = row.au16[(row.c & 3) as usize].wrapping_add((if false { (if row.j { row.b } else { 85u16 }) } else { row.b.wrapping_mul(107u16) }));
                    let mut v16 = { let v17 = (if (!row.j) { row.c } else { (12u32 as u32) }); { let v18 = 1e10f32; v17 }.swap_bytes() };
                }
                _ => {}
            }
        }
        v19 if (row.b != 38u16) => {
            match ({ let v20 = v1; row.j } as u64) {
                0 | 84 => {
                    let v21: u16 = (row.f as u16);
                }
                v22 if row.j => {
                    let v23: i32 = (if row.abool[({ let v24 = false; row.d } & 3) as usize] { ((row.j || row.j) as i32) } else { (52i32 % 48) });
                    let v25 = ((row.ai8[(99u64 & 3) as usize].abs_diff((row.e.abs_diff(68i8) as i8)) as i8) % 12);
                    let v26 = (((33i64.wrapping_mul(v19) >> 1) + ((!v19) >> 1)) as u16);
                }
                85..=120 => {
                    let v27 = (if (!false) { 73u32.wrapping_sub(row.c) } else { (0u32 >> 7) }).min((!{ let v28 = 72u32; row.c }));
                    let mut v29: f32 = ((row.i.floor() + (3f32 / row.i)) + row.i);
                }
                _ => {}
            }
        }
        1..=120 => {
            let v30: i16 = row.f.wrapping_add(row.f).wrapping_add((19i16.abs_diff(3i16) as i16)).wrapping_sub({ let v31 = v1; 120i16 }.min({ let v32 = 83i64; 33i16 }));
        }
        _ => {}
    }
    v1 ^= (if ((row.a.trailing_zeros() as u8) > (row.a / 67)) { (39u64.saturating_add(101u64) >> 0) } else { (row.h.wrapping_mul(66i64) as u64) });
    if (if true { (if row.j { row.j } else { row.j }) } else { { let v33 = row.b; row.j } }) {
        for v34 in (2u8..7).rev() {
            row.au32[(96u64 & 3) as usize] = row.au32[(row.ai16[(row.au32[((97i16 / 44) & 3) as usize] & 3) as usize] & 3) as usize].wrapping_neg();
            let v35: u32 = (if (!row.j) { (26i64 as u32) } else { 28u32.wrapping_neg() }).wrapping_add(((row.g as u32) as u32));
        }
    }
    v1 |= (match (match (match row.g { 0..=7 => 39i64, 47 => row.h, _ => row.h }) { 0..=7 => (row.e as u16), 51 => (row.b >> 0), _ => (if row.j { row.b } else { 85u16 }) }) { 0..=7 => row.d.wrapping_add(55u64).wrapping_mul(v1), 46 => row.au64[(row.a.wrapping_add(111u8) & 3) as usize].wrapping_neg(), _ => v1.wrapping_sub(row.d).wrapping_add(v1) });
    row.au32[(row.f.wrapping_sub(row.f) & 3) as usize] = { let v36 = row.g; 53u32 }.wrapping_add((if row.j { 102u32 } else { 12u32 }));
    if ({ let v37 = 112i16; true } && (row.j && row.j)) {
        let v38 = (row.h % 24).wrapping_mul(105i64.wrapping_sub(123i64)).wrapping_add({ let v39 = ((row.d >> 1) + (row.d >> 1)); row.h.wrapping_mul(row.h) });
    } else {
        match (match 81u16 { 0..=7 => { let v40 = row.e; 26i64 }, 41 => 76i64.wrapping_sub(row.h), _ => { let v41 = row.i; row.h } }) {
            0 | 30 => {
                let v42: i8 = (match (row.g.trailing_zeros() as i32) { 0..=7 => row.e.saturating_sub(36i8).wrapping_add(row.e), 31 => (if row.j { 90i8 } else { row.e }).wrapping_add((if false { 71i8 } else { 120i8 })), _ => row.e });
                let v43: i16 = 50i16;
            }
            v44 if (v1 != v1) => {
                let v45 = (row.a.wrapping_neg().wrapping_sub(row.a.max(row.a)).abs_diff((row.a.abs_diff(70u8) as u8).wrapping_mul({ let v46 = row.b; row.a })) as u8);
                let mut v47: u16 = (if row.j { (76u16.abs_diff(row.b) as u16).wrapping_mul(row.au16[((44u32 / 6) & 3) as usize]) } else { { let v48 = row.f; (if row.j { row.b } else { row.b }) } });
            }
            31..=120 => {
                v1 ^= ((if (false || false) { 9u64.wrapping_add(113u64) } else { (match 17u8 { 0..=7 => row.d, 38 => v1, _ => row.d }) }) ^ (row.b as u64));
            }
            _ => {}
        }
    }
    for v49 in 0..=5u64 {
        let mut v50: u64 = 53u64.wrapping_mul((if (false || row.j) { (85u64.trailing_zeros() as u64) } else { row.au64[((!row.a) & 3) as usize] }));
        for v51 in 3..=5u8 {
            if row.abool[((104i16.count_ones() as i16) & 3) as usize] { continue; }
            if ({ let v52 = row.h; true } || (!true)) { continue; }
            let v53: u64 = (v50.swap_bytes() % 51);
        }
        row.ai32[((79i16 as u64) & 3) as usize] = ({ let v54 = row.c; row.g }.abs_diff(row.ai32[((35i16 & row.f) & 3) as usize]) as i32);
    }
    row.au8[(v1.wrapping_mul(v1) & 3) as usize]
}

#[stage(kernel)]
fn kernel_14(mut row: Row) -> f32 {
    let mut v1 = (match row.ai16[((62i16 | row.f) & 3) as usize] { 0..=7 => ({ let v2 = 1.5f32; 116u64 } % 65), 114 => ((row.au64[((14i8 as u8) & 3) as usize] >> 1) + (row.d.swap_bytes() >> 1)), _ => row.au64[(row.au8[((if row.j { row.c } else { 110u32 }) & 3) as usize] & 3) as usize] });
    let mut v3: i32 = row.ai32[((119u64 as u8) & 3) as usize].wrapping_mul(2i32.wrapping_sub(row.g)).swap_bytes();
    for v4 in 1..1u64 {
        let mut v5: bool = row.abool[(row.ai16[((match row.e { 0..=7 => row.c, 26 => 108u32, _ => 53u32 }) & 3) as usize] & 3) as usize];
    }
    match (row.h >> 4).wrapping_sub(33i64) {
        0 | 91 => {
            let mut v6: bool = ((43u16.wrapping_add(row.b) as u32) == row.au32[((row.a % 31) & 3) as usize]);
            let v7 = (row.abool[(116u32.wrapping_neg() & 3) as usize] && ((match 99i8 { 0..=7 => true, 5 => false, _ => row.j }) && (row.b == row.b)));
            v1 &= row.d;
        }
        v8 if (if row.j { false } else { false }) => {
            match (36u64 / 75).wrapping_add(row.d.rotate_left((if row.j { 101u32 } else { 114u32 }))) {
                0 | 64 => {
                    let mut v9 = ((row.abool[((0i16.leading_zeros() as i16) & 3) as usize] as u32) ^ 68u32.rotate_right((row.c.leading_zeros() as u32)).wrapping_add(row.c.rotate_right({ let v10 = row.f; row.c })));
                }
                v11 if (if true { false } else { false }) => {
                    let mut v12 = (match (row.h % 37) { 0..=7 => (82i32 >> 1), 34 => { let v13 = v11; v3 }, _ => (match v1 { 0..=7 => 12i32, 63 => row.g, _ => v3 }) }).wrapping_neg();
                }
                65..=120 => {
                    let v14 = row.abool[((row.a >> 4) & 3) as usize];
                    let mut v15 = row.au32[(row.f.wrapping_neg() & 3) as usize];
                }
                _ => {}
            }
            row.ai8[(row.c.wrapping_add(row.c) & 3) as usize] = (match 45u32.swap_bytes() { 0..=7 => row.e.wrapping_add(row.e), 67 => 68i8.wrapping_mul(14i8), _ => { let v16 = row.e; v16 } });
            let mut v17 = ((11u32.swap_bytes().count_ones() as u32) as i8);
        }
        92..=120 => {
        }
        _ => {}
    }
    (if (!(!false)) { row.i } else { (match row.ai8[((row.b as u8) & 3) as usize] { 0..=7 => row.i, 23 => (row.i * 0f32), _ => (row.h as f32) }) })
}

#[stage(kernel)]
fn kernel_15(mut row: Row) -> i8 {
    match (match { let v1 = row.b; row.g } { 0..=7 => row.h.wrapping_sub(124i64), 53 => row.ai64[((51u64 as u32) & 3) as usize], _ => row.h }) {
        0 | 2 => {
            row.au32[((row.d % 17) & 3) as usize] = (20u32.wrapping_sub(39u32).abs_diff((false as u32)) as u32);
            row.au32[((49u8 % 15) & 3) as usize] = 25u32;
            let v2: i16 = (((!85i8) / 88) as i16);
        }
        v3 if row.abool[((if row.j { 71u32 } else { row.c }) & 3) as usize] => {
        }
        3..=120 => {
            let v4 = (match (match row.a { 0..=7 => row.c, 38 => row.c, _ => 18u32 }).swap_bytes() { 0..=7 => (if (30i64 >= 88i64) { row.ai16[(row.c.wrapping_neg() & 3) as usize] } else { 2i16.swap_bytes() }), 38 => (!(row.i as i16)), _ => { let v5 = row.j; row.f }.wrapping_sub((row.e as i16)) });
        }
        _ => {}
    }
    row.au32[(row.a & 3) as usize] = row.c.wrapping_neg().wrapping_add({ let v6 = row.j; 4u32 });
    for v7 in (2i32..2).rev() {
        if (!(if row.j { row.j } else { true })) { return (row.e / 17); }
    }
    match ((row.e >> 7) / 27) {
        0 | 86 => {
        }
        v8 if (row.j || true) => {
            for v9 in 2..=4u8 {
                let mut v10 = { let v11 = ((match row.f { 0..=7 => row.j, 34 => row.j, _ => false }) && (match row.d { 0..=7 => row.j, 26 => row.j, _ => true })); ((1e10f32 * row.i) / row.i.mul_add(row.i, 0.5)) };
                let mut v12 = (if (row.j || true) { row.au16[((match row.f { 0..=7 => row.c, 103 => row.c, _ => row.c }) & 3) as usize] } else { row.b.wrapping_sub(row.b) }).wrapping_neg();
                if ((match row.g { 0..=7 => true, 34 => row.j, _ => false }) < (row.j >= true)) { continue; }
            }
            let v13 = { let v14 = (6i64.wrapping_add(row.h) / 80); (106u16.wrapping_add(row.b) / 83) };
            for v15 in 1..=4u16 {
                row.au64[(125u32.wrapping_add(row.c) & 3) as usize] = ((if row.j { 87u64 } else { 4u64 }) >> 1);
                let v16: i8 = (v8.wrapping_mul(v8).wrapping_neg() >> 5);
                row.au64[((!row.c) & 3) as usize] = row.au64[(row.d & 3) as usize];
            }
        }
        87..=120 => {
            row.ai32[((match row.c { 0..=7 => row.d, 15 => row.d, _ => 8u64 }) & 3) as usize] = row.ai32[((if true { 15u64 } else { 1u64 }) & 3) as usize];
        }
        _ => {}
    }
    (false as i8).swap_bytes().swap_bytes()
}

#[stage(kernel)]
fn kernel_16(mut row: Row) -> f32 {
    let mut v1 = ((if (row.e > 12i8) { { let v2 = 28i16; 89u64 } } else { (row.d.abs_diff(row.d) as u64) }) as u64);
    let v3: i32 = 42i32.wrapping_add(41i32).wrapping_add(59i32.wrapping_sub(row.g)).wrapping_add((if false { row.g } else { row.g }).wrapping_sub(74i32.wrapping_mul(row.g)));
    v1 &= ((3u64 >> 1) + (((95u16 as u16) as u64) >> 1));
    match { let v4 = row.j; row.c }.min(row.c.swap_bytes()) {
        0 | 0 => {
            let mut v5: bool = (!row.abool[((row.h as u64) & 3) as usize]);
            if ((row.i * row.i) == (77u16 as f32)) {
                let mut v6: u8 = { let v7 = row.ai32[(44u32.wrapping_sub(99u32) & 3) as usize].wrapping_mul((v3.abs_diff(v3) as i32)); { let v8 = (row.c < 81u32); row.a.wrapping_sub(row.a) } };
                let mut v9: u64 = { let v10 = (if v5 { 84i16 } else { 28i16 }).wrapping_mul(69i16); { let v11 = row.e; 19u64 }.wrapping_neg() };
            } else {
                let mut v12: i16 = row.f.wrapping_mul((row.f ^ 100i16).wrapping_mul(row.f.saturating_sub(row.f)));
                row.ai16[((v1.abs_diff(70u64) as u64) & 3) as usize] = ((v5 as i16) >> 2);
                v12 &= v12.wrapping_sub(77i16).wrapping_neg().wrapping_add({ let v13 = row.af32[((match row.b { 0..=7 => v1, 122 => 16u64, _ => v1 }) & 3) as usize]; (v12 / 15) });
            }
        }
        v14 if (if row.j { row.j } else { row.j }) => {
            for v15 in 1..=4u32 {
                let mut v16 = ((1e10f32 - (row.i - (-0.25f32))) * (v15.wrapping_add(40u32) as f32));
                let mut v17: u8 = ((!v15) as u8).wrapping_neg();
                let mut v18 = (!row.au32[(row.d & 3) as usize]);
            }
        }
        1..=120 => {
            row.au8[(row.au32[((match 56i16 { 0..=7 => 6u32, 11 => row.c, _ => 55u32 }) & 3) as usize] & 3) as usize] = { let v19 = row.b; 109u8 }.wrapping_sub((if false { 64u8 } else { 12u8 }));
            v1 = (if false { ({ let v20 = true; v1 } / 34) } else { (70u64 | 113u64).wrapping_mul((match 52u32 { 0..=7 => v1, 94 => v1, _ => v1 })) });
        }
        _ => {}
    }
    match ((!50u8) >> 7) {
        0 | 37 => {
            let mut v21: u8 = (match 18u32 { 0..=7 => row.a, 103 => 10u8, _ => row.a }).wrapping_mul({ let v22 = row.c; 31u8 }).wrapping_add((if true { row.a } else { 78u8 }).wrapping_shr((85i16 as u32)));
        }
        v23 if (v3 < row.g) => {
            if ({ let v24 = row.j; 100u32 } > (if row.j { row.c } else { row.c })) {
                let mut v25: i32 = (73i32.swap_bytes().wrapping_add({ let v26 = row.e; row.g }) >> 1);
            }
            for v27 in 2..7i16 {
                row.abool[((if true { v23 } else { row.a }) & 3) as usize] = (match (v23 % 85) { 0..=7 => (38i8 <= row.e), 44 => (true || row.j), _ => (!false) });
            }
        }
        38..=120 => {
            v1 |= row.d.wrapping_mul((65i16.wrapping_mul(53i16) as u64));
        }
        _ => {}
    }
    v1 |= ({ let v28 = row.d; v28 } / 94);
    { let v31 = { let v32 = (row.c as u8); (row.i / 1e10f32) }; (row.d.min(v1) as f32) }
}

#[stage(kernel)]
fn kernel_17(mut row: Row) -> i64 {
    let mut v1: i32 = (row.g.leading_zeros() as i32).wrapping_add(82i32).wrapping_add(((110i64 as i8) as i32));
    v1 = (57i64 as i32).wrapping_add(v1).wrapping_add({ let v2 = { let v3 = row.j; row.f }; (match row.a { 0..=7 => v1, 55 => v1, _ => row.g }) });
    v1 ^= ((if (!true) { (match row.e { 0..=7 => 3f32, 42 => 0f32, _ => 0f32 }) } else { row.i }) as i32);
    let v4 = (match (row.c.wrapping_mul(106u32) % 64) { 0..=7 => row.h.wrapping_neg().rotate_left((row.f as u32)), 12 => ((row.d as i64).abs_diff((match row.e { 0..=7 => 9i64, 21 => 73i64, _ => 6i64 })) as i64), _ => (match (match row.g { 0..=7 => row.b, 31 => 64u16, _ => row.b }) { 0..=7 => row.ai64[((row.a >> 7) & 3) as usize], 28 => row.h.wrapping_add(row.h), _ => (if true { 10i64 } else { row.h }) }) });
    match { let v5 = ((39i32 >> 1) + (115i32 >> 1)); (88i64 ^ v4) } {
        0 | 4 => {
            for v6 in 0..4u32 {
                let v7 = (0f32 + (0.1f32 * 1.5f32));
                row.au8[((126i16 % 6) & 3) as usize] = { let v8 = (row.d as i32); row.a.wrapping_neg() };
                if (row.d <= { let v9 = row.h; 35u64 }) { continue; }
            }
            for v10 in (4i16..6).rev() {
                let v11 = row.e;
                let v12 = 120i32;
            }
        }
        v13 if (true && true) => {
            let mut v14 = row.e;
            let mut v15: bool = ({ let v16 = v14; (match v1 { 0..=7 => row.j, 60 => row.j, _ => row.j }) } && ((118u8 > row.a) && (row.j && false)));
        }
        5..=120 => {
            if (60u16.swap_bytes() != row.b) {
                let mut v17: u16 = row.au16[((row.c as u64) & 3) as usize];
                let mut v18 = { let v19 = { let v20 = (match 62u8 { 0..=7 => 109u32, 107 => 48u32, _ => 35u32 }); row.d.rotate_right((match row.e { 0..=7 => row.c, 59 => v20, _ => v20 })) }; ((row.d.wrapping_add(v19) >> 1) + ((v19 / 28) >> 1)) };
            }
        }
        _ => {}
    }
    for v21 in 4..=7u16 {
        let mut v22: u64 = 89u64.saturating_add(37u64.wrapping_add(row.d).wrapping_neg());
        if (if row.j { row.abool[({ let v23 = row.f; row.f } & 3) as usize] } else { (if false { row.j } else { false }) }) { return v4; }
        match row.b {
            0 | 74 => {
                v1 = (24i32.count_ones() as i32);
                let v24: u8 = { let v25 = 61u8; (104i8 as u8).saturating_sub({ let v26 = v4; row.a }) };
            }
            v27 if false => {
                let v28: bool = ({ let v29 = 82u32; (51u8 > 54u8) } && ({ let v30 = row.i; 68u8 } >= 105u8));
                let mut v31: u8 = { let v32 = ((0f32 * row.i) * (row.i * 3f32)); (if (v22 >= 90u64) { (126u8 % 2) } else { row.au8[(row.d & 3) as usize] }) };
                let mut v33: u8 = { let v34 = (row.j || false); v31 }.wrapping_add({ let v35 = v22.wrapping_add(v22); (v31 >> 7) });
            }
            75..=120 => {
                row.au64[((match 49u32 { 0..=7 => row.f, 28 => 110i16, _ => 32i16 }) & 3) as usize] = (110u64 | v22).wrapping_add((match row.g { 0..=7 => row.d, 111 => 44u64, _ => 36u64 }));
                v1 |= (if (if (if row.j { row.j } else { false }) { { let v36 = row.a; row.j } } else { (!false) }) { 83i32.saturating_sub(81i32).swap_bytes() } else { ((match 33u64 { 0..=7 => row.g, 83 => v1, _ => v1 }).abs_diff(v1.swap_bytes()) as i32) });
            }
            _ => {}
        }
    }
    (match (match v4.wrapping_add(21i64) { 0..=7 => row.ai32[(60u8.wrapping_add(row.a) & 3) as usize], 54 => (if row.j { 95i32 } else { v1 }), _ => (v1 % 45) }) { 0..=7 => ((v4.rotate_left({ let v37 = true; row.c }) >> 1) + (121i64.wrapping_add(99i64) >> 1)), 19 => ({ let v38 = 48u64; row.i } as i64), _ => (row.h.wrapping_sub(v4) / 42) })
}

#[stage(kernel)]
fn kernel_18(mut row: Row) -> f32 {
    let mut v1 = ((match 118u16 { 0..=7 => row.f, 108 => row.f, _ => 106i16 }) as i64).wrapping_sub((if (!false) { row.h } else { { let v2 = row.f; 24i64 } }));
    row.au16[(row.c.wrapping_neg() & 3) as usize] = 31u16;
    if (if (14u32 < row.c) { false } else { (107i64 > row.h) }) {
        let mut v3: bool = (row.abool[((!row.a) & 3) as usize] || ((row.b >= 120u16) || { let v4 = row.c; true }));
        for v5 in (3i32..8).rev() {
            let v6: bool = (row.ai32[(120u8.wrapping_sub(35u8) & 3) as usize] != (if (v3 && false) { v5 } else { (if row.j { v5 } else { v5 }) }));
        }
    }
    let v7 = (row.g as u64);
    let mut v8 = { let v9 = 44i16.wrapping_add(14i16).wrapping_shl((if row.j { row.c } else { row.c })); (((match row.g { 0..=7 => v9, 77 => v9, _ => v9 }) >> 1) + ((v1 as i16) >> 1)) };
    for v11 in (1u64..1).rev() {
        let mut v12 = (if false { ((15i64 % 5).abs_diff(row.h.wrapping_add(0i64)) as i64) } else { (80i64 / 32).wrapping_add({ let v13 = 1.5f32; 67i64 }) });
        let v14 = (if row.abool[(112u32.wrapping_neg() & 3) as usize] { 104i16.wrapping_shr(27u32.wrapping_sub(19u32)).saturating_add((if false { v8 } else { 112i16 })) } else { (row.f ^ v8).wrapping_sub((match row.d { 0..=7 => v8, 82 => row.f, _ => 89i16 })) });
        let mut v15 = (((row.e.count_ones() as i8) % 100).abs_diff(((row.ai8[(v11.wrapping_mul(66u64) & 3) as usize] >> 1) + ((row.e ^ row.e) >> 1))) as i8);
    }
    let v16: i32 = (if false { row.g } else { 122i32 }).wrapping_add(4i32.wrapping_mul(105i32)).wrapping_mul((if (row.b <= 41u16) { (match v8 { 0..=7 => 88i32, 51 => row.g, _ => 47i32 }) } else { (row.b as i32) }));
    let v17: bool = ((match v16 { 0..=7 => row.b, 27 => 25u16, _ => 9u16 }).wrapping_sub((match row.c { 0..=7 => row.b, 44 => 114u16, _ => row.b })) >= (match 42i16.wrapping_mul(row.f) { 0..=7 => 21u16.wrapping_add(34u16), 114 => (105u16 / 44), _ => row.b }));
    match (match (if v17 { row.a } else { 22u8 }) { 0..=7 => 112u32.wrapping_add(46u32), 15 => (match v1 { 0..=7 => 2u32, 54 => row.c, _ => 16u32 }), _ => (if v17 { 54u32 } else { row.c }) }) {
        0 | 56 => {
            let v18: u8 = (if ((!v17) || (row.j && row.j)) { (((row.a >> 1) + (0u8 >> 1)) & row.a.swap_bytes()) } else { 15u8 });
            let v19: u64 = row.d;
        }
        v20 if (if true { row.j } else { row.j }) => {
            v1 = ((match row.h { 0..=7 => row.i, 42 => row.i, _ => 1.5f32 }) as i64).wrapping_add(v1);
            v8 &= v8;
            if (row.abool[(v7.wrapping_shr(v20) & 3) as usize] || (row.i == row.i)) {
                v8 ^= row.f.swap_bytes();
                v1 |= (if (if (false && v17) { (v7 <= 20u64) } else { (!v17) }) { (if row.j { row.h } else { v1 }).wrapping_add((row.h / 56)) } else { row.ai64[((if row.j { row.a } else { 63u8 }) & 3) as usize].wrapping_mul(v1.wrapping_mul(row.h)) });
            }
        }
        57..=120 => {
            if (v17 && (!v17)) {
                let v22: i16 = ((((v8 % 42) >> 1) + ((row.f / 6) >> 1)) & row.ai16[(74i16.wrapping_mul(65i16) & 3) as usize].saturating_add((v8 / 30)));
                v8 = { let v23 = row.au64[(row.d.wrapping_sub(row.d) & 3) as usize]; row.f.wrapping_mul(row.f).wrapping_sub((v7 as i16)) };
                let mut v24 = { let v25 = ((83i8 / 71) % 21); (!(31u64 >= row.d)) };
            }
        }
        _ => {}
    }
    (row.af32[(row.c & 3) as usize] - 1e10f32.mul_add(0.1f32, 0.5).mul_add((row.i * 1.5f32), 0.5))
}

#[stage(kernel)]
fn kernel_19(mut row: Row) -> i64 {
    let mut v1 = (!row.j);
    v1 = v1;
    v1 ^= ((99i32 / 1).wrapping_sub((if false { row.g } else { 13i32 })) >= 44i32.swap_bytes().wrapping_mul(row.g.wrapping_mul(29i32)));
    let v2 = ((match 84i32.wrapping_mul(row.g) { 0..=7 => (36i16.leading_zeros() as i16), 36 => 79i16.wrapping_sub(61i16), _ => (row.f.abs_diff(67i16) as i16) }) as u32);
    if ((v1 && v1) && (match row.g { 0..=7 => v1, 103 => true, _ => v1 })) {
        v1 ^= row.abool[(((119i16 >> 1) + (34i16 >> 1)) & 3) as usize];
        let mut v3 = ((94u8 >> 1) + (78u8 >> 1)).wrapping_mul(26u8.wrapping_sub(row.a)).wrapping_sub((match 22u16.rotate_left((v2 >> 2)) { 0..=7 => (!93u8), 56 => { let v4 = 108i16; row.a }, _ => row.a.wrapping_add(75u8) }));
    } else {
        let v5 = (if (15u32.wrapping_mul(v2) < row.c) { (1e10f32.sqrt() / (match row.e { 0..=7 => row.i, 110 => 0.1f32, _ => 1e10f32 })) } else { row.i });
        v1 = (if (!(row.b < 5u16)) { (match (match row.f { 0..=7 => 56u16, 120 => 3u16, _ => 104u16 }) { 0..=7 => (v5 < 1e10f32), 94 => (v1 || v1), _ => (row.j || true) }) } else { (32u8.rotate_left(27u32.wrapping_mul(v2)) < 100u8) });
        match ((match 39u8 { 0..=7 => row.d, 36 => row.d, _ => row.d }) as i8) {
            0 | 40 => {
                v1 |= (match row.ai16[(row.f & 3) as usize] { 0..=7 => ((if v1 { 72i16 } else { row.f }) > (!67i16)), 58 => row.abool[(row.au32[((row.a >> 3) & 3) as usize] & 3) as usize], _ => ((!v1) || (!row.j)) });
                let v6 = ((row.h as u8).wrapping_add(44u8.swap_bytes()) % 32);
            }
            v7 if (31u16 < row.b) => {
                v1 = (((v5 / 0.1f32) * v5) <= (if true { row.af32[(row.d.wrapping_neg() & 3) as usize] } else { (match 8u64 { 0..=7 => 0f32, 34 => 3f32, _ => v5 }) }));
                let mut v8: u8 = row.au8[(row.f.wrapping_add(row.f) & 3) as usize];
                let v9: u32 = (106u16.wrapping_mul(row.b) as u32).wrapping_add(((!false) as u32));
            }
            41..=120 => {
                let mut v10: u8 = (if row.j { row.a } else { 75u8.wrapping_sub(row.a).wrapping_mul((row.e as u8)) });
            }
            _ => {}
        }
    }
    let v11 = (if (if (!true) { (match 81i16 { 0..=7 => false, 7 => row.j, _ => false }) } else { true }) { row.ai8[(row.a.swap_bytes() & 3) as usize] } else { row.ai8[((match row.h { 0..=7 => row.a, 52 => 113u8, _ => row.a }) & 3) as usize].wrapping_shr(row.c.wrapping_mul(76u32)) });
    match (117i8.wrapping_mul(v11) ^ { let v12 = row.a; 118i8 }) {
        0 | 32 => {
            if (match row.d.wrapping_mul(41u64) { 0..=7 => row.abool[({ let v13 = row.d; v2 } & 3) as usize], 28 => (match row.d { 0..=7 => v1, 55 => v1, _ => false }), _ => { let v14 = row.g; v1 } }) {
                row.abool[(row.a & 3) as usize] = { let v15 = (true || v1); row.abool[((row.d.abs_diff(62u64) as u64) & 3) as usize] };
                let v16 = (match v11 { 0..=7 => 51u8, 103 => row.a, _ => row.a }).wrapping_mul({ let v17 = row.e; 82u8 }).min(((22u8 & 112u8) / 64));
            }
        }
        v18 if (14u16 <= 26u16) => {
            let v19: i16 = (row.f & (if v1 { row.f } else { row.f })).saturating_add(row.f);
        }
        33..=120 => {
            for v20 in 2..7i64 {
                v1 = (if (row.j || (true || v1)) { (!(row.f <= row.f)) } else { ((row.d as f32) > (0.1f32 - row.i)) });
                let mut v21 = { let v22 = (!{ let v23 = 24i8; true }); (match 59u64.wrapping_mul(47u64) { 0..=7 => row.b, 11 => (61u16 as u16), _ => 70u16.rotate_right((if row.j { v2 } else { v2 })) }) };
                let mut v24 = (if { let v25 = row.b; v1 } { 67i16.wrapping_mul(row.f) } else { { let v26 = v2; row.f } }).wrapping_add(((115i16 as i16).leading_zeros() as i16));
            }
            for v27 in (4i8..6).rev() {
                let mut v28: i64 = (((if v1 { 1e10f32 } else { row.i }) - ((-0.25f32) - row.i)) as i64);
                if v1 { continue; }
            }
            let v29: u16 = (110u16.wrapping_sub(row.b).wrapping_mul(115u16).count_ones() as u16);
        }
        _ => {}
    }
    let mut v30: u64 = { let v31 = (if row.j { row.j } else { row.j }); (1.5f32 as u64) }.swap_bytes();
    (((107i64.wrapping_sub(68i64) >> 1) + ((if row.j { 14i64 } else { row.h }) >> 1)) / 12)
}

#[stage(kernel)]
fn kernel_20(mut row: Row) -> f32 {
    let mut v1: f32 = { let v2 = { let v3 = 17u32.wrapping_add(row.c); (row.d % 56) }; (0.1f32 * row.i).mul_add((row.i / row.i), 0.5) };
    if (!(false || false)) {
        for v4 in (0i16..2).rev() {
            v1 -= (((-0.25f32).mul_add(0f32, 0.5) - (v1 * row.i)) - { let v5 = v4; (row.i + row.i) });
        }
        v1 = (row.i.abs().mul_add((if true { 1e10f32 } else { v1 }), 0.5) / (v1 + v1).mul_add(v1, 0.5));
    }
    v1 += (((82u32 >> 0) as f32) - v1);
    for v6 in 3..3i64 {
        match (if (row.a == 63u8) { { let v7 = 80i8; v7 } } else { (v1 as i8) }) {
            0 | 36 => {
                if ((92i8 / 27) == (if true { 115i8 } else { row.e })) { return row.i.mul_add(row.i, 0.5); }
            }
            v8 if (!true) => {
                row.ai32[(5u32.wrapping_shr((if true { 53u32 } else { 19u32 })) & 3) as usize] = { let v9 = (match v8 { 0..=7 => 9i8, 82 => 81i8, _ => row.e }); 31i32 };
                row.af32[(row.c.wrapping_neg() & 3) as usize] = (match row.au8[((if row.j { 90u32 } else { row.c }) & 3) as usize] { 0..=7 => (v1 as f32), 14 => (v1 * row.i), _ => row.af32[((!row.a) & 3) as usize] });
                let v10 = { let v11 = row.au16[((if false { row.f } else { row.f }) & 3) as usize]; (if (if row.j { row.j } else { row.j }) { v11.wrapping_mul(62u16) } else { (1i32 as u16) }) };
            }
            37..=120 => {
                row.ai64[((if true { 27u64 } else { row.d }) & 3) as usize] = v6;
                let mut v12: u16 = ((0u32 as u16).count_ones() as u16).wrapping_sub(row.b);
                let mut v13 = (((row.e as i8) as i8) & row.ai8[(35u32.wrapping_mul(row.c) & 3) as usize]);
            }
            _ => {}
        }
        let v14: u64 = { let v15 = (if (!true) { 101u64 } else { (if true { row.d } else { 18u64 }) }); (!(match 101i16 { 0..=7 => v15, 38 => row.d, _ => row.d })) };
        for v16 in (3i8..6).rev() {
            let v17: i32 = row.ai32[((row.e as u64) & 3) as usize].wrapping_add((row.g & row.g).swap_bytes());
        }
    }
    let v19 = ((71i16.rotate_right(((85u32 >> 1) + (121u32 >> 1))) > row.f.max(row.f)) && (row.e.min(row.e) != (56i8 >> 5)));
    match (!row.a).wrapping_add((row.a.leading_zeros() as u8)) {
        0 | 58 => {
            row.ai16[(row.f & 3) as usize] = (row.ai16[(((24u32 >> 1) + (88u32 >> 1)) & 3) as usize].count_ones() as i16);
            v1 *= ((row.i - row.i) * ({ let v20 = row.c; v1 } / (match 79u16 { 0..=7 => v1, 70 => 0.1f32, _ => row.i })));
            let v21 = (match 80u16 { 0..=7 => 98u32, 95 => row.c, _ => row.c }).wrapping_neg().wrapping_neg();
        }
        v22 if (66u8 >= 52u8) => {
            for v23 in 1..3u16 {
                v1 -= (if ((match row.g { 0..=7 => false, 118 => true, _ => v19 }) >= (match row.f { 0..=7 => row.j, 72 => row.j, _ => v19 })) { { let v24 = 63u32; (0.1f32 / v1) } } else { (if { let v25 = 9u8; v19 } { (v1 + v1) } else { (v1 + v1) }) });
                row.ai64[((row.d % 78) & 3) as usize] = row.h;
                if row.abool[(106i16.rotate_left(119u32.wrapping_sub(row.c)) & 3) as usize] { break; }
            }
            let mut v26 = ({ let v27 = { let v28 = row.b; 98u64 }; (111u32 ^ row.c) } >> 0);
            if ((row.d >= 60u64) && (if false { row.j } else { false })) {
                v26 = row.au32[(row.d.wrapping_mul(row.d) & 3) as usize].swap_bytes();
                let v29 = (if (67i64 >= 5i64) { (if row.j { row.g } else { row.g }) } else { 31i32.wrapping_shl((row.c | v26)) }).wrapping_sub((v1 as i32).wrapping_sub({ let v30 = 120u32; row.g }));
            } else {
                let v31 = (!row.au64[(row.au64[((match v22 { 0..=7 => 127i16, 80 => 123i16, _ => 81i16 }) & 3) as usize] & 3) as usize]);
            }
        }
        59..=120 => {
            v1 += ((if row.abool[((v19 as u64) & 3) as usize] { (10u16 as f32) } else { (match row.d { 0..=7 => (-0.25f32), 32 => 0.1f32, _ => v1 }) }) / (if (row.e > 50i8) { row.af32[((match 103u8 { 0..=7 => 100u64, 74 => 85u64, _ => 39u64 }) & 3) as usize] } else { (if false { 1.5f32 } else { v1 }) }));
        }
        _ => {}
    }
    let mut v32 = row.d;
    (((if true { v1 } else { v1 }) - (row.c as f32)) - ({ let v33 = row.i; v33 } + (v1 / row.i)))
}

#[stage(kernel)]
fn kernel_21(mut row: Row) -> i64 {
    if { let v1 = (if true { 105i64 } else { 101i64 }); row.abool[({ let v2 = row.g; row.c } & 3) as usize] } { return (match 79u8 { 0..=7 => 64i64, 70 => row.h, _ => 89i64 }); }
    let mut v3: u64 = { let v4 = (50i16.wrapping_add(23i16).abs_diff((!109i16)) as i16); (match row.f { 0..=7 => 82u64, 19 => row.d, _ => row.d }).wrapping_add((row.d >> 0)) };
    let mut v5 = ((78i16 <= row.f) as i16).wrapping_shl(row.au32[((109i16 / 29) & 3) as usize]);
    if (row.ai8[((74u64 / 79) & 3) as usize] <= (46u16 as i8)) { return 96i64.wrapping_add(100i64); }
    v3 |= (if (match v3.wrapping_sub(v3) { 0..=7 => (v5 != 7i16), 101 => (row.b < row.b), _ => (true && row.j) }) { row.au64[(row.a.wrapping_add(108u8) & 3) as usize] } else { ((row.d.abs_diff(118u64) as u64) % 12) });
    (({ let v7 = row.e.wrapping_add(5i8); 57i64.min(63i64) } >> 1) + ({ let v8 = { let v9 = 100i8; 32i8 }; row.h } >> 1))
}

#[stage(kernel)]
fn kernel_22(mut row: Row) -> i8 {
    let v1 = (if (row.e >= row.e) { row.c.wrapping_add(125u32) } else { { let v2 = row.j; 98u32 } }).wrapping_mul((match 43i8 { 0..=7 => 125u32, 48 => 34u32, _ => 7u32 }).swap_bytes());
    if row.abool[((match 99i8 { 0..=7 => row.f, 100 => row.f, _ => row.f }) & 3) as usize] {
        let v3 = row.d.wrapping_add((126i64.wrapping_sub(row.h) as u64));
        for v4 in (3u16..6).rev() {
            row.abool[(v1.wrapping_add(row.c) & 3) as usize] = ({ let v5 = row.g; v4 } == row.au16[(v3.wrapping_sub(row.d) & 3) as usize]);
            row.ai32[(row.au8[(20u8.min(82u8) & 3) as usize] & 3) as usize] = 16i32;
        }
        match (row.h as u64).wrapping_neg() {
            0 | 39 => {
                row.ai64[(((row.d >> 1) + (v3 >> 1)) & 3) as usize] = ((59i8 as u32) as i64);
            }
            v6 if (false && row.j) => {
                let mut v7: i64 = ({ let v8 = (!56u16); row.ai64[(30u8.rotate_left(row.c.wrapping_add(row.c)) & 3) as usize] } / 15);
            }
            40..=120 => {
                let mut v9 = (!(v3.wrapping_neg() as u8));
            }
            _ => {}
        }
    }
    let mut v10 = (73i64.wrapping_mul((if false { 24i64 } else { 49i64 })) as i8);
    v10 ^= ((match 20u8 { 0..=7 => 122i8, 126 => v10, _ => v10 }) >> 6).wrapping_add((if (row.j || row.j) { { let v11 = row.g; v10 } } else { ((v10 >> 1) + (v10 >> 1)) }));
    row.ai16[({ let v12 = v1; v1 } & 3) as usize] = (if (!row.j) { (99i16 >> 0) } else { 40i16.wrapping_sub(row.f) });
    let mut v13 = (((52u16 & row.b) as u64) as u64);
    v10
}

#[stage(kernel)]
fn kernel_23(mut row: Row) -> i64 {
    row.af32[(109u64.swap_bytes() & 3) as usize] = ((row.e as f32) - (114i64 as f32));
    row.ai32[((13i16.count_ones() as i16) & 3) as usize] = (match (83i8 as u16) { 0..=7 => 15i32.wrapping_add(row.g), 114 => (match 71i64 { 0..=7 => row.g, 102 => row.g, _ => row.g }), _ => (match row.c { 0..=7 => 48i32, 84 => 39i32, _ => row.g }) });
    let v1: u16 = { let v2 = (55i8 > 25i8); 77u16.wrapping_add(row.b) }.wrapping_shr((115u32 >> 6));
    row.au32[(row.au32[((14u32 % 75) & 3) as usize] & 3) as usize] = row.c.wrapping_mul(row.c).wrapping_add(73u32.wrapping_add(30u32));
    if (row.g.wrapping_sub(row.g) <= 100i32.wrapping_add(row.g)) { return (88i32 as i64); }
    (79i64.wrapping_add(121i64) ^ (match 86i32 { 0..=7 => row.h, 73 => row.h, _ => 30i64 })).wrapping_shl(row.c.rotate_left(107u32))
}

pub(crate) fn all() -> Vec<Case> {
    vec![
        case(kernel_0::bind()).at_least(100),
        case(kernel_1::bind()).at_least(100),
        case(kernel_2::bind()).at_least(100),
        case(kernel_3::bind()).at_least(100),
        case(kernel_4::bind()).at_least(100),
        case(kernel_5::bind()).at_least(100),
        case(kernel_6::bind()).at_least(100),
        case(kernel_7::bind()).at_least(100),
        case(kernel_8::bind()).at_least(100),
        case(kernel_9::bind()).at_least(100),
        case(kernel_10::bind()).at_least(100),
        case(kernel_11::bind()).at_least(100),
        case(kernel_12::bind()).at_least(100),
        case(kernel_13::bind()).at_least(100),
        case(kernel_14::bind()).at_least(100),
        case(kernel_15::bind()).at_least(100),
        case(kernel_16::bind()).at_least(100),
        case(kernel_17::bind()).at_least(100),
        case(kernel_18::bind()).at_least(100),
        case(kernel_19::bind()).at_least(100),
        case(kernel_20::bind()).at_least(100),
        case(kernel_21::bind()).at_least(100),
        case(kernel_22::bind()).at_least(100),
        case(kernel_23::bind()).at_least(100),
    ]
}
