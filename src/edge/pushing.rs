//! `push`: an asynchronous stage that pushes into an edge and waits for room.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Push, Pushed};
use crate::context::current;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// An asynchronous stage that pushes the value it is given into an edge, for `.and(push(sender))`.
///
/// **Completes** with `()` once the edge has taken the value, or dropped it by its policy: inside `start` if there is room, else as soon
/// as there is, which is what slows the pass down to whoever receives. **Fails** with [`NotPushed`] when every receiver is gone, or the
/// edge's policy is to fail and it is full. A pass that is asked to stop while it waits completes as stopped, and its value is dropped.
/// **Runs** where the pass is. On a context that parks it is woken by the edge when there is room, if the edge does so, as
/// [`Push::woken_by`] then says; if not, the context does not park but looks again and again while it waits.
/// **Costs** the push, and a lock that nobody else takes. The receiver is woken after every value; no allocation.
///
/// # Examples
///
/// ```
/// use fusewire::edge::edge;
/// use fusewire::prelude::*;
///
/// let (sender, mut receiver) = edge(8)?;
/// let doubled = just(21).map(|n| n * 2).and(push(sender));
/// assert_eq!(block_on(doubled), Completion::Value(()));
/// assert_eq!(receiver.pop(), Some(42));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn push<P: Push + Send + 'static>(
    sender: P,
) -> impl FnMut(P::Item) -> PushOne<P> + Send + Clone + 'static + use<P> {
    let kept = Arc::new(Mutex::new(Kept { end: sender, told: false, looks: false }));
    move |value| PushOne { kept: Arc::clone(&kept), value: Some(value), looks: false }
}

/// Why [`push`] could not push a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotPushed {
    /// Every receiver of the edge is gone.
    Closed,
    /// The edge is full, and its policy is to fail.
    Full,
}

impl fmt::Display for NotPushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => {
                "nobody receives from this edge any more: end the graph that pushes, or keep the receiver"
            }
            Self::Full => {
                "the edge is full and its policy is to fail: give it more capacity, or another policy"
            }
        })
    }
}

impl std::error::Error for NotPushed {}

/// The sender that [`push`] makes of each value.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
pub struct PushOne<P: Push> {
    kept: Arc<Mutex<Kept<P>>>,
    // INVARIANT: `None` once the edge has taken it.
    value: Option<P::Item>,
    // Whether nobody wakes a pass that waits, so that it has to look.
    looks: bool,
}

/// What stays from one pass to the next.
struct Kept<P> {
    end: P,
    // Whether the edge was told whom to wake, and whether that did not help.
    told: bool,
    looks: bool,
}

impl<P: Push> fmt::Debug for PushOne<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushOne").finish_non_exhaustive()
    }
}

impl<P: Push> PushOne<P> {
    fn try_push(&mut self, end: &mut P) -> Taken<(), NotPushed> {
        let Some(value) = self.value.take() else { return Taken::Ended };
        if end.is_closed() {
            return Taken::Error(NotPushed::Closed);
        }
        match end.push(value) {
            Pushed::Ok | Pushed::Dropped => {
                end.publish();
                end.wake();
                Taken::Value(())
            }
            Pushed::Failed(_) => Taken::Error(NotPushed::Full),
            Pushed::Full(value) => {
                self.value = Some(value);
                Taken::Empty
            }
        }
    }
}

impl<P: Push + Send> Source for PushOne<P>
where
    P::Item: Send,
{
    type Value = ();
    type Error = NotPushed;

    fn take(&mut self) -> Taken<(), NotPushed> {
        let kept = Arc::clone(&self.kept);
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let pushed = self.try_push(&mut kept.end);
        if pushed != Taken::Empty {
            return pushed;
        }
        if !kept.told
            && let Some(context) = current()
        {
            kept.told = true;
            kept.looks = context.must_be_woken() && !kept.end.woken_by(Box::new(context));
        }
        self.looks = kept.looks;
        // Whoever made room before it knew whom to wake is seen by a second look.
        self.try_push(&mut kept.end)
    }

    fn works(&self) -> bool {
        self.looks
    }
}

#[diagnostic::do_not_recommend]
impl<P: Push + Send> Sender for PushOne<P>
where
    P::Item: Send,
{
    type Value = ();
    type Error = NotPushed;
    type Operation<R: Receiver<(), NotPushed>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<(), NotPushed>>(self, receiver: R, env: &Env) -> SourceOperation<Self, R> {
        SourceOperation::new(self, receiver, env)
    }
}

crate::future::awaitable::awaitable! { [P: Push] PushOne<P>; }
