//! What a graph is as data: a source, and operations whose arms and sides are chains again.

/// What a chain begins with.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Numbers(u64, u64),
    /// A graph that cannot be looked into, and filters.
    Evens,
    /// Several ranges, merged.
    Merged(Merging, Vec<(u64, u64)>),
    /// Ranges, one or two, merged with what is fed back.
    Fed(Merging, Vec<(u64, u64)>),
}

/// How sources are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merging {
    /// Two, three or four, in turns.
    InTurns,
    /// The first of two before the second.
    ByPriority,
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
    /// Shards on two contexts or three, by the remainder.
    Shard(u64, Sharded),
    /// As `Hop`, over an edge that spills so many.
    Spill(usize, usize, usize),
    /// A stage that leaves the last two bits as they are, on a device; and back.
    DeviceAdds(usize),
    /// As `Shard`, in any order.
    Unordered(u64, Sharded),
    /// As `Hop`, over an edge of so many slots that loses what does not go in.
    Lossy(usize, usize, Loss),
    /// What goes round once more is fed back; the number in the last two bits says how often.
    Back,
    /// Arms whose values come to logs of their own; the last of its chain.
    Broadcast(Vec<Vec<Op>>),
}

/// What an edge does when it is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    DropNewest,
    DropOldest,
    Conflate,
}

/// What a shard does with its value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sharded {
    /// Counts what it has seen.
    Counts,
    Adds(u64),
    Filters(u64),
    Fails(u64),
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
    pub(crate) const NAMES: [&str; 38] = [
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
        "shard",
        "spill",
        "device_adds",
        "shard_unordered",
        "lossy",
        "feedback",
        "broadcast",
    ];

    /// Whether it is drawn for the root alone: a cycle is whole, and what it means for the order of what comes is asked of a log.
    pub(crate) fn at_root_alone(name: &str) -> bool {
        matches!(name, "feedback" | "broadcast")
    }

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
            Self::Shard(..) => 31,
            Self::Spill(..) => 32,
            Self::DeviceAdds(_) => 33,
            Self::Unordered(..) => 34,
            Self::Lossy(..) => 35,
            Self::Back => 36,
            Self::Broadcast(_) => 37,
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

/// What is known of what comes to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Come {
    /// It comes in the order of the plain graph.
    pub(crate) ordered: bool,
    /// Nothing is lost.
    pub(crate) all: bool,
}

impl Come {
    /// Whether it is all that comes, in order.
    pub(crate) const fn is_whole(self) -> bool {
        self.ordered && self.all
    }

    /// Whether a graph that was stopped may have given `came`, where `all` comes in order of a plain graph that was not.
    pub(crate) fn begins(self, all: &[u64], came: &[u64]) -> bool {
        if self.is_whole() {
            all.starts_with(came)
        } else {
            Self { all: false, ..self }.differs(all, came).is_none()
        }
    }

    /// What differs, where `all` comes in order of a plain graph.
    pub(crate) fn differs(self, all: &[u64], came: &[u64]) -> Option<&'static str> {
        let sorted = |values: &[u64]| {
            let mut values = values.to_vec();
            values.sort_unstable();
            values
        };
        if !self.ordered {
            let ordered = Self { ordered: true, ..self };
            return ordered
                .differs(&sorted(all), &sorted(came))
                .map(|_| "other values, whatever their order");
        }
        if self.all {
            return (all != came).then_some("other values");
        }
        let mut left = all.iter();
        let some = came.iter().all(|x| left.any(|y| x == y));
        (!some).then_some("what came was not there, or not in this order")
    }

    fn through(self, operations: &[Op]) -> Self {
        operations.iter().fold(self, |come, operation| match operation {
            Op::Unordered(..) | Op::Back => Self { ordered: false, ..come },
            Op::Lossy(_, _, loss) => {
                // The latest of a key stands where the first of it stood.
                Self { ordered: come.ordered && *loss != Loss::Conflate, all: false }
            }
            _ => come,
        })
    }
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

    /// What comes to each log.
    pub(crate) fn comes(&self) -> Vec<Come> {
        let come = Come { ordered: true, all: true }.through(&self.operations);
        match self.operations.last() {
            Some(Op::Broadcast(arms)) => arms.iter().map(|arm| come.through(arm)).collect(),
            _ => vec![come],
        }
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
            Op::Broadcast(arms) => arms.iter().for_each(|arm| each(Place::Arm, arm, see)),
            _ => {}
        }
    }
}
