//! A running graph, awaited.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::control::{Report, RunError};
use crate::engine::Handle;

/// The end of a running graph, as a future: `engine.run(graph)?.await`.
///
/// **Completes** as [`Handle::join`] returns, with the report or the graph's first error, once every lane has ended.
/// **Runs** nothing: the lanes run on their contexts, and the last of them wakes the task. A context whose turns are
/// taken by hand, such as [`Manual`](crate::context::manual::Manual), needs somebody who takes them; one that a future
/// [drives](crate::context::polled) needs that future to be polled.
///
/// Dropping it is dropping the handle: it stops the graph, and waits for its lanes to end.
///
/// # Examples
///
/// ```
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
///
/// async fn counted() -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
///     let graph = fuse! { from_iter(0..100u32).filter(|n| n % 2 == 0) };
///     let report = Engine::new().run(graph)?.await.map_err(|error| error.to_string())?;
///     Ok(report.completed)
/// }
/// assert!(matches!(block_on(from_future(counted())), Completion::Value(Ok(50))));
/// ```
#[must_use = "dropping it stops the graph"]
pub struct Joined {
    // `None` once the outcome was handed out.
    handle: Option<Handle>,
}

impl Joined {
    pub(super) const fn new(handle: Handle) -> Self {
        Self { handle: Some(handle) }
    }

    /// The handle of the graph, until this has completed.
    pub const fn handle(&self) -> Option<&Handle> {
        self.handle.as_ref()
    }
}

impl fmt::Debug for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joined").field("handle", &self.handle).finish()
    }
}

impl Future for Joined {
    type Output = Result<Report, RunError>;

    /// Polled again after it has completed, it never completes.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(handle) = &self.handle else { return Poll::Pending };
        if !handle.poll_ended(cx.waker()) {
            return Poll::Pending;
        }
        // What has ended is joined without waiting.
        match self.handle.take() {
            Some(handle) => Poll::Ready(handle.join()),
            None => Poll::Pending,
        }
    }
}

impl IntoFuture for Handle {
    type Output = Result<Report, RunError>;
    type IntoFuture = Joined;

    fn into_future(self) -> Joined {
        Joined::new(self)
    }
}
