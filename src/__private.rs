//! What generated code names. No promises: it changes with the macro.

use std::marker::PhantomData;

use crate::completion::{Completion, JoinError, StopReason};
use crate::graph::tag::Tag;
use crate::graph::value::{Another, CannotFail};
use crate::source::Taken;

pub use crate::adaptors::SenderExt;
pub use crate::completion::{Never, Started};
pub use crate::graph::alone::{alone, alone_gathering, alone_straight};
pub use crate::graph::anew::{
    and_anew, filter_anew, filter_anew as route_anew, filter_map_anew, for_each_anew, inspect_value_anew,
    map_anew, map_anew as map_err_anew, or_else_anew, scan_anew_step, try_map_anew,
};
pub use crate::graph::device_pass::Arrived;
pub use crate::graph::fan::{Arm, OneWay, ToEvery, arm_of};
pub use crate::graph::flow::{
    Flow, carry, end, fail, fine, give, next, no_rest, raise, segment, segment_of_result, skip, straight,
    turn,
};
pub use crate::graph::fused::fused;
pub use crate::graph::guard::Guard;
pub use crate::graph::input::{EdgeInput, FallibleSourceInput, SourceInput};
pub use crate::graph::joining::{SideInput, joining};
pub use crate::graph::junction::{
    before_1, before_2, before_3, before_4, in_arm_0_of_1, in_arm_0_of_2, in_arm_0_of_3, in_arm_0_of_4,
    in_arm_1_of_2, in_arm_1_of_3, in_arm_1_of_4, in_arm_2_of_3, in_arm_2_of_4, in_arm_3_of_4,
};
pub use crate::graph::kernels::{HostOnly, OnHost, bound, kernel_of};
pub use crate::graph::machine::{
    Arriving, Crossing, Entry, Gathering, States0, States1, States2, States3, States4, States8, States16,
    Step, Stoppable, Straight, Travelling, Waiting, WaitingAndStoppable, WaitingAndTravelling, step, step_of,
    take_or_wait, take_ready,
};
pub use crate::graph::node::{AheadLine, Line, Pair};
pub use crate::graph::opaque::{opaque, stopped_with};
pub use crate::graph::passes::{Every, PassInput, Results, Values};
pub use crate::graph::places::{arrived, begin_pass, draw_device, open, pass};
pub use crate::graph::placing::{
    context_at, context_of, edge, edge_of_marked, edge_of_marked_results, edge_of_past, edge_of_results,
    edge_of_ways, home, is_home, keeps_every_value, lane, lanes, parted, scheduler_context, to_the_join,
};
pub use crate::graph::repeated::{Again, Unrepeated, repeated, repeated_in_lane, take_repeated};
pub use crate::graph::shards::{Ordered, Unordered, shard, shard as shard_unordered, shards};
pub use crate::graph::tag::{
    all_ended, and, arm, batch, choose, crosses, filter, filter_map, for_each, fork, gated, here, hop,
    hop_carrying, inspect_value, map, map_err, meet_join, meet_route, meet2, meet3, meet4, nothing, or_else,
    route, runs_on, runs_on_io, same, scan, scan_anew, source as source_tag, source_anew, try_map,
    without_choice,
};
pub use crate::graph::tail::{
    Apart, ArmEndTail, EndTail, EveryEndTail, FanTail, JoinTail, MarkTail, MarkedTail, MeetCarryingTail,
    MeetTail, PastTail, PushTail, RouteTail, SegmentTail, StraightTail, SureTail, Together, fine_tail,
};
pub use crate::graph::tell::never;
pub use crate::graph::topology::{GraphDesc, HopDesc, SegmentDesc, StageDesc, StageKind};
pub use crate::graph::waiting::{Begun, wait_tail};
pub use crate::graph::zip::{ArmEdge, Merged, Past, ZipInput};
pub use crate::launch::Launch;
pub use crate::source::Source;
pub use crate::sources::just;
use crate::stage::DoesNotBlock;
pub use crate::stage::Stage;
pub use fusewire_macros::beside;

/// File and line of a `#[stage]`.
pub type Defined = Option<(&'static str, u32)>;

/// Where `#[stage]` defined `S`, if it did.
pub const fn defined<S: Stage>() -> Defined {
    if S::LINE == 0 { None } else { Some((S::FILE, S::LINE)) }
}

/// A pass that completed with `value`.
#[inline(always)]
pub const fn completed<V, E>(value: V) -> Started<V, E> {
    Started::Inline(Completion::Value(value))
}

/// A pass that completed with `error`.
#[inline(always)]
pub const fn failed<V, E>(error: E) -> Started<V, E> {
    Started::Inline(Completion::Error(error))
}

/// A pass that a filter stopped.
#[inline(always)]
pub const fn filtered<V, E>() -> Started<V, E> {
    Started::Inline(Completion::Stopped(StopReason::Filtered))
}

/// A pass whose device failed.
#[cold]
pub const fn device_failed<V, E>() -> Started<V, E> {
    Started::Inline(Completion::Stopped(StopReason::DeviceFailed))
}

/// A pass that found a joined source ended.
#[inline(always)]
pub const fn ended<V, E>() -> Started<V, E> {
    Started::Inline(Completion::Stopped(StopReason::Ended))
}

/// What was gathered in batches, if the pass is over because the source has ended.
#[inline(always)]
pub fn rest_if_ended<V, E, T>(left: &Started<V, E>, rest: impl FnOnce() -> Option<T>) -> Option<T> {
    match left {
        Started::Inline(Completion::Stopped(StopReason::Ended)) => rest(),
        _ => None,
    }
}

/// A machine that was resumed at no state: cannot be, and stops the pass if it is.
#[cold]
pub const fn lost<V, E>() -> Started<V, E> {
    Started::Inline(Completion::Stopped(StopReason::Requested))
}

/// The next value of a joined source.
#[inline(always)]
pub fn take_joined<S: Source>(source: &mut S) -> Option<Result<S::Value, S::Error>> {
    match source.take() {
        Taken::Value(value) => Some(Ok(value)),
        Taken::Error(error) => Some(Err(error)),
        Taken::Empty | Taken::Ended => None,
    }
}

/// The value that a pass of an arm was given; it is there when the pass begins.
#[inline(always)]
pub fn given<T, V, E>(value: &mut Option<T>) -> Step<T, V, E> {
    match value.take() {
        Some(value) => Step::Go(value),
        None => Step::Leave(lost()),
    }
}

/// What has not failed, though a later stage handles errors.
#[inline(always)]
pub fn unfailed<V, E: CannotFail>(arrived: Result<V, E>) -> V {
    match arrived {
        Ok(value) => value,
        Err(never) => never.never(),
    }
}

/// The error of the arms of a fan, as an error behind them.
#[inline(always)]
pub fn behind_fan<V, E0: JoinError<E>, E>(_: &Tag<V, E0>, error: E) -> E0::Joined {
    E0::later(error)
}

/// A clone for one arm more.
#[inline(always)]
pub fn another<W: Another<V>, V>(way: W, value: &V) -> V {
    way.another(value)
}

/// A pass of an arm that completed with a value or failed.
#[inline(always)]
pub fn completed_with<V, E>(result: Result<V, E>) -> Started<V, E> {
    Started::Inline(result.into())
}

/// A pass of an arm that completed with a value, of the type that the tag says.
#[inline(always)]
pub const fn completed_as<V, E>(_: &Tag<V, E>, value: V) -> Started<V, E> {
    Started::Inline(Completion::Value(value))
}

/// The types of a machine's state and of its header.
pub const fn state<M, H>() -> PhantomData<fn() -> (M, H)> {
    PhantomData
}

/// Stands in for the type of a function that is no `#[stage]`.
#[derive(Debug)]
pub struct NoStage;

impl Stage for NoStage {
    const NAME: &'static str = "";
    const FILE: &'static str = "";
    const LINE: u32 = 0;
    type Blocking = DoesNotBlock;
    const KERNEL: bool = false;
}
