//! Registers by a mapped file: a BAR in sysfs, a character device of a driver, or a plain file in tests.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use super::{Bar, CardError};

/// Registers that a file maps: `/sys/bus/pci/devices/../resource0`, `/dev/xdma0_user`, or any other that gives memory.
#[derive(Debug)]
pub struct MappedBar {
    start: NonNull<u32>,
    len: usize,
    path: PathBuf,
}

// SAFETY: the mapping is the process's, and this value is its only user.
unsafe impl Send for MappedBar {}

impl MappedBar {
    /// Maps the first `len` bytes of a file, for reading and writing.
    ///
    /// # Errors
    ///
    /// When the file is not there, this process may not use it, or it cannot be mapped.
    pub fn open(path: impl AsRef<Path>, len: usize) -> Result<Self, CardError> {
        let path = path.as_ref().to_owned();
        let failed = |error: io::Error| CardError::unreachable(path.display().to_string(), &error);
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?;
        if size.is_file() && size.len() < len as u64 {
            // Touching a page behind the end of a file is a signal and no error.
            return Err(failed(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file is shorter than the registers",
            )));
        }
        Self::map(&file, 0, len, path)
    }

    /// Maps `len` bytes of an open file from `offset` on, a multiple of the page.
    pub(super) fn map(file: &File, offset: u64, len: usize, path: PathBuf) -> Result<Self, CardError> {
        let failed = |error: io::Error| CardError::unreachable(path.display().to_string(), &error);
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
        let offset = libc::off_t::try_from(offset).map_err(|_| failed(io::Error::other("no such offset")))?;
        let file = file.as_raw_fd();
        // SAFETY: a new mapping at an address of the system's choice touches no memory of this process.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), len, protection, flags, file, offset) };
        if start == libc::MAP_FAILED {
            return Err(failed(io::Error::last_os_error()));
        }
        let start = NonNull::new(start.cast()).ok_or_else(|| failed(io::Error::other("mapped at 0")))?;
        Ok(Self { start, len, path })
    }

    fn at(&self, offset: usize) -> Result<NonNull<u32>, CardError> {
        if offset.is_multiple_of(4) && offset + 4 <= self.len {
            // SAFETY: inside the mapping.
            return Ok(unsafe { self.start.byte_add(offset) });
        }
        let what = format!("{} has no register at {offset:#x}", self.path.display());
        Err(CardError::Misused { what })
    }
}

impl Bar for MappedBar {
    fn read(&mut self, offset: usize) -> Result<u32, CardError> {
        let at = self.at(offset)?;
        // SAFETY: inside the mapping, and a multiple of 4.
        Ok(u32::from_le(unsafe { at.read_volatile() }))
    }

    fn write(&mut self, offset: usize, value: u32) -> Result<(), CardError> {
        let at = self.at(offset)?;
        // SAFETY: inside the mapping, and a multiple of 4.
        unsafe { at.write_volatile(value.to_le()) };
        Ok(())
    }

    fn describe(&self) -> String {
        format!("registers of {}", self.path.display())
    }
}

impl Drop for MappedBar {
    fn drop(&mut self) {
        // SAFETY: mapped by `open` with this length, and used by nobody else.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}
