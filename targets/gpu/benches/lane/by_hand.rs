//! What one would write by hand: OpenCL calls, a ring of slots, and a loop.

use std::ffi::{CString, c_void};
use std::ptr;
use std::time::{Duration, Instant};

use cl3::command_queue as queue;
use cl3::types::{CL_FALSE, CL_TRUE, cl_command_queue, cl_event, cl_kernel, cl_mem};
use fusewire::edge::{Pushed, edge};
use fusewire::kernel::data::{load, store};
use fusewire::kernel::{Data, Program, c};

struct Slot {
    kernel: cl_kernel,
    input: cl_mem,
    output: cl_mem,
    here: *mut u8,
    back: *mut u8,
    done: cl_event,
    rows: usize,
}

pub(crate) struct ByHand {
    queue: cl_command_queue,
    slots: Vec<Slot>,
    rows: usize,
}

const GROUP: usize = 64;

impl ByHand {
    /// Leaks what it opens: the bench ends soon.
    pub(crate) fn open(program: &Program, rows: usize, window: usize) -> Self {
        let platform = cl3::platform::get_platform_ids().unwrap()[0];
        let device = cl3::device::get_device_ids(platform, cl3::device::CL_DEVICE_TYPE_ALL).unwrap()[0];
        let context = cl3::context::create_context(&[device], ptr::null(), None, ptr::null_mut()).unwrap();
        // SAFETY: the context was made for the device.
        let queue = unsafe { queue::create_command_queue(context, device, 0) }.unwrap();
        let source = c::emit(program, c::Dialect::OpenCl);
        let built = cl3::program::create_program_with_source(context, &[&source.text]).unwrap();
        let options = CString::new(source.flags.join(" ")).unwrap();
        cl3::program::build_program(built, &[device], &options, None, ptr::null_mut()).unwrap();
        let memory = |bytes: usize, flags| {
            // SAFETY: no flag uses the pointer.
            unsafe { cl3::memory::create_buffer(context, flags, bytes, ptr::null_mut()) }.unwrap()
        };
        let pinned = |bytes: usize| {
            let memory = memory(bytes, cl3::memory::CL_MEM_READ_WRITE | cl3::memory::CL_MEM_ALLOC_HOST_PTR);
            let mut here: cl_mem = ptr::null_mut();
            let flags = cl3::memory::CL_MAP_READ | cl3::memory::CL_MAP_WRITE;
            // SAFETY: the whole of a buffer that is alive.
            unsafe {
                queue::enqueue_map_buffer(queue, memory, CL_TRUE, flags, 0, bytes, &mut here, 0, ptr::null())
            }
            .unwrap();
            here.cast::<u8>()
        };
        let tables: Vec<cl_mem> = program
            .tables()
            .iter()
            .map(|table| {
                let bytes = table.bytes();
                let there = memory(bytes.len(), cl3::memory::CL_MEM_READ_ONLY);
                let from = bytes.as_ptr().cast::<c_void>();
                // SAFETY: it is copied when this returns.
                unsafe {
                    queue::enqueue_write_buffer(queue, there, CL_TRUE, 0, bytes.len(), from, 0, ptr::null())
                }
                .unwrap();
                there
            })
            .collect();
        let slots = (0..window).map(|_| {
            let (to, from) = (rows * program.input().size(), rows * program.output().size());
            let kernel = cl3::kernel::create_kernel(built, &CString::new(source.entry).unwrap()).unwrap();
            let input = memory(to, cl3::memory::CL_MEM_READ_ONLY);
            let output = memory(from, cl3::memory::CL_MEM_WRITE_ONLY);
            for (index, buffer) in (1..).zip([input, output].iter().chain(&tables)) {
                let value = ptr::from_ref(buffer).cast::<c_void>();
                // SAFETY: a buffer that stays.
                unsafe { cl3::kernel::set_kernel_arg(kernel, index, size_of::<cl_mem>(), value) }.unwrap();
            }
            Slot {
                kernel,
                input,
                output,
                here: pinned(to),
                back: pinned(from),
                done: ptr::null_mut(),
                rows: 0,
            }
        });
        let slots = slots.collect();
        Self { queue, slots, rows }
    }

    /// Feeds `values` from another thread through the device and counts the results; the time from the first
    /// submission to the last batch that has finished.
    pub(crate) fn run<V: Data, U: Data>(
        &mut self,
        values: impl Iterator<Item = V> + Send,
        capacity: usize,
        within: Duration,
    ) -> Duration {
        let (mut sender, mut receiver) = edge::<V>(capacity).unwrap();
        let fed = std::thread::scope(|scope| {
            let feeder = scope.spawn(move || {
                let mut count = 0u64;
                for value in values {
                    let mut value = value;
                    while let Pushed::Full(back) = sender.push(value) {
                        value = back;
                        std::thread::yield_now();
                    }
                    count += 1;
                }
                count
            });
            let mut results = 0u64;
            let (mut first, mut last) = (None, Instant::now());
            let (mut submitted, mut drained, mut filled) = (0usize, 0usize, 0usize);
            let mut since = None;
            loop {
                let mut moved = false;
                let mut ended = false;
                while submitted - drained < self.slots.len() && filled < self.rows {
                    let Some(value) = receiver.pop() else {
                        ended = receiver.is_closed() && !receiver.ready();
                        break;
                    };
                    let slot = &self.slots[submitted % self.slots.len()];
                    // SAFETY: in range, and no batch in flight uses it.
                    let to = unsafe { slot.here.add(filled * size_of::<V>()) };
                    // SAFETY: the bytes of one row.
                    store(&value, unsafe { std::slice::from_raw_parts_mut(to, size_of::<V>()) });
                    filled += 1;
                    moved = true;
                }
                let due = filled > 0
                    && (filled == self.rows || ended || {
                        let now = Instant::now();
                        now - *since.get_or_insert(now) >= within
                    });
                if due {
                    first.get_or_insert_with(Instant::now);
                    self.submit::<V, U>(submitted % self.slots.len(), filled);
                    (submitted, filled, since) = (submitted + 1, 0, None);
                    moved = true;
                }
                while drained < submitted && self.is_done(drained % self.slots.len()) {
                    last = Instant::now();
                    let slot = &self.slots[drained % self.slots.len()];
                    for at in 0..slot.rows {
                        // SAFETY: in range, and the batch has finished.
                        let from = unsafe { slot.back.add(at * size_of::<U>()) };
                        // SAFETY: the bytes of one row.
                        let result: U = load(unsafe { std::slice::from_raw_parts(from, size_of::<U>()) });
                        std::hint::black_box(&result);
                        results += 1;
                    }
                    drained += 1;
                    moved = true;
                }
                if ended && filled == 0 && drained == submitted {
                    break;
                }
                if !moved {
                    std::thread::yield_now();
                }
            }
            (feeder.join().unwrap(), results, first.map_or(Duration::ZERO, |first| last - first))
        });
        assert_eq!(fed.0, fed.1);
        fed.2
    }

    fn submit<V, U>(&mut self, slot: usize, rows: usize) {
        let slot = &mut self.slots[slot];
        slot.rows = rows;
        let count = rows as u32;
        let (global, local) = (rows.next_multiple_of(GROUP), GROUP);
        let (there, back) = (rows * size_of::<V>(), rows * size_of::<U>());
        let value = (&raw const count).cast::<c_void>();
        #[allow(clippy::multiple_unsafe_ops_per_block, reason = "one reason for all")]
        // SAFETY: everything was made by `open`, and the memory is left alone until the event.
        unsafe {
            let wrote = queue::enqueue_write_buffer(
                self.queue,
                slot.input,
                CL_FALSE,
                0,
                there,
                slot.here.cast(),
                0,
                ptr::null(),
            );
            cl3::event::release_event(wrote.unwrap()).unwrap();
            cl3::kernel::set_kernel_arg(slot.kernel, 0, size_of::<u32>(), value).unwrap();
            let ran = queue::enqueue_nd_range_kernel(
                self.queue,
                slot.kernel,
                1,
                ptr::null(),
                &raw const global,
                &raw const local,
                0,
                ptr::null(),
            );
            cl3::event::release_event(ran.unwrap()).unwrap();
            slot.done = queue::enqueue_read_buffer(
                self.queue,
                slot.output,
                CL_FALSE,
                0,
                back,
                slot.back.cast(),
                0,
                ptr::null(),
            )
            .unwrap();
        }
        queue::flush(self.queue).unwrap();
    }

    fn is_done(&mut self, slot: usize) -> bool {
        let done = self.slots[slot].done;
        let status = cl3::event::get_event_info(done, cl3::event::CL_EVENT_COMMAND_EXECUTION_STATUS).unwrap();
        if i32::from(status) != cl3::event::CL_COMPLETE {
            return false;
        }
        // SAFETY: it is ours, and asked no more.
        unsafe { cl3::event::release_event(done) }.unwrap();
        true
    }
}
