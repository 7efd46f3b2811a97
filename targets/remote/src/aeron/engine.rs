//! The engine: all calls of Aeron's C client, behind types that say which thread may make them.
//!
//! A [`Client`] and all openings and closings belong to the keeper's thread, which also does the work of the client's
//! conductor. A [`Publication`] or [`Subscription`] that was opened belongs to the end that uses it, on whatever thread
//! that is; the client is not closed before every handle of it has come back, which their [`Alive`] tells.

mod directory;
mod publication;
mod subscription;

use std::ffi::{CStr, CString, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use rusteron_client::bindings as c;

pub(crate) use self::directory::{default_directory, driver_in};
pub(crate) use self::publication::Publication;
pub(crate) use self::subscription::{Frame, Hear, Subscription};

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
