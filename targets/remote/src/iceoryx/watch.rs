//! The thread that looks after an end: it wakes who sleeps, sees when the process at the other end is killed, and cleans up after it.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use iceoryx2::config::Config;
use iceoryx2::node::{Node, NodeState, NodeView};
use iceoryx2::prelude::CallbackProgression;
use iceoryx2::service::ipc::Service as Ipc;

use crate::error::RemoteError;
use crate::iceoryx::Plain;
use crate::iceoryx::service::{Factory, Holder, Side, holder};
use crate::post::Post;

/// How often it is looked whether the process at the other end lives.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How often iceoryx2 is asked itself, of a process that cannot be seen from here.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How often what was refused for a moment is tried again.
pub(crate) const RETRY_EVERY: Duration = Duration::from_millis(5);

/// Looks after one end as long as that is there.
#[derive(Debug)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stops: AtomicBool,
    // The process at the other end that has ended, if this end has not heard of it yet.
    ended: AtomicI32,
}

impl Watch {
    /// Looks after an end whose other end is `side`.
    pub(crate) fn start<T: Plain>(
        factory: Arc<Factory<T>>,
        side: Side,
        post: Arc<Post>,
    ) -> Result<Self, RemoteError> {
        let shared = Arc::<Shared>::default();
        let of_thread = Arc::clone(&shared);
        let watching = move || {
            Watching { factory, side, post, shared: of_thread, seen: None, ask_at: Instant::now() }.run()
        };
        let thread = thread::Builder::new()
            .name("fusewire-iceoryx2".to_owned())
            .spawn(watching)
            .map_err(|error| RemoteError::Thread { reason: error.to_string() })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Whether the process at the other end has ended, and this end has not heard of it.
    #[inline(always)]
    pub(crate) fn has_news(&self) -> bool {
        // ORDERING: relaxed, a number to look at; it guards nothing.
        self.shared.ended.load(Ordering::Relaxed) != 0
    }

    /// The process that has ended, once.
    pub(crate) fn hear(&self) -> Option<i32> {
        match self.shared.ended.swap(0, Ordering::SeqCst) {
            0 => None,
            process => Some(process),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.stops.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// The thread's own half.
struct Watching<T: Plain> {
    factory: Arc<Factory<T>>,
    side: Side,
    post: Arc<Post>,
    shared: Arc<Shared>,
    seen: Option<Seen>,
    ask_at: Instant,
}

/// The process at the other end, and what becomes readable when it ends, if it can be seen from here.
struct Seen {
    holder: Holder,
    end: Option<OwnedFd>,
}

impl<T: Plain> Watching<T> {
    fn run(mut self) {
        let mut look_at = Instant::now();
        while !self.shared.stops.load(Ordering::SeqCst) {
            if self.post.sleeps() {
                self.post.wake();
            }
            let now = Instant::now();
            if now >= look_at {
                look_at = now + LOOK_EVERY;
                self.look(now);
            }
            let pause = if self.post.wakes() { self.post.poll_every } else { LOOK_EVERY };
            thread::park_timeout(pause.min(LOOK_EVERY));
        }
    }

    fn look(&mut self, now: Instant) {
        let holder = holder(&self.factory, self.side);
        if let Some(seen) = self.seen.take_if(|seen| Some(seen.holder) != holder)
            && seen.end.as_ref().is_some_and(has_ended)
        {
            // It left in order, or another process has cleaned up after it.
            self.tell_end(seen.holder);
        }
        let Some(holder) = holder else { return };
        if self.seen.is_none() {
            self.seen = Some(Seen { holder, end: end_of(holder.process) });
            self.post.set_fault(None);
        }
        let ended = self.seen.as_ref().and_then(|seen| seen.end.as_ref()).map(has_ended);
        // One that cannot be seen from here is another name space's, or has ended before it was looked at.
        let suspect = ended.unwrap_or(now >= self.ask_at);
        if !suspect {
            return;
        }
        self.ask_at = now + ASK_EVERY;
        if is_cleaned_up(holder.node) {
            self.seen = None;
            self.tell_end(holder);
        }
    }

    fn tell_end(&self, holder: Holder) {
        let Holder { process, .. } = holder;
        self.post.set_fault(Some(format!(
            "the process {process} at the other end has ended; the edge waits for another"
        )));
        self.shared.ended.store(process.max(1), Ordering::SeqCst);
        self.post.wake();
    }
}

/// What becomes readable when a process ends: it is never another process's, whose number may be the same later.
fn end_of(process: i32) -> Option<OwnedFd> {
    // SAFETY: the call takes two numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
    let fd = i32::try_from(fd).ok().filter(|fd| *fd >= 0)?;
    // SAFETY: the system gave it just now, to nobody else.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn has_ended(end: &OwnedFd) -> bool {
    let mut asked = libc::pollfd { fd: end.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one place, which is here.
    unsafe { libc::poll(&mut asked, 1, 0) > 0 }
}

/// Whether a node's process is dead, and what it left is removed: by this process, or by another one.
fn is_cleaned_up(node: u128) -> bool {
    let (mut found, mut cleaned) = (false, false);
    let listed = Node::<Ipc>::list(Config::global_config(), |state| {
        if state.node_id().value() != node {
            return CallbackProgression::Continue;
        }
        found = true;
        if let NodeState::Dead(view) = state {
            debug_assert_eq!(view.id().value(), node);
            cleaned = view.try_remove_stale_resources().is_ok();
        }
        CallbackProgression::Stop
    });
    listed.is_ok() && (cleaned || !found)
}
