//! Graphs at random, as data: the same for the same seed.
//!
//! Every value is a `u64`, every error a `Wrong`. Where two errors could race to be the first, in two lanes
//! of one line, the later one is handled: which of them a running graph reports is not defined.

/// How many graphs there are.
pub(crate) const GRAPHS: u64 = 500;

/// How many of them are in one file, which one test program compiles.
pub(crate) const IN_A_FILE: u64 = GRAPHS / 4;

/// What a chain begins with.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Numbers(u64, u64),
    /// A graph that cannot be looked into, and filters.
    Evens,
}

/// One operation of a chain.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Map(u64, u64),
    Filter(u64, u64),
    FilterMap(u64),
    TryMap(u64),
    /// An `or_else`.
    Mend,
    MapErr,
    /// To one of the contexts, over an edge of so many slots.
    Hop(usize, Option<usize>),
    /// An `and` of a function.
    Later,
    /// An `and` that filters.
    LaterSome(u64),
    Scan,
    Batch(u64),
    Repeat(u64),
    /// A `fork` of two arms, or of three.
    Fork(Vec<Arm>),
    Route(u64, [Arm; 2]),
    Join(Chain),
    /// A stage with a memory.
    Skip(u64),
    Changes(u64),
    Window,
    Throttle(u64),
    /// To a device, two kernels there, and back to one of the contexts.
    Device(usize),
    /// An adaptor that takes what stands before it as one machine.
    Wrap(Wrap),
}

/// An adaptor of any sender.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wrap {
    Take(u64),
    TakeWhile(u64),
    IntoResult,
    UponError,
    /// A hop between `materialize` and `dematerialize`.
    Materialize(usize),
    OrStopped,
    UponStopped,
    StoppedAsNone,
    Finally,
    Sequence,
    Retry,
}

impl Op {
    pub(crate) const NAMES: [&str; 31] = [
        "map",
        "filter",
        "filter_map",
        "try_map",
        "or_else",
        "map_err",
        "then",
        "and",
        "and filter",
        "scan",
        "batch",
        "repeat",
        "fork",
        "route",
        "join",
        "skip",
        "changes",
        "window",
        "throttle",
        "device",
        "take",
        "take_while",
        "into_result",
        "upon_error",
        "materialize",
        "or_stopped",
        "stopped_as_none",
        "finally",
        "sequence",
        "retry",
        "upon_stopped",
    ];

    pub(crate) const fn name(&self) -> &'static str {
        Self::NAMES[match self {
            Self::Map(..) => 0,
            Self::Filter(..) => 1,
            Self::FilterMap(_) => 2,
            Self::TryMap(_) => 3,
            Self::Mend => 4,
            Self::MapErr => 5,
            Self::Hop(..) => 6,
            Self::Later => 7,
            Self::LaterSome(_) => 8,
            Self::Scan => 9,
            Self::Batch(_) => 10,
            Self::Repeat(_) => 11,
            Self::Fork(_) => 12,
            Self::Route(..) => 13,
            Self::Join(_) => 14,
            Self::Skip(_) => 15,
            Self::Changes(_) => 16,
            Self::Window => 17,
            Self::Throttle(_) => 18,
            Self::Device(_) => 19,
            Self::Wrap(wrap) => match wrap {
                Wrap::Take(_) => 20,
                Wrap::TakeWhile(_) => 21,
                Wrap::IntoResult => 22,
                Wrap::UponError => 23,
                Wrap::Materialize(_) => 24,
                Wrap::OrStopped => 25,
                Wrap::StoppedAsNone => 26,
                Wrap::Finally => 27,
                Wrap::Sequence => 28,
                Wrap::Retry => 29,
                Wrap::UponStopped => 30,
            },
        }]
    }
}

/// What an arm does with its value.
#[derive(Debug, Clone)]
pub(crate) enum Arm {
    /// It is a function that gives a sender.
    Later,
    Chain(Vec<Op>),
}

/// A source, and what becomes of its passes.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) source: Source,
    pub(crate) operations: Vec<Op>,
}

/// Where a chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Root,
    /// A side of a join.
    Side,
    Arm,
}

impl Chain {
    /// Shows each operation, with where it is.
    pub(crate) fn each(&self, see: &mut impl FnMut(Place, &Op)) {
        each(Place::Root, &self.operations, see);
    }

    /// Whether an operation of it is one of these.
    pub(crate) fn any(&self, mut one: impl FnMut(&Op) -> bool) -> bool {
        let mut found = false;
        self.each(&mut |_, op| found |= one(op));
        found
    }
}

fn each(place: Place, operations: &[Op], see: &mut impl FnMut(Place, &Op)) {
    let arm = |arm: &Arm, see: &mut _| {
        if let Arm::Chain(operations) = arm {
            each(Place::Arm, operations, see);
        }
    };
    for operation in operations {
        see(place, operation);
        match operation {
            Op::Fork(arms) => arms.iter().for_each(|each| arm(each, see)),
            Op::Route(_, arms) => arms.iter().for_each(|each| arm(each, see)),
            Op::Join(side) => each(Place::Side, &side.operations, see),
            _ => {}
        }
    }
}

/// The graph of `seed`. Two of five have arms or a join, which cost the compiler most; the others are longer.
pub(crate) fn graph(seed: u64) -> Chain {
    let mut random = Random::new(seed);
    let most = 20 + random.below(60);
    let mut draft = Draft::new(Place::Root, 0, true);
    if seed % 5 < 2 {
        let (before, behind) = (random.below(2), random.below(3));
        draft.some(&mut random, before);
        draft.meeting(&mut random);
        draft.some(&mut random, behind);
    } else {
        let count = 2 + random.below(4);
        draft.some(&mut random, count);
    }
    Chain { source: Source::Numbers(0, most), operations: draft.operations }
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
}

impl Draft {
    const fn new(place: Place, depth: u32, at_once: bool) -> Self {
        Self { operations: Vec::new(), place, depth, fails: false, at_once }
    }

    fn hopped(&self) -> bool {
        matches!(self.operations.last(), Some(Op::Hop(..)))
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
        let to = random.below(3);
        let capacity = if random.below(3) == 0 { Some(1 + random.below(4)) } else { None };
        self.operations.push(Op::Hop(index(to), capacity.map(index)));
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
