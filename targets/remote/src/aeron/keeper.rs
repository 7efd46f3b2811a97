//! The thread that keeps the ends of a driver's edges open: connects, opens, closes, connects again, and wakes who sleeps.
//!
//! It does the work of Aeron's client conductor as well, so a driver costs a process this thread and no other. An end never
//! waits for it: what was opened lies in the end's [`Port`] until the end looks.

mod finishing;
mod session;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use self::finishing::Finish;
use self::finishing::{Finishing, LINGER};
pub(crate) use self::session::{Order, Session, wait_until_open};
use crate::aeron::engine::{self, Client, Handle, Opening};
use crate::aeron::port::{News, Port, Side, Slot};
use crate::outlet::Offered;

/// How often it is looked whether the driver's process lives, and tried to connect where there is none.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How often a channel that was refused is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(100);

/// The turns of the thread while somebody is waited for, and while nobody is.
const BUSY: Duration = Duration::from_micros(500);
const QUIET: Duration = Duration::from_millis(5);

struct End {
    port: Arc<Port>,
    opening: Option<Opening>,
    retry_at: Instant,
    wake_at: Instant,
}

struct Keeper {
    orders: mpsc::Receiver<Order>,
    directory: PathBuf,
    timeout: Duration,
    /// The driver ends with this process, so what was sent must have left before.
    lingers: bool,
    client: Option<Client>,
    process: Option<i64>,
    /// Clients whose driver is gone, until their handles have come back.
    lost: Vec<Client>,
    ends: Vec<End>,
    /// What was asked for by ends that have gone since: a subscription that nobody polls would hold up its senders.
    orphans: Vec<Opening>,
    finishing: Vec<Finishing>,
    look_at: Instant,
}

impl Keeper {
    fn new(orders: mpsc::Receiver<Order>, directory: PathBuf, timeout: Duration, lingers: bool) -> Self {
        Self {
            orders,
            directory,
            timeout,
            lingers,
            client: None,
            process: None,
            lost: Vec::new(),
            ends: Vec::new(),
            orphans: Vec::new(),
            finishing: Vec::new(),
            look_at: Instant::now(),
        }
    }

    fn run(mut self) {
        loop {
            match self.orders.recv_timeout(self.turn_length()) {
                Ok(order) => {
                    self.follow(order);
                    while let Ok(order) = self.orders.try_recv() {
                        self.follow(order);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if self.finishing.is_empty() => break,
                Err(RecvTimeoutError::Disconnected) => thread::sleep(BUSY),
            }
            self.turn();
        }
    }

    fn turn_length(&self) -> Duration {
        let waits = |end: &End| end.opening.is_some() || matches!(*end.port.slot(), Slot::Wanted);
        if !self.finishing.is_empty() || !self.orphans.is_empty() || self.ends.iter().any(waits) {
            return BUSY;
        }
        let sleeping = self.ends.iter().filter(|end| end.port.post.wakes());
        sleeping.map(|end| end.port.post.poll_every).min().unwrap_or(QUIET).min(QUIET)
    }

    fn follow(&mut self, order: Order) {
        let now = Instant::now();
        match order {
            Order::Attach(port) => self.ends.push(End { port, opening: None, retry_at: now, wake_at: now }),
            Order::Close(handle) => self.close(handle),
            Order::Detach(port, handle) => {
                self.forget(&port);
                handle.into_iter().for_each(|handle| self.close(handle));
            }
            Order::Finish(port, finish) => {
                self.forget(&port);
                self.finishing.push(Finishing { finish, give_up_at: now + LINGER, close_at: None });
            }
        }
    }

    fn forget(&mut self, port: &Arc<Port>) {
        if let Some(at) = self.ends.iter().position(|end| Arc::ptr_eq(&end.port, port)) {
            self.orphans.extend(self.ends.swap_remove(at).opening);
        }
        let slot = std::mem::replace(&mut *port.slot(), Slot::Taken);
        if let Slot::Here(handle) = slot {
            self.close(handle);
        }
    }

    fn close(&mut self, handle: Handle) {
        if let Some(client) = &mut self.client {
            client.close(handle);
        }
    }

    fn turn(&mut self) {
        let now = Instant::now();
        if let Some(client) = &mut self.client
            && let Err(reason) = client.work()
        {
            self.lose(&reason);
        }
        if now >= self.look_at {
            self.look_at = now + LOOK_EVERY;
            self.look();
        }
        self.lost.retain(|client| !client.is_alone());
        self.open(now);
        self.wake(now);
        self.finish(now);
    }

    /// Whether the driver is still there, or there again.
    fn look(&mut self) {
        if self.client.is_some() {
            if self.process.is_some_and(|process| !lives(process)) {
                self.lose("its process has ended");
            }
            return;
        }
        // A directory may have been left by a driver that was killed a moment ago, and looks alive until its timeout.
        let Some(process) = engine::driver_in(&self.directory, self.timeout) else { return };
        if self.process.is_some_and(|before| before == process && !lives(process)) {
            return;
        }
        match Client::connect(&self.directory, self.timeout) {
            Ok(client) => {
                self.client = Some(client);
                // A process that cannot be seen from here is another name space's; only its silence tells then.
                self.process = lives(process).then_some(process);
            }
            Err(reason) => self.blame(&format!(
                "the media driver in {} does not answer: {reason}",
                self.directory.display()
            )),
        }
    }

    fn lose(&mut self, reason: &str) {
        self.blame(&format!(
            "the media driver in {} is gone ({reason}); the edge waits for another there",
            self.directory.display()
        ));
        let Some(client) = self.client.take() else { return };
        for end in &mut self.ends {
            end.opening = None;
            let mut slot = end.port.slot();
            match &*slot {
                Slot::Here(_) => *slot = Slot::Wanted,
                Slot::Wanted => {}
                Slot::Taken => {
                    drop(slot);
                    end.port.tell(News::Lost);
                }
            }
        }
        self.orphans.clear();
        for finishing in self.finishing.drain(..) {
            finishing.finish.give_up();
        }
        self.lost.push(client);
    }

    fn blame(&self, reason: &str) {
        for end in &self.ends {
            end.port.post.set_fault(Some(reason.to_owned()));
        }
    }

    fn open(&mut self, now: Instant) {
        let Some(client) = &mut self.client else { return };
        self.orphans.retain(|asked| match client.poll(asked) {
            Ok(None) => true,
            Ok(Some(handle)) => {
                client.close(handle);
                false
            }
            Err(_) => false,
        });
        for End { port, opening, retry_at, .. } in &mut self.ends {
            if opening.is_none() {
                if now < *retry_at || !matches!(*port.slot(), Slot::Wanted) {
                    continue;
                }
                let asked = match port.side {
                    Side::Sender => client.add_publication(&port.channel, port.stream_id),
                    Side::Receiver => client.add_subscription(&port.channel, port.stream_id),
                };
                match asked {
                    Ok(asked) => *opening = Some(asked),
                    Err(reason) => {
                        *retry_at = now + RETRY_EVERY;
                        port.post.set_fault(Some(reason));
                    }
                }
            } else if let Some(asked) = &*opening {
                match client.poll(asked) {
                    Ok(None) => {}
                    Ok(Some(handle)) => {
                        *opening = None;
                        *port.slot() = Slot::Here(handle);
                        port.post.set_fault(None);
                        port.tell(News::Opened);
                    }
                    Err(reason) => {
                        *opening = None;
                        *retry_at = now + RETRY_EVERY;
                        port.post.set_fault(Some(reason));
                    }
                }
            }
        }
    }

    fn wake(&mut self, now: Instant) {
        for End { port, wake_at, .. } in &mut self.ends {
            if port.post.sleeps() && now >= *wake_at {
                *wake_at = now + port.post.poll_every;
                port.post.wake();
            }
        }
    }

    fn finish(&mut self, now: Instant) {
        let Some(client) = &mut self.client else {
            self.finishing.drain(..).for_each(|finishing| finishing.finish.give_up());
            return;
        };
        let lingers = self.lingers;
        let mut left = Vec::new();
        for mut finishing in self.finishing.drain(..) {
            let finish = &mut finishing.finish;
            while let Some(message) = finish.messages.front() {
                match finish.publication.offer(message) {
                    Offered::Sent => {
                        finish.messages.pop_front();
                        finish.tally.leaves(finish.messages.len());
                    }
                    Offered::NotConnected | Offered::BackPressured => break,
                    Offered::Over => {
                        finishing.give_up_at = now;
                        break;
                    }
                }
            }
            // Nobody is to be waited for whose receiver, in this process, is gone.
            let waits = now < finishing.give_up_at && !finishing.finish.tally.is_deserted();
            if waits && !finishing.has_left(client, lingers, now) {
                left.push(finishing);
                continue;
            }
            let Finish { publication, messages, tally } = finishing.finish;
            if !messages.is_empty() {
                tally.left_behind(messages.len());
            }
            client.close(Handle::Publication(publication));
        }
        self.finishing = left;
    }
}

/// Whether a process is there, as far as this one can see.
fn lives(process: i64) -> bool {
    let Ok(process) = libc::pid_t::try_from(process) else { return false };
    // SAFETY: signal zero asks and does nothing.
    let asked = unsafe { libc::kill(process, 0) };
    asked == 0 || std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}
