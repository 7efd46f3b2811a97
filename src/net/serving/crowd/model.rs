//! Connections come, are given tasks from elsewhere and leave while the sweep comes and goes: what is given is run once, or abandoned
//! where the context has ended, and the sweep is on its way once at most.

use std::sync::Arc;

use loom::thread;
use mio::Poll;

use super::Crowd;
use crate::context::ContextRef;
use crate::context::modelled::{Below, Fates};
use crate::stop::StopToken;

fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.max_branches = 10_000;
    builder.check(check);
}

/// A context, and a crowd on it.
fn crowd() -> (Arc<Below>, Arc<Crowd>) {
    let below = Below::new();
    let context: ContextRef = below.clone();
    let crowd = Crowd::over(context, Poll::new().unwrap(), StopToken::never(), None).unwrap();
    (below, crowd)
}

#[test]
fn what_is_posted_while_the_sweep_goes_to_rest_is_run() {
    model(|| {
        let (below, crowd) = crowd();
        let (seat, fates) = (crowd.seat(), Fates::new());
        let place = seat.context();
        let posting = {
            let (place, fates) = (place.clone(), fates.clone());
            thread::spawn(move || place.post(fates.task(&place, 0)))
        };
        below.turn();
        place.post(fates.task(&place, 0));
        below.turn();
        posting.join().unwrap();
        while below.turn() {}
        assert_eq!(fates.ran(), 2, "a task was slept past");
        drop((seat, place));
        below.end();
    });
}

/// The last connection leaves while something that it began is given a task: the sweep comes once more.
#[test]
fn what_outlives_the_last_connection_is_run() {
    model(|| {
        let (below, crowd) = crowd();
        let (seat, fates) = (crowd.seat(), Fates::new());
        let place = seat.context();
        below.turn();
        let leaving = thread::spawn(move || drop(seat));
        let posting = {
            let (place, fates) = (place.clone(), fates.clone());
            thread::spawn(move || place.post(fates.task(&place, 0)))
        };
        below.turn();
        leaving.join().unwrap();
        posting.join().unwrap();
        while below.turn() {}
        assert_eq!(fates.ran(), 1, "a task was slept past");
        assert_eq!(crowd.taken(), 0);
        drop(place);
        below.end();
    });
}

/// A task that waits, and one that is posted, when the context ends.
#[test]
fn what_is_given_while_the_context_ends_is_abandoned_or_run() {
    model(|| {
        let (below, crowd) = crowd();
        let (seat, fates) = (crowd.seat(), Fates::new());
        let place = seat.context();
        let posting = {
            let (place, fates) = (place.clone(), fates.clone());
            thread::spawn(move || {
                place.post(fates.task(&place, 0));
                place.post_waiting(fates.task(&place, 0), None);
            })
        };
        below.end();
        posting.join().unwrap();
        assert_eq!((fates.ran(), fates.abandoned()), (0, 2), "one was lost, or is kept for ever");
        drop(seat);
    });
}
