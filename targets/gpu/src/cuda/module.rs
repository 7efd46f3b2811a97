//! What was compiled, loaded onto the device.

use std::ffi::CString;

use cudarc::driver::{DriverError, result, sys};
use cudarc::nvrtc::Ptx;

/// A loaded program. The context that it was loaded in must be current wherever it is used.
#[derive(Debug)]
pub(super) struct Module {
    module: sys::CUmodule,
}

/// A kernel of a module that is still loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function(sys::CUfunction);

// SAFETY: a module may be used by any thread whose current context is its own.
unsafe impl Send for Module {}
// SAFETY: as above.
unsafe impl Send for Function {}

impl Module {
    pub(super) fn load(ptx: &Ptx) -> Result<Self, DriverError> {
        let image = CString::new(ptx.to_src()).unwrap_or_default();
        // SAFETY: the image is text that ends with a zero, as the driver wants it.
        let module = unsafe { result::module::load_data(image.as_ptr().cast()) }?;
        Ok(Self { module })
    }

    pub(super) fn function(&self, name: &str) -> Result<Function, DriverError> {
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: the module is loaded.
        unsafe { result::module::get_function(self.module, name) }.map(Function)
    }
}

impl Function {
    pub(super) const fn handle(self) -> sys::CUfunction {
        self.0
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // SAFETY: loaded by `load`, and the queue that owns it has waited for its last kernel.
        let _ = unsafe { result::module::unload(self.module) };
    }
}
