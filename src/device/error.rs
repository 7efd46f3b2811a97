//! Why a device does not compute.

use std::fmt;

use crate::kernel::Refused;

/// Why a device cannot be used, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceError {
    /// There is no such device, or no driver for it.
    NoDevice {
        /// What was looked for.
        device: String,
        /// What was found instead, and what to do.
        why: String,
    },
    /// The device, or the host on its behalf, has no memory left.
    OutOfMemory {
        /// The device.
        device: String,
        /// Bytes asked for.
        asked: u64,
        /// What is left, and what to do.
        why: String,
    },
    /// The device was there and is no more, or answers no longer.
    Lost {
        /// The device.
        device: String,
        /// What it said last.
        why: String,
    },
    /// The device cannot run a stage.
    Unsupported {
        /// The device.
        device: String,
        /// The stage.
        stage: String,
        /// The file of what it cannot run.
        file: String,
        /// The line of it.
        line: u32,
        /// What it cannot run, and what to write instead.
        what: String,
    },
    /// The device's compiler refused what the stages became, which is a fault of the target.
    Build {
        /// The device.
        device: String,
        /// What the compiler said.
        log: String,
    },
}

impl DeviceError {
    /// A [`DeviceError::NoDevice`].
    pub fn no_device(device: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::NoDevice { device: device.into(), why: why.to_string() }
    }

    /// A [`DeviceError::OutOfMemory`].
    pub fn out_of_memory(device: impl Into<String>, asked: u64, why: impl fmt::Display) -> Self {
        Self::OutOfMemory { device: device.into(), asked, why: why.to_string() }
    }

    /// A [`DeviceError::Lost`].
    pub fn lost(device: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::Lost { device: device.into(), why: why.to_string() }
    }

    /// A [`DeviceError::Unsupported`], from what a program refused.
    pub fn unsupported(device: impl Into<String>, refused: &Refused) -> Self {
        Self::Unsupported {
            device: device.into(),
            stage: refused.kernel.to_owned(),
            file: refused.file.to_owned(),
            line: refused.line,
            what: format!("{}; help: {}", refused.what, refused.help),
        }
    }

    /// A [`DeviceError::Build`].
    pub fn build(device: impl Into<String>, log: impl fmt::Display) -> Self {
        Self::Build { device: device.into(), log: log.to_string() }
    }
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDevice { device, why } => write!(f, "there is no device `{device}`: {why}"),
            Self::OutOfMemory { device, asked, why } => {
                write!(f, "the device `{device}` has no {asked} bytes left: {why}")
            }
            Self::Lost { device, why } => write!(f, "the device `{device}` was lost: {why}"),
            Self::Unsupported { device, stage, file, line, what } => {
                write!(f, "the device `{device}` cannot run the stage `{stage}` ({file}:{line}): {what}")
            }
            Self::Build { device, log } => {
                write!(f, "the compiler of the device `{device}` refused the kernels: {log}")
            }
        }
    }
}

impl std::error::Error for DeviceError {}
