//! Rings of a test: a name that nobody else has, removed whatever happens; and children that use it.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use fusewire::edge::shm::{Shm, shm};

/// Set for a child, to what it shall do.
pub(crate) const CHILD: &str = "FUSEWIRE_SHM_CHILD";
/// Set for a child, to the name of its ring.
pub(crate) const NAME: &str = "FUSEWIRE_SHM_NAME";

/// The name of a ring, which is removed at the end.
#[derive(Debug)]
pub(crate) struct Name(pub(crate) String);

impl Name {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(format!("fusewire-test-{}-{next}", std::process::id()))
    }

    pub(crate) fn shm(&self) -> Shm {
        shm(&self.0)
    }

    pub(crate) fn path(&self) -> String {
        format!("/dev/shm/{}", self.0)
    }

    /// Runs a test of this program again, as the child that plays `part`.
    pub(crate) fn child(&self, test: &str, part: &str) -> Running {
        let child = Command::new("/proc/self/exe")
            .args(["--exact", test, "--nocapture"])
            .env(CHILD, part)
            .env(NAME, &self.0)
            .stdout(Stdio::null())
            .spawn()
            .expect("a child");
        Running(child)
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = self.shm().remove();
    }
}

/// A child that is killed at the end.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What this process shall do, if it is a child.
pub(crate) fn part() -> Option<(String, Shm)> {
    let part = std::env::var(CHILD).ok()?;
    Some((part, shm(std::env::var(NAME).expect("a name beside the part"))))
}
