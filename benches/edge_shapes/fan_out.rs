//! Each value to several receivers, as the arms of `fork` and `broadcast` are.

use std::array::from_fn;

use fusewire::edge::{Broadcast, Edge, Pop, Push, Pushed, Spsc};

use super::{Answer, CAPACITY, Message, Side, TURN, Threads, Turn, VALUES, compare, message};

/// Two and four arms, of a word and of a line.
pub(super) fn compare_all(rounds: usize, threads: Threads) {
    job::<1, 2>(rounds, threads);
    job::<1, 4>(rounds, threads);
    job::<7, 2>(rounds, threads);
    job::<7, 4>(rounds, threads);
}

fn job<const WORDS: usize, const ARMS: usize>(rounds: usize, threads: Threads) {
    let (bytes, number) = (8 * WORDS, threads.number());
    compare(
        &format!("{bytes} bytes to {ARMS} receivers, threads: {number}"),
        rounds,
        || {
            let (sender, first) =
                Broadcast::new().capacity(CAPACITY).receivers(ARMS).open().expect("an edge");
            let receivers: [_; ARMS] = {
                let mut more = (1..ARMS).map(|_| first.try_clone().expect("a receiver")).collect::<Vec<_>>();
                more.push(first);
                more.try_into().expect("one for each arm")
            };
            run::<WORDS, _, _, 1, ARMS>(threads, [sender], receivers)
        },
        || {
            let mut senders = Vec::new();
            let receivers = from_fn(|_| {
                let (sender, receiver) = Spsc::new().capacity(CAPACITY).open().expect("an edge");
                senders.push(sender);
                receiver
            });
            let senders = senders.try_into().expect("one for each arm");
            run::<WORDS, _, _, ARMS, ARMS>(threads, senders, receivers)
        },
    );
}

fn run<const WORDS: usize, P, C, const RINGS: usize, const ARMS: usize>(
    threads: Threads,
    senders: [P; RINGS],
    receivers: [C; ARMS],
) -> (f64, Vec<Answer>)
where
    P: Push<Item = Message<WORDS>> + Send,
    C: Pop<Item = Message<WORDS>> + Send,
{
    let mut from = From { senders, next: 0 };
    let mut to = To { receivers: receivers.map(|receiver| (receiver, Answer::default())) };
    let time = threads.run(&mut from, &mut to);
    (time, to.receivers.iter().map(|(_, answer)| *answer).collect())
}

/// The lane in front of the arms, which takes a value only if every ring has room.
struct From<P, const RINGS: usize> {
    senders: [P; RINGS],
    next: u64,
}

impl<P: Push<Item = Message<WORDS>> + Send, const WORDS: usize, const RINGS: usize> Side for From<P, RINGS> {
    #[inline(always)]
    fn turn(&mut self) -> Turn {
        for taken in 0..TURN {
            if self.next == VALUES {
                return Turn::Done;
            }
            if !self.senders.iter_mut().all(P::has_room) {
                return if taken == 0 { Turn::Idle } else { Turn::Busy };
            }
            let value = message(self.next);
            for sender in &mut self.senders {
                assert!(matches!(sender.push(value), Pushed::Ok), "there is room");
            }
            self.next += 1;
        }
        Turn::Busy
    }
}

/// The arms, each of which takes as many values as a lane's turn does.
struct To<C, const ARMS: usize> {
    receivers: [(C, Answer); ARMS],
}

impl<C: Pop<Item = Message<WORDS>> + Send, const WORDS: usize, const ARMS: usize> Side for To<C, ARMS> {
    #[inline(always)]
    fn turn(&mut self) -> Turn {
        let (mut busy, mut done) = (false, true);
        for (receiver, answer) in &mut self.receivers {
            let before = answer.values;
            for _ in 0..TURN {
                let Some(value) = receiver.pop_deferred() else { break };
                answer.take(&value);
            }
            if answer.values != before {
                receiver.hand_back();
                busy = true;
            }
            done &= answer.values == VALUES;
        }
        match (done, busy) {
            (true, _) => Turn::Done,
            (false, true) => Turn::Busy,
            (false, false) => Turn::Idle,
        }
    }
}
