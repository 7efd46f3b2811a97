//! What differs between the dialects.

/// A C that devices or hosts compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenCL C 1.2 and later.
    OpenCl,
    /// CUDA C++, for NVRTC and nvcc; C++17.
    Cuda,
    /// C99 with the built-in functions of GCC and Clang.
    C,
}

impl Dialect {
    /// What the compiler must be told, so that floating point is exact: no contraction, correctly
    /// rounded quotients and roots, subnormal numbers. No flag that allows less may be added.
    pub const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::OpenCl => &["-cl-std=CL1.2", "-cl-fp32-correctly-rounded-divide-sqrt"],
            Self::Cuda => {
                &["--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"]
            }
            Self::C => &["-std=gnu99", "-ffp-contract=off", "-fno-fast-math", "-fwrapv"],
        }
    }

    /// Types, and the functions that each dialect calls by another name.
    pub(super) const fn prelude(self) -> &'static str {
        match self {
            Self::OpenCl => OPENCL,
            Self::Cuda => CUDA,
            Self::C => C,
        }
    }

    /// In front of a function that the kernel calls.
    pub(super) const fn function(self) -> &'static str {
        match self {
            Self::OpenCl => "static ",
            Self::Cuda => "static __device__ ",
            Self::C => "static inline ",
        }
    }

    /// In front of the entry.
    pub(super) const fn kernel(self) -> &'static str {
        match self {
            Self::OpenCl => "__kernel ",
            Self::Cuda => "extern \"C\" __global__ ",
            Self::C => "",
        }
    }

    /// In front of what a buffer holds.
    pub(super) const fn global(self) -> &'static str {
        match self {
            Self::OpenCl => "__global ",
            _ => "",
        }
    }

    pub(super) const fn restrict(self) -> &'static str {
        match self {
            Self::Cuda => "__restrict__ ",
            _ => "restrict ",
        }
    }

    /// In front of a constant. CUDA's constant memory has 64 KiB, which a constant need not fit.
    pub(super) const fn constant(self) -> &'static str {
        match self {
            Self::OpenCl => "__constant ",
            Self::Cuda => "static __device__ const ",
            Self::C => "static const ",
        }
    }

    /// Behind a literal of 64 bits without a sign.
    pub(super) const fn unsigned_long(self) -> &'static str {
        match self {
            Self::OpenCl => "UL",
            _ => "ULL",
        }
    }

    /// The function of CUDA that is never contracted, for an operator of `f32`.
    pub(super) const fn exact(self, operator: char) -> Option<&'static str> {
        match (self, operator) {
            (Self::Cuda, '+') => Some("__fadd_rn"),
            (Self::Cuda, '-') => Some("__fsub_rn"),
            (Self::Cuda, '*') => Some("__fmul_rn"),
            (Self::Cuda, '/') => Some("__fdiv_rn"),
            _ => None,
        }
    }
}

const OPENCL: &str = "\
#pragma OPENCL FP_CONTRACT OFF
typedef uchar u8; typedef ushort u16; typedef uint u32; typedef ulong u64;
typedef char i8; typedef short i16; typedef int i32; typedef long i64; typedef float f32;
#define fw_bits(x) as_uint(x)
#define fw_float(x) as_float(x)
#define fw_popcount32(x) popcount((u32)(x))
#define fw_popcount64(x) ((u32)popcount((u64)(x)))
#define fw_clz32(x) clz((u32)(x))
#define fw_clz64(x) ((u32)clz((u64)(x)))
#define fw_sqrt(x) sqrt(x)
#define fw_floor(x) floor(x)
#define fw_ceil(x) ceil(x)
#define fw_trunc(x) trunc(x)
#define fw_abs(x) fabs(x)
#define fw_fma(a, b, c) fma(a, b, c)
";

const CUDA: &str = "\
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char i8; typedef short i16; typedef int i32; typedef long long i64; typedef float f32;
#define fw_bits(x) __float_as_uint(x)
#define fw_float(x) __uint_as_float(x)
#define fw_popcount32(x) ((u32)__popc((u32)(x)))
#define fw_popcount64(x) ((u32)__popcll((u64)(x)))
#define fw_clz32(x) ((u32)__clz((i32)(x)))
#define fw_clz64(x) ((u32)__clzll((i64)(x)))
#define fw_sqrt(x) __fsqrt_rn(x)
#define fw_floor(x) floorf(x)
#define fw_ceil(x) ceilf(x)
#define fw_trunc(x) truncf(x)
#define fw_abs(x) fabsf(x)
#define fw_fma(a, b, c) __fmaf_rn(a, b, c)
";

const C: &str = "\
#include <math.h>
#include <stdint.h>
#include <string.h>
typedef uint8_t u8; typedef uint16_t u16; typedef uint32_t u32; typedef uint64_t u64;
typedef int8_t i8; typedef int16_t i16; typedef int32_t i32; typedef int64_t i64; typedef float f32;
static inline u32 fw_bits(f32 x) { u32 b; memcpy(&b, &x, 4); return b; }
static inline f32 fw_float(u32 b) { f32 x; memcpy(&x, &b, 4); return x; }
#define fw_popcount32(x) ((u32)__builtin_popcount((u32)(x)))
#define fw_popcount64(x) ((u32)__builtin_popcountll((u64)(x)))
static inline u32 fw_clz32(u32 x) { return x ? (u32)__builtin_clz(x) : 32u; }
static inline u32 fw_clz64(u64 x) { return x ? (u32)__builtin_clzll(x) : 64u; }
#define fw_sqrt(x) sqrtf(x)
#define fw_floor(x) floorf(x)
#define fw_ceil(x) ceilf(x)
#define fw_trunc(x) truncf(x)
#define fw_abs(x) fabsf(x)
#define fw_fma(a, b, c) fmaf(a, b, c)
";
