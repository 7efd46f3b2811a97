//! What the suites share: a driver of their own, channels, patience, and a sender that keeps to no rule.
#![allow(dead_code, unreachable_pub, reason = "each suite uses a part")]
#![allow(
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw client follows Aeron's own example, call by call"
)]

use std::ffi::CString;
use std::net::UdpSocket;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::time::Duration;

use fusewire_remote::MediaDriver;
use rusteron_client::bindings as c;

#[path = "patience.rs"]
mod patience;

pub use patience::eventually;

/// A driver that finds out within a second and a half who is gone.
pub fn driver() -> MediaDriver {
    MediaDriver::embedded().liveness(Duration::from_millis(1500)).start().expect("the driver starts")
}

/// A UDP channel on a port of loopback that is free now.
pub fn port() -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = socket.local_addr().expect("its address").port();
    format!("aeron:udp?endpoint=127.0.0.1:{port}")
}

pub fn channels() -> [String; 2] {
    ["aeron:ipc".to_owned(), port()]
}

/// Sends bytes as they are, over Aeron's C client.
pub struct Raw {
    context: *mut c::aeron_context_t,
    client: *mut c::aeron_t,
    publication: *mut c::aeron_exclusive_publication_t,
}

impl Raw {
    pub fn open(directory: &Path, channel: &str, stream: i32) -> Self {
        let directory = CString::new(directory.as_os_str().as_bytes()).unwrap();
        let channel = CString::new(channel).unwrap();
        let mut raw =
            Self { context: ptr::null_mut(), client: ptr::null_mut(), publication: ptr::null_mut() };
        let mut asked = ptr::null_mut();
        // SAFETY: the calls follow Aeron's own example, in its order, and every pointer is the one that the call before made.
        unsafe {
            assert_eq!(c::aeron_context_init(&mut raw.context), 0);
            assert_eq!(c::aeron_context_set_dir(raw.context, directory.as_ptr()), 0);
            assert_eq!(c::aeron_init(&mut raw.client, raw.context), 0);
            assert_eq!(c::aeron_start(raw.client), 0);
            assert_eq!(
                c::aeron_async_add_exclusive_publication(&mut asked, raw.client, channel.as_ptr(), stream),
                0
            );
        }
        eventually("the publication is there", || {
            // SAFETY: it is polled until it gives the publication.
            let done = unsafe { c::aeron_async_add_exclusive_publication_poll(&mut raw.publication, asked) };
            assert!(done >= 0);
            done == 1
        });
        raw
    }

    pub fn send(&mut self, message: &[u8]) {
        eventually("it is sent", || {
            // SAFETY: the publication is open, and the bytes are read during the call.
            let code = unsafe {
                c::aeron_exclusive_publication_offer(
                    self.publication,
                    message.as_ptr(),
                    message.len(),
                    None,
                    ptr::null_mut(),
                )
            };
            code >= 0
        });
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: each is open, and closed in the reverse order.
        unsafe {
            c::aeron_exclusive_publication_close(self.publication, None, ptr::null_mut());
            c::aeron_close(self.client);
            c::aeron_context_close(self.context);
        }
    }
}
