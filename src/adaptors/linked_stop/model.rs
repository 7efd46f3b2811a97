//! What stands inside completes on one thread while another asks from outside: the pass completes once, whoever comes second
//! to the meeting, and nobody touches the callback afterwards.

use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Mutex;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use pin_project::pin_project;

use super::{Arms, LinkedReceiver, LinkedStop};
use crate::completion::{Completion, Never, Started};
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::{Recycled, StopSource};

/// Where the receiver of what stands inside is, for the thread that completes it.
type Place = std::sync::Arc<Mutex<Option<usize>>>;

/// A sender that another thread completes.
struct Elsewhere(Place);

impl Arms for Elsewhere {
    type Sender = Self;

    fn with_stop(self, _: Recycled) -> Self {
        self
    }
}

impl Sender for Elsewhere {
    type Value = u8;
    type Error = Never;
    type Operation<R: Receiver<u8, Never>> = ElsewhereOperation<R>;

    fn connect<R: Receiver<u8, Never>>(self, receiver: R, _: &Env) -> ElsewhereOperation<R> {
        ElsewhereOperation { place: self.0, receiver, _pinned: PhantomPinned }
    }
}

#[pin_project]
struct ElsewhereOperation<R> {
    place: Place,
    #[pin]
    receiver: R,
    #[pin]
    _pinned: PhantomPinned,
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<R: Receiver<u8, Never>> Operation for ElsewhereOperation<R> {
    type Value = u8;
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<u8, Never> {
        let this = self.project();
        // SAFETY: nothing is moved through the pointer.
        let receiver = NonNull::from(unsafe { this.receiver.get_unchecked_mut() });
        *this.place.lock().unwrap() = Some(receiver.as_ptr() as usize);
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

/// Counts completions.
struct Counts {
    values: Arc<AtomicUsize>,
}

impl Receiver<u8, Never> for Counts {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<u8, Never>) {
        assert_eq!(completion, Completion::Value(7), "the completion goes on as it came");
        self.values.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_completion_meets_a_stop() {
    loom::model(|| {
        let (place, values, stop) = (Place::default(), Arc::new(AtomicUsize::new(0)), StopSource::new());
        let env = Env::new().with_stop(stop.token());
        let linked = LinkedStop::new(Elsewhere(place.clone()));
        let mut operation = Box::pin(linked.connect(Counts { values: Arc::clone(&values) }, &env));
        // SAFETY: no pass is under way; both threads are awaited before the drop.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        let receiver = place.lock().unwrap().take().expect("it was started");
        let completes = thread::spawn(move || {
            let receiver = receiver as *mut LinkedReceiver<u8, Never, Counts>;
            // SAFETY: it is pinned in the operation, which is under way.
            let receiver = unsafe { &mut *receiver };
            // SAFETY: as above.
            let receiver = unsafe { Pin::new_unchecked(receiver) };
            // SAFETY: its start returned `Later`, and nobody else completes it.
            unsafe { receiver.complete(Completion::Value(7)) };
        });
        stop.request_stop();
        completes.join().unwrap();
        assert_eq!(values.load(Ordering::SeqCst), 1, "the pass completes once");
        operation.as_mut().project().inner.receiver().link.callback.touch_as_by_a_drop();
        // The next pass finds the stop, and is not left with the token.
        // SAFETY: no pass is under way.
        let again = unsafe { operation.as_mut().start() };
        assert_eq!(again, Started::Later);
        let inner = operation.as_mut().project().inner;
        assert!(inner.project().receiver.link.source.token().stop_requested());
        let receiver = place.lock().unwrap().take().expect("it was started");
        let receiver = receiver as *mut LinkedReceiver<u8, Never, Counts>;
        // SAFETY: as above.
        let receiver = unsafe { &mut *receiver };
        // SAFETY: as above.
        let receiver = unsafe { Pin::new_unchecked(receiver) };
        // SAFETY: as above.
        unsafe { receiver.complete(Completion::Value(7)) };
        assert_eq!(values.load(Ordering::SeqCst), 2);
    });
}
