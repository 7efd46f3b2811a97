//! A publication: one sender's own log, written by its owner alone.

use std::ptr;

use rusteron_client::bindings as c;

use crate::aeron::engine::{Alive, checked};
use crate::outlet::Offered;

/// What a code of Aeron says.
fn offered(code: i64) -> Offered {
    match i32::try_from(code) {
        Ok(c::AERON_PUBLICATION_NOT_CONNECTED) => Offered::NotConnected,
        Ok(c::AERON_PUBLICATION_BACK_PRESSURED | c::AERON_PUBLICATION_ADMIN_ACTION) => Offered::BackPressured,
        Ok(code) if code < 0 => Offered::Over,
        _ => Offered::Sent,
    }
}

/// An exclusive publication: one sender's own log.
#[derive(Debug)]
pub(crate) struct Publication {
    // INVARIANT: open as long as `alive` is held.
    pub(super) publication: *mut c::aeron_exclusive_publication_t,
    pub(super) alive: Alive,
    pub(crate) registration: i64,
    /// The longest message that is one frame, which can be written in place.
    pub(crate) max_frame: usize,
    /// The longest message.
    pub(crate) max_message: usize,
}

// SAFETY: it is used by its owner alone; the client's conductor, on the keeper's thread, shares with it what Aeron shares
// between a publication and a conductor on a thread of its own.
unsafe impl Send for Publication {}

impl Publication {
    pub(super) fn new(
        publication: *mut c::aeron_exclusive_publication_t,
        alive: Alive,
    ) -> Result<Self, String> {
        let mut constants = c::aeron_publication_constants_t::default();
        // SAFETY: the publication was opened just now.
        checked(unsafe { c::aeron_exclusive_publication_constants(publication, &mut constants) })?;
        Ok(Self {
            publication,
            alive,
            registration: constants.registration_id,
            max_frame: constants.max_payload_length,
            max_message: constants.max_message_length,
        })
    }

    /// Writes a message of `length` bytes, at most `max_frame`, in place.
    #[inline(always)]
    pub(crate) fn send(&mut self, length: usize, write: impl FnOnce(*mut u8)) -> Offered {
        let mut claim =
            c::aeron_buffer_claim_t { frame_header: ptr::null_mut(), data: ptr::null_mut(), length: 0 };
        // SAFETY: the publication is open, and only its owner calls this.
        let mut code =
            unsafe { c::aeron_exclusive_publication_try_claim(self.publication, length, &mut claim) };
        if code == i64::from(c::AERON_PUBLICATION_ADMIN_ACTION) {
            // The term was turned; the next call is the first in the new one.
            // SAFETY: as above.
            code = unsafe { c::aeron_exclusive_publication_try_claim(self.publication, length, &mut claim) };
        }
        if code < 0 {
            return offered(code);
        }
        write(claim.data);
        // SAFETY: the claim was made just now, and its bytes are written.
        unsafe { c::aeron_buffer_claim_commit(&mut claim) };
        Offered::Sent
    }

    /// Copies a message, in several frames if it is longer than `max_frame`.
    pub(crate) fn offer(&mut self, message: &[u8]) -> Offered {
        let (bytes, length) = (message.as_ptr(), message.len());
        let mut code = i64::from(c::AERON_PUBLICATION_ADMIN_ACTION);
        for _ in 0..2 {
            if code == i64::from(c::AERON_PUBLICATION_ADMIN_ACTION) {
                // SAFETY: the publication is open, only its owner calls this, and the bytes are read before it returns.
                code = unsafe {
                    c::aeron_exclusive_publication_offer(
                        self.publication,
                        bytes,
                        length,
                        None,
                        ptr::null_mut(),
                    )
                };
            }
        }
        offered(code)
    }

    /// Whether anybody receives.
    pub(crate) fn is_connected(&self) -> bool {
        // SAFETY: the publication is open.
        unsafe { c::aeron_exclusive_publication_is_connected(self.publication) }
    }

    /// How far the sender has come.
    pub(crate) fn position(&self) -> i64 {
        // SAFETY: the publication is open.
        unsafe { c::aeron_exclusive_publication_position(self.publication) }
    }
}
