//! What may be merged with what.

use crate::function::{Fits, Misfits, Nothing};
use crate::sender::Sender;

/// A sender of values of the type `V`, as what it is merged with has; implemented for all of them.
#[diagnostic::on_unimplemented(
    message = "what is merged gives values of one type, and this one has no `{V}`",
    label = "expected a sender of `{V}`",
    note = "help: make it one, with `.map(..)`, or give both the type of an enum"
)]
pub trait Partner<V, M>: Sender<Value = V> {
    /// The sender's own type.
    type Itself: Sender<Value = V>;
}

#[diagnostic::do_not_recommend]
impl<V, S: Sender<Value = V>> Partner<V, Fits> for S {
    type Itself = S;
}

#[diagnostic::do_not_recommend]
impl<V, S: Sender<Value = V> + Nothing> Partner<V, Misfits> for S {
    type Itself = S;
}
