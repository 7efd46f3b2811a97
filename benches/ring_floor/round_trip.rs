//! A value there and back through two rings of a kind.

use std::hint::{black_box, spin_loop};

use fusewire::ring::{Auto, InSlot, Indexed, Layout, ring};

use super::ends::{Pop, Push};
use super::support::clock::ticks;
use super::support::duel::Contender;
use super::twins::slot::{BY_SLOT, EVERY_32, Line, Packed};
use super::{ahead, twins};

/// Round trips per slice.
pub(crate) const TRIPS: usize = 1500;

/// The contenders for a payload of `WORDS` words in rings of `N` slots; with `alternatives`, those
/// of the essay too.
pub(crate) fn contenders<const WORDS: usize, const N: usize>(alternatives: bool) -> Vec<Contender> {
    let mut all = vec![ours::<Auto, WORDS, N>("ours auto")];
    all.extend(by_hand::<WORDS, N>());
    if alternatives {
        all.push(ours::<InSlot, WORDS, N>("ours in-slot"));
        all.push(ours::<Indexed, WORDS, N>("ours indexed"));
        let by_256 = slot::<Line, 256, WORDS, N>;
        all.push(contender("hand slot, head by 256", by_256(), by_256()));
        let own_return = slot::<Line, BY_SLOT, WORDS, N>;
        all.push(contender("hand slot, own return", own_return(), own_return()));
    }
    all
}

/// Those of them that are written by hand, each in a layout that may be the best for that payload.
///
/// Those that pause wait with the processor's hint for loops that spin: on some processors and
/// distances the better way, on others not.
pub(crate) fn by_hand<const WORDS: usize, const N: usize>() -> Vec<Contender> {
    let index = || twins::index::ring::<_, N>([0; WORDS], 1);
    let line = slot::<Line, EVERY_32, WORDS, N>;
    let mut all = vec![
        contender("hand index", index(), index()),
        contender("hand slot", line(), line()),
        waiting("hand slot, pausing", line(), line(), spin_loop),
    ];
    if WORDS == 1 {
        let packed = slot::<Packed, EVERY_32, WORDS, N>;
        all.push(contender("hand packed", packed(), packed()));
        all.push(waiting("hand packed, pausing", packed(), packed(), spin_loop));
    }
    if WORDS > 7 {
        let ahead = || ahead::ring::<_, EVERY_32, N>([0; WORDS]);
        all.push(contender("hand ahead", ahead(), ahead()));
        all.push(waiting("hand ahead, pausing", ahead(), ahead(), spin_loop));
    }
    all
}

type Payload<const WORDS: usize> = [u64; WORDS];

/// Two rings of fusewire, driven by hand.
pub(crate) fn ours<L: Layout, const WORDS: usize, const N: usize>(name: &str) -> Contender {
    let open = || ring::<Payload<WORDS>, L>(N).expect("a ring of the bench's capacity");
    contender(name, open(), open())
}

fn slot<A: Send, const BACK: usize, const WORDS: usize, const N: usize>()
-> (impl Push<Payload<WORDS>>, impl Pop<Payload<WORDS>>) {
    twins::slot::ring::<_, A, BACK, N>([0; WORDS])
}

fn contender<const WORDS: usize, P, C>(name: &str, there: (P, C), back: (P, C)) -> Contender
where
    P: Push<Payload<WORDS>> + 'static,
    C: Pop<Payload<WORDS>> + 'static,
{
    waiting(name, there, back, || {})
}

/// Times the trips; checks of each that the right value came back whole.
fn waiting<const WORDS: usize, P, C>(
    name: &str,
    there: (P, C),
    back: (P, C),
    pause: impl Fn() + Copy + Send + 'static,
) -> Contender
where
    P: Push<Payload<WORDS>> + 'static,
    C: Pop<Payload<WORDS>> + 'static,
{
    let (mut to, mut from_there) = there;
    let (mut to_back, mut from) = back;
    let mut n = 0_u64;
    let timed = move |trips, stamps: &mut Vec<u32>| {
        let mut last = ticks();
        for _ in 0..trips {
            n += 1;
            while !to.try_push(black_box([n; WORDS])) {}
            let came = loop {
                if let Some(value) = from.try_pop() {
                    break value;
                }
                pause();
            };
            let now = ticks();
            stamps.push((now - last) as u32);
            assert!(came[0] == n + 1 && (WORDS == 1 || came[WORDS - 1] == n), "another value came back");
            black_box(&came);
            last = now;
        }
    };
    let partner = move |trips| {
        for _ in 0..trips {
            let mut value = loop {
                if let Some(value) = from_there.try_pop() {
                    break value;
                }
                pause();
            };
            value[0] += 1;
            while !to_back.try_push(value) {}
        }
    };
    Contender {
        group: format!("{} bytes", 8 * WORDS),
        name: name.to_owned(),
        repetitions: TRIPS,
        timed: Box::new(timed),
        partner: Box::new(partner),
    }
}
