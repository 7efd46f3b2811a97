//! Every kind of kernel compiles to PTX, without a device.

use fusewire::kernel::{self, Bound, BoundFunction, Program, c};
use fusewire::prelude::*;

use super::{Failed, arch_of, compile, persistent_source};

/// The newest that NVRTC 12 has and the oldest: an H200's, and what is ten years older.
const ARCHES: [&str; 2] = ["compute_90", "compute_50"];

#[derive(Debug, Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    live: bool,
    wide: u64,
    parts: [i16; 5],
    weight: f32,
    byte: i8,
}

#[allow(clippy::needless_range_loop, reason = "a kernel has no iterators")]
#[stage(kernel)]
fn mix(row: Row) -> Row {
    let mut parts = row.parts;
    let mut sum = 0i32;
    for i in 0..5 {
        sum = sum.wrapping_add((parts[i] as i32) << (i as u32));
        if sum > 1_000 {
            break;
        }
        parts[i] = match sum & 3 {
            0 => parts[i].wrapping_neg(),
            1 | 2 => parts[i] >> 1,
            _ => sum as i16,
        };
    }
    let weight = if row.live { row.weight.sqrt() } else { row.weight.abs() / 3.0f32 };
    Row { live: sum % 3 > 0, wide: row.wide.rotate_left(5), parts, weight, byte: row.byte.saturating_add(7) }
}

#[stage(kernel)]
fn weigh(row: Row, weights: &[f32], bias: &i64) -> f32 {
    let mut sum = *bias as f32;
    for i in 0..5 {
        sum += weights[(row.wide % 8) as usize] * (row.parts[i] as f32);
    }
    sum.min(row.weight).max(0.5f32)
}

#[stage(kernel)]
fn key(value: f32) -> i32 {
    let bits = value.to_bits() as i32;
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

fn programs() -> Vec<Program> {
    let weights = [0.5f32; 8];
    let lists: [Vec<BoundFunction>; 4] = [
        vec![Bound::<mix>::new(()).erased()],
        vec![Bound::<key>::new(()).erased()],
        vec![weigh::bind(weights, 3i64).erased()],
        vec![
            Bound::<mix>::new(()).erased(),
            Bound::<mix>::new(()).erased(),
            weigh::bind(weights, -1i64).erased(),
            Bound::<key>::new(()).erased(),
        ],
    ];
    lists.iter().map(|list| Program::new(list).unwrap()).collect()
}

fn ptx(text: &str, arch: &str, flags: &[&str]) -> Option<String> {
    match compile(text, arch, flags) {
        Ok(ptx) => Some(ptx.to_src()),
        Err(Failed::NoCompiler) => {
            eprintln!("SKIPPED: kernels as PTX: NVRTC is not installed (from PyPI: nvidia-cuda-nvrtc-cu12)");
            None
        }
        Err(Failed::Refused(log)) => panic!("{log}\n{text}"),
    }
}

#[test]
fn a_launched_kernel_compiles() {
    for program in programs() {
        let source = c::emit(&program, c::Dialect::Cuda);
        for arch in ARCHES {
            let Some(ptx) = ptx(&source.text, arch, source.flags) else { return };
            assert!(ptx.contains(&format!(".entry {}", source.entry)), "{ptx}");
            assert!(ptx.contains(&arch.replace("compute", ".target sm")), "{ptx}");
            assert!(!ptx.contains("fma.rn.f32"), "floating point is contracted: {ptx}");
        }
    }
}

/// A device that is newer than the compiler gets what the compiler knows.
#[test]
fn newer_devices_are_compiled_for() {
    let program = &programs()[0];
    let source = c::emit(program, c::Dialect::Cuda);
    let arch = arch_of((99, 9));
    if ptx(&source.text, &arch, source.flags).is_some() {
        assert_ne!(arch, "compute_999");
    }
    assert_eq!(arch_of((9, 0)), "compute_90");
}

#[test]
fn a_persistent_kernel_compiles() {
    for program in programs() {
        let source = c::emit(&program, c::Dialect::Cuda);
        let (text, entry) = persistent_source(&program, &source);
        for arch in ARCHES {
            let Some(ptx) = ptx(&text, arch, source.flags) else { return };
            assert!(ptx.contains(&format!(".entry {entry}")), "{ptx}");
            let fences = ptx.matches("membar.sys").count() + ptx.matches("fence.sc.sys").count();
            assert!(fences >= 3, "a fence for the system behind each word that the host sees: {ptx}");
            assert!(ptx.contains("ld.volatile.global.u64"), "the bell is read each time: {ptx}");
        }
    }
}
