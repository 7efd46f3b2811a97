//! Tasks come from everywhere while the layer goes to rest: each is run once, and the layer's own task is on its way once at most.

use loom::thread;

use super::{Layer, Order};
use crate::context::host::Host;
use crate::context::modelled::{Below, Fates};
use crate::context::{ContextRef, enter};
use crate::lane::Turn;

/// Every host in turn.
struct InTurn;

impl Order for InTurn {
    fn trip(&mut self, _: usize, host: &mut Host) -> Turn {
        host.turn()
    }
}

fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.max_branches = 10_000;
    builder.check(check);
}

#[test]
fn tasks_that_come_while_it_goes_to_rest_are_run() {
    model(|| {
        let below = Below::new();
        let context: ContextRef = below.clone();
        let layer = Layer::new(&context, "layer", &["layer".to_owned()], InTurn);
        let face = layer.face(0).unwrap();
        let fates = Fates::new();
        face.post(fates.task(&face, 0));
        let posting = {
            let (face, fates) = (face.clone(), fates.clone());
            thread::spawn(move || face.post(fates.task(&face, 0)))
        };
        below.turn();
        posting.join().unwrap();
        while below.turn() {}
        assert_eq!(fates.ran(), 2, "a task was slept past");
    });
}

/// What waits inside makes the layer wait below: who gives it a task then nudges, and does not post it a second time.
#[test]
fn a_layer_that_waits_is_nudged() {
    model(|| {
        let below = Below::new();
        let context: ContextRef = below.clone();
        let layer = Layer::new(&context, "layer", &["layer".to_owned()], InTurn);
        let face = layer.face(0).unwrap();
        let fates = Fates::new();
        // Waits in the host for as long as the model lasts.
        let waits = Fates::new();
        {
            // SAFETY: nothing was posted yet, so that the layer takes no turn.
            let _here = unsafe { enter(face.clone()) };
            face.post_waiting(waits.task(&face, 1_000), None);
        }
        face.post(fates.task(&face, 0));
        let posting = {
            let (face, fates) = (face.clone(), fates.clone());
            thread::spawn(move || face.post(fates.task(&face, 0)))
        };
        below.turn();
        posting.join().unwrap();
        while below.turn() {}
        assert_eq!(fates.ran(), 2, "a task was slept past");
        layer.close();
        below.end();
        assert_eq!((waits.ran(), waits.abandoned()), (0, 1));
    });
}

/// The context below is a pool: one of its threads may still leave the layer when another enters it.
#[test]
fn two_threads_run_it_one_after_the_other() {
    model(|| {
        let below = Below::new();
        let context: ContextRef = below.clone();
        let layer = Layer::new(&context, "layer", &["layer".to_owned()], InTurn);
        let face = layer.face(0).unwrap();
        let fates = Fates::new();
        face.post(fates.task(&face, 0));
        let running = {
            let below = below.clone();
            thread::spawn(move || below.turn())
        };
        face.post(fates.task(&face, 0));
        below.turn();
        running.join().unwrap();
        while below.turn() {}
        assert_eq!(fates.ran(), 2, "a task was slept past");
    });
}
