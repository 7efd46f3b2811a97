//! Words that another process may write at any time.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::Arc;

use super::futex;
use crate::primitive::{Ordering, SharedU32, SharedU64, shared_fence};

/// Words by their offset in bytes. Real memory, or that of a model or a test.
///
/// # Safety
///
/// Every method answers for each aligned offset below the number of bytes that the maker promised.
pub(super) unsafe trait Memory: Copy {
    /// # Safety
    ///
    /// `at` is a multiple of eight, and eight bytes lie behind it.
    unsafe fn load(self, at: usize, order: Ordering) -> u64;

    /// # Safety
    ///
    /// `at` is a multiple of eight, and eight bytes lie behind it.
    unsafe fn store(self, at: usize, value: u64, order: Ordering);

    /// Asks for the line of a word, without waiting for it.
    fn prefetch(self, at: usize);

    /// # Safety
    ///
    /// `at` is that of a bell.
    unsafe fn bell(self, at: usize) -> u32;

    /// Exchanges a bell's word; sequentially consistent.
    ///
    /// # Safety
    ///
    /// `at` is that of a bell.
    unsafe fn swap_bell(self, at: usize, new: u32) -> u32;

    /// Exchanges a bell's word if it is `old`; sequentially consistent. Whether it was.
    ///
    /// # Safety
    ///
    /// `at` is that of a bell.
    unsafe fn change_bell(self, at: usize, old: u32, new: u32) -> bool;

    /// Wakes whoever sleeps on a bell.
    ///
    /// # Safety
    ///
    /// `at` is that of a bell.
    unsafe fn wake(self, at: usize);

    /// A sequentially consistent fence.
    fn fence(self);

    /// A fence for every thread of every process: what any of them stored before is visible, what this one stored is seen by
    /// what they load afterwards. Slow; once per end that begins to sleep.
    fn fence_everywhere(self);
}

/// A mapped file. Unmapped when the last handle is gone.
#[derive(Clone)]
pub(super) struct Mapping {
    inner: Arc<Mapped>,
}

struct Mapped {
    first: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the memory belongs to no thread, and is only reached by atomic words.
unsafe impl Send for Mapped {}
// SAFETY: as above.
unsafe impl Sync for Mapped {}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: mapped by `Mapping::new` with this length, and no handle is left.
        unsafe { libc::munmap(self.first.as_ptr().cast(), self.bytes) };
    }
}

impl Mapping {
    /// Maps the first `bytes` of a file, for reading and writing, with every page of it present.
    pub(super) fn new(file: &File, bytes: usize) -> io::Result<Self> {
        // SAFETY: a new mapping at an address that the system chooses; nothing of ours is replaced.
        let first = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_POPULATE,
                file.as_raw_fd(),
                0,
            )
        };
        if first == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let first = NonNull::new(first.cast()).ok_or_else(|| io::Error::other("mapped at address zero"))?;
        let inner = Arc::new(Mapped { first, bytes });
        // A child of a fork would be a second user of the same ends; it finds no memory instead.
        // SAFETY: exactly the mapping made above.
        unsafe { libc::madvise(first.as_ptr().cast(), bytes, libc::MADV_DONTFORK) };
        Ok(Self { inner })
    }

    /// The words of it.
    ///
    /// # Safety
    ///
    /// The view is not used after the last handle of the mapping is gone.
    pub(super) unsafe fn view(&self) -> View {
        View {
            first: self.inner.first,
            #[cfg(debug_assertions)]
            bytes: self.inner.bytes,
        }
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapping").field("bytes", &self.inner.bytes).finish_non_exhaustive()
    }
}

/// The words of a mapped file.
///
/// Nothing but atomics ever touches the memory, so that a process that writes where it should not makes wrong numbers,
/// and no undefined behaviour.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    first: NonNull<u8>,
    #[cfg(debug_assertions)]
    bytes: usize,
}

// SAFETY: the memory belongs to no thread, and is only reached by atomic words.
unsafe impl Send for View {}
// SAFETY: as above.
unsafe impl Sync for View {}

impl View {
    #[inline(always)]
    fn check(self, at: usize) {
        #[cfg(debug_assertions)]
        assert!(at.is_multiple_of(8) && at + 8 <= self.bytes, "word {at} of {}", self.bytes);
        #[cfg(not(debug_assertions))]
        let _ = at;
    }

    /// # Safety
    ///
    /// `at` is a multiple of eight, and eight bytes lie behind it; the mapping lives for `'m`.
    #[inline(always)]
    unsafe fn word<'m>(self, at: usize) -> &'m SharedU64 {
        self.check(at);
        // SAFETY: inside the mapping, as the caller promises.
        let word = unsafe { self.first.add(at) };
        // SAFETY: aligned, mapped for `'m`, and never anything but an atomic for anybody.
        unsafe { word.cast().as_ref() }
    }

    /// # Safety
    ///
    /// `at` is that of a bell; the mapping lives for `'m`.
    #[inline(always)]
    pub(super) unsafe fn bell_word<'m>(self, at: usize) -> &'m SharedU32 {
        self.check(at);
        // SAFETY: inside the mapping, as the caller promises.
        let word = unsafe { self.first.add(at) };
        // SAFETY: aligned, mapped for `'m`, and never anything but an atomic for anybody.
        unsafe { word.cast().as_ref() }
    }
}

// SAFETY: the callers keep to the offsets that were mapped.
unsafe impl Memory for View {
    #[inline(always)]
    unsafe fn load(self, at: usize, order: Ordering) -> u64 {
        // SAFETY: as the caller promises.
        unsafe { self.word(at) }.load(order)
    }

    #[inline(always)]
    unsafe fn store(self, at: usize, value: u64, order: Ordering) {
        // SAFETY: as the caller promises.
        unsafe { self.word(at) }.store(value, order);
    }

    #[inline(always)]
    fn prefetch(self, at: usize) {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let line = self.first.as_ptr().wrapping_add(at);
            // SAFETY: part of the base instruction set of x86-64, and harmless for any address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
        }
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        let _ = at;
    }

    #[inline(always)]
    unsafe fn bell(self, at: usize) -> u32 {
        // ORDERING: relaxed, the callers fence before it.
        // SAFETY: as the caller promises.
        unsafe { self.bell_word(at) }.load(Ordering::Relaxed)
    }

    unsafe fn swap_bell(self, at: usize, new: u32) -> u32 {
        // SAFETY: as the caller promises.
        unsafe { self.bell_word(at) }.swap(new, Ordering::SeqCst)
    }

    unsafe fn change_bell(self, at: usize, old: u32, new: u32) -> bool {
        // SAFETY: as the caller promises.
        let word = unsafe { self.bell_word(at) };
        word.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    unsafe fn wake(self, at: usize) {
        // SAFETY: as the caller promises.
        futex::wake(unsafe { self.bell_word(at) });
    }

    #[inline(always)]
    fn fence(self) {
        shared_fence(Ordering::SeqCst);
    }

    fn fence_everywhere(self) {
        const GLOBAL: libc::c_int = 1;
        // Where the system has none, the first sleep may be the longest one.
        // SAFETY: numbers only.
        unsafe { libc::syscall(libc::SYS_membarrier, GLOBAL, 0, 0) };
    }
}
