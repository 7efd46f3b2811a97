//! Graphs whose values may overtake each other, be lost, come to several places, and go round.
//!
//! Behind a place where the order is lost everything is the same for a value whatever came before it: no memory, no error. So what
//! comes is known, but for its order; behind one where values are lost nothing filters, so that what is missing is what was counted.

use super::{Arm, Chain, Draft, Loss, Merging, Op, Place, Random, Sharded, Source, index, merged};

/// Of four, one has a cycle, one ends in a broadcast, one has unordered shards, and one an edge that loses values.
pub(super) fn graph(seed: u64, random: &mut Random) -> Chain {
    let most = 20 + random.below(60);
    let (source, mut operations) =
        if seed.is_multiple_of(4) { cycle(random, most) } else { before(random, most) };
    match seed % 4 {
        0 if random.below(3) == 0 => operations.push(broadcast(random)),
        0 => loosely(random, &mut operations, false, 2),
        1 => operations.push(broadcast(random)),
        2 => {
            operations.push(unordered(random, Place::Root));
            loosely(random, &mut operations, true, 3);
        }
        _ => {
            operations.push(lossy(random));
            loosely(random, &mut operations, false, 3);
        }
    }
    Chain { source, operations }
}

/// What stands before all that is loose: whatever there is, in order.
fn before(random: &mut Random, most: u64) -> (Source, Vec<Op>) {
    let source = merged(random, most);
    let mut draft = Draft::new(Place::Root, 0, matches!(source, Source::Numbers(..)));
    draft.shapes = true;
    match random.below(4) {
        0 => draft.meeting(random),
        count => draft.some(random, count),
    }
    // Where passes overtake each other another error may be the first.
    if draft.fails {
        draft.mend();
    }
    // A hop behind arms is one of each arm, which may lose nothing; and one behind a hop stands for both.
    if draft.hopped() || matches!(draft.operations.last(), Some(Op::Fork(_) | Op::Route(..))) {
        draft.operations.push(Op::Map(1, 4));
    }
    (source, draft.operations)
}

/// A cycle round stages that leave the last two bits as they are, which count how often a value goes round.
fn cycle(random: &mut Random, most: u64) -> (Source, Vec<Op>) {
    let (how, count) = match random.below(4) {
        0 => (Merging::InTurns, 2),
        1 => (Merging::InTurns, 1),
        _ => (Merging::ByPriority, 1),
    };
    let ranges = (0..count).map(|n| (n * 1_000, n * 1_000 + random.below(most))).collect();
    let mut operations = Vec::new();
    let stages = 1 + random.below(4);
    for _ in 0..stages {
        steady(random, &mut operations, Place::Root, true);
    }
    operations.push(Op::Back);
    (Source::Fed(how, ranges), operations)
}

/// Arms that end by themselves: one of three keeps the order and loses nothing.
fn broadcast(random: &mut Random) -> Op {
    let count = 2 + random.below(3);
    let arms = (0..count).map(|_| {
        let mut operations = Vec::new();
        if random.below(3) != 0 {
            operations.push(Op::Hop(index(random.below(3)), Some(index(1 + random.below(4)))));
            operations.push(Op::Map(1, 4 * random.below(9)));
        }
        let filters = match random.below(3) {
            0 => {
                operations.push(unordered(random, Place::Arm));
                true
            }
            1 => {
                operations.push(lossy(random));
                false
            }
            _ => true,
        };
        if !filters {
            operations.push(Op::Map(1, 4));
        }
        loosely(random, &mut operations, filters, 2);
        operations
    });
    Op::Broadcast(arms.collect())
}

fn unordered(random: &mut Random, place: Place) -> Op {
    let does = match random.below(3) {
        0 => Sharded::Filters(2 + random.below(4)),
        // Plain makes the shards of an arm anew for each value.
        1 if place == Place::Root => Sharded::Counts,
        _ => Sharded::Adds(4 * random.below(9)),
    };
    Op::Unordered(2 + random.below(2), does)
}

fn lossy(random: &mut Random) -> Op {
    let loss = match random.below(3) {
        0 => Loss::DropNewest,
        1 => Loss::DropOldest,
        _ => Loss::Conflate,
    };
    Op::Lossy(index(random.below(3)), index(1 + random.below(4)), loss)
}

fn loosely(random: &mut Random, operations: &mut Vec<Op>, filters: bool, most: u64) {
    for _ in 0..random.below(most + 1) {
        steady(random, operations, Place::Arm, filters);
    }
}

fn hopped(operations: &[Op]) -> bool {
    matches!(operations.last(), Some(Op::Hop(..) | Op::Spill(..) | Op::Lossy(..)))
}

/// An operation without a memory that cannot fail, and leaves the last two bits as they are.
fn steady(random: &mut Random, operations: &mut Vec<Op>, place: Place, filters: bool) {
    let operation = match random.below(12) {
        0..=2 if !hopped(operations) => Op::Hop(index(random.below(3)), Some(index(1 + random.below(4)))),
        3 if !hopped(operations) => {
            Op::Spill(index(random.below(3)), index(1 + random.below(4)), index(1 + random.below(20)))
        }
        4 if !hopped(operations) => Op::DeviceAdds(index(random.below(3))),
        5 => Op::Later,
        6 if filters => Op::LaterSome(3),
        7 if filters => Op::Filter(2 + random.below(5), random.below(2)),
        8 => Op::Shard(2 + random.below(2), Sharded::Adds(4 * random.below(9))),
        9 if filters => Op::Shard(2 + random.below(2), Sharded::Filters(5)),
        10 if place == Place::Root => {
            let mut arm = || {
                let mut arm = Vec::new();
                let count = 1 + random.below(2);
                for _ in 0..count {
                    steady(random, &mut arm, Place::Arm, filters);
                }
                if hopped(&arm) {
                    arm.push(Op::Map(1, 4));
                }
                Arm::Chain(arm)
            };
            let arms = [arm(), arm()];
            Op::Route(2 + random.below(4), arms)
        }
        _ => Op::Map(1, 4 * random.below(9)),
    };
    operations.push(operation);
}
