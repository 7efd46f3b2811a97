//! A request against a callback that is left and taken out: it is called, or taken out in time, or told.

use std::ptr::NonNull;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::{Left, StopCallback};
use crate::stop::StopSource;

#[repr(C)]
struct Counted {
    // First, so that the function finds its count.
    callback: StopCallback,
    calls: Arc<AtomicUsize>,
}

/// # Safety
///
/// `callback` is the first field of a `Counted`.
unsafe fn called(callback: NonNull<StopCallback>) {
    // SAFETY: see above.
    let counted = unsafe { callback.cast::<Counted>().as_ref() };
    counted.calls.fetch_add(1, Ordering::Relaxed);
}

#[test]
fn a_callback_is_called_or_taken_out_or_told() {
    loom::model(|| {
        let source = StopSource::new();
        let token = source.token();
        let asking = thread::spawn(move || source.request_stop());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted =
            [(); 2].map(|()| Box::new(Counted { callback: StopCallback::new(called), calls: calls.clone() }));
        let callbacks = counted.each_ref().map(|counted| NonNull::from(&**counted).cast::<StopCallback>());
        // SAFETY: the boxes outlive the request, which is joined below.
        let left = callbacks.map(|callback| unsafe { token.leave(callback) });
        let mut expected = 0;
        for (callback, left) in callbacks.into_iter().zip(left) {
            // SAFETY: it was left with this token if it says so.
            let in_time = left == Left::Waits && unsafe { token.take_out(callback) };
            expected += usize::from(left == Left::Waits && !in_time);
        }
        assert!(asking.join().unwrap());
        assert_eq!(calls.load(Ordering::Relaxed), expected);
    });
}
