//! The file of a ring: made whole or not at all, looked at once, locked by each end.

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::error::{Foreign, ShmError};
use super::header::{Header, Wanted};
use super::layout::{AT_SLOTS, End, NAME_BYTES, STATE_ATTACHED, STATE_ATTACHING};
use super::memory::{Mapping, View};
use super::ring::{Form, Ring};

/// Where rings with a name lie.
const FOLDER: &str = "/dev/shm";

/// How often an end is asked for that a process holds, once a millisecond: who looks whether it died holds it for a moment.
const PATIENCE: u32 = 20;

/// How often it is asked for when nobody says that he has it: a process has the locks of the one that started it, until it
/// becomes another program.
const LONG_PATIENCE: u32 = 1_000;

/// Where a ring is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Named(String),
    Descriptor(Arc<OwnedFd>),
}

/// What may be done to get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Either,
    Create,
    Attach,
}

/// Who is let in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    pub(super) mode: u32,
    pub(super) owner: Option<u32>,
}

/// An open and mapped ring, whose header was found good.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) path: String,
    pub(super) file: File,
    pub(super) mapping: Mapping,
    pub(super) header: Header,
}

impl Place {
    /// Its path, for people to read.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Named(name) => format!("{FOLDER}/{name}"),
            Self::Descriptor(fd) => format!("/proc/self/fd/{}", fd.as_raw_fd()),
        }
    }

    fn check(&self) -> Result<(), ShmError> {
        let Self::Named(name) = self else { return Ok(()) };
        let bytes = name.as_bytes();
        let good = (1..=NAME_BYTES).contains(&bytes.len())
            && bytes[0] != b'.'
            && !bytes.iter().any(|b| matches!(b, b'/' | 0));
        if good { Ok(()) } else { Err(ShmError::Name { name: name.clone() }) }
    }

    /// Opens or makes the ring.
    pub(super) fn open(&self, how: How, wanted: &Wanted, access: Access) -> Result<Opened, ShmError> {
        self.check()?;
        let path = self.path();
        if let Self::Descriptor(_) = self {
            return Opened::found(reopen(&path)?, path, Some(wanted), access, true);
        }
        // Somebody may remove it between two steps, or make it.
        for _ in 0..100 {
            if how != How::Create {
                match reopen(&path) {
                    Ok(file) => return Opened::found(file, path, Some(wanted), access, false),
                    Err(ShmError::System { errno: libc::ENOENT, .. }) if how == How::Attach => {
                        return Err(ShmError::Missing { path });
                    }
                    Err(ShmError::System { errno: libc::ENOENT, .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            match Opened::made(&path, wanted, access) {
                Ok(made) => return Ok(made),
                Err(ShmError::Exists { .. }) if how == How::Either => {}
                Err(error) => return Err(error),
            }
        }
        Err(ShmError::Missing { path })
    }

    /// Opens a ring of whatever values, to look at it.
    pub(super) fn look(&self, access: Access) -> Result<Opened, ShmError> {
        self.check()?;
        let path = self.path();
        match reopen(&path) {
            Ok(file) => Opened::found(file, path, None, access, matches!(self, Self::Descriptor(_))),
            Err(ShmError::System { errno: libc::ENOENT, .. }) => Err(ShmError::Missing { path }),
            Err(error) => Err(error),
        }
    }

    /// Removes the name; whoever has the ring keeps it. Whether there was one.
    pub(super) fn remove(&self) -> Result<bool, ShmError> {
        self.check()?;
        let path = self.path();
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(refused("remove", &path)(error)),
        }
    }
}

fn refused<'a>(doing: &'static str, path: &'a str) -> impl Fn(io::Error) -> ShmError + 'a {
    move |error| ShmError::System {
        doing,
        path: path.to_owned(),
        errno: error.raw_os_error().unwrap_or(libc::EIO),
    }
}

/// A description of its own: the locks of two ends in one process, or in a process and its child, are then two.
fn reopen(path: &str) -> Result<File, ShmError> {
    // A descriptor's path is a link by nature; a name that is a link was put there by somebody else.
    let follow = if path.starts_with("/proc/") { 0 } else { libc::O_NOFOLLOW };
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(follow | libc::O_CLOEXEC | libc::O_NONBLOCK)
        .open(path)
        .map_err(refused("open", path))
}

impl Opened {
    /// Makes a ring that nobody sees before it is whole: a process that dies here leaves nothing.
    fn made(path: &str, wanted: &Wanted, access: Access) -> Result<Self, ShmError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .mode(access.mode)
            .custom_flags(libc::O_TMPFILE | libc::O_CLOEXEC)
            .open(FOLDER)
            .map_err(refused("make a file in", FOLDER))?;
        // Whatever the umask says.
        file.set_permissions(fs::Permissions::from_mode(access.mode))
            .map_err(refused("set the permissions of", path))?;
        let opened = Self::filled(file, path.to_owned(), wanted)?;
        match link(&opened.file, path) {
            Ok(()) => Ok(opened),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(ShmError::Exists { path: path.to_owned() })
            }
            Err(error) => Err(refused("link", path)(error)),
        }
    }

    /// Writes header and numbers into an empty file.
    fn filled(file: File, path: String, wanted: &Wanted) -> Result<Self, ShmError> {
        let header = wanted.header()?;
        allocate(&file, header.total).map_err(refused("find memory for", &path))?;
        file.write_all_at(&header.bytes(wanted.type_name()), 0).map_err(refused("write to", &path))?;
        let mapping = Mapping::new(&file, header.total).map_err(refused("map", &path))?;
        let opened = Self { path, file, mapping, header };
        opened.ring(header.shape).begin(header.start);
        Ok(opened)
    }

    /// Looks at a file that somebody else made. What its header says is read once, here.
    fn found(
        file: File,
        path: String,
        wanted: Option<&Wanted>,
        access: Access,
        sealed: bool,
    ) -> Result<Self, ShmError> {
        let foreign = |why| ShmError::Foreign { path: path.clone(), why };
        let about = file.metadata().map_err(refused("look at", &path))?;
        if !about.is_file() {
            return Err(foreign(Foreign::Kind));
        }
        if sealed {
            // SAFETY: asks for a number, and touches no memory.
            let seals = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GET_SEALS) };
            if seals < 0 || seals & libc::F_SEAL_SHRINK == 0 {
                return Err(foreign(Foreign::Unsealed));
            }
        } else {
            // SAFETY: asks for a number, and touches no memory.
            let own = unsafe { libc::geteuid() };
            if about.uid() != own && Some(about.uid()) != access.owner {
                return Err(foreign(Foreign::Owner { uid: about.uid() }));
            }
            let mode = about.mode() & 0o777;
            if mode & !access.mode != 0 {
                return Err(foreign(Foreign::Mode { mode, asked: access.mode }));
            }
        }
        if about.len() < AT_SLOTS as u64 {
            return Err(foreign(Foreign::Short { bytes: about.len() }));
        }
        let mut bytes = [0; AT_SLOTS];
        file.read_exact_at(&mut bytes, 0).map_err(refused("read", &path))?;
        let header = Header::read(&bytes, about.len()).map_err(foreign)?;
        if let Some(wanted) = wanted {
            wanted.agrees(&header, &bytes, &path)?;
        }
        // Holes in the file would be filled at the first touch, when there may be no memory left.
        if wanted.is_some() && !sealed {
            allocate(&file, header.total).map_err(refused("find memory for", &path))?;
        } else if let present = about.blocks().saturating_mul(512)
            && present < header.total as u64
        {
            // Whoever gave us the file does not decide how much memory we ask the system for.
            return Err(foreign(Foreign::Holes { bytes: present, asked: header.total as u64 }));
        }
        let mapping = Mapping::new(&file, header.total).map_err(refused("map", &path))?;
        Ok(Self { path, file, mapping, header })
    }

    /// The words of the ring, which the caller uses no longer than the mapping.
    pub(super) fn ring<F: Form>(&self, form: F) -> Ring<View, F> {
        debug_assert_eq!(form.shape(), self.header.shape);
        // SAFETY: whoever has a ring keeps the mapping beside it.
        let view = unsafe { self.mapping.view() };
        // SAFETY: the header was checked: the capacity is a power of two, and the mapping has the bytes for it.
        unsafe { Ring::new(view, form, self.header.capacity) }
    }

    /// Takes the lock of an end, which the system gives back when this process ends, however it does.
    pub(super) fn lock(&self, end: End) -> Result<(), ShmError> {
        let ring = self.ring(self.header.shape);
        for tried in 1.. {
            match try_lock(&self.file, end) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => return Err(refused("lock", &self.path)(error)),
            }
            let (by, state) = (ring.process(end), ring.state(end));
            let holds = matches!(state, STATE_ATTACHED | STATE_ATTACHING);
            if tried >= PATIENCE {
                let runs = by.runs();
                if tried >= LONG_PATIENCE || holds && runs {
                    return Err(ShmError::Held { path: self.path.clone(), end, by, runs });
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Whether the name still leads here.
    pub(super) fn is_linked(&self) -> bool {
        match (self.file.metadata(), fs::metadata(&self.path)) {
            (Ok(own), Ok(named)) => (own.dev(), own.ino()) == (named.dev(), named.ino()),
            _ => false,
        }
    }
}

/// Takes the lock of an end, if nobody has it.
pub(super) fn try_lock(file: &File, end: End) -> io::Result<bool> {
    let mut lock = lock_of(end);
    // SAFETY: the system reads the description of the lock, which lives for the call.
    let result = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &raw mut lock) };
    if result == 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::EACCES) => Ok(false),
        _ => Err(error),
    }
}

/// Gives the lock of an end back now. The system would do it with the last descriptor or mapping of this description, and a look at
/// the ring or a child of a fork may have one.
pub(super) fn unlock(file: &File, end: End) {
    let mut lock = lock_of(end);
    lock.l_type = libc::F_UNLCK as libc::c_short;
    // SAFETY: the system reads the description of the lock, which lives for the call.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &raw mut lock) };
}

/// Whether somebody has the lock of an end by another description than this one.
pub(super) fn is_locked(file: &File, end: End) -> bool {
    let mut lock = lock_of(end);
    // SAFETY: the system reads and writes the description of the lock, which lives for the call.
    let result = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_GETLK, &raw mut lock) };
    result == 0 && i32::from(lock.l_type) != i32::from(libc::F_UNLCK as i16)
}

fn lock_of(end: End) -> libc::flock {
    libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: end.lock() as libc::off_t,
        l_len: 1,
        l_pid: 0,
    }
}

/// Makes sure that the file has memory, so that no access finds none.
fn allocate(file: &File, bytes: usize) -> io::Result<()> {
    // SAFETY: a number and two sizes.
    match unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, bytes as libc::off_t) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Gives a file without a name one, if nothing has it.
fn link(file: &File, path: &str) -> io::Result<()> {
    let from = CString::new(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let to = CString::new(path)?;
    // SAFETY: both paths end with a zero and live for the call.
    let result = unsafe {
        libc::linkat(libc::AT_FDCWD, from.as_ptr(), libc::AT_FDCWD, to.as_ptr(), libc::AT_SYMLINK_FOLLOW)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A ring without a name, in memory that nobody can make shorter.
pub(super) fn sealed(wanted: &Wanted) -> Result<OwnedFd, ShmError> {
    const NAME: &str = "a sealed file";
    // SAFETY: the name ends with a zero and lives for the call.
    let fd = unsafe { libc::memfd_create(c"fusewire".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    if fd < 0 {
        return Err(refused("make", NAME)(io::Error::last_os_error()));
    }
    // SAFETY: just made, and nobody else's.
    let file = unsafe { File::from_raw_fd(fd) };
    let opened = Opened::filled(file, NAME.to_owned(), wanted)?;
    let seals = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
    // SAFETY: two numbers.
    if unsafe { libc::fcntl(opened.file.as_raw_fd(), libc::F_ADD_SEALS, seals) } < 0 {
        return Err(refused("seal", NAME)(io::Error::last_os_error()));
    }
    Ok(opened.file.into())
}

/// Another description of an open file.
pub(super) fn again(file: &File, path: &str) -> Result<File, ShmError> {
    let own = format!("/proc/self/fd/{}", file.as_raw_fd());
    debug_assert!(Path::new(&own).exists());
    reopen(&own).map_err(|error| match error {
        ShmError::System { doing, errno, .. } => ShmError::System { doing, path: path.to_owned(), errno },
        other => other,
    })
}
