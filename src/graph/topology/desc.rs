//! The static half of the description: what the macro knows, emitted as one `const` per graph.
//!
//! Everything here is `&'static` and made of plain struct literals, so that emitting it costs the
//! compiler next to nothing and reading it costs the program nothing. All indices are positions in the
//! slices of the same [`GraphDesc`].

/// A fused graph as the macro saw it: what was written, where, and how it was cut into segments.
///
/// Contexts are values that exist only at run time, so this half speaks of them by the expression the user
/// wrote; [`Topology`](super::Topology) completes it.
///
/// # Examples
///
/// ```
/// use fusewire::graph::topology::{GraphDesc, SegmentDesc, StageDesc, StageKind, Topology};
///
/// const DOUBLE: GraphDesc = GraphDesc {
///     name: "double",
///     file: "src/main.rs",
///     line: 7,
///     stages: &[
///         StageDesc {
///             name: "1", combinator: "just", kind: StageKind::Source,
///             file: "src/main.rs", line: 8, column: 5, defined: None, segment: 0, arm: &[], arms: 0,
///         },
///         StageDesc {
///             name: "|x| x * 2", combinator: "map", kind: StageKind::Map,
///             file: "src/main.rs", line: 8, column: 13, defined: None, segment: 0, arm: &[], arms: 0,
///         },
///     ],
///     segments: &[SegmentDesc { context: "inline", lane: 0, first: 0, last: 1 }],
///     hops: &[],
///     states: &[],
/// };
/// assert!(Topology::of(&DOUBLE).to_string().contains("map   |x| x * 2"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphDesc {
    /// The name of the `#[fuse]` function or of the binding of `fuse!`; `"graph"` where there is neither.
    pub name: &'static str,
    /// The file the graph is written in, as `file!()` gives it.
    pub file: &'static str,
    /// The line where the graph begins.
    pub line: u32,
    /// Every stage in the order of the source text; the stages of an arm stand where the arm is written.
    pub stages: &'static [StageDesc],
    /// Every segment, in the order in which a pass reaches it.
    pub segments: &'static [SegmentDesc],
    /// Every hop, elided ones included, in the order of the source text.
    pub hops: &'static [HopDesc],
    /// The states of the machine, one per suspension point, named after what is awaited there.
    pub states: &'static [&'static str],
}

/// One stage, as it was written.
///
/// # Arms
///
/// A stage with `arms > 0` is followed by the stages of its arms: arm `k` of it is written as the stage's own
/// `arm` path with `k` appended. What follows at the stage's own depth receives what the arms give. Arms that
/// do not come after such a stage (the operands of `join`) begin with their own sources and end at the next
/// stage of the shorter path. An arm without stages hands its input on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageDesc {
    /// The stage as the user wrote it: `"price"`, or the text of a closure, `"|q| q.bid > 0"`.
    pub name: &'static str,
    /// The combinator that holds it: `"filter_map"`, `"read"`, `"then"`.
    pub combinator: &'static str,
    /// What it does to a pass.
    pub kind: StageKind,
    /// The file of the call, as `file!()` gives it.
    pub file: &'static str,
    /// The line of the call, from 1.
    pub line: u32,
    /// The column of the call, from 1.
    pub column: u32,
    /// The file and line of the `#[stage]` function, where the stage is one.
    pub defined: Option<(&'static str, u32)>,
    /// The segment it belongs to. A hop is the last stage of the segment that it leaves.
    pub segment: u16,
    /// The path of nested arms it lies in, outermost first; empty on the main chain.
    pub arm: &'static [u8],
    /// How many arms it opens: 0 for anything but a fork, a route and their like.
    pub arms: u8,
}

/// What a stage does to a pass. Decides how the stage is drawn, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StageKind {
    /// Begins a pass: `just`, `read`, `every`, `recv`.
    Source,
    /// One value in, one value out: `map`, `try_map`, `scan`.
    Map,
    /// One value in, at most one out: `filter`, `filter_map`.
    Filter,
    /// Looks at a value and hands it on: `inspect_value`.
    Tap,
    /// Suspends until an asynchronous stage completes: `and`.
    Await,
    /// Takes the error or stopped path: `or_else`, `map_err`, `upon_stopped`.
    Recover,
    /// Gathers values: `batch`.
    Batch,
    /// `then(on(context))`, whether it makes an edge or was elided.
    Hop,
    /// Hands one value to every arm: `fork`, `broadcast`.
    Fork,
    /// Hands one value to one of its arms: `route`, `shard`.
    Route,
    /// Takes one value from each of its inputs, or any of them: `join`, `race`, `merge`.
    Join,
    /// Begins the pass again: `repeat`, `retry`.
    Repeat,
    /// A sub-graph that comes from a function or a variable, and is not looked into.
    Subgraph,
    /// Ends a pass: `for_each`.
    Consumer,
}

impl StageKind {
    /// The kind as one lower-case word, the one that the JSON carries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Map => "map",
            Self::Filter => "filter",
            Self::Tap => "tap",
            Self::Await => "await",
            Self::Recover => "recover",
            Self::Batch => "batch",
            Self::Hop => "hop",
            Self::Fork => "fork",
            Self::Route => "route",
            Self::Join => "join",
            Self::Repeat => "repeat",
            Self::Subgraph => "subgraph",
            Self::Consumer => "consumer",
        }
    }
}

/// One segment: a maximal run of synchronous stages between two suspension points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentDesc {
    /// The context as it was written: `"compute"`; for a source that owns its context, the source: `"feed"`.
    pub context: &'static str,
    /// The lane that the macro planned for it: segments with the same context expression share one.
    pub lane: u16,
    /// Its first stage.
    pub first: u16,
    /// Its last stage, included. A segment that follows a hop and has no stages names that hop twice.
    pub last: u16,
}

/// One hop: a change of context that the user asked for, or that a join of two lanes implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HopDesc {
    /// The stage that causes it: the `then(on(..))`, or the stage that joins arms of several lanes.
    pub stage: u16,
    /// The segment it leaves.
    pub from: u16,
    /// The segment it enters; the same as `from` where the macro elided it.
    pub to: u16,
    /// The context expression inside `on(..)`, as written.
    pub context: &'static str,
    /// The file of the `on`, as `file!()` gives it.
    pub file: &'static str,
    /// The line of the `on`, from 1.
    pub line: u32,
    /// The column of the `on`, from 1.
    pub column: u32,
    /// Why the macro left it out, if it did: `"the pass is already on compute"`.
    pub elided: Option<&'static str>,
}
