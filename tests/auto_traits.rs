//! Which of the plain senders, and of their operations, are `Send`, `Sync` and `Unpin`.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use fusewire::adaptors::SenderExt;
use fusewire::batch::Batch;
use fusewire::completion::{Completion, Never};
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::receiver::Receiver;
use static_assertions::{assert_impl_all, assert_not_impl_any};

/// A receiver that may be moved, unlike those that others point to.
#[derive(Debug)]
struct End;

impl<V, E> Receiver<V, E> for End {
    unsafe fn complete(self: Pin<&mut Self>, _: Completion<V, E>) {}
}

type Op<S> = <S as Sender>::Operation<End>;
type F<V, U> = fn(V) -> U;

mod sources {
    use super::*;
    use fusewire::sources::{FromFn, FromIter, FromSource, Just, JustError, JustStopped, PollFn};

    assert_impl_all!(Just<u8>: Send, Sync, Unpin, Copy);
    assert_impl_all!(Op<Just<u8>>: Send, Unpin);
    assert_not_impl_any!(Just<Rc<u8>>: Sender, Send, Sync);
    assert_impl_all!(Just<Cell<u8>>: Sender, Send);
    assert_impl_all!(JustError<Rc<u8>, u8>: Sender, Send, Sync);
    assert_impl_all!(JustStopped<Rc<u8>>: Sender, Send, Sync);
    assert_impl_all!(FromIter<std::vec::IntoIter<u8>>: Sender, Send, Sync, Unpin);
    assert_not_impl_any!(FromIter<std::vec::IntoIter<Rc<u8>>>: Sender, Send);
    assert_impl_all!(FromFn<fn() -> Option<u8>>: Sender, Send, Sync, Unpin, Clone);
    assert_impl_all!(PollFn<fn() -> Taken<u8, Never>>: Sender, Send, Sync, Unpin, Clone);
    assert_impl_all!(FromSource<Just<u8>>: Sender, Send, Sync, Unpin);
    // A context's task points to it.
    assert_impl_all!(Op<FromSource<Just<u8>>>: Send);
    assert_not_impl_any!(Op<FromSource<Just<u8>>>: Unpin);
    assert_not_impl_any!(Op<PollFn<fn() -> Taken<u8, Never>>>: Unpin);
}

mod adaptors {
    use super::*;
    use fusewire::adaptors::{
        And, Batched, Fork, HopReceiver, Join, Map, OrElse, Repeat, Route, Scan, Then, Times, TryMap,
    };
    use fusewire::sources::Just;

    type J = Just<u8>;

    assert_impl_all!(Map<J, F<u8, u8>>: Sender, SenderExt, Send, Sync, Unpin, Clone);
    assert_impl_all!(Op<Map<J, F<u8, u8>>>: Send, Unpin);
    // Values between two stages need not be `Send`.
    assert_impl_all!(Map<J, F<u8, Rc<u8>>>: Sender, Send);
    assert_impl_all!(TryMap<J, F<u8, Result<u8, u8>>>: Sender, Send, Sync, Unpin);
    assert_impl_all!(Scan<J, Cell<u8>, fn(&mut Cell<u8>, u8) -> u8>: Sender, Send);
    assert_not_impl_any!(Scan<J, Cell<u8>, fn(&mut Cell<u8>, u8) -> u8>: Sync);
    assert_not_impl_any!(Scan<J, Rc<u8>, fn(&mut Rc<u8>, u8) -> u8>: Sender, Send);
    assert_impl_all!(Batched<J, 4>: Sender, Send, Sync, Unpin);
    assert_not_impl_any!(Batched<Map<J, F<u8, Rc<u8>>>, 4>: Sender);

    assert_impl_all!(And<J, F<u8, J>>: Sender, Send, Sync, Unpin);
    assert_impl_all!(Op<And<J, F<u8, J>>>: Send);
    assert_impl_all!(OrElse<J, F<Never, J>>: Sender, Send, Sync, Unpin);
    assert_impl_all!(Route<J, fn(&u8) -> bool, F<u8, J>, F<u8, J>>: Sender, Send, Sync, Unpin);

    // What crosses to another thread, or waits for one, is `Send`.
    assert_impl_all!(Then<J, Manual>: Sender, Send, Sync, Unpin);
    assert_not_impl_any!(Then<Map<J, F<u8, Rc<u8>>>, Manual>: Sender);
    assert_impl_all!(HopReceiver<u8, Never, Manual, End>: Send);
    assert_not_impl_any!(HopReceiver<u8, Never, Manual, End>: Unpin);
    assert_impl_all!(Op<Then<J, Manual>>: Send);
    assert_not_impl_any!(Op<Then<J, Manual>>: Unpin);
    assert_impl_all!(Join<J, J>: Sender, Send, Sync, Unpin);
    assert_impl_all!(Op<Join<J, J>>: Send);
    assert_not_impl_any!(Op<Join<J, J>>: Unpin);
    assert_not_impl_any!(Join<Map<J, F<u8, Rc<u8>>>, J>: Sender);
    assert_impl_all!(Fork<J, F<u8, J>, F<u8, J>>: Sender, Send, Sync, Unpin);
    assert_impl_all!(Repeat<J, Times>: Sender, Send, Sync, Unpin);
    assert_impl_all!(Op<Repeat<J, Times>>: Send);
    assert_not_impl_any!(Op<Repeat<J, Times>>: Unpin);
}

assert_impl_all!(Batch<u8, 4>: Send, Sync, Unpin, Clone);
assert_not_impl_any!(Batch<Rc<u8>, 4>: Send, Sync);
assert_not_impl_any!(Batch<Cell<u8>, 4>: Sync);

// It restores what was current on its own thread.
assert_not_impl_any!(fusewire::context::Entered: Send, Sync);

/// The assertions above are checked when this is compiled; what is left is that a receiver which
/// needs no pinning really is one.
#[test]
fn a_receiver_may_be_unpin() {
    // SAFETY: it does nothing, for whichever operation.
    unsafe { Receiver::<u8, Never>::complete(Pin::new(&mut End), Completion::Value(1)) };
}

#[cfg(target_os = "linux")]
mod shm {
    use super::*;
    use fusewire::edge::shm::{Plain, Shm, ShmError, ShmReceiver, ShmSender, ShmWatch};

    assert_impl_all!(ShmSender<[u64; 3]>: Send, Sync, Unpin);
    assert_impl_all!(ShmReceiver<[u64; 3]>: Send, Sync, Unpin);
    assert_impl_all!(ShmWatch: Send, Sync);
    assert_impl_all!(Shm: Send, Sync, Clone);
    assert_impl_all!(ShmError: std::error::Error, Send, Sync, Clone);
    // What points somewhere, or is not any bytes, does not cross.
    assert_impl_all!([u64; 3]: Plain);
    assert_not_impl_any!(Box<u64>: Plain);
    assert_not_impl_any!(&'static u64: Plain);
    assert_not_impl_any!(bool: Plain);
    assert_not_impl_any!((u8, u32): Plain);
}
