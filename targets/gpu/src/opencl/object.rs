//! OpenCL's counted objects, each released once.

use std::ffi::{CStr, CString, c_void};
use std::fmt;
use std::ptr;

use cl3::types::{
    CL_FALSE, CL_TRUE, cl_command_queue, cl_context, cl_device_id, cl_event, cl_int, cl_kernel, cl_mem,
    cl_mem_flags, cl_program,
};
use opencl3::error_codes::ClError;

/// What kind of object it is, and how it is released.
pub(super) trait Object {
    type Handle: Copy;

    /// # Safety
    ///
    /// `handle` is valid, and its count has one that is the caller's to give up.
    unsafe fn release(handle: Self::Handle) -> Result<(), cl_int>;
}

macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident: $handle:ty, $release:path;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub(super) struct $name;

            impl Object for $name {
                type Handle = $handle;

                unsafe fn release(handle: $handle) -> Result<(), cl_int> {
                    // SAFETY: the caller vouches for the handle.
                    unsafe { $release(handle) }
                }
            }
        )*
    };
}

objects! {
    /// Where everything else of a device lives.
    Context: cl_context, cl3::context::release_context;
    /// Commands for a device, in order.
    Commands: cl_command_queue, cl3::command_queue::release_command_queue;
    /// Memory of a device.
    Memory: cl_mem, cl3::memory::release_mem_object;
    /// What was built of a source.
    Program: cl_program, cl3::program::release_program;
    /// A kernel with its arguments.
    Kernel: cl_kernel, cl3::kernel::release_kernel;
    /// The end of a command.
    Event: cl_event, cl3::event::release_event;
}

/// An object of which one count is ours.
pub(super) struct Owned<O: Object> {
    handle: O::Handle,
}

impl<O: Object> Owned<O> {
    /// # Safety
    ///
    /// `handle` is valid, and one of its count is given to this value.
    const unsafe fn new(handle: O::Handle) -> Self {
        Self { handle }
    }

    pub(super) const fn handle(&self) -> O::Handle {
        self.handle
    }
}

// SAFETY: OpenCL's functions are safe to call from any thread, but for the setting of a kernel's
// arguments; kernels are only reached through `&mut` of the queue that owns them.
unsafe impl<O: Object> Send for Owned<O> {}
// SAFETY: as above.
unsafe impl<O: Object> Sync for Owned<O> {}

impl<O: Object> Drop for Owned<O> {
    fn drop(&mut self) {
        // SAFETY: `new` took one of the count, and this gives it up once. An error could only say
        // that the driver is gone, with everything in it.
        let _ = unsafe { O::release(self.handle) };
    }
}

impl<O: Object> fmt::Debug for Owned<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owned").finish_non_exhaustive()
    }
}

pub(super) fn context(device: cl_device_id) -> Result<Owned<Context>, cl_int> {
    let handle = cl3::context::create_context(&[device], ptr::null(), None, ptr::null_mut())?;
    // SAFETY: just made for us.
    Ok(unsafe { Owned::new(handle) })
}

pub(super) fn commands(context: &Owned<Context>, device: cl_device_id) -> Result<Owned<Commands>, cl_int> {
    // SAFETY: the context is alive and was made for this device.
    let handle = unsafe { cl3::command_queue::create_command_queue(context.handle(), device, 0) }?;
    // SAFETY: just made for us.
    Ok(unsafe { Owned::new(handle) })
}

/// Memory without contents; `size` is not 0.
pub(super) fn memory(
    context: &Owned<Context>,
    flags: cl_mem_flags,
    size: usize,
) -> Result<Owned<Memory>, cl_int> {
    // SAFETY: the context is alive; no flag says that the host's pointer, which is null, is used.
    let handle = unsafe { cl3::memory::create_buffer(context.handle(), flags, size, ptr::null_mut()) }?;
    // SAFETY: just made for us.
    Ok(unsafe { Owned::new(handle) })
}

/// Builds `text`; the error is what the compiler said.
pub(super) fn program(
    context: &Owned<Context>,
    device: cl_device_id,
    text: &str,
    options: &CStr,
) -> Result<Owned<Program>, String> {
    let handle = cl3::program::create_program_with_source(context.handle(), &[text])
        .map_err(|code| ClError(code).to_string())?;
    // SAFETY: just made for us.
    let program: Owned<Program> = unsafe { Owned::new(handle) };
    let built = cl3::program::build_program(program.handle(), &[device], options, None, ptr::null_mut());
    match built {
        Ok(()) => Ok(program),
        Err(code) => {
            let log = cl3::program::get_program_build_info(
                program.handle(),
                device,
                cl3::program::CL_PROGRAM_BUILD_LOG,
            );
            Err(format!("{}: {}", ClError(code), log.map(String::from).unwrap_or_default()))
        }
    }
}

pub(super) fn kernel(program: &Owned<Program>, entry: &str) -> Result<Owned<Kernel>, cl_int> {
    let entry = CString::new(entry).unwrap_or_default();
    let handle = cl3::kernel::create_kernel(program.handle(), &entry)?;
    // SAFETY: just made for us.
    Ok(unsafe { Owned::new(handle) })
}

impl Owned<Kernel> {
    /// Sets argument `index` to a number.
    pub(super) fn set_number(&mut self, index: u32, number: u32) -> Result<(), cl_int> {
        let value = (&raw const number).cast::<c_void>();
        // SAFETY: the kernel is alive and ours alone; the value is copied before this returns, and
        // OpenCL checks index and size.
        unsafe { cl3::kernel::set_kernel_arg(self.handle(), index, size_of::<u32>(), value) }
    }

    /// Sets argument `index` to a buffer, which must outlive every use of the kernel.
    pub(super) fn set_memory(&mut self, index: u32, memory: &Owned<Memory>) -> Result<(), cl_int> {
        let handle = memory.handle();
        let value = (&raw const handle).cast::<c_void>();
        // SAFETY: as above.
        unsafe { cl3::kernel::set_kernel_arg(self.handle(), index, size_of::<cl_mem>(), value) }
    }
}

impl Owned<Event> {
    /// Whether the command has ended.
    ///
    /// The error is the command's own, or that of asking.
    pub(super) fn ended(&self) -> Result<bool, cl_int> {
        let status =
            cl3::event::get_event_info(self.handle(), cl3::event::CL_EVENT_COMMAND_EXECUTION_STATUS)?;
        match cl_int::from(status) {
            cl3::event::CL_COMPLETE => Ok(true),
            error if error < 0 => Err(error),
            _ => Ok(false),
        }
    }
}

impl Owned<Commands> {
    /// Copies `bytes` to `to`, later.
    ///
    /// # Safety
    ///
    /// `bytes` stay valid and unchanged until the command has ended.
    pub(super) unsafe fn write(&self, to: &Owned<Memory>, bytes: *const [u8]) -> Result<(), cl_int> {
        let (queue, memory, pointer) = (self.handle(), to.handle(), bytes.cast::<c_void>());
        // SAFETY: the objects are alive; the caller vouches for the bytes.
        let event = unsafe {
            cl3::command_queue::enqueue_write_buffer(
                queue,
                memory,
                CL_FALSE,
                0,
                bytes.len(),
                pointer,
                0,
                super::NO_EVENTS,
            )
        }?;
        // SAFETY: just made for us; nobody waits for it.
        drop::<Owned<Event>>(unsafe { Owned::new(event) });
        Ok(())
    }

    /// Copies `bytes` to `to`, and waits.
    pub(super) fn write_now(&self, to: &Owned<Memory>, bytes: &[u8]) -> Result<(), cl_int> {
        let (queue, memory, pointer) = (self.handle(), to.handle(), bytes.as_ptr().cast::<c_void>());
        // SAFETY: the objects are alive; it has been copied when this returns.
        let event = unsafe {
            cl3::command_queue::enqueue_write_buffer(
                queue,
                memory,
                CL_TRUE,
                0,
                bytes.len(),
                pointer,
                0,
                super::NO_EVENTS,
            )
        }?;
        // SAFETY: just made for us.
        drop::<Owned<Event>>(unsafe { Owned::new(event) });
        Ok(())
    }

    /// Runs `kernel` for `global` work items in groups of `local`, later.
    pub(super) fn run(&self, kernel: &Owned<Kernel>, global: usize, local: usize) -> Result<(), cl_int> {
        let (queue, kernel) = (self.handle(), kernel.handle());
        // SAFETY: the objects are alive; every argument was set to memory that the queue owns, and
        // which it keeps until its commands have ended. The sizes are read before this returns.
        let event = unsafe {
            cl3::command_queue::enqueue_nd_range_kernel(
                queue,
                kernel,
                1,
                ptr::null(),
                &raw const global,
                &raw const local,
                0,
                super::NO_EVENTS,
            )
        }?;
        // SAFETY: just made for us; nobody waits for it.
        drop::<Owned<Event>>(unsafe { Owned::new(event) });
        Ok(())
    }

    /// Copies `from` to `bytes`, later; the event is its end.
    ///
    /// # Safety
    ///
    /// `bytes` stay valid, and are touched by nobody, until the command has ended.
    pub(super) unsafe fn read(&self, from: &Owned<Memory>, bytes: *mut [u8]) -> Result<Owned<Event>, cl_int> {
        let (queue, memory, pointer) = (self.handle(), from.handle(), bytes.cast::<c_void>());
        // SAFETY: the objects are alive; the caller vouches for the bytes.
        let event = unsafe {
            cl3::command_queue::enqueue_read_buffer(
                queue,
                memory,
                CL_FALSE,
                0,
                bytes.len(),
                pointer,
                0,
                super::NO_EVENTS,
            )
        }?;
        // SAFETY: just made for us.
        Ok(unsafe { Owned::new(event) })
    }

    /// Maps all of `memory` for the host, and waits: it stays there until the memory is released.
    pub(super) fn map(&self, memory: &Owned<Memory>, size: usize) -> Result<*mut u8, cl_int> {
        let flags = cl3::memory::CL_MAP_READ | cl3::memory::CL_MAP_WRITE;
        let mut pointer: cl_mem = ptr::null_mut();
        let (queue, memory) = (self.handle(), memory.handle());
        // SAFETY: the objects are alive, and the range is that of the whole memory.
        let event = unsafe {
            cl3::command_queue::enqueue_map_buffer(
                queue,
                memory,
                CL_TRUE,
                flags,
                0,
                size,
                &mut pointer,
                0,
                super::NO_EVENTS,
            )
        }?;
        // SAFETY: just made for us.
        drop::<Owned<Event>>(unsafe { Owned::new(event) });
        Ok(pointer.cast())
    }

    /// Gives what was mapped back.
    pub(super) fn unmap(&self, memory: &Owned<Memory>, pointer: *mut u8) -> Result<(), cl_int> {
        let (queue, memory) = (self.handle(), memory.handle());
        // SAFETY: the objects are alive, and `map` gave the pointer.
        let event = unsafe {
            cl3::command_queue::enqueue_unmap_mem_object(queue, memory, pointer.cast(), 0, super::NO_EVENTS)
        }?;
        // SAFETY: just made for us.
        drop::<Owned<Event>>(unsafe { Owned::new(event) });
        Ok(())
    }

    /// Sends what was asked for to the device.
    pub(super) fn flush(&self) -> Result<(), cl_int> {
        cl3::command_queue::flush(self.handle())
    }

    /// Waits until nothing is left to do.
    pub(super) fn finish(&self) -> Result<(), cl_int> {
        cl3::command_queue::finish(self.handle())
    }
}
