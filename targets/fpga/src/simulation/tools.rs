//! The programs that simulations are built with.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A tool that is missing or failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ToolError {
    /// The tool is not installed.
    Missing {
        /// Its name.
        tool: &'static str,
        /// What it is wanted for, and how to get it.
        help: &'static str,
    },
    /// The tool ended with an error.
    Failed {
        /// Its name.
        tool: &'static str,
        /// What it printed.
        log: String,
    },
    /// Files could not be read or written.
    Files {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The simulation was built and cannot be loaded.
    Load {
        /// The shared library.
        path: PathBuf,
        /// Why.
        error: libloading::Error,
    },
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { tool, help } => write!(f, "`{tool}` is not installed; {help}"),
            Self::Failed { tool, log } => write!(f, "`{tool}` failed on a generated core:\n{log}"),
            Self::Files { path, error } => write!(f, "cannot use {}: {error}", path.display()),
            Self::Load { path, error } => {
                write!(f, "cannot load the simulation {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for ToolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Missing { .. } | Self::Failed { .. } => None,
            Self::Files { error, .. } => Some(error),
            Self::Load { error, .. } => Some(error),
        }
    }
}

/// Gives an error of the file system the path it is about.
pub(crate) fn at<T>(path: impl Into<PathBuf>, result: io::Result<T>) -> Result<T, ToolError> {
    result.map_err(|error| ToolError::Files { path: path.into(), error })
}

/// Verilator and a C++ compiler, as found on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    pub(crate) verilator: PathBuf,
    pub(crate) root: PathBuf,
    pub(crate) version: String,
    pub(crate) compiler: PathBuf,
}

const VERILATOR: &str = "install Verilator 5 (Debian: `apt-get install verilator`) to simulate an FPGA, \
or set FUSEWIRE_VERILATOR to its path";
const COMPILER: &str = "install a C++ compiler (Debian: `apt-get install g++`) to simulate an FPGA, or set \
CXX to its path";

impl Toolchain {
    /// Looks for both.
    ///
    /// # Errors
    ///
    /// The one that is missing.
    pub(crate) fn find() -> Result<Self, ToolError> {
        let named = |variable: &str, usual: &str| {
            PathBuf::from(std::env::var_os(variable).unwrap_or_else(|| usual.into()))
        };
        let verilator = named("FUSEWIRE_VERILATOR", "verilator");
        let compiler = named("CXX", "c++");
        let version = run("verilator", VERILATOR, Command::new(&verilator).arg("--version"))?;
        let root = Command::new(&verilator).args(["--getenv", "VERILATOR_ROOT"]).output();
        let root = checked("verilator", VERILATOR, root)?;
        let compiler_version = run("c++", COMPILER, Command::new(&compiler).arg("--version"))?;
        let version = format!("{version}{compiler_version}");
        Ok(Self { verilator, root: PathBuf::from(root.trim()), version, compiler })
    }
}

/// Runs a tool and gives what it wrote to its standard output.
pub(crate) fn run(
    tool: &'static str,
    help: &'static str,
    command: &mut Command,
) -> Result<String, ToolError> {
    checked(tool, help, command.output())
}

fn checked(tool: &'static str, help: &'static str, output: io::Result<Output>) -> Result<String, ToolError> {
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ToolError::Missing { tool, help });
        }
        Err(error) => return Err(ToolError::Files { path: tool.into(), error }),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let log = text + &String::from_utf8_lossy(&output.stderr);
    Err(ToolError::Failed { tool, log })
}
