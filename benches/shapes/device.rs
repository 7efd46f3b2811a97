//! Values through a device in batches and on to another lane: what the lane of a device adds to the
//! calls of its queue.
//!
//! The device computes nothing: a slot's input is its output, and a batch has finished when it is asked
//! for. Both forms drive the same queue, so that what is counted is the gathering, the polling and the
//! handing on, and as little as can be of a device.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::{ContextRef, MayBlock, OnDevice, Scheduler};
use fusewire::device::{Batching, Device, DeviceError, Queue};
use fusewire::graph::Graph;
use fusewire::kernel::data::{load, store};
use fusewire::kernel::{self, Program};
use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::hop::ring::indexed::Ring;
use super::hop::ring::{Pop, Push};
use super::sink::Sum;

/// Values that a ring holds.
pub const CAPACITY: usize = 1024;
/// Batches in flight.
const WINDOW: usize = 4;

/// How a device gathers batches of `rows`.
const fn batching(rows: usize) -> Batching {
    Batching { rows, within: Duration::from_secs(3600), window: WINDOW }
}

/// What is computed: 64 bytes.
#[derive(Debug, Clone, Copy, kernel::Data)]
#[repr(C)]
pub struct Row {
    words: [u64; 8],
}

impl Row {
    fn new(first: u64) -> Self {
        Self { words: std::array::from_fn(|index| first ^ index as u64) }
    }

    fn weigh(self) -> u64 {
        self.words[0].wrapping_add(self.words[7])
    }
}

#[stage(kernel)]
fn same(row: Row) -> Row {
    row
}

/// A device whose memory is the host's, and which takes batches of `ROWS`.
#[derive(Debug, Clone)]
pub struct Mirror<const ROWS: usize>(Bare);

impl<const ROWS: usize> Scheduler for Mirror<ROWS> {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.0.context()
    }
}

impl<const ROWS: usize> Device for Mirror<ROWS> {
    type Queue = MirrorQueue<ROWS>;

    fn open(&self, _: &Program) -> Result<MirrorQueue<ROWS>, DeviceError> {
        Ok(MirrorQueue::new())
    }

    fn batching(&self) -> Batching {
        batching(ROWS)
    }
}

/// Its queue.
#[derive(Debug)]
pub struct MirrorQueue<const ROWS: usize> {
    slots: Vec<Box<[u8]>>,
    in_flight: usize,
}

impl<const ROWS: usize> MirrorQueue<ROWS> {
    fn new() -> Self {
        let slot = || vec![0; ROWS * size_of::<Row>()].into_boxed_slice();
        Self { slots: (0..WINDOW).map(|_| slot()).collect(), in_flight: 0 }
    }
}

impl<const ROWS: usize> Queue for MirrorQueue<ROWS> {
    fn batching(&self) -> Batching {
        batching(ROWS)
    }

    #[inline]
    fn input(&mut self, slot: usize) -> &mut [u8] {
        &mut self.slots[slot]
    }

    fn submit(&mut self, _: usize, _: usize) -> Result<(), DeviceError> {
        self.in_flight += 1;
        Ok(())
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        Ok(std::mem::take(&mut self.in_flight))
    }

    #[inline]
    fn output(&mut self, slot: usize) -> &[u8] {
        &self.slots[slot]
    }
}

/// The fused form, from where the graph is started over the device to `to`.
pub fn graph<const ROWS: usize>(
    words: Range<u64>,
    device: Mirror<ROWS>,
    to: impl Scheduler<Runs = MayBlock>,
    mut sum: Sum,
) -> impl Graph {
    fuse! {
        from_iter(words)
            .map(Row::new)
            .then(on(device).capacity(CAPACITY))
            .map(same)
            .then(on(to).capacity(CAPACITY))
            .map(Row::weigh)
            .for_each(move |x| sum.add(x))
    }
}

/// The same, ready to run.
pub fn fused<const ROWS: usize>(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (sum, total) = Sum::new();
    let (io, device, compute) = (Bare::new(), Bare::new(), Bare::new());
    let graph = graph(words, Mirror::<ROWS>(device.clone()), compute.clone(), sum);
    (Lanes::launch(graph, &[io, device, compute]), total)
}

/// The lane of the device by hand, over a queue of its own.
struct Lane<const ROWS: usize> {
    queue: MirrorQueue<ROWS>,
    counts: [usize; WINDOW],
    submitted: usize,
    finished: usize,
    drained: usize,
    filled: usize,
    read: usize,
}

impl<const ROWS: usize> Lane<ROWS> {
    fn new() -> Self {
        let counts = [0; WINDOW];
        Self { queue: MirrorQueue::new(), counts, submitted: 0, finished: 0, drained: 0, filled: 0, read: 0 }
    }

    /// Returns when nothing can be taken and nothing can be handed on.
    #[inline(never)]
    fn run(&mut self, from: &mut impl Pop<Row>, to: &mut impl Push<Row>, stop: &AtomicBool) {
        let (mut source, mut sink) = (*from, *to);
        let size = size_of::<Row>();
        loop {
            let mut moved = false;
            // ORDERING: relaxed, the flag is a hint.
            if stop.load(Ordering::Relaxed) {
                break;
            }
            while self.submitted - self.drained < WINDOW {
                let Some(row) = source.pop() else { break };
                moved = true;
                let slot = self.submitted % WINDOW;
                store(&row, &mut self.queue.input(slot)[self.filled * size..][..size]);
                self.filled += 1;
                if self.filled == ROWS {
                    self.queue.submit(slot, self.filled).expect("it takes a batch");
                    self.counts[slot] = self.filled;
                    (self.submitted, self.filled) = (self.submitted + 1, 0);
                }
            }
            self.finished += self.queue.poll().expect("it is not lost");
            while self.drained < self.finished && sink.has_room() {
                moved = true;
                let slot = self.drained % WINDOW;
                sink.push(load(&self.queue.output(slot)[self.read * size..][..size]));
                self.read += 1;
                if self.read == self.counts[slot] {
                    (self.drained, self.read) = (self.drained + 1, 0);
                }
            }
            if !moved {
                break;
            }
        }
        (*from, *to) = (source, sink);
    }
}

/// The loops before and behind it, each in turn.
pub fn hand<const ROWS: usize>(mut words: Range<u64>, stop: &AtomicBool) -> u64 {
    let (mut there, mut back) = (Ring::<Row, CAPACITY>::new(), Ring::<Row, CAPACITY>::new());
    let ((mut to, mut taken), (mut made, mut from)) = (there.ends(), back.ends());
    let (mut lane, mut sum) = (Lane::<ROWS>::new(), 0u64);
    loop {
        let before = words.start;
        push(&mut words, &mut to, stop);
        lane.run(&mut taken, &mut made, stop);
        let (added, popped) = pop(&mut from, stop);
        sum = sum.wrapping_add(added);
        if popped == 0 && words.start == before {
            return sum;
        }
    }
}

#[inline(never)]
fn push(words: &mut Range<u64>, to: &mut impl Push<Row>, stop: &AtomicBool) {
    let (mut rest, mut end) = (words.clone(), *to);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && end.has_room() {
        let Some(word) = rest.next() else { break };
        end.push(Row::new(word));
    }
    (*words, *to) = (rest, end);
}

#[inline(never)]
fn pop(from: &mut impl Pop<Row>, stop: &AtomicBool) -> (u64, usize) {
    let (mut end, mut sum, mut count) = (*from, 0u64, 0);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) {
        let Some(row) = end.pop() else { break };
        sum = sum.wrapping_add(row.weigh());
        count += 1;
    }
    *from = end;
    (sum, count)
}
