//! Values of several senders to one receiver, as `merge` and the end of a `shard` have them.

use std::array::from_fn;

use fusewire::edge::{Edge, Mpsc, Pop, Push, Pushed, Spsc};

use super::{Answer, CAPACITY, Message, Side, TURN, Threads, Turn, VALUES, compare, message};

/// Two and four senders, of a word and of a line.
pub(super) fn compare_all(rounds: usize, threads: Threads) {
    job::<1, 2>(rounds, threads);
    job::<1, 4>(rounds, threads);
    job::<7, 2>(rounds, threads);
    job::<7, 4>(rounds, threads);
}

fn job<const WORDS: usize, const SENDERS: usize>(rounds: usize, threads: Threads) {
    let (bytes, number) = (8 * WORDS, threads.number());
    compare(
        &format!("{bytes} bytes from {SENDERS} senders, threads: {number}"),
        rounds,
        || {
            let (sender, receiver) = Mpsc::new().capacity(CAPACITY).open().expect("an edge");
            run::<WORDS, _, _, SENDERS, 1>(threads, from_fn(|_| sender.clone()), [receiver])
        },
        || {
            let mut receivers = Vec::new();
            let senders = from_fn(|_| {
                let (sender, receiver) = Spsc::new().capacity(CAPACITY).open().expect("an edge");
                receivers.push(receiver);
                sender
            });
            let receivers = receivers.try_into().expect("one for each sender");
            run::<WORDS, _, _, SENDERS, SENDERS>(threads, senders, receivers)
        },
    );
}

fn run<const WORDS: usize, P, C, const SENDERS: usize, const RINGS: usize>(
    threads: Threads,
    senders: [P; SENDERS],
    receivers: [C; RINGS],
) -> (f64, Vec<Answer>)
where
    P: Push<Item = Message<WORDS>> + Send,
    C: Pop<Item = Message<WORDS>> + Send,
{
    let mut from = From { senders: senders.map(|sender| (sender, 0)) };
    let receivers = receivers.map(|receiver| (receiver, 0));
    let mut to = To { receivers, next: 0, taken: 0, answers: [Answer::default(); SENDERS] };
    let time = threads.run(&mut from, &mut to);
    (time, to.answers.to_vec())
}

/// The lanes of the senders, each of which pushes what there is room for, up to a turn of all.
struct From<P, const SENDERS: usize> {
    senders: [(P, u64); SENDERS],
}

impl<P: Push<Item = Message<WORDS>> + Send, const WORDS: usize, const SENDERS: usize> Side
    for From<P, SENDERS>
{
    #[inline(always)]
    fn turn(&mut self) -> Turn {
        let (mut busy, mut done) = (false, true);
        for (at, (sender, pushed)) in self.senders.iter_mut().enumerate() {
            for _ in 0..TURN / SENDERS {
                if *pushed == VALUES / SENDERS as u64 || !sender.has_room() {
                    break;
                }
                let value = message(*pushed * SENDERS as u64 + at as u64);
                assert!(matches!(sender.push(value), Pushed::Ok), "there is room");
                *pushed += 1;
                busy = true;
            }
            done &= *pushed == VALUES / SENDERS as u64;
        }
        match (done, busy) {
            (true, _) => Turn::Done,
            (false, true) => Turn::Busy,
            (false, false) => Turn::Idle,
        }
    }
}

/// The lane behind, which asks its rings in turn, beginning behind the one that gave the last value.
struct To<C, const RINGS: usize, const SENDERS: usize> {
    // With how many were taken of each since the last turn.
    receivers: [(C, u64); RINGS],
    next: usize,
    taken: u64,
    answers: [Answer; SENDERS],
}

impl<C, const WORDS: usize, const RINGS: usize, const SENDERS: usize> To<C, RINGS, SENDERS>
where
    C: Pop<Item = Message<WORDS>>,
{
    #[inline(always)]
    fn take(&mut self) -> Option<Message<WORDS>> {
        for _ in 0..RINGS {
            let (receiver, taken) = &mut self.receivers[self.next];
            self.next = (self.next + 1) % RINGS;
            if let Some(value) = receiver.pop_deferred() {
                *taken += 1;
                return Some(value);
            }
        }
        None
    }
}

impl<C, const WORDS: usize, const RINGS: usize, const SENDERS: usize> Side for To<C, RINGS, SENDERS>
where
    C: Pop<Item = Message<WORDS>> + Send,
{
    #[inline(always)]
    fn turn(&mut self) -> Turn {
        let before = self.taken;
        for _ in 0..TURN {
            let Some(value) = self.take() else { break };
            self.answers[value[0] as usize % SENDERS].take(&value);
            self.taken += 1;
        }
        for (receiver, taken) in &mut self.receivers {
            if std::mem::take(taken) != 0 {
                receiver.hand_back();
            }
        }
        if self.taken == VALUES {
            Turn::Done
        } else if self.taken != before {
            Turn::Busy
        } else {
            Turn::Idle
        }
    }
}
