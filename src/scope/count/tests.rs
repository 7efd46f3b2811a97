//! What the count does at its limit, which ends the process: in one of its own.

use std::env;
use std::process::Command;

use super::{Count, HANDLE, TOO_MANY_HANDLES};
use crate::primitive::{AtomicU64, Ordering};

/// Set for the process that is to end.
const CHILD: &str = "FUSEWIRE_TEST_TOO_MANY_HANDLES";

#[test]
fn handles_end_the_process_before_their_count_runs_over() {
    let count = Count { word: AtomicU64::new(TOO_MANY_HANDLES - HANDLE) };
    count.hold();
    assert_eq!(count.word.load(Ordering::SeqCst), TOO_MANY_HANDLES, "so many there may be");
    if env::var_os(CHILD).is_some() {
        count.hold();
        println!("went on");
        return;
    }
    let child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "scope::count::tests::handles_end_the_process_before_their_count_runs_over",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(said.contains("running 1 test"), "{said}");
    assert!(!child.status.success() && !said.contains("went on"), "{said}");
}
