//! A sender's place in its stream, kept over a restart.
//!
//! Without one a sender that is killed takes with it how many values it was given, and whoever hears its
//! successor cannot say what is missing. A journal is 32 bytes of a mapped file: the stream's identity, how often
//! it was started, and the number of the next value, written before the value is sent. Mapped memory outlives its process,
//! so a killed sender's number is exact; it is not forced to the disk, so it does not outlive the machine.

use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, ptr};

use crate::error::RemoteError;

/// "fusewire" as a number, and the layout's version: what tells a journal from another file.
const MAGIC: u64 = u64::from_le_bytes(*b"fwjrnl\x01\0");

/// What lies in the file.
#[repr(C)]
struct Cells {
    magic: AtomicU64,
    stream: AtomicU64,
    incarnation: AtomicU64,
    next: AtomicU64,
}

/// An open journal. Only one process has it open at a time.
pub(crate) struct Journal {
    // INVARIANT: mapped, `size_of::<Cells>()` bytes, until it is dropped.
    cells: NonNull<Cells>,
    // Holds the lock.
    _file: File,
}

// SAFETY: the mapping belongs to the value and to no thread, and its cells are atomic.
unsafe impl Send for Journal {}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("next", &self.next()).finish_non_exhaustive()
    }
}

/// Where a sender goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) stream: u64,
    pub(crate) incarnation: u16,
    pub(crate) next: u64,
}

impl Start {
    /// A stream that nobody has heard of.
    pub(crate) fn afresh() -> Self {
        Self { stream: by_lot(), incarnation: 0, next: 0 }
    }
}

impl Journal {
    /// Opens the journal, or makes it, and says where the sender goes on.
    pub(crate) fn open(path: &Path) -> Result<(Self, Start), RemoteError> {
        let fails = |reason: String| RemoteError::Journal { path: PathBuf::from(path), reason };
        let journal = Self::map(path).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => {
                fails("another sender has it open; each needs one of its own".to_owned())
            }
            _ => fails(error.to_string()),
        })?;
        let cells = journal.cells();
        // The lock makes this process the only one that looks, so no order is needed between these.
        let start = match cells.magic.load(Ordering::SeqCst) {
            0 => {
                let start = Start::afresh();
                cells.stream.store(start.stream, Ordering::SeqCst);
                cells.magic.store(MAGIC, Ordering::SeqCst);
                start
            }
            MAGIC => {
                let before = cells.incarnation.load(Ordering::SeqCst);
                let incarnation = u16::try_from(before.saturating_add(1)).map_err(|_| {
                    fails(
                        "the sender was started 65535 times; remove the file to begin a new stream"
                            .to_owned(),
                    )
                })?;
                Start { stream: cells.stream.load(Ordering::SeqCst), incarnation, next: journal.next() }
            }
            _ => return Err(fails("it is no journal of fusewire; give a path of its own".to_owned())),
        };
        cells.incarnation.store(u64::from(start.incarnation), Ordering::SeqCst);
        Ok((journal, start))
    }

    fn map(path: &Path) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        // SAFETY: the descriptor is open.
        if unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let bytes = size_of::<Cells>();
        let length = file.metadata()?.len();
        if length != 0 && length != bytes as u64 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is no journal of fusewire; give a path of its own",
            ));
        }
        file.set_len(bytes as u64)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a fresh mapping of an open file that is as long.
        let at =
            unsafe { libc::mmap(ptr::null_mut(), bytes, protection, libc::MAP_SHARED, file.as_raw_fd(), 0) };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let cells =
            NonNull::new(at.cast()).ok_or_else(|| io::Error::other("it was mapped at address zero"))?;
        Ok(Self { cells, _file: file })
    }

    fn cells(&self) -> &Cells {
        // SAFETY: mapped, aligned to a page, and of atomic numbers alone, until `self` is dropped.
        unsafe { self.cells.as_ref() }
    }

    fn next(&self) -> u64 {
        self.cells().next.load(Ordering::SeqCst)
    }

    /// Notes that the value before `next` is given to the engine. Before it is sent: a number that was noted and not sent
    /// is a gap of one, one that was sent and not noted would name two values.
    #[inline(always)]
    pub(crate) fn note(&self, next: u64) {
        // ORDERING: release, so that the note is not moved behind the release of the message that follows it; the reader
        // is a later process.
        self.cells().next.store(next, Ordering::Release);
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, of this length, and nothing borrows it any more.
        unsafe { libc::munmap(self.cells.as_ptr().cast(), size_of::<Cells>()) };
    }
}

/// A number that no other sender draws: from the keys that std draws from the system's entropy.
pub(crate) fn by_lot() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("fusewire-journal-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_restart_goes_on_where_the_last_one_was() {
        let path = path("restart");
        let (journal, first) = Journal::open(&path).unwrap();
        assert_eq!((first.incarnation, first.next), (0, 0));
        journal.note(12);
        assert!(matches!(Journal::open(&path), Err(RemoteError::Journal { .. })), "two at once");
        drop(journal);
        let (_journal, second) = Journal::open(&path).unwrap();
        assert_eq!(second, Start { stream: first.stream, incarnation: 1, next: 12 });
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn another_file_is_not_touched() {
        let path = path("foreign");
        for content in [&b"thirty-two bytes that are foreign"[..32], b"short"] {
            std::fs::write(&path, content).unwrap();
            let error = Journal::open(&path).unwrap_err().to_string();
            assert!(error.contains("no journal of fusewire"), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), content);
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn streams_differ() {
        assert_ne!(Start::afresh().stream, Start::afresh().stream);
    }
}
