//! The vectors of x86.

use core::arch::x86_64::*;

use super::{Block, ROWS, Vectors};

#[target_feature(enable = "avx2")]
pub(super) fn score_avx2(block: Block<'_>) {
    // SAFETY: this function asks for the same.
    unsafe { block.score::<Avx2>() }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub(super) fn score_avx512(block: Block<'_>) {
    // SAFETY: this function asks for the same.
    unsafe { block.score::<Avx512>() }
}

struct Avx2;

impl Vectors for Avx2 {
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn reach(values: &[f32; ROWS], threshold: f32) -> u64 {
        let threshold = _mm256_set1_ps(threshold);
        values.as_chunks::<8>().0.iter().rev().fold(0, |word, eight| {
            // SAFETY: these are 8 values of 4 bytes.
            let values = unsafe { _mm256_loadu_ps(eight.as_ptr()) };
            let reached = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(values, threshold));
            word << 8 | reached as u64
        })
    }
}

struct Avx512;

impl Vectors for Avx512 {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn reach(values: &[f32; ROWS], threshold: f32) -> u64 {
        let threshold = _mm512_set1_ps(threshold);
        let (sixteens, _) = values.as_chunks::<16>();
        let reached = |at: usize| _mm512_cmp_ps_mask::<_CMP_GE_OQ>(load(&sixteens[at]), threshold);
        let pair = |low, high| _mm512_kunpackw(u32::from(reached(high)), u32::from(reached(low)));
        _mm512_kunpackd(u64::from(pair(2, 3)), u64::from(pair(0, 1)))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn add<const LEVELS: usize, const LEAVES: usize>(
        path: &[u64; LEVELS],
        leaves: &[f32; LEAVES],
        margins: &mut [f32; ROWS],
    ) {
        let (leaves, _) = leaves.as_chunks::<16>();
        let places = path.iter().fold(_mm512_setzero_si512(), |places, &right| {
            let doubled = _mm512_add_epi8(places, places);
            _mm512_mask_add_epi8(doubled, right, doubled, _mm512_set1_epi8(1))
        });
        let quarters = [
            _mm512_extracti32x4_epi32::<0>(places),
            _mm512_extracti32x4_epi32::<1>(places),
            _mm512_extracti32x4_epi32::<2>(places),
            _mm512_extracti32x4_epi32::<3>(places),
        ];
        for (at, (quarter, margins)) in quarters.into_iter().zip(margins.as_chunks_mut::<16>().0).enumerate()
        {
            let places = _mm512_cvtepu8_epi32(quarter);
            let found = match leaves {
                [all] => _mm512_permutexvar_ps(places, load(all)),
                [low, high] => _mm512_permutex2var_ps(load(low), places, load(high)),
                [a, b, c, d] => {
                    let low = _mm512_permutex2var_ps(load(a), places, load(b));
                    let high = _mm512_permutex2var_ps(load(c), places, load(d));
                    _mm512_mask_blend_ps((path[0] >> (16 * at)) as u16, low, high)
                }
                _ => unreachable!("a complete tree has 16, 32 or 64 leaves"),
            };
            let sums = _mm512_add_ps(load(margins), found);
            // SAFETY: these are 16 values of 4 bytes.
            unsafe { _mm512_storeu_ps(margins.as_mut_ptr(), sums) };
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(values: &[f32; 16]) -> __m512 {
    // SAFETY: these are 16 values of 4 bytes.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}
