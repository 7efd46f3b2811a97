//! `push`: an asynchronous stage that pushes into an edge and waits for room.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, mem};

use super::{Push, Pushed};
use crate::context::{ContextId, current};
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// An asynchronous stage that pushes the value it is given into an edge, for `.and(push(sender))`.
///
/// **Completes** with `()` once the edge has taken the value, or dropped it by its policy: inside `start` if there is room, else as soon
/// as there is, which is what slows the pass down to whoever receives. Where a policy keeps values on the sender's side, as
/// [`Spill`](super::Spill) does, that is when none is kept any more: nobody but the stage would move them on.
/// **Fails** with [`NotPushed`] when every receiver is gone, or the edge's policy is to fail and it is full. A pass that is asked to stop
/// while it waits completes as stopped, and its value is dropped, unless the edge keeps it already.
/// **Runs** where the pass is. On a context that parks it is woken by the edge when there is room, if the edge does so, as
/// [`Push::woken_by`] then says; if not, the context does not park but looks again and again while it waits.
/// **Costs** the push, and a lock that only clones of the function take too, which push through the same end. The receiver is woken
/// after every value. No allocation, but for the first wait on each context that parks.
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
    let stage = Arc::new(Mutex::new(Stage { end: sender, told: Vec::new() }));
    move |value| PushOne { stage: Arc::clone(&stage), value: Held::Here(value), looks: false }
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
    stage: Arc<Mutex<Stage<P>>>,
    value: Held<P::Item>,
    // Whether nobody wakes a pass that waits, so that it has to look.
    looks: bool,
}

/// Where the value of a pass is.
enum Held<T> {
    /// The edge has not taken it yet.
    Here(T),
    /// The edge has it, but keeps values on the sender's side.
    Kept,
    /// The edge has it, or it was dropped.
    Gone,
}

/// What all passes of a stage push through, those of its clones too.
struct Stage<P> {
    end: P,
    // Each context that parks on which a pass has waited, and whether the edge wakes it.
    told: Vec<Told>,
}

struct Told {
    context: ContextId,
    wakes: bool,
    // When it was told, until that is long ago.
    just_now: Option<Instant>,
}

/// How long a pass looks after the edge was told whom to wake. A pop that was under way then may not have seen it: popping costs no
/// fence as long as nobody is to be woken. What it stored is visible long before this has passed.
const UNTIL_SEEN: Duration = Duration::from_millis(1);

impl Told {
    fn has_to_look(&mut self) -> bool {
        self.just_now = self.just_now.filter(|told| told.elapsed() < UNTIL_SEEN);
        !self.wakes || self.just_now.is_some()
    }
}

impl<P: Push> Stage<P> {
    /// Whether a pass that waits where it is called has to look, because nobody wakes it.
    fn has_to_look(&mut self) -> bool {
        let Some(context) = current().filter(|context| context.must_be_woken()) else { return false };
        let id = context.id();
        if let Some(told) = self.told.iter_mut().find(|told| told.context == id) {
            return told.has_to_look();
        }
        let wakes = self.end.woken_by(Box::new(context));
        self.told.push(Told { context: id, wakes, just_now: Some(Instant::now()) });
        true
    }
}

impl<P: Push> fmt::Debug for PushOne<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushOne").finish_non_exhaustive()
    }
}

/// Pushes the value of a pass, if it is still here, and moves on what the edge keeps.
fn try_push<P: Push>(held: &mut Held<P::Item>, end: &mut P) -> Taken<(), NotPushed> {
    let pushed = match mem::replace(held, Held::Gone) {
        Held::Gone => return Taken::Ended,
        _ if end.is_closed() => return Taken::Error(NotPushed::Closed),
        Held::Here(value) => end.push(value),
        Held::Kept => Pushed::Ok,
    };
    match pushed {
        Pushed::Ok | Pushed::Dropped => {
            let all_went_on = end.flush();
            end.publish();
            end.wake();
            if all_went_on {
                return Taken::Value(());
            }
            *held = Held::Kept;
            Taken::Empty
        }
        Pushed::Failed(_) => Taken::Error(NotPushed::Full),
        Pushed::Full(value) => {
            *held = Held::Here(value);
            Taken::Empty
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
        let Self { stage, value, looks } = self;
        let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
        let pushed = try_push(value, &mut stage.end);
        if pushed != Taken::Empty {
            return pushed;
        }
        *looks = stage.has_to_look();
        // Whoever made room before it knew whom to wake is seen by a second look.
        try_push(value, &mut stage.end)
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
