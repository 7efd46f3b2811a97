//! Where a media driver runs: the directory of its files, and whether it lives there.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::time::Duration;

use rusteron_client::bindings as c;

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
