//! The sender over an engine that does what a test says.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;
use crate::journal::Start;
use crate::post::Post;
use crate::waiting::InOrder;

/// A way out that answers as it was told, and then takes everything.
struct Scripted {
    answers: VecDeque<Offered>,
    post: Arc<Post>,
}

impl Outlet<u64> for Scripted {
    fn has_news(&self) -> bool {
        false
    }

    fn follow(&mut self) -> bool {
        false
    }

    fn is_open(&self) -> bool {
        true
    }

    fn is_connected(&self) -> bool {
        true
    }

    fn send(&mut self, _: &Header, _: &u64, _: Note<'_>) -> Offered {
        self.answers.pop_front().unwrap_or(Offered::Sent)
    }

    fn reopen(&mut self) {}

    fn finish<'a>(&mut self, _: impl Iterator<Item = (Header, &'a u64)>, _: Header, _: &Arc<Tally>) -> bool {
        true
    }

    fn post(&self) -> &Arc<Post> {
        &self.post
    }
}

fn sender(
    answers: impl IntoIterator<Item = Offered>,
    room: usize,
    overflow: Overflow,
) -> LinkSender<u64, Scripted, InOrder<u64>> {
    LinkSender::new(SenderParts {
        outlet: Scripted {
            answers: answers.into_iter().collect(),
            post: Arc::new(Post::new(Duration::from_millis(1))),
        },
        waiting: InOrder::new(room).unwrap(),
        overflow,
        patience: Some(Duration::ZERO),
        fingerprint: 1,
        start: Start::afresh(),
        journal: None,
        tally: Arc::default(),
        half: Half::Sender,
    })
}

#[test]
fn who_finds_nobody_and_then_somebody_in_one_push_is_not_alone() {
    let mut sender = sender([Offered::NotConnected, Offered::Sent], 1, Overflow::Block);
    assert_eq!(sender.push(1), Pushed::Ok);
    assert!(!sender.is_closed(), "all was sent");
    assert_eq!((sender.remote_stats().popped, sender.remote_stats().depth), (1, 0));
}

#[test]
fn who_finds_nobody_is_alone_until_what_waits_is_sent() {
    let mut sender = sender([Offered::NotConnected; 3], 1, Overflow::Block);
    assert_eq!(sender.push(1), Pushed::Ok);
    assert!(sender.is_closed() && sender.kept() == Some(1));
    assert!(!sender.flush() && sender.flush());
    assert!(!sender.is_closed() && sender.kept() == Some(0));
}

/// Whoever reads the numbers while values are taken of which the engine takes none sees none of them as popped.
#[test]
fn what_waits_or_was_dropped_is_never_counted_as_popped() {
    const VALUES: u64 = 1 << 16;
    let mut sender = sender(
        (0..).map(|_| Offered::BackPressured).take(4 * VALUES as usize),
        VALUES as usize / 2,
        Overflow::DropNewest,
    );
    let (stats, ends) = (Push::stats(&sender).unwrap(), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.load(Ordering::SeqCst) {
                let counters = stats.counters();
                assert_eq!(counters.popped, 0, "the engine took nothing: {counters:?}");
            }
        });
        for n in 0..VALUES {
            assert_eq!(sender.push(n), if n < VALUES / 2 { Pushed::Ok } else { Pushed::Dropped });
        }
        ends.store(true, Ordering::SeqCst);
    });
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.dropped, counters.depth), (VALUES, VALUES / 2, VALUES / 2));
}
