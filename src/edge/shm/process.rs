//! Which process it is: a number that is used again, and the time that is not.

use std::fmt;
use std::fs;

/// A process, by its id and by when it started: ids are used again, the two together are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Process {
    /// The id, in the namespace of that process.
    pub pid: u32,
    /// When it started, in clock ticks since the system did; zero if that could not be read.
    pub started: u64,
}

impl Process {
    /// The calling process.
    pub fn this() -> Self {
        let pid = std::process::id();
        Self { pid, started: started("self").unwrap_or(0) }
    }

    /// Whether a process with this id runs that started at that time. Reads `/proc`.
    pub fn runs(self) -> bool {
        started(&self.pid.to_string()) == Some(self.started)
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)
    }
}

/// The 22nd field of the process's line; the second, its name, may hold spaces and brackets.
fn started(process: &str) -> Option<u64> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = &line[line.rfind(')')? + 1..];
    after_name.split_ascii_whitespace().nth(19)?.parse().ok()
}
