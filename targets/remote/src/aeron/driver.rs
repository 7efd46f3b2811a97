//! Which media driver moves the messages: one in this process, or one that runs already.

pub(crate) mod embedded;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::aeron::engine;
use crate::aeron::keeper::Session;
use crate::error::RemoteError;
use embedded::Running;
pub use embedded::{Embedded, Idle, Threads};

/// How long a driver may be silent before it counts as gone, if nobody says otherwise. One that dies on the same machine is
/// noticed by its process, which is looked at every 20 ms.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The media driver that an edge goes over. Cloning is cheap; all edges of one share a client and its one thread.
///
/// A driver that runs by itself outlives the processes that use it, so that what a killed sender has sent still arrives. An
/// embedded one needs no second program, and dies with the process.
#[derive(Debug, Clone)]
pub struct MediaDriver {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    timeout: Duration,
    session: Mutex<Weak<Session>>,
    running: Option<Arc<Running>>,
}

impl MediaDriver {
    /// The one that runs in `directory`, as a process of its own. It need not run yet, but must when an edge is opened.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self::new(directory.into(), TIMEOUT, None)
    }

    /// The one that runs where Aeron's own programs look for it: `AERON_DIR`, or the system's default.
    pub fn in_default_directory() -> Self {
        Self::in_directory(engine::default_directory())
    }

    /// One in this process, on a thread of its own; see [`Embedded::start`].
    pub fn embedded() -> Embedded {
        Embedded::new()
    }

    /// How long the driver may be silent before it counts as gone; five seconds if nobody says otherwise. It must be longer than
    /// the driver's own timer interval, a second by default.
    #[must_use = "this is the driver with the timeout"]
    pub fn timeout(&self, timeout: Duration) -> Self {
        Self::new(self.inner.directory.clone(), timeout, self.inner.running.clone())
    }

    /// Where it runs: what another process gives to [`in_directory`](Self::in_directory).
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    fn new(directory: PathBuf, timeout: Duration, running: Option<Arc<Running>>) -> Self {
        Self { inner: Arc::new(Inner { directory, timeout, session: Mutex::default(), running }) }
    }

    /// The client that all edges of this driver share; it is made with the first of them.
    pub(crate) fn session(&self) -> Result<Arc<Session>, RemoteError> {
        let Inner { directory, timeout, session, running } = &*self.inner;
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = session.upgrade() {
            return Ok(session);
        }
        let opened = Arc::new(Session::start(directory.clone(), *timeout, running.clone())?);
        *session = Arc::downgrade(&opened);
        Ok(opened)
    }
}
