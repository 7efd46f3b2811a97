//! A thread that runs a host, owned by its users' handles.

use std::fmt;
use std::io;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, Thread};

use super::front::by_front;
use super::host::{Front, Host, Park};
use super::{Context, ContextRef, Placement};

/// The thread of one context.
///
/// A scheduler of a target keeps one in an [`Arc`] that its clones share. The thread lives as long
/// as anybody outside it may still give it work: until this value and the last
/// [`ContextRef`] made by [`context`](Self::context) are dropped, or until [`end`](Self::end).
/// [`current`](super::current) on the thread itself does not count.
///
/// Dropping it joins the thread, so that none is left behind. It does not join where that would
/// wait for itself or for others: on the thread of this context, and while graphs still hold the
/// context; then the thread ends by itself after the last of them.
pub struct HostThread {
    front: Arc<Front>,
    // Empty only while it is dropped.
    kept: Option<Arc<Kept>>,
    context: Option<ContextRef>,
    thread: Thread,
    join: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for HostThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostThread").field("front", &self.front).finish_non_exhaustive()
    }
}

impl HostThread {
    /// Starts a thread that runs `host`, and gives it its context's name.
    ///
    /// `prepare` runs first, on the new thread: it pins the thread, opens what must be opened
    /// there, and makes the parker. Its second result is handed back.
    ///
    /// # Errors
    ///
    /// When the system refuses a thread, or `prepare` fails; then there is no thread.
    pub fn spawn<P, T, E>(
        host: Host,
        prepare: impl FnOnce() -> Result<(P, T), E> + Send + 'static,
    ) -> Result<(Self, T), E>
    where
        P: Park,
        T: Send + 'static,
        E: From<io::Error> + Send + 'static,
    {
        let front = Arc::clone(host.front());
        let (answer, answered) = sync_channel(1);
        let body = move || match prepare() {
            Err(error) => drop(answer.send(Err(error))),
            Ok((mut park, made)) => {
                // The receiver waits for exactly this.
                drop(answer.send(Ok(made)));
                host.run(&mut park);
            }
        };
        let join = Builder::new().name(front.name().to_owned()).spawn(body)?;
        let made = match answered.recv() {
            Ok(Ok(made)) => made,
            Ok(Err(error)) => {
                let _ = join.join();
                return Err(error);
            }
            Err(_) => {
                let _ = join.join();
                return Err(io::Error::other("the thread of the context panicked while it started").into());
            }
        };
        let kept = Arc::new(Kept { front: Arc::clone(&front) });
        let context: ContextRef = kept.clone();
        let thread = join.thread().clone();
        let join = Mutex::new(Some(join));
        Ok((Self { front, kept: Some(kept), context: Some(context), thread, join }, made))
    }

    /// The context, as users hold it. The thread lives while clones of it do.
    ///
    /// # Panics
    ///
    /// Never: it is there until this value is dropped.
    pub fn context(&self) -> &ContextRef {
        self.context.as_ref().expect("taken by `drop` alone")
    }

    /// The half of the host that any thread may call. It does not keep the thread alive.
    pub const fn front(&self) -> &Arc<Front> {
        &self.front
    }

    /// Ends the context now, whoever still uses it: what it runs is abandoned. Waits for the
    /// thread to end, unless this is that thread.
    pub fn end(&self) {
        self.front.close();
        self.wait();
    }

    /// Waits for the thread to end, unless this is it.
    fn wait(&self) {
        if std::thread::current().id() == self.thread.id() {
            return;
        }
        // Under the lock, so that of two who end the context at once both wait.
        if let Some(join) = self.join.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // An error would be a panic of the parker, which the panic hook has reported.
            let _ = join.join();
        }
    }
}

impl Drop for HostThread {
    fn drop(&mut self) {
        self.context = None;
        // `into_inner` is `Some` for exactly one of those who drop the last clones at once.
        if let Some(last) = self.kept.take().and_then(Arc::into_inner) {
            drop(last);
            self.wait();
        }
    }
}

/// The context as its users hold it: when the last clone goes, the host is asked to end.
struct Kept {
    front: Arc<Front>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.front.close_behind();
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.front.fmt(f)
    }
}

// SAFETY: everything that the promise is about is the front's.
unsafe impl Context for Kept {
    by_front!();

    fn placement(&self) -> Placement {
        self.front.placement()
    }
}
