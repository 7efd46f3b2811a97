//! Who is waited for by those who ask a running graph.

use super::*;
use crate::context::Scheduler;
use crate::context::manual::Manual;

/// Of three lanes one has ended, one answers, and one ends without an answer.
#[test]
fn who_asks_does_not_wait_for_a_lane_that_has_ended() {
    let (control, here) = (Control::new(), Manual::new());
    let standing = Standing { context: here.context().id(), taken: 7, completed: 0, awaits: Vec::new() };
    (0..3).for_each(|_| control.lane_placed(here.context()));
    control.lane_ended(LaneCounts::default());
    let others = Arc::clone(&control);
    let others = std::thread::spawn(move || {
        while others.asking().asked() == 0 {
            std::thread::yield_now();
        }
        others.asking().answer(1, standing);
        others.lane_ended(LaneCounts::default());
    });
    // Far more than the test takes.
    let standings = control.standings(Duration::from_secs(600));
    others.join().unwrap();
    assert_eq!(standings.len(), 1);
    control.count_out(LaneCounts::default(), Answered { standing: 1, sample: 0 });
    assert!(control.standings(Duration::from_secs(600)).is_empty());
}

/// A lane of somebody's own may say so twice.
#[test]
fn a_lane_that_is_counted_out_twice_changes_nothing() {
    let (control, counts) = (Control::new(), LaneCounts { started: 3, completed: 2 });
    control.lane_placed(Manual::new().context());
    control.lane_ended(counts);
    control.lane_ended(counts);
    assert!(control.has_ended(), "else who joins waits for ever");
    let report = control.outcome().unwrap();
    assert_eq!((report.started, report.completed), (3, 2));
}
