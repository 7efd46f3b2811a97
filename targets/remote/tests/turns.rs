//! What the examples measure with: a block ends although its last word waits on the sender's side.

#[path = "../examples/common/turns.rs"]
mod turns;

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use turns::{In, Out, stream};

/// Sends each value when the next one comes, or when it is asked to.
struct Late {
    held: Option<u64>,
    to: SyncSender<u64>,
}

impl Out for Late {
    fn send(&mut self, value: u64) -> bool {
        self.flush();
        self.held = Some(value);
        true
    }

    fn flush(&mut self) -> bool {
        if let Some(held) = self.held.take() {
            self.to.send(held).unwrap();
        }
        true
    }
}

struct Here(Receiver<u64>);

impl In for Here {
    fn receive(&mut self, each: &mut dyn FnMut(u64)) {
        self.0.try_iter().for_each(each);
    }
}

#[test]
fn a_block_ends_although_its_last_word_waits() {
    let (to, from) = sync_channel(1024);
    let (ended, end) = channel();
    thread::spawn(move || {
        let per_value = stream(&mut Late { held: None, to }, &mut Here(from));
        ended.send(per_value).unwrap();
    });
    let per_value = end.recv_timeout(Duration::from_secs(60)).expect("it ends");
    assert!(per_value > 0.0);
}
