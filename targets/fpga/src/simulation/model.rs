//! A model that was built: made, stepped and deleted through three C functions.

use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::interface::{Interface, places};

/// The three functions of a simulated module.
///
/// They are made by this crate, from the same text that made the module: `fusewire-fpga`'s build step declares them for
/// a simulation that is linked, the run-time path finds them in a shared library.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Makes a model; registers without a reset begin with values drawn from the seed.
    pub new: unsafe extern "C" fn(seed: u32) -> *mut c_void,
    /// Deletes it.
    pub delete: unsafe extern "C" fn(model: *mut c_void),
    /// One period of the clock.
    pub step: unsafe extern "C" fn(model: *mut c_void, inputs: *const u32, outputs: *mut u32),
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").finish_non_exhaustive()
    }
}

/// Where the functions come from, and how long they stay.
#[derive(Debug, Clone)]
pub(crate) enum Code {
    /// Linked into this program.
    Linked,
    /// A library that stays loaded as long as this does.
    Loaded {
        #[expect(dead_code, reason = "it is held so that the functions stay in memory")]
        library: Arc<libloading::Library>,
    },
}

/// A module under simulation, and the words on its pins.
pub(crate) struct Model {
    raw: NonNull<c_void>,
    entry: Entry,
    inputs: Vec<u32>,
    outputs: Vec<u32>,
    // Dropped behind the model, whose code it is.
    _code: Code,
}

// SAFETY: the model is plain data with no tie to the thread that made it: Verilator's context is made with it and
// handed to it, and nothing else refers to either.
unsafe impl Send for Model {}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").finish_non_exhaustive()
    }
}

/// A pin's place among the words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pin {
    at: usize,
    words: usize,
}

impl Model {
    /// A model of the module with these pins.
    ///
    /// # Safety
    ///
    /// - `entry` is of a module with exactly this interface;
    /// - its functions stay callable while `code` lives.
    pub(crate) unsafe fn new(entry: Entry, code: Code, interface: &Interface, seed: u32) -> Self {
        // SAFETY: the caller says that the function is what `Entry` says.
        let raw = unsafe { (entry.new)(seed) };
        let raw = NonNull::new(raw).expect("C++ `new` gives an object or throws");
        let inputs = vec![0; places(&interface.inputs).1];
        let outputs = vec![0; places(&interface.outputs).1];
        Self { raw, entry, inputs, outputs, _code: code }
    }

    /// One period of the clock: the inputs settle, the outputs are read, the clock rises.
    pub(crate) fn step(&mut self) {
        // SAFETY: the model lives, and the words are as many as its interface has, by the contract of `new`.
        unsafe { (self.entry.step)(self.raw.as_ptr(), self.inputs.as_ptr(), self.outputs.as_mut_ptr()) }
    }

    /// Sets an input of at most 64 bits.
    pub(crate) fn set(&mut self, pin: Pin, value: u64) {
        self.inputs[pin.at] = value as u32;
        if pin.words > 1 {
            self.inputs[pin.at + 1] = (value >> 32) as u32;
        }
    }

    /// Sets a wide input from bytes; what is missing is zero.
    pub(crate) fn set_bytes(&mut self, pin: Pin, bytes: &[u8]) {
        let words = &mut self.inputs[pin.at..pin.at + pin.words];
        let mut chunks = bytes.chunks(4);
        for word in words {
            let mut whole = [0; 4];
            if let Some(chunk) = chunks.next() {
                whole[..chunk.len()].copy_from_slice(chunk);
            }
            *word = u32::from_le_bytes(whole);
        }
    }

    /// An output of at most 64 bits.
    pub(crate) fn get(&self, pin: Pin) -> u64 {
        let low = u64::from(self.outputs[pin.at]);
        if pin.words > 1 { low | u64::from(self.outputs[pin.at + 1]) << 32 } else { low }
    }

    /// The bytes of a wide output, into `bytes`.
    pub(crate) fn get_bytes(&self, pin: Pin, bytes: &mut [u8]) {
        let words = &self.outputs[pin.at..pin.at + pin.words];
        for (chunk, word) in bytes.chunks_mut(4).zip(words) {
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: made by the same entry's `new`, and used by nobody else.
        unsafe { (self.entry.delete)(self.raw.as_ptr()) }
    }
}

impl Interface {
    /// The place of an input.
    pub(crate) fn input(&self, name: &str) -> Pin {
        pin(&self.inputs, name)
    }

    /// The place of an output.
    pub(crate) fn output(&self, name: &str) -> Pin {
        pin(&self.outputs, name)
    }
}

fn pin(ports: &[super::interface::Port], name: &str) -> Pin {
    let index = ports.iter().position(|port| port.name == name).expect("a pin of this crate's own modules");
    Pin { at: places(ports).0[index], words: ports[index].words() }
}
