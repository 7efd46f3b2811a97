//! Senders that have gone, and what they left: it is sent by threads that the last end of the process waits for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::iceoryx::Plain;
use crate::iceoryx::frame::Frame;
use crate::iceoryx::outlet::Ports;
use crate::tally::Tally;

/// How long what was sent last may take, after its sender is gone: a receiver that has not connected yet loses it with the sender.
const LINGER: Duration = Duration::from_secs(2);

/// How often it is looked whether the receiver has taken it.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// The ends of this process, and the threads of those that have gone.
static ENDS: Mutex<Ends> = Mutex::new(Ends { present: 0, leaving: Vec::new() });

struct Ends {
    present: usize,
    leaving: Vec<JoinHandle<()>>,
}

fn ends() -> MutexGuard<'static, Ends> {
    ENDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One end of this process. The last one to go waits for what was left behind.
#[derive(Debug)]
pub(crate) struct Present(());

impl Present {
    pub(crate) fn new() -> Self {
        ends().present += 1;
        Self(())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut ends = ends();
        ends.present -= 1;
        if ends.present == 0 {
            let leaving = std::mem::take(&mut ends.leaving);
            drop(ends);
            for thread in leaving {
                let _ = thread.join();
            }
        }
    }
}

/// Sends what a sender left, on a thread of its own. Whether that could be started.
pub(crate) fn leave<T: Plain>(
    mut ports: Ports<T>,
    mut messages: VecDeque<Frame<T>>,
    tally: Arc<Tally>,
    present: Present,
) -> bool {
    let give_up_at = Instant::now() + LINGER;
    let of_thread = Arc::clone(&tally);
    let leaving = move || {
        // Nobody is to be waited for whose receiver, in this process, is gone.
        while Instant::now() < give_up_at && !of_thread.is_deserted() {
            while messages.front().is_some_and(|message| ports.send_frame(message)) {
                messages.pop_front();
                of_thread.leaves(messages.len());
            }
            if messages.is_empty() && ports.all_came_back() {
                break;
            }
            thread::sleep(LOOK_EVERY);
        }
        if !messages.is_empty() {
            of_thread.left_behind(messages.len());
        }
    };
    match thread::Builder::new().name("fusewire-leaving".to_owned()).spawn(leaving) {
        Ok(thread) => {
            let mut ends = ends();
            ends.leaving.retain(|thread| !thread.is_finished());
            ends.leaving.push(thread);
            drop(ends);
            drop(present);
            true
        }
        Err(_) => false,
    }
}
