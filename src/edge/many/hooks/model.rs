//! Model check of the first registration: who says how it is woken, and then looks, sees what was done or is woken.

use loom::thread;

use super::{Hooked, Hooks};
use crate::edge::Wake;
use crate::edge::many::Common;
use crate::primitive::{Arc, AtomicBool, Ordering};

#[derive(Debug)]
struct Rings(Arc<AtomicBool>);

impl Wake for Rings {
    fn wake(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_hook_is_seen_or_its_owner_sees() {
    loom::model(|| {
        let (hooks, pushed) = (Arc::new(Hooks::new()), Arc::new(AtomicBool::new(false)));
        let rung = Arc::new(AtomicBool::new(false));
        let pushing = {
            let (hooks, pushed) = (Arc::clone(&hooks), Arc::clone(&pushed));
            thread::spawn(move || {
                pushed.store(true, Ordering::Release);
                hooks.wake();
            })
        };
        assert_ne!(hooks.add(Box::new(Rings(Arc::clone(&rung)))), 0);
        let seen = pushed.load(Ordering::Acquire);
        pushing.join().unwrap();
        assert!(seen || rung.load(Ordering::SeqCst), "it would sleep for ever");
    });
}

/// An end that goes while it is being woken takes its hook along.
#[test]
fn a_hook_goes_with_its_end() {
    loom::model(|| {
        let common = std::sync::Arc::new(Common::<()>::new());
        let end = Hooked::<(), false>::new(&common);
        assert!(end.woken_by(Box::new(Rings(Arc::new(AtomicBool::new(false))))));
        let waking = {
            let common = std::sync::Arc::clone(&common);
            thread::spawn(move || common.receivers.wake())
        };
        drop(end);
        assert!(!common.receivers.any());
        waking.join().unwrap();
    });
}
