use std::cell::RefCell;
use std::pin::{Pin, pin};
use std::ptr::NonNull;

use super::{Left, StopCallback};
use crate::stop::{StopSource, StopToken};

thread_local! {
    static CALLED: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

#[repr(C)]
struct Named {
    // First, so that the function finds its name.
    callback: StopCallback,
    name: u32,
}

impl Named {
    fn new(name: u32) -> Self {
        Self { callback: StopCallback::new(Self::called), name }
    }

    /// # Safety
    ///
    /// `callback` is the first field of a `Named`.
    unsafe fn called(callback: NonNull<StopCallback>) {
        // SAFETY: see above.
        let name = unsafe { callback.cast::<Self>().as_ref() }.name;
        CALLED.with_borrow_mut(|called| called.push(name));
    }
}

fn address(named: Pin<&mut Named>) -> NonNull<StopCallback> {
    // SAFETY: nothing is moved through the pointer.
    NonNull::from(unsafe { named.get_unchecked_mut() }).cast()
}

fn leave(token: &StopToken, callback: NonNull<StopCallback>) -> Left {
    // SAFETY: each test pins its callbacks for longer than it keeps its source's last request.
    unsafe { token.leave(callback) }
}

fn take_out(token: &StopToken, callback: NonNull<StopCallback>) -> bool {
    // SAFETY: as above.
    unsafe { token.take_out(callback) }
}

fn called() -> Vec<u32> {
    CALLED.take()
}

#[test]
fn callbacks_are_called_once_in_the_order_of_leaving() {
    let (mut one, mut two, mut three) = (pin!(Named::new(1)), pin!(Named::new(2)), pin!(Named::new(3)));
    let (one, two, three) = (address(one.as_mut()), address(two.as_mut()), address(three.as_mut()));
    let source = StopSource::new();
    let token = source.token();
    for callback in [one, two, three] {
        assert_eq!(leave(&token, callback), Left::Waits);
    }
    assert_eq!(called(), []);
    assert!(source.request_stop());
    assert_eq!(called(), [1, 2, 3]);
    assert!(!source.request_stop());
    assert_eq!(called(), []);
    assert!(!take_out(&token, two), "it was called");
}

#[test]
fn what_is_taken_out_is_not_called_and_may_be_left_again() {
    let (mut one, mut two, mut three) = (pin!(Named::new(1)), pin!(Named::new(2)), pin!(Named::new(3)));
    let (one, two, three) = (address(one.as_mut()), address(two.as_mut()), address(three.as_mut()));
    let source = StopSource::new();
    let token = source.token();
    for callback in [one, two, three] {
        assert_eq!(leave(&token, callback), Left::Waits);
    }
    for callback in [two, three, one] {
        assert!(take_out(&token, callback));
        assert!(!take_out(&token, callback));
    }
    for callback in [three, one] {
        assert_eq!(leave(&token, callback), Left::Waits);
    }
    source.request_stop();
    assert_eq!(called(), [3, 1]);
}

#[test]
fn nothing_is_left_after_a_request_or_without_a_source() {
    let mut one = pin!(Named::new(1));
    let one = address(one.as_mut());
    assert_eq!(leave(&StopToken::never(), one), Left::NoSource);
    let source = StopSource::new();
    source.request_stop();
    assert_eq!(leave(&source.token(), one), Left::Requested);
    assert_eq!(called(), []);
}
