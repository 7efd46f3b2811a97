//! Senders that begin a graph.
//!
//! Every one of them is a [`Sender`](crate::sender::Sender) and a
//! [`Source`](crate::source::Source): the first makes one pass of it, the second lets a lane ask it
//! turn by turn.
//!
//! | source | a pass makes | in `run`, ends |
//! |---|---|---|
//! | [`just`] | a clone of the value | never |
//! | [`just_error`] | a clone of the error | with the error |
//! | [`just_stopped`] | nothing | at once |
//! | [`from_iter`] | the iterator's next item | with the iterator |
//! | [`from_fn`] | what the function returns | at the first `None` |
//! | [`poll_fn`] | what the function has, later if it has nothing yet | when it says so |
//! | [`every`] | a tick each period | never |
//! | [`after`] | nothing but the end of a delay | after the first |
//! | [`recv`] | what comes over an edge | when the sending end is gone |
//! | [`fed_back`] | what a graph has pushed back | when the others have, and nothing is under way |
//! | [`post`], [`dispatch`] | nothing but being on a context | never |
//! | [`source`] | what the [`Source`](crate::source::Source) gives | when it says so |

mod after;
mod defer;
mod every;
mod feedback;
mod from_fn;
mod from_iter;
mod from_source;
mod just;
mod just_error;
mod just_stopped;
mod never;
mod poll_fn;
mod post;
mod read_env;
mod ready;
mod recv;

pub use after::{After, after, at};
pub use defer::{Defer, defer};
pub use every::{Every, Tick, every};
pub use feedback::{Again, Back, FedBack, FeedbackFull, fed_back, feedback};
pub use from_fn::{FromFn, from_fn};
pub use from_iter::{FromIter, from_iter};
pub use from_source::{FromSource, source};
pub use just::{Just, just};
pub use just_error::{JustError, just_error};
pub use just_stopped::{JustStopped, just_stopped};
pub use never::{NeverReady, never};
pub use poll_fn::{PollFn, poll_fn};
pub use post::{Dispatch, Post, PostOperation, dispatch, post};
pub use read_env::{ReadEnv, ReadEnvOperation, read_env};
pub use ready::ReadyOperation;
pub use recv::{Recv, recv};
