//! What a poll of a stage that waits does, for each answer of what follows it.

use super::*;
use crate::adaptors::SenderExt;
use crate::completion::Never;
use crate::context::manual::Manual;
use crate::graph::guard::unguarded;
use crate::graph::tail::scripted::Scripted;
use crate::on::on;
use crate::sources::just;

type Came = Result<u32, Never>;

/// Whether the operation has completed, what follows says, and whether that made room: what the poll says, and what came out of it.
fn polled(arrived: bool, polls: Put, makes_room: bool) -> (Put, Vec<Came>) {
    let manual = Manual::new();
    let context = manual.clone();
    let mut stage = And(Held::new(move |n: u32| just(n).then(on(context.clone()))));
    let (mut cell, mut known_here) = (Cell::new(), false);
    let mut lane = LaneState::new(Control::new());
    let next = Scripted { ready: true, polls, makes_room, came: Vec::new() };
    let mut wait = OpenWait {
        stage: Local::new(&mut stage),
        guard: unguarded,
        cell: &mut cell,
        known_here: &mut known_here,
        next,
    };
    assert_eq!(wait.put(Ok::<u32, Never>(7), Room::UNSURE, &mut lane), Put::Waiting);
    if arrived {
        manual.run_until_idle();
    }
    wait.next.ready = false;
    let put = OpenTail::<Came>::poll(&mut wait, &mut lane);
    let came = std::mem::take(&mut wait.next.came);
    drop(wait);
    manual.run_until_idle();
    (put, came)
}

/// Nothing else would wake the lane: the wake of what has arrived is used up.
#[test]
fn room_that_a_poll_has_made_is_used_at_once() {
    assert_eq!(polled(true, Put::Done, true), (Put::Done, vec![Ok(7)]));
    assert_eq!(polled(false, Put::Done, true), (Put::Waiting, vec![]));
}

#[test]
fn what_follows_is_asked_again_after_it_moved_on() {
    for arrived in [false, true] {
        assert_eq!(polled(arrived, Put::Done, false), (Put::Done, vec![]));
        for put in [Put::Waiting, Put::Ended, Put::Over] {
            assert_eq!(polled(arrived, put, false), (put, vec![]));
        }
    }
}

/// An edge that drops what it has no room for takes it.
#[test]
fn what_has_arrived_goes_into_an_edge_that_overflows() {
    assert_eq!(polled(true, Put::Overflows, false), (Put::Done, vec![Ok(7)]));
}
