//! Interrupts of a card.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::Duration;

use crate::driver::CardError;

/// The interrupts of one line of the card, `/dev/xdma0_events_0`: for a thread that would rather sleep than poll.
#[derive(Debug)]
pub struct Events {
    file: File,
    name: String,
}

impl Events {
    /// Opens the device of a line.
    ///
    /// # Errors
    ///
    /// When it is not there or may not be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CardError> {
        let name = path.as_ref().display().to_string();
        let file = File::open(&path).map_err(|error| CardError::unreachable(name.as_str(), &error))?;
        Ok(Self { file, name })
    }

    /// Waits for interrupts, for so long at most; how many there were since the last call, 0 if the time is over.
    ///
    /// # Errors
    ///
    /// When the device has gone.
    pub fn wait(&mut self, at_most: Duration) -> Result<u32, CardError> {
        let mut poll = libc::pollfd { fd: self.file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let milliseconds = i32::try_from(at_most.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: one descriptor, which is open and this value's own.
        let ready = unsafe { libc::poll(&raw mut poll, 1, milliseconds) };
        match ready {
            0 => return Ok(0),
            1.. => {}
            _ => {
                let error = std::io::Error::last_os_error();
                if error.kind() == std::io::ErrorKind::Interrupted {
                    return Ok(0);
                }
                return Err(self.gone(&error));
            }
        }
        // The driver gives the count as a word of the machine's order.
        let mut count = [0; 4];
        self.file.read_exact(&mut count).map_err(|error| self.gone(&error))?;
        Ok(u32::from_ne_bytes(count))
    }

    fn gone(&self, error: &std::io::Error) -> CardError {
        CardError::Lost { what: format!("{}: {error}", self.name) }
    }
}
