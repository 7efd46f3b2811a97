//! A process of a suite, which is the suite itself with a role: what it says, and its end by SIGKILL.
#![allow(dead_code, unreachable_pub, reason = "each suite uses a part")]

use std::env;
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What a process of these tests is told, in one variable of its environment.
pub const ROLE: &str = "FUSEWIRE_REMOTE_ROLE";

/// A process with a role, and what it says.
pub struct Process {
    pub child: Child,
    lines: Receiver<String>,
    pub heard: Vec<String>,
}

impl Process {
    pub fn start(role: &str) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["process", "--exact", "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (say, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some(at) = line.find("@ ") {
                    let _ = say.send(line[at + 2..].to_owned());
                }
            }
        });
        Self { child, lines, heard: Vec::new() }
    }

    /// Listens until a line fits, and gives what fits.
    pub fn hears<V>(&mut self, what: &str, fits: impl Fn(&str) -> Option<V>) -> V {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|error| {
                let last = &self.heard[self.heard.len().saturating_sub(20)..];
                panic!("waited for {what}: {error}; the last lines were {last:?}")
            });
            let found = fits(&line);
            self.heard.push(line);
            if let Some(found) = found {
                return found;
            }
        }
    }

    pub fn hears_line(&mut self, start: &str) -> String {
        self.hears(start, |line| line.starts_with(start).then(|| line.to_owned()))
    }

    /// Lets a sender go on beyond the middle.
    pub fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    pub fn hears_value(&mut self, at_least: u64) {
        self.hears("a value", |line| (number(line, "value ")? >= at_least).then_some(()));
    }

    /// SIGKILL; what it had said is heard.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while let Ok(line) = self.lines.recv() {
            self.heard.push(line);
        }
    }

    pub fn ends(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
        while let Ok(line) = self.lines.recv() {
            self.heard.push(line);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn number(line: &str, start: &str) -> Option<u64> {
    line.strip_prefix(start)?.split(' ').next()?.parse().ok()
}

/// What receivers heard, one after the other: every number from `from` on, exactly once, as a value or as missing, and ends before `until`. How many are
/// missing.
pub fn check<'a>(lines: impl Iterator<Item = &'a String>, from: u64, until: u64) -> u64 {
    let (mut next, mut lost) = (from, 0);
    for line in lines {
        if let Some(value) = number(line, "value ") {
            assert_eq!(value, next, "after {lost} that are missing");
            next += 1;
        } else if let Some(first) = number(line, "gap ") {
            assert_eq!(first, next, "{line}");
            let missing: u64 = line.split(' ').nth(2).unwrap().parse().unwrap();
            assert!(missing > 0, "{line}");
            next += missing;
            lost += missing;
        }
    }
    assert_eq!(next, until, "each value came or is told to be missing");
    lost
}

pub fn scratch(name: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("fusewire-remote-{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let _ = std::fs::remove_dir_all(&path);
    path
}
