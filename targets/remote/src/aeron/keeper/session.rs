//! A driver's client in this process, as the ends hold it, and what they ask of the thread behind it.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::aeron::driver::embedded::Running;
use crate::aeron::engine::{self, Handle};
use crate::aeron::keeper::{Finish, Keeper};
use crate::aeron::port::{Port, Slot};
use crate::error::RemoteError;

/// What an end asks of the keeper.
#[derive(Debug)]
pub(crate) enum Order {
    Attach(Arc<Port>),
    /// A handle that is of no use any more; the end wants another.
    Close(Handle),
    /// The end is gone; its handle, if it had one, is to be closed.
    Detach(Arc<Port>, Option<Handle>),
    /// The sender is gone; what it still had is to be sent.
    Finish(Arc<Port>, Finish),
}

/// A driver's client in this process, and the thread that keeps it. Ends when the last edge over it is gone.
#[derive(Debug)]
pub(crate) struct Session {
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    // The driver outlives its client.
    _running: Option<Arc<Running>>,
}

impl Session {
    pub(crate) fn start(
        directory: PathBuf,
        timeout: Duration,
        running: Option<Arc<Running>>,
    ) -> Result<Self, RemoteError> {
        if engine::driver_in(&directory, timeout).is_none() {
            return Err(RemoteError::NoDriver { directory });
        }
        let (orders, inbox) = mpsc::channel();
        let lingers = running.is_some();
        let thread = thread::Builder::new()
            .name("fusewire-aeron".to_owned())
            .spawn(move || Keeper::new(inbox, directory, timeout, lingers).run())
            .map_err(|error| RemoteError::Driver { reason: error.to_string() })?;
        Ok(Self { orders: Some(orders), thread: Some(thread), _running: running })
    }

    pub(crate) fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread takes orders until this is dropped.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.orders.take();
        if let Some(thread) = self.thread.take() {
            // The last values are sent before the thread ends, so whoever drops the last end waits for that.
            let _ = thread.join();
        }
    }
}

/// Waits until the keeper has opened a port, for those who may wait.
pub(crate) fn wait_until_open(port: &Port, limit: Duration) -> Result<(), RemoteError> {
    let channel = || port.channel.to_string_lossy().into_owned();
    let began = Instant::now();
    while matches!(*port.slot(), Slot::Wanted) {
        if let Some(reason) = port.post.fault() {
            return Err(RemoteError::Channel { channel: channel(), reason });
        }
        if began.elapsed() > limit {
            return Err(RemoteError::Silent { channel: channel(), waited: limit });
        }
        thread::sleep(Duration::from_micros(200));
    }
    Ok(())
}
