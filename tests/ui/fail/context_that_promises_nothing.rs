use std::time::Instant;

use fusewire::context::{Context, ContextId};
use fusewire::lane::Lane;
use fusewire::work::TaskRef;

#[derive(Debug)]
struct InPlace(ContextId);

impl Context for InPlace {
    fn id(&self) -> ContextId {
        self.0
    }

    fn name(&self) -> &str {
        "in place"
    }

    fn kind(&self) -> &'static str {
        "own"
    }

    fn post(&self, task: TaskRef) {
        task.run();
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        task.run();
    }

    fn attach(&self, _: Box<dyn Lane>) {}

    fn wake(&self) {}

    fn must_be_woken(&self) -> bool {
        false
    }
}

fn main() {}
