//! A chain has no cycle. A value comes back over an edge, whose receiving end is a source.

use fusewire::prelude::*;

fn main() {
    let back = std::sync::Mutex::new(Vec::from([3u32]));
    let graph = fuse! {
        from_fn(|| back.lock().unwrap().pop())
            .filter(|n| *n > 0)
            .for_each(|n| back.lock().unwrap().push(n - 1))
    };
    assert_eq!(block_on(graph), Completion::Value(()));
    assert_eq!(*back.lock().unwrap(), [2]);
}
