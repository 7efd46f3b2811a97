//! Graphs at random, as data: the same for the same seed.
//!
//! Every value is a `u64`, every error a `Wrong`. Where two errors could race to be the first, in two lanes
//! of one line, the later one is handled: which of them a running graph reports is not defined.

use std::ops::Range;

mod data;
mod loose;

pub(crate) use data::{Arm, Chain, Loss, Merging, Op, Place, Sharded, Source, Wrap};

/// The first seed of each file, which one test program compiles, and of the one that is not there. The last two have fewer graphs, for
/// those cost the compiler more.
const FILES_BEGIN: [u64; 7] = [0, 125, 250, 375, 500, 562, 602];

/// How many graphs there are.
pub(crate) const GRAPHS: u64 = FILES_BEGIN[FILES_BEGIN.len() - 1];

/// How many files there are.
pub(crate) const FILES: usize = FILES_BEGIN.len() - 1;

/// From this seed on, graphs have shards, sources that are merged, and edges that spill.
const SHAPES: u64 = 500;

/// From this seed on, what comes of a graph may have another order, more than one place to come to, or be lost on the way; and cycles.
const LOOSE: u64 = 562;

/// The seeds of the graphs in file number `number`.
pub(crate) const fn seeds(number: usize) -> Range<u64> {
    FILES_BEGIN[number]..FILES_BEGIN[number + 1]
}

/// Whether the file of `seed` has loose graphs.
pub(crate) const fn is_loose(seed: u64) -> bool {
    seed >= LOOSE
}

/// The graph of `seed`. Two of five have arms or a join, which cost the compiler most; the others are longer.
pub(crate) fn graph(seed: u64) -> Chain {
    let mut random = Random::new(seed);
    if is_loose(seed) {
        return loose::graph(seed, &mut random);
    }
    let most = 20 + random.below(60);
    let source = if seed >= SHAPES { merged(&mut random, most) } else { Source::Numbers(0, most) };
    // What is merged may wait.
    let mut draft = Draft::new(Place::Root, 0, matches!(source, Source::Numbers(..)));
    draft.shapes = seed >= SHAPES;
    if seed % 5 < 2 {
        let (before, behind) = (random.below(2), random.below(3));
        draft.some(&mut random, before);
        draft.meeting(&mut random);
        draft.some(&mut random, behind);
    } else {
        let count = 2 + random.below(4);
        draft.some(&mut random, count);
    }
    Chain { source, operations: draft.operations }
}

/// What is known of a chain so far.
struct Draft {
    operations: Vec<Op>,
    place: Place,
    depth: u32,
    /// Whether a pass may have failed.
    fails: bool,
    /// Whether nothing waits, so that it may be repeated.
    at_once: bool,
    /// Whether it may have shards and edges that spill.
    shapes: bool,
}

impl Draft {
    const fn new(place: Place, depth: u32, at_once: bool) -> Self {
        Self { operations: Vec::new(), place, depth, fails: false, at_once, shapes: false }
    }

    fn hopped(&self) -> bool {
        matches!(self.operations.last(), Some(Op::Hop(..) | Op::Spill(..)))
    }

    fn some(&mut self, random: &mut Random, count: u64) {
        for _ in 0..count {
            let failed = self.fails;
            self.operation(random);
            let raced = self.place == Place::Root && failed && self.fails;
            if raced && !matches!(self.operations.last(), Some(Op::MapErr)) {
                self.mend();
            }
        }
    }

    fn operation(&mut self, random: &mut Random) {
        if self.shapes && random.below(3) == 0 {
            return self.shape(random);
        }
        let anywhere = self.place != Place::Arm;
        let operation = match random.below(30) {
            3 => Op::Filter(2 + random.below(5), random.below(2)),
            4 => Op::FilterMap(2 + random.below(4)),
            5 | 6 => return self.try_map(random),
            7..=9 if !self.hopped() => return self.hop(random),
            10 | 18 => self.waits(Op::Later),
            11 => {
                let some = Op::LaterSome(2 + random.below(4));
                self.waits(some)
            }
            12 | 17 => Op::Scan,
            13 | 14 if self.fails => return self.mend(),
            15 | 16 if self.fails => Op::MapErr,
            13 if anywhere => Op::Batch(2 + random.below(3)),
            14 | 15 if anywhere && self.at_once => Op::Repeat(2 + random.below(2)),
            16 if self.depth < 2 => return self.meeting(random),
            // What an arm makes anew for each value remembers nothing, and has no names that a fused one could know.
            20 if anywhere => Op::Skip(1 + random.below(3)),
            21 if anywhere => Op::Changes(2 + random.below(3)),
            22 if anywhere => Op::Window,
            23 if anywhere => Op::Throttle(2 + random.below(9)),
            24 | 25 if !self.hopped() => self.device(random),
            26..=29 => return self.wrap(random),
            _ => map(random),
        };
        self.operations.push(operation);
    }

    const fn waits(&mut self, operation: Op) -> Op {
        self.at_once = false;
        operation
    }

    fn try_map(&mut self, random: &mut Random) {
        let often = random.below(2) == 0;
        self.operations.push(Op::TryMap(if often { 5 + random.below(5) } else { 30 + random.below(60) }));
        self.fails = true;
        match random.below(11) {
            0..=3 => self.mend(),
            9 => self.wrapped(Wrap::UponStopped),
            4 if self.place != Place::Root => self.operations.push(Op::MapErr),
            5 => self.wrapped(Wrap::UponError),
            6 => self.wrapped(Wrap::IntoResult),
            7 => self.wrapped(Wrap::Retry),
            // The error goes past a device.
            8 => {
                let device = self.device(random);
                self.operations.push(device);
                if random.below(3) != 0 {
                    self.mend();
                }
            }
            _ => {}
        }
    }

    fn mend(&mut self) {
        self.operations.push(Op::Mend);
        (self.fails, self.at_once) = (false, false);
    }

    fn hop(&mut self, random: &mut Random) {
        if self.shapes && random.below(4) == 0 {
            return self.spill(random);
        }
        let to = random.below(3);
        let capacity = if random.below(3) == 0 { Some(1 + random.below(4)) } else { None };
        self.operations.push(Op::Hop(index(to), capacity.map(index)));
        self.at_once = false;
    }

    fn shape(&mut self, random: &mut Random) {
        self.at_once = false;
        if random.below(3) == 0 && !self.hopped() {
            return self.spill(random);
        }
        let does = match random.below(4) {
            0 => Sharded::Filters(2 + random.below(4)),
            1 => Sharded::Fails(20 + random.below(60)),
            // Plain makes the shards of an arm anew for each value, fused keeps them: a memory would differ.
            _ if self.place == Place::Arm => Sharded::Adds(1 + random.below(9)),
            _ => Sharded::Counts,
        };
        self.fails |= matches!(does, Sharded::Fails(_));
        self.operations.push(Op::Shard(2 + random.below(2), does));
    }

    fn spill(&mut self, random: &mut Random) {
        let (to, slots, more) = (random.below(3), 1 + random.below(4), 1 + random.below(20));
        self.operations.push(Op::Spill(index(to), index(slots), index(more)));
        self.at_once = false;
    }

    fn device(&mut self, random: &mut Random) -> Op {
        self.at_once = false;
        Op::Device(index(random.below(3)))
    }

    fn wrap(&mut self, random: &mut Random) {
        let failed = self.fails;
        let wrap = match random.below(12) {
            0 | 1 => Wrap::Take(3 + random.below(20)),
            // The end of an arm ends the graph, whose first lane may be ahead: how many passes it has begun is not defined.
            2 if self.place != Place::Arm => Wrap::TakeWhile(20 + random.below(4_000)),
            3 if failed => Wrap::IntoResult,
            4 if failed => Wrap::UponError,
            5 | 6 if failed => Wrap::Retry,
            3 | 4 => Wrap::Materialize(index(random.below(3))),
            7 | 8 if failed => Wrap::UponStopped,
            7 | 8 => Wrap::OrStopped,
            9 => Wrap::StoppedAsNone,
            10 => Wrap::Finally,
            _ => Wrap::Sequence,
        };
        self.wrapped(wrap);
    }

    fn wrapped(&mut self, wrap: Wrap) {
        self.fails &= !matches!(wrap, Wrap::IntoResult | Wrap::UponError);
        self.at_once = false;
        self.operations.push(Op::Wrap(wrap));
    }

    fn meeting(&mut self, random: &mut Random) {
        match random.below(9) {
            0 if self.depth == 0 => {
                let arms = (0..3).map(|_| self.arm(random)).collect();
                self.operations.push(Op::Fork(arms));
            }
            0..=2 => {
                let arms = (0..2).map(|_| self.arm(random)).collect();
                self.operations.push(Op::Fork(arms));
            }
            3..=5 => {
                let arms = [self.arm(random), self.arm(random)];
                self.operations.push(Op::Route(2 + random.below(4), arms));
            }
            _ => self.join(random),
        }
        self.at_once = false;
    }

    fn arm(&mut self, random: &mut Random) -> Arm {
        if random.below(8) == 0 {
            return Arm::Later;
        }
        let mut arm = Self::new(Place::Arm, self.depth + 1, true);
        arm.shapes = self.shapes;
        if random.below(3) != 0 {
            arm.hop(random);
        }
        let count = random.below(3);
        arm.some(random, count);
        // A hop at the end of an arm is refused.
        if arm.hopped() {
            arm.operations.push(map(random));
        }
        self.fails |= arm.fails;
        Arm::Chain(arm.operations)
    }

    fn join(&mut self, random: &mut Random) {
        if self.place == Place::Arm {
            // Made anew for each value, so that only its first value is seen.
            let source = Source::Numbers(random.below(100), 1_000);
            self.operations.push(Op::Join(Chain { source, operations: vec![map(random)] }));
            return;
        }
        let source =
            if random.below(6) == 0 { Source::Evens } else { Source::Numbers(3, 10 + random.below(90)) };
        let mut side = Self::new(Place::Side, self.depth + 1, matches!(source, Source::Numbers(..)));
        side.shapes = self.shapes;
        if random.below(2) == 0 {
            side.hop(random);
        }
        let count = 1 + random.below(2);
        side.some(random, count);
        self.fails |= side.fails;
        self.operations.push(Op::Join(Chain { source, operations: side.operations }));
    }
}

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

/// What begins a graph with shapes: mostly several ranges.
fn merged(random: &mut Random, most: u64) -> Source {
    let mut ranges = |count: u64| {
        let range = |n| (n * 1_000, n * 1_000 + random.below(most));
        (0..count).map(range).collect()
    };
    match most % 5 {
        0 => Source::Numbers(0, most),
        1 => Source::Merged(Merging::ByPriority, ranges(2)),
        count => Source::Merged(Merging::InTurns, ranges(count)),
    }
}

fn map(random: &mut Random) -> Op {
    Op::Map(2 + random.below(3), 1 + random.below(9))
}

/// Splitmix64: the same numbers for the same seed.
struct Random(u64);

impl Random {
    const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}
