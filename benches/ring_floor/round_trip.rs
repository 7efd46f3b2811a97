//! A value there and back through two rings of a kind.

use std::hint::black_box;

use fusewire::ring::{Auto, InSlot, Indexed, Layout, ring};

use super::ends::{Pop, Push};
use super::support::clock::ticks;
use super::support::duel::Contender;
use super::twins::slot::{BY_SLOT, EVERY_32, Line, Packed};
use super::twins::{self, CAPACITY};

/// Round trips per slice.
const TRIPS: usize = 1500;

/// The contenders for a payload of `WORDS` words; with `alternatives`, those of the essay too.
pub(crate) fn contenders<const WORDS: usize>(alternatives: bool) -> Vec<Contender> {
    let fill = [0; WORDS];
    let mut all = vec![
        contender("ours auto", ours::<Auto, WORDS>(), ours::<Auto, WORDS>()),
        contender("hand index", twins::index::ring(fill, 1), twins::index::ring(fill, 1)),
        contender("hand slot", slot::<Line, EVERY_32, WORDS>(), slot::<Line, EVERY_32, WORDS>()),
    ];
    if WORDS == 1 {
        let packed = slot::<Packed, EVERY_32, WORDS>;
        all.push(contender("hand slot, packed", packed(), packed()));
    }
    if alternatives {
        all.push(contender("ours in-slot", ours::<InSlot, WORDS>(), ours::<InSlot, WORDS>()));
        all.push(contender("ours indexed", ours::<Indexed, WORDS>(), ours::<Indexed, WORDS>()));
        all.push(contender("hand slot, head by 256", slot::<Line, 256, WORDS>(), slot::<Line, 256, WORDS>()));
        all.push(contender(
            "hand slot, own return",
            slot::<Line, BY_SLOT, WORDS>(),
            slot::<Line, BY_SLOT, WORDS>(),
        ));
    }
    all
}

type Payload<const WORDS: usize> = [u64; WORDS];

fn ours<L: Layout, const WORDS: usize>() -> (impl Push<Payload<WORDS>>, impl Pop<Payload<WORDS>>) {
    ring::<_, L>(CAPACITY).expect("a ring of the bench's capacity")
}

fn slot<A: Send, const BACK: usize, const WORDS: usize>()
-> (impl Push<Payload<WORDS>>, impl Pop<Payload<WORDS>>) {
    twins::slot::ring::<_, A, BACK>([0; WORDS])
}

/// Times the trips; checks of each that the right value came back whole.
fn contender<const WORDS: usize, P, C>(name: &str, there: (P, C), back: (P, C)) -> Contender
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
