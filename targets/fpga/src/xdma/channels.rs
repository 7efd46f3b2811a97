//! Two streams, a thread for each, and the slots between them and the driver's user.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::ptr::NonNull;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::driver::{CardError, Identity, Shape};

/// How long a drop waits for a thread that is inside of the kernel.
const PATIENCE: Duration = Duration::from_secs(12);

/// How often a thread that waits for a stream looks whether it should end.
const LOOK: i32 = 50;

/// What the driver's user and the threads share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    slots: Slots,
}

#[derive(Debug)]
struct State {
    // INVARIANT: finished <= sent <= submitted <= finished + window.
    submitted: u64,
    sent: u64,
    finished: u64,
    /// The rows of each slot's batch.
    rows: Box<[usize]>,
    ending: bool,
    /// Threads that have not ended.
    running: u32,
    failed: Option<CardError>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory of all slots; each begins on a page, which lets the kernel driver map it without a copy.
#[derive(Debug)]
struct Slots {
    start: NonNull<u8>,
    layout: Layout,
    shape: Shape,
    header: usize,
    input_bytes: usize,
    output_bytes: usize,
    input_stride: usize,
    output_stride: usize,
}

// SAFETY: the memory is the value's own and no thread is tied to it; who touches which slot is said where it is touched.
unsafe impl Send for Slots {}

// SAFETY: as above; shared, it gives away addresses.
unsafe impl Sync for Slots {}

const PAGE: usize = 4096;

impl Slots {
    fn new(identity: &Identity, shape: Shape, header: usize) -> Result<Self, CardError> {
        let stride = |head: usize, bytes: usize| {
            shape.rows.checked_mul(bytes)?.checked_add(head)?.checked_next_multiple_of(PAGE)
        };
        let layout = || {
            let (input, output) = (stride(header, identity.input_bytes)?, stride(0, identity.output_bytes)?);
            let whole = input.checked_add(output)?.checked_mul(shape.window)?;
            Some((input, output, Layout::from_size_align(whole, PAGE).ok()?))
        };
        let none = || CardError::OutOfMemory { asked: usize::MAX, there: 0 };
        let (input_stride, output_stride, layout) = layout().ok_or_else(none)?;
        // SAFETY: a page at least: there is a slot, and a stride is at least a page.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) });
        let start = start.ok_or(CardError::OutOfMemory { asked: layout.size(), there: 0 })?;
        Ok(Self {
            start,
            layout,
            shape,
            header,
            input_bytes: identity.input_bytes,
            output_bytes: identity.output_bytes,
            input_stride,
            output_stride,
        })
    }

    /// The head of a slot's packet, which its values follow.
    fn packet(&self, slot: usize) -> NonNull<u8> {
        assert!(slot < self.shape.window, "slot {slot} of {}", self.shape.window);
        // SAFETY: inside the memory, which has a stride for each slot.
        unsafe { self.start.add(slot * self.input_stride) }
    }

    fn input(&self, slot: usize) -> (NonNull<u8>, usize) {
        // SAFETY: inside the slot, whose stride holds the head and all rows.
        (unsafe { self.packet(slot).add(self.header) }, self.shape.rows * self.input_bytes)
    }

    fn output(&self, slot: usize) -> (NonNull<u8>, usize) {
        assert!(slot < self.shape.window, "slot {slot} of {}", self.shape.window);
        let at = self.shape.window * self.input_stride + slot * self.output_stride;
        // SAFETY: inside the memory: the outputs follow the inputs.
        (unsafe { self.start.add(at) }, self.shape.rows * self.output_bytes)
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout; neither the threads nor the driver hold it any more.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

/// The driver's half.
#[derive(Debug)]
pub(super) struct Channels {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    reported: u64,
}

impl Channels {
    pub(super) fn start(
        h2c: File,
        c2h: File,
        identity: &Identity,
        shape: Shape,
        bus: usize,
    ) -> Result<Self, CardError> {
        let slots = Slots::new(identity, shape, bus)?;
        let state = State {
            submitted: 0,
            sent: 0,
            finished: 0,
            rows: vec![0; shape.window].into_boxed_slice(),
            ending: false,
            running: 0,
            failed: None,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), slots });
        let mut channels = Self { shared, threads: Vec::new(), reported: 0 };
        channels.thread("xdma-h2c", move |shared| send(shared, h2c))?;
        channels.thread("xdma-c2h", move |shared| receive(shared, c2h))?;
        Ok(channels)
    }

    fn thread(
        &mut self,
        name: &str,
        body: impl FnOnce(&Shared) -> Result<(), CardError> + Send + 'static,
    ) -> Result<(), CardError> {
        let shared = Arc::clone(&self.shared);
        shared.lock().running += 1;
        let body = move || {
            let result = body(&shared);
            let mut state = shared.lock();
            if let Err(error) = result {
                state.failed.get_or_insert(error);
            }
            state.running -= 1;
            drop(state);
            shared.changed.notify_all();
        };
        match Builder::new().name(name.to_owned()).spawn(body) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => {
                self.shared.lock().running -= 1;
                return Err(CardError::unreachable(format!("the thread {name}"), &error));
            }
        }
        Ok(())
    }

    pub(super) fn input(&mut self, slot: usize) -> &mut [u8] {
        let (start, len) = self.shared.slots.input(slot);
        // SAFETY: inside the memory, which is initialised. The sending thread reads a slot between its submission and
        // the end of its batch only, and the contract of a card keeps its user from writing to it meanwhile.
        unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), len) }
    }

    pub(super) fn output(&mut self, slot: usize) -> &[u8] {
        let (start, len) = self.shared.slots.output(slot);
        // SAFETY: inside the memory, which is initialised. The receiving thread writes a slot between its submission
        // and the end of its batch only, and no submission comes while this borrow lives.
        unsafe { std::slice::from_raw_parts(start.as_ptr(), len) }
    }

    pub(super) fn submit(&mut self, slot: usize, rows: usize) -> Result<(), CardError> {
        let shape = self.shared.slots.shape;
        let mut state = self.shared.lock();
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        let turn = (state.submitted % shape.window as u64) as usize;
        let what = if slot != turn {
            format!("rule 7: slot {slot} is submitted and it is the turn of slot {turn}")
        } else if state.submitted - self.reported == shape.window as u64 {
            format!("rule 7: slot {slot} is submitted while its batch is under way")
        } else if rows == 0 || rows > shape.rows {
            format!("rule 7: {rows} rows in a slot of {}", shape.rows)
        } else {
            state.rows[slot] = rows;
            state.submitted += 1;
            drop(state);
            self.shared.changed.notify_all();
            return Ok(());
        };
        Err(CardError::Misused { what })
    }

    pub(super) fn poll(&mut self) -> Result<usize, CardError> {
        let state = self.shared.lock();
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        let more = state.finished - self.reported;
        self.reported = state.finished;
        Ok(more as usize)
    }
}

impl Drop for Channels {
    /// Asks the threads to end, and waits for them, but not for ever: one that the kernel holds keeps the memory, and
    /// ends when it is let go.
    fn drop(&mut self) {
        let until = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        state.ending = true;
        self.shared.changed.notify_all();
        while state.running > 0 && Instant::now() < until {
            let waited = self.shared.changed.wait_timeout(state, Duration::from_millis(100));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let ended = state.running == 0;
        drop(state);
        if ended {
            for thread in self.threads.drain(..) {
                // It catches its errors; a panic was reported by the hook.
                let _ = thread.join();
            }
        }
    }
}

/// Waits for a batch that this side has not done; its slot and rows, none at the end.
fn next(shared: &Shared, done: impl Fn(&State) -> u64) -> Option<(usize, usize)> {
    let mut state = shared.lock();
    loop {
        if state.ending || state.failed.is_some() {
            return None;
        }
        let number = done(&state);
        if state.submitted > number {
            let slot = (number % shared.slots.shape.window as u64) as usize;
            return Some((slot, state.rows[slot]));
        }
        state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn send(shared: &Shared, mut h2c: File) -> Result<(), CardError> {
    let slots = &shared.slots;
    while let Some((slot, rows)) = next(shared, |state| state.sent) {
        let len = slots.header + rows * slots.input_bytes;
        let start = slots.packet(slot);
        // SAFETY: inside the slot; the head is this thread's alone.
        unsafe { start.cast::<[u8; 4]>().write((rows as u32).to_le_bytes()) };
        // SAFETY: inside the slot and initialised; the batch is under way, so its user does not write to it.
        let packet = unsafe { std::slice::from_raw_parts(start.as_ptr(), len) };
        // One write is one packet; what a pipe takes in parts, a card takes at once.
        let mut rest = packet;
        while !rest.is_empty() {
            if !ready(shared, h2c.as_raw_fd(), libc::POLLOUT) {
                return Ok(());
            }
            match h2c.write(rest) {
                Ok(0) => return Err(CardError::Lost { what: "the stream to it takes nothing".to_owned() }),
                Ok(taken) => rest = &rest[taken..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(CardError::Lost { what: format!("the stream to it: {error}") }),
            }
        }
        shared.lock().sent += 1;
    }
    Ok(())
}

fn receive(shared: &Shared, mut c2h: File) -> Result<(), CardError> {
    let slots = &shared.slots;
    while let Some((slot, rows)) = next(shared, |state| state.finished) {
        let (start, _) = slots.output(slot);
        // SAFETY: inside the slot and initialised; the batch is under way, so its user does not read it.
        let mut rest = unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), rows * slots.output_bytes) };
        while !rest.is_empty() {
            if !ready(shared, c2h.as_raw_fd(), libc::POLLIN) {
                return Ok(());
            }
            match c2h.read(rest) {
                Ok(0) => return Err(CardError::Lost { what: "the stream from it has ended".to_owned() }),
                Ok(came) => rest = &mut rest[came..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(CardError::Lost { what: format!("the stream from it: {error}") }),
            }
        }
        shared.lock().finished += 1;
    }
    Ok(())
}

/// Waits until the stream moves; false if this should end first.
///
/// The XDMA's devices cannot be polled and count as ready: then the call behind this waits, and ends by the kernel
/// driver's own limit, 10 seconds unless it was loaded with another.
fn ready(shared: &Shared, file: RawFd, events: libc::c_short) -> bool {
    loop {
        let mut poll = libc::pollfd { fd: file, events, revents: 0 };
        // SAFETY: one descriptor, which the caller holds open.
        let ready = unsafe { libc::poll(&raw mut poll, 1, LOOK) };
        if ready > 0 {
            return true;
        }
        let state = shared.lock();
        if state.ending || state.failed.is_some() {
            return false;
        }
    }
}
