//! The engine: all calls of Aeron's C client, behind types that say which thread may make them.
//!
//! A [`Client`] and all openings and closings belong to the keeper's thread, which also does the work of the client's
//! conductor. A [`Publication`] or [`Subscription`] that was opened belongs to the end that uses it, on whatever thread
//! that is; the client is not closed before every handle of it has come back, which their [`Alive`] tells.

use std::ffi::{CStr, CString, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use rusteron_client::bindings as c;

/// Held by every handle of a client: who closes the client waits until only his own is left.
pub(crate) type Alive = Arc<()>;

/// What Aeron says about the last failure on this thread.
fn message() -> String {
    // SAFETY: it may be called at any time.
    let text = unsafe { c::aeron_errmsg() };
    // SAFETY: a string of the calling thread, with its end, which lives until that thread's next call.
    let text = unsafe { CStr::from_ptr(text) };
    // Aeron's messages are several lines, of which the first says what and the others where in its sources.
    let text = text.to_string_lossy();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2);
    lines.collect::<Vec<_>>().join(": ")
}

fn checked(code: c_int) -> Result<c_int, String> {
    if code < 0 { Err(message()) } else { Ok(code) }
}

/// Aeron's own handler would end the process; what it is told comes back from `work` as well.
unsafe extern "C" fn heard(_: *mut c_void, _: c_int, _: *const std::ffi::c_char) {}

/// A client of a media driver.
#[derive(Debug)]
pub(crate) struct Client {
    // INVARIANT: both are open until the value is dropped.
    client: *mut c::aeron_t,
    context: *mut c::aeron_context_t,
    alive: Alive,
}

impl Client {
    /// Connects to the driver of a directory. Waits if there is none, so look first.
    pub(crate) fn connect(directory: &Path, timeout: Duration) -> Result<Self, String> {
        let path = CString::new(directory.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        let mut context = ptr::null_mut();
        // SAFETY: a place for the pointer.
        checked(unsafe { c::aeron_context_init(&mut context) })?;
        let mut opened = Self { client: ptr::null_mut(), context, alive: Alive::default() };
        let timeout = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        // SAFETY: the context is open, and copies the string.
        checked(unsafe { c::aeron_context_set_dir(context, path.as_ptr()) })?;
        // SAFETY: the context is open.
        checked(unsafe { c::aeron_context_set_driver_timeout_ms(context, timeout) })?;
        // SAFETY: the context is open; the handler takes no notice of what it is given.
        checked(unsafe { c::aeron_context_set_error_handler(context, Some(heard), ptr::null_mut()) })?;
        // SAFETY: the context is open.
        checked(unsafe { c::aeron_context_set_use_conductor_agent_invoker(context, true) })?;
        // SAFETY: the context is open.
        checked(unsafe { c::aeron_context_set_pre_touch_mapped_memory(context, true) })?;
        // SAFETY: a place for the pointer, and a context that outlives the client.
        checked(unsafe { c::aeron_init(&mut opened.client, context) })?;
        // SAFETY: the client is open.
        checked(unsafe { c::aeron_start(opened.client) })?;
        Ok(opened)
    }

    /// The work of the client's conductor: once per turn of the keeper.
    pub(crate) fn work(&mut self) -> Result<(), String> {
        // SAFETY: the client is open, and only its owner calls this.
        checked(unsafe { c::aeron_main_do_work(self.client) })?;
        // SAFETY: the client is open.
        if unsafe { c::aeron_is_closed(self.client) } {
            Err("the client was closed".to_owned())
        } else {
            Ok(())
        }
    }

    /// Whether every handle of this client has come back, so that it may be closed.
    pub(crate) fn is_alone(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }

    pub(crate) fn add_publication(&mut self, channel: &CStr, stream: i32) -> Result<Opening, String> {
        let mut opening = ptr::null_mut();
        // SAFETY: the client is open, and copies the string.
        checked(unsafe {
            c::aeron_async_add_exclusive_publication(&mut opening, self.client, channel.as_ptr(), stream)
        })?;
        Ok(Opening::Publication(opening))
    }

    pub(crate) fn add_subscription(&mut self, channel: &CStr, stream: i32) -> Result<Opening, String> {
        let (mut opening, none) = (ptr::null_mut(), ptr::null_mut());
        let code = {
            // SAFETY: the client is open, and copies the string; there are no handlers.
            unsafe {
                c::aeron_async_add_subscription(
                    &mut opening,
                    self.client,
                    channel.as_ptr(),
                    stream,
                    None,
                    none,
                    None,
                    none,
                )
            }
        };
        checked(code)?;
        Ok(Opening::Subscription(opening))
    }

    /// What came of an opening of this client: nothing yet, or the handle. Is not asked again after a failure or a handle.
    pub(crate) fn poll(&mut self, opening: &Opening) -> Result<Option<Handle>, String> {
        match *opening {
            Opening::Publication(opening) => {
                let mut publication = ptr::null_mut();
                // SAFETY: the opening is this client's and has not completed.
                let done = checked(unsafe {
                    c::aeron_async_add_exclusive_publication_poll(&mut publication, opening)
                })?;
                if done == 0 || publication.is_null() {
                    return Ok(None);
                }
                Publication::new(publication, self.alive.clone())
                    .map(|publication| Some(Handle::Publication(publication)))
            }
            Opening::Subscription(opening) => {
                let mut subscription = ptr::null_mut();
                // SAFETY: the opening is this client's and has not completed.
                let done =
                    checked(unsafe { c::aeron_async_add_subscription_poll(&mut subscription, opening) })?;
                if done == 0 || subscription.is_null() {
                    return Ok(None);
                }
                Ok(Some(Handle::Subscription(Subscription { subscription, alive: self.alive.clone() })))
            }
        }
    }

    /// Closes a handle. One of another client, which was lost, is only forgotten.
    pub(crate) fn close(&mut self, handle: Handle) {
        match handle {
            Handle::Publication(Publication { publication, alive, .. })
                if Arc::ptr_eq(&alive, &self.alive) =>
            {
                // SAFETY: the publication is open, this client's, and used by nobody any more.
                unsafe { c::aeron_exclusive_publication_close(publication, None, ptr::null_mut()) };
            }
            Handle::Subscription(Subscription { subscription, alive })
                if Arc::ptr_eq(&alive, &self.alive) =>
            {
                // SAFETY: the subscription is open, this client's, and used by nobody any more.
                unsafe { c::aeron_subscription_close(subscription, None, ptr::null_mut()) };
            }
            _ => {}
        }
    }

    /// How far the driver has sent a publication, if it is one that is sent: over UDP.
    pub(crate) fn sent_up_to(&mut self, registration: i64) -> Option<i64> {
        struct Sought {
            registration: i64,
            position: Option<i64>,
        }
        unsafe extern "C" fn each(
            value: i64,
            _: i32,
            type_id: i32,
            key: *const u8,
            key_length: usize,
            _: *const std::ffi::c_char,
            _: usize,
            clientd: *mut c_void,
        ) {
            // SAFETY: `sent_up_to` passes it, and it lives as long as the call.
            let sought = unsafe { &mut *clientd.cast::<Sought>() };
            if type_id == c::AERON_COUNTER_SENDER_POSITION_TYPE_ID as i32 && key_length >= 8 {
                // SAFETY: the key has at least eight bytes.
                let registration = unsafe { key.cast::<i64>().read_unaligned() };
                if registration == sought.registration {
                    sought.position = Some(value);
                }
            }
        }
        let mut sought = Sought { registration, position: None };
        // SAFETY: the client is open.
        let counters = unsafe { c::aeron_counters_reader(self.client) };
        // SAFETY: the reader is the client's; the handler takes what is passed to it here.
        unsafe {
            c::aeron_counters_reader_foreach_counter(counters, Some(each), ptr::from_mut(&mut sought).cast())
        };
        sought.position
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.client.is_null() {
            // SAFETY: the client is open, and whoever drops it has seen that its handles have come back.
            unsafe { c::aeron_close(self.client) };
        }
        // SAFETY: the context is open, and the client that used it is closed.
        unsafe { c::aeron_context_close(self.context) };
    }
}

/// A publication or subscription that the driver was asked for. The client owns it.
#[derive(Debug)]
pub(crate) enum Opening {
    Publication(*mut c::aeron_async_add_exclusive_publication_t),
    Subscription(*mut c::aeron_async_add_subscription_t),
}

/// What was opened.
#[derive(Debug)]
pub(crate) enum Handle {
    Publication(Publication),
    Subscription(Subscription),
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offered {
    /// It is in the log.
    Sent,
    /// No receiver is connected.
    NotConnected,
    /// A receiver is behind by as much as the log holds.
    BackPressured,
    /// This publication takes no more: it is closed, or at its greatest position.
    Over,
}

impl Offered {
    fn of(code: i64) -> Self {
        match i32::try_from(code) {
            Ok(c::AERON_PUBLICATION_NOT_CONNECTED) => Self::NotConnected,
            Ok(c::AERON_PUBLICATION_BACK_PRESSURED | c::AERON_PUBLICATION_ADMIN_ACTION) => {
                Self::BackPressured
            }
            Ok(code) if code < 0 => Self::Over,
            _ => Self::Sent,
        }
    }
}

/// An exclusive publication: one sender's own log.
#[derive(Debug)]
pub(crate) struct Publication {
    // INVARIANT: open as long as `alive` is held.
    publication: *mut c::aeron_exclusive_publication_t,
    alive: Alive,
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
    fn new(publication: *mut c::aeron_exclusive_publication_t, alive: Alive) -> Result<Self, String> {
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
            return Offered::of(code);
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
        Offered::of(code)
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

/// What a handler wants of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heed {
    /// It was taken or refused: go on.
    Done,
    /// Leave it where it is, and do not look further in this image.
    Later,
}

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
    subscription: *mut c::aeron_subscription_t,
    alive: Alive,
}

// SAFETY: as for `Publication`.
unsafe impl Send for Subscription {}

impl Subscription {
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

/// Whether a media driver runs in a directory, and as which process.
pub(crate) fn driver_in(directory: &Path, timeout: Duration) -> Option<i64> {
    if !directory.join("cnc.dat").exists() {
        return None;
    }
    let path = CString::new(directory.as_os_str().as_bytes()).ok()?;
    let mut found = ptr::null_mut();
    // SAFETY: a place for the pointer, and a string that is read before the call returns.
    if unsafe { c::aeron_cnc_init(&mut found, path.as_ptr(), 0) } < 0 {
        return None;
    }
    let mut constants = c::aeron_cnc_constants_t::default();
    // SAFETY: the file was mapped just now.
    let known = unsafe { c::aeron_cnc_constants(found, &mut constants) } >= 0;
    // SAFETY: as above.
    let beat = unsafe { c::aeron_cnc_to_driver_heartbeat(found) };
    // SAFETY: as above, and it is not used again.
    unsafe { c::aeron_cnc_close(found) };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_millis();
    let age = i64::try_from(now).ok()?.saturating_sub(beat);
    let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    (known && beat > 0 && age < timeout).then_some(constants.pid)
}

/// Where a media driver runs if nobody says otherwise: what Aeron itself takes.
pub(crate) fn default_directory() -> std::path::PathBuf {
    let mut path = [0 as std::ffi::c_char; 1024];
    // SAFETY: the length is the array's.
    let written = unsafe { c::aeron_default_path(path.as_mut_ptr(), path.len()) };
    if let Some(named) = std::env::var_os("AERON_DIR") {
        return named.into();
    }
    if written < 0 {
        return "/dev/shm/aeron".into();
    }
    // SAFETY: it was written to, with its end, in the array.
    let path = unsafe { CStr::from_ptr(path.as_ptr()) };
    std::ffi::OsStr::from_bytes(path.to_bytes()).into()
}
