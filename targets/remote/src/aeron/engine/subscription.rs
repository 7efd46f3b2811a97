//! A subscription: all that is sent on a channel, heard frame by frame by its owner alone.

use std::ffi::c_void;
use std::ptr;

use rusteron_client::bindings as c;

use crate::aeron::engine::Alive;
use crate::inlet::Heed;

/// Hears the messages of a subscription.
pub(crate) trait Hear {
    /// One frame. `frame` says what part of a message it is; asking is dear.
    fn hear(&mut self, bytes: &[u8], frame: &Frame) -> Heed;
}

/// A frame's header, read when somebody asks.
#[derive(Debug)]
pub(crate) struct Frame(*mut c::aeron_header_t);

/// What part of a message a frame is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) session: i32,
    pub(crate) first: bool,
    pub(crate) last: bool,
}

impl Frame {
    pub(crate) fn part(&self) -> Part {
        let mut values = c::aeron_header_values_t::default();
        // SAFETY: the header lives as long as the handler's call, in which this is.
        unsafe { c::aeron_header_values(self.0, &mut values) };
        let frame = values.frame;
        Part { session: frame.session_id, first: frame.flags & 0x80 != 0, last: frame.flags & 0x40 != 0 }
    }
}

/// A subscription: everything that is sent on a channel and stream.
#[derive(Debug)]
pub(crate) struct Subscription {
    // INVARIANT: open as long as `alive` is held.
    pub(super) subscription: *mut c::aeron_subscription_t,
    pub(super) alive: Alive,
}

// SAFETY: as for `Publication`.
unsafe impl Send for Subscription {}

impl Subscription {
    /// One that was never opened, and is only looked at.
    #[cfg(test)]
    pub(crate) fn of_nothing() -> Self {
        Self { subscription: ptr::null_mut(), alive: Alive::default() }
    }

    /// Lets `hearer` hear `limit` frames at most; how many it heard. `None` if the subscription is closed.
    #[inline(always)]
    pub(crate) fn poll<H: Hear>(&mut self, hearer: &mut H, limit: usize) -> Option<usize> {
        unsafe extern "C-unwind" fn each<H: Hear>(
            clientd: *mut c_void,
            bytes: *const u8,
            length: usize,
            header: *mut c::aeron_header_t,
        ) -> c::aeron_controlled_fragment_handler_action_t {
            // SAFETY: `poll` passes it, and nobody else uses it meanwhile.
            let hearer = unsafe { &mut *clientd.cast::<H>() };
            // SAFETY: the bytes of a frame in the log, complete, and left alone until its reader's position has passed it.
            let bytes = unsafe { std::slice::from_raw_parts(bytes, length) };
            match hearer.hear(bytes, &Frame(header)) {
                Heed::Done => c::aeron_controlled_fragment_handler_action_t::AERON_ACTION_CONTINUE,
                Heed::Later => c::aeron_controlled_fragment_handler_action_t::AERON_ACTION_ABORT,
            }
        }
        let clientd = ptr::from_mut(hearer).cast();
        // SAFETY: the subscription is open, and only its owner calls this; the handler takes what is passed to it here.
        let heard = unsafe {
            c::aeron_subscription_controlled_poll(self.subscription, Some(each::<H>), clientd, limit)
        };
        usize::try_from(heard).ok()
    }

    /// Whether anybody sends.
    pub(crate) fn is_connected(&mut self) -> bool {
        // SAFETY: the subscription is open, and only its owner calls this.
        unsafe { c::aeron_subscription_is_connected(self.subscription) }
    }
}
