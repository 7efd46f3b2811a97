//! Ctrl-C stops a graph cleanly.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use crate::control::Stop;
use crate::engine::Handle;
use crate::primitive::{Ordering, SignalFlag};

const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// Lets Ctrl-C (`SIGINT`) and `SIGTERM` stop the graph of `handle`, until the result is dropped.
///
/// The first signal drains the graph, the second abandons it, the third ends the process as though
/// nobody had listened. Costs one thread, which sleeps.
///
/// # Errors
///
/// When the system refuses the handler or the thread.
pub fn on_interrupt(handle: &Handle) -> io::Result<Interrupt> {
    let stopper = handle.stopper();
    let listening = Listening::begin()?;
    let mut signals = Signals::new(SIGNALS)?;
    let close = signals.handle();
    let listen = move || {
        for (before, signal) in signals.forever().enumerate() {
            match before {
                0 => stopper.stop(Stop::Drain),
                1 => stopper.stop(Stop::Abandon),
                // Fails for a signal whose default is unknown; those two have one.
                _ => drop(low_level::emulate_default_handler(signal)),
            }
        }
    };
    let thread = std::thread::Builder::new().name("interrupt".to_owned()).spawn(listen)?;
    Ok(Interrupt { close, thread: Some(thread), _listening: listening })
}

/// Listens for [`on_interrupt`] until it is dropped; then the signals end the process again, as
/// they do by default.
#[derive(Debug)]
#[must_use = "Ctrl-C is listened for until this is dropped"]
pub struct Interrupt {
    close: signal_hook::iterator::Handle,
    thread: Option<JoinHandle<()>>,
    _listening: Listening,
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.close.close();
        if let Some(thread) = self.thread.take() {
            // An error would be a panic, which the panic hook has reported.
            let _ = thread.join();
        }
    }
}

/// Counts who listens: while nobody does, the signals do what they do by default.
#[derive(Debug)]
struct Listening;

static LISTENERS: Mutex<usize> = Mutex::new(0);
static NOBODY_LISTENS: OnceLock<Arc<SignalFlag>> = OnceLock::new();

impl Listening {
    fn begin() -> io::Result<Self> {
        let mut listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
        match NOBODY_LISTENS.get() {
            Some(nobody) => nobody.store(false, Ordering::SeqCst),
            None => {
                // A signal handler stays for good once it is there, hence one for the process.
                let nobody = Arc::new(SignalFlag::new(false));
                for signal in SIGNALS {
                    flag::register_conditional_default(signal, Arc::clone(&nobody))?;
                }
                NOBODY_LISTENS.get_or_init(|| nobody);
            }
        }
        *listeners += 1;
        Ok(Self)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
        *listeners -= 1;
        if let (0, Some(nobody)) = (*listeners, NOBODY_LISTENS.get()) {
            nobody.store(true, Ordering::SeqCst);
        }
    }
}
