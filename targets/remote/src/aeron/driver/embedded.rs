//! A media driver in this process.

use std::ffi::{CStr, CString, c_int};
use std::fs::{self, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{io, process, ptr, thread};

use rusteron_media_driver::bindings as c;

use super::{MediaDriver, TIMEOUT};
use crate::aeron::engine;
use crate::error::RemoteError;

/// What the names of our own directories begin with, so that those of processes that were killed are found.
const PREFIX: &str = "fusewire-aeron-";

/// What an embedded media driver is to be like; made by [`MediaDriver::embedded`].
#[derive(Debug, Clone)]
#[must_use = "this describes a media driver; `start` starts it"]
pub struct Embedded {
    directory: Option<PathBuf>,
    threads: Threads,
    idle: Idle,
    liveness: Duration,
    term_length: usize,
}

/// How many threads an embedded media driver has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threads {
    /// One, for all there is to do.
    #[default]
    Shared,
    /// Three: conductor, sender and receiver.
    Dedicated,
}

/// What the threads of an embedded media driver do when there is nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Idle {
    /// They spin, then yield, then sleep for up to a millisecond.
    #[default]
    Backoff,
    /// They yield.
    Yield,
    /// They spin: a core each.
    Spin,
}

impl Idle {
    const fn name(self) -> &'static CStr {
        match self {
            Self::Backoff => c"backoff",
            Self::Yield => c"yield",
            Self::Spin => c"spin",
        }
    }
}

impl Embedded {
    pub(super) fn new() -> Self {
        Self {
            directory: None,
            threads: Threads::default(),
            idle: Idle::default(),
            liveness: Duration::from_secs(5),
            term_length: 1 << 20,
        }
    }

    /// Where it keeps its files, so that other processes find it. A directory in shared memory that nobody else has, if nobody
    /// says otherwise. What an earlier driver left there is removed.
    pub fn directory(self, directory: impl Into<PathBuf>) -> Self {
        Self { directory: Some(directory.into()), ..self }
    }

    /// How many threads it has.
    pub fn threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }

    /// What they do when there is nothing to do.
    pub fn idle(self, idle: Idle) -> Self {
        Self { idle, ..self }
    }

    /// After how long a client, a publication or an image that is silent counts as gone: five seconds if nobody says otherwise.
    /// A receiver that was killed holds up an `aeron:ipc` sender for as long.
    pub fn liveness(self, liveness: Duration) -> Self {
        Self { liveness, ..self }
    }

    /// Bytes of a term where the channel does not say: a power of two, 1 MiB if nobody says otherwise. A log has three, which are
    /// allocated and touched when it is opened; the window of `aeron:ipc` is half a term.
    pub fn term_length(self, bytes: usize) -> Self {
        Self { term_length: bytes, ..self }
    }

    /// Starts it. It ends when the last handle of it and the last edge over it are gone.
    ///
    /// # Errors
    ///
    /// [`RemoteError::Driver`] if a driver runs in the directory, or if Aeron refuses the settings or cannot make its files.
    pub fn start(self) -> Result<MediaDriver, RemoteError> {
        let fails = |reason: String| RemoteError::Driver { reason };
        let (directory, own) = match self.directory.clone() {
            Some(directory) => (directory, None),
            None => own_directory()
                .map(|(directory, lock)| (directory, Some(lock)))
                .map_err(|error| fails(error.to_string()))?,
        };
        if let Some(process) = engine::driver_in(&directory, TIMEOUT)
            && Path::new(&format!("/proc/{process}")).exists()
        {
            return Err(fails(format!("process {process} runs one in {} already", directory.display())));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (started, outcome) = mpsc::channel();
        let (at, stopped) = (directory.clone(), Arc::clone(&stop));
        let thread = thread::Builder::new()
            .name("aeron-driver".to_owned())
            .spawn(move || match Driver::start(&self, &at) {
                Ok(driver) => {
                    let _ = started.send(Ok(()));
                    driver.run(&stopped);
                }
                Err(reason) => {
                    let _ = started.send(Err(reason));
                }
            })
            .map_err(|error| fails(error.to_string()))?;
        let running = Running { stop, thread: Some(thread), own };
        outcome.recv().unwrap_or_else(|_| Err("its thread ended".to_owned())).map_err(fails)?;
        Ok(MediaDriver::new(directory, TIMEOUT, Some(Arc::new(running))))
    }
}

/// A directory that nobody else has, and the lock that says that its owner lives.
fn own_directory() -> io::Result<(PathBuf, Lock)> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let shared = Path::new("/dev/shm");
    let parent = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    remove_abandoned(&parent);
    // ORDERING: relaxed, only the number counts.
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let directory = parent.join(format!("{PREFIX}{}-{count}", process::id()));
    let lock = Lock::take(&directory)?
        .ok_or_else(|| io::Error::other(format!("{} is in use", directory.display())))?;
    Ok((directory, lock))
}

/// Removes the directories of drivers whose processes were killed: those whose lock can be had.
fn remove_abandoned(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if named
            && path.is_dir()
            && let Ok(Some(lock)) = Lock::take(&path)
        {
            // What cannot be removed now is tried again by the next.
            let _ = fs::remove_dir_all(&path);
            drop(lock);
        }
    }
}

/// A file beside a driver's directory that its process has locked for as long as it lives.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// The lock of a directory, if nobody has it.
    fn take(directory: &Path) -> io::Result<Option<Self>> {
        let mut path = directory.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
        // SAFETY: the descriptor is open.
        let taken = unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) } == 0;
        // Made only if it was taken: one that is dropped removes the file.
        Ok(taken.then(|| Self { path, _file: file }))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The thread of a driver. Dropped by the last of its handles and edges.
#[derive(Debug)]
pub(crate) struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    own: Option<Lock>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.own.take();
    }
}

/// A driver, on its own thread.
struct Driver {
    // INVARIANT: each is open until the value is dropped, or null.
    driver: *mut c::aeron_driver_t,
    context: *mut c::aeron_driver_context_t,
}

impl Driver {
    fn start(settings: &Embedded, directory: &Path) -> Result<Self, String> {
        let mut this = Self { driver: ptr::null_mut(), context: ptr::null_mut() };
        // SAFETY: a place for the pointer.
        checked(unsafe { c::aeron_driver_context_init(&mut this.context) })?;
        this.configure(settings, directory)?;
        // SAFETY: a place for the pointer, and a context that outlives the driver.
        checked(unsafe { c::aeron_driver_init(&mut this.driver, this.context) })?;
        // SAFETY: the driver is open; its main loop is ours.
        checked(unsafe { c::aeron_driver_start(this.driver, true) })?;
        Ok(this)
    }

    #[expect(
        clippy::multiple_unsafe_ops_per_block,
        reason = "the settings of one context, all with the same duty"
    )]
    fn configure(&self, settings: &Embedded, directory: &Path) -> Result<(), String> {
        let context = self.context;
        let path = CString::new(directory.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        let threads = match settings.threads {
            Threads::Shared => c::aeron_threading_mode_t::AERON_THREADING_MODE_SHARED,
            Threads::Dedicated => c::aeron_threading_mode_t::AERON_THREADING_MODE_DEDICATED,
        };
        let liveness = u64::try_from(settings.liveness.as_nanos()).unwrap_or(u64::MAX / 4);
        // What is silent is looked for often enough to be found in its time.
        let interval = (liveness / 4).clamp(1_000_000, 1_000_000_000);
        let idle = settings.idle.name().as_ptr();
        let bytes = settings.term_length;
        // SAFETY: the context is open, and Aeron copies the strings; the same holds for each of these.
        let codes = unsafe {
            [
                c::aeron_driver_context_set_dir(context, path.as_ptr()),
                c::aeron_driver_context_set_dir_delete_on_start(context, true),
                c::aeron_driver_context_set_dir_delete_on_shutdown(context, true),
                c::aeron_driver_context_set_threading_mode(context, threads),
                c::aeron_driver_context_set_conductor_idle_strategy(context, idle),
                c::aeron_driver_context_set_sender_idle_strategy(context, idle),
                c::aeron_driver_context_set_receiver_idle_strategy(context, idle),
                c::aeron_driver_context_set_shared_idle_strategy(context, idle),
                c::aeron_driver_context_set_client_liveness_timeout_ns(context, liveness),
                c::aeron_driver_context_set_image_liveness_timeout_ns(context, liveness),
                c::aeron_driver_context_set_publication_connection_timeout_ns(context, liveness),
                c::aeron_driver_context_set_publication_unblock_timeout_ns(context, liveness + liveness / 2),
                c::aeron_driver_context_set_timer_interval_ns(context, interval),
                c::aeron_driver_context_set_term_buffer_length(context, bytes),
                c::aeron_driver_context_set_ipc_term_buffer_length(context, bytes),
                c::aeron_driver_context_set_term_buffer_sparse_file(context, false),
            ]
        };
        codes.into_iter().try_for_each(checked)
    }

    fn run(self, stop: &AtomicBool) {
        // ORDERING: acquire, with the store of `Running::drop`.
        while !stop.load(Ordering::Acquire) {
            // SAFETY: the driver is open, and this is its only thread's loop.
            let work = unsafe { c::aeron_driver_main_do_work(self.driver) };
            // SAFETY: as above.
            unsafe { c::aeron_driver_main_idle_strategy(self.driver, work) };
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.driver.is_null() {
            // SAFETY: the driver is open, and its loop has ended.
            unsafe { c::aeron_driver_close(self.driver) };
        }
        if !self.context.is_null() {
            // SAFETY: the context is open, and the driver that used it is closed.
            unsafe { c::aeron_driver_context_close(self.context) };
        }
    }
}

fn checked(code: c_int) -> Result<(), String> {
    if code >= 0 {
        return Ok(());
    }
    // SAFETY: it may be called at any time.
    let text = unsafe { c::aeron_errmsg() };
    // SAFETY: a string of the calling thread, with its end, which lives until that thread's next call.
    let text = unsafe { CStr::from_ptr(text) };
    let text = text.to_string_lossy();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2);
    Err(lines.collect::<Vec<_>>().join(": "))
}
