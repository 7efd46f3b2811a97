//! Ctrl-C. Each case runs in a child process of its own, because a signal is for a whole process.
#![cfg(unix)]

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use fusewire::engine::{Engine, Handle};
use fusewire::lane::Turn;
use fusewire::prelude::*;
use fusewire::signal::on_interrupt;

const CASE: &str = "FUSEWIRE_SIGNAL_CASE";

/// Runs the named test of this file again in a child, where `CASE` is set.
fn in_a_child(test: &str) -> ExitStatus {
    let me = std::env::current_exe().unwrap();
    Command::new(me).args(["--exact", test, "--nocapture"]).env(CASE, "1").status().unwrap()
}

fn is_child() -> bool {
    std::env::var_os(CASE).is_some()
}

fn interrupt() {
    // SAFETY: raising a signal touches no memory of ours.
    assert_eq!(unsafe { libc::raise(libc::SIGINT) }, 0);
}

fn endless() -> Handle {
    Engine::new().run(from_iter(0..u64::MAX)).unwrap()
}

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn the_first_stops_the_graph() {
    if !is_child() {
        assert_eq!(in_a_child("the_first_stops_the_graph").code(), Some(0));
        return;
    }
    for _ in 0..2 {
        let handle = endless();
        let _listening = on_interrupt(&handle).unwrap();
        interrupt();
        let report = handle.join_timeout(LIMIT).expect("the signal stops it").unwrap();
        assert!(report.started >= report.completed);
    }
}

#[test]
fn without_a_listener_it_ends_the_process() {
    if !is_child() {
        assert_eq!(in_a_child("without_a_listener_it_ends_the_process").signal(), Some(libc::SIGINT));
        return;
    }
    let handle = endless();
    drop(on_interrupt(&handle).unwrap());
    interrupt();
    std::thread::sleep(LIMIT);
}

#[test]
fn the_third_ends_a_process_whose_graph_does_not_stop() {
    if !is_child() {
        let status = in_a_child("the_third_ends_a_process_whose_graph_does_not_stop");
        assert_eq!(status.signal(), Some(libc::SIGINT));
        return;
    }
    // A stage that never returns sees neither of the two stops.
    let stuck = from_fn(|| -> Option<Turn> {
        std::thread::sleep(2 * LIMIT);
        None
    });
    let handle = Engine::new().run(stuck).unwrap();
    let _listening = on_interrupt(&handle).unwrap();
    // Signals of one number that come together are one: more than three are sent, until the process has gone.
    let until = Instant::now() + LIMIT;
    while Instant::now() < until {
        interrupt();
        std::thread::sleep(Duration::from_millis(200));
    }
}
