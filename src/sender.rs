//! An inert description of work, and of how it may complete.

use crate::completion::Completion;
use crate::consumers::{Nobody, at_once};
use crate::env::Env;
use crate::graph::topology::Topology;
use crate::launch::{Launch, LaunchError};
use crate::operation::Operation;
use crate::receiver::Receiver;

/// Work that has not begun.
///
/// A sender describes one pass. Nothing happens until it is connected to a [`Receiver`] and the
/// resulting [`Operation`] is started; connecting moves the description into the operation, whose
/// every start is one more pass.
///
/// Facts flow forward: the context, the stop token and the allocation policy come in with
/// `connect`, from the place where the work is started. No receiver is ever queried backwards.
///
/// C++26: `sender`.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sender",
    label = "expected a sender here",
    note = "help: start from a source such as `just(..)`, `read(..)` or `from_iter(..)`"
)]
pub trait Sender: Sized {
    /// What a pass makes.
    type Value;
    /// How a pass fails; [`Never`](crate::completion::Never) if it cannot.
    type Error;
    /// The connected sender.
    type Operation<R: Receiver<Self::Value, Self::Error>>: Operation<Value = Self::Value, Error = Self::Error, Receiver = R>;

    /// Joins this description to the place where it completes.
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>;

    /// Starts one pass here and now, if it completes inside its start; gives the sender back otherwise, and nothing has
    /// happened.
    ///
    /// An adaptor that makes a sender for each pass asks this first: an operation that would be over before it is
    /// looked at is then not kept. The provided method completes where the operation's type says that it
    /// [certainly](Operation::IMMEDIATE) does. One that overrides it completes as its operation would in `start`, knowing no
    /// environment.
    ///
    /// # Errors
    ///
    /// The sender, to be connected.
    #[inline]
    fn at_once(self) -> Result<Completion<Self::Value, Self::Error>, Self> {
        if <Self::Operation<Nobody> as Operation>::IMMEDIATE { Ok(at_once(self)) } else { Err(self) }
    }

    /// Begins to run passes back to back; [`Engine::run`](crate::engine::Engine::run) calls it.
    ///
    /// The provided method is the reference semantics: it connects the sender once and starts it
    /// again each time it completes, one pass after another. A fused graph overrides it and places
    /// one lane on each context instead.
    ///
    /// # Errors
    ///
    /// When a context has ended, or an edge cannot be made.
    fn launch(self, launch: &mut Launch<'_>) -> Result<(), LaunchError>
    where
        Self: Send + 'static,
        Self::Value: Send,
        Self::Error: std::fmt::Display + Send + 'static,
    {
        launch.plain(self)
    }

    /// Adds to `told` how many of the senders that it is merged with have not ended, for each part of it that ends with them; a merge
    /// adds its partner to that number, takes it off when that has ended, and wakes the context then. Only what is fed back ends with
    /// the others.
    #[doc(hidden)]
    fn left_alone(&mut self, told: &mut Vec<std::sync::Arc<crate::primitive::AtomicUsize>>) {
        let _ = told;
    }

    /// The drawing of this graph. A sender that was not fused is drawn as one stage.
    fn inspect(&self) -> Topology {
        Topology::opaque()
    }
}
