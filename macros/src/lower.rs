//! [`Graph`] to [`Plan`]: segments, the joints between them, and the lanes that they run on.
//!
//! Segments are numbered in the order of the chain, those of an arm where the arm is written. They
//! form *lines*: one of the source, one for each arm that has lanes of its own, and where passes of
//! two sources meet one for each source and one for what follows.

mod cut;
mod traits;

use proc_macro2::Span;
use syn::Expr;

use crate::catalogue::SourceKind;
use crate::model::{Branch, Graph, Kind, Operation, Source};
use crate::text::display;

pub(crate) use traits::{apart, changes_error, may_fail, may_skip};

/// What is to be generated.
#[derive(Debug)]
pub(crate) struct Plan<'g> {
    pub(crate) name: String,
    /// The first source.
    pub(crate) source: &'g Source,
    pub(crate) segments: Vec<Segment<'g>>,
    /// First the one that ends the graph; then those that lead into a line behind it, in the order of the chain.
    pub(crate) lines: Vec<Line<'g>>,
    pub(crate) lanes: Vec<Lane<'g>>,
    pub(crate) edges: Vec<Edge<'g>>,
    /// Hops that lead to where the pass already is.
    pub(crate) elided: Vec<Elided<'g>>,
}

/// Operations that are repeated before the rest of the graph sees a value.
#[derive(Debug)]
pub(crate) struct Repeat<'g> {
    pub(crate) operations: Vec<&'g Operation>,
    pub(crate) count: &'g Expr,
    pub(crate) span: Span,
}

/// Segments, one after the other.
#[derive(Debug)]
pub(crate) struct Line<'g> {
    pub(crate) origin: Origin<'g>,
    /// Whether it leads to where it meets others; else it ends the graph, or is an arm that ends by itself.
    pub(crate) side: bool,
    pub(crate) segments: Vec<usize>,
    /// Whether an error that comes into it is handled in it, or where it leads.
    pub(crate) handles: bool,
    /// Whether a pass may come to its end without a value, which must not be missed there.
    pub(crate) marked: bool,
    /// Whether a pass may fail in it.
    pub(crate) fails: bool,
}

/// What a line begins with.
#[derive(Debug)]
pub(crate) enum Origin<'g> {
    Source(Feed<'g>),
    /// The value that an arm is given.
    Arm(&'g Branch),
    /// A pass of each of two lines.
    Join(Meeting<'g>),
}

/// A source, and what is repeated of it.
#[derive(Debug)]
pub(crate) struct Feed<'g> {
    pub(crate) source: &'g Source,
    /// What `repeat` repeats, innermost first.
    pub(crate) repeats: Vec<Repeat<'g>>,
}

/// Where the passes of two sources meet: on the context where those of the first are.
#[derive(Debug)]
pub(crate) struct Meeting<'g> {
    pub(crate) operation: &'g Operation,
    pub(crate) left: usize,
    pub(crate) right: usize,
    /// The edge that leads there from the end of the right line.
    pub(crate) edge: usize,
}

/// A maximal run of synchronous operations, and what follows it.
#[derive(Debug)]
pub(crate) struct Segment<'g> {
    pub(crate) operations: Vec<&'g Operation>,
    pub(crate) joint: Option<Joint<'g>>,
    pub(crate) lane: usize,
    pub(crate) line: usize,
    /// The segment before it on its line.
    pub(crate) before: Option<usize>,
    /// The segment behind it on its line.
    pub(crate) next: Option<usize>,
    /// Whether the value that leaves it is a `Result`, because a later operation handles errors.
    pub(crate) carries: bool,
    /// Whether passes without a value come in that must not be missed, and whether they leave it.
    pub(crate) marked: (bool, bool),
}

/// What is between two segments.
#[derive(Debug)]
pub(crate) enum Joint<'g> {
    /// The pass goes to another context; over an edge, unless the arms of a fan came here.
    Hop { operation: &'g Operation, on: &'g Expr, context: &'g Expr, edge: Option<usize> },
    /// The pass waits for an operation, on the same context.
    Wait { operation: &'g Operation },
    /// The pass goes on in arms, each a line of its own, and comes out of them as one.
    Fan(Fan<'g>),
}

/// The arms of a fork or a route that have lanes of their own, and where they meet; or those of a broadcast, which do not.
///
/// They meet on the context where the pass was before them, unless a hop follows at once: then
/// where that leads.
#[derive(Debug)]
pub(crate) struct Fan<'g> {
    pub(crate) operation: &'g Operation,
    /// The lines of the arms.
    pub(crate) arms: Vec<usize>,
    /// The edge that leads from the end of each arm to where they meet.
    pub(crate) ends: Vec<usize>,
    /// The edge that says which way each pass went: that of a route.
    pub(crate) ways: Option<usize>,
    /// The edge by which errors go past the arms, if one may come that is handled behind them.
    pub(crate) past: Option<usize>,
    /// Whether the hop behind it leads to where the arms meet.
    pub(crate) meets_at_hop: bool,
}

impl Fan<'_> {
    /// Whether the arms end by themselves: nothing leads back from them.
    pub(crate) const fn is_broadcast(&self) -> bool {
        self.operation.combinator.is_broadcast()
    }
}

impl Joint<'_> {
    pub(crate) const fn is_hop(&self) -> bool {
        matches!(self, Self::Hop { .. })
    }
}

/// An edge from one lane to another, or to the same.
#[derive(Debug)]
pub(crate) struct Edge<'g> {
    /// The segment that it leaves, and the one that it enters.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) operation: &'g Operation,
    /// Where it leads, as written.
    pub(crate) context: String,
    pub(crate) kind: EdgeKind,
}

/// What an edge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EdgeKind {
    /// The hop behind the segment that it leaves.
    Hop,
    /// The end of an arm of the fan behind this segment.
    End { fan: usize },
    /// The ways of the route behind the segment that it leaves.
    Ways,
    /// The errors that go past the fan behind the segment that it leaves.
    Past,
    /// The end of a line, to where it meets that of another source.
    Side,
}

/// All segments on one context.
#[derive(Debug)]
pub(crate) struct Lane<'g> {
    /// The expression in `on(..)`; none for the context of a source.
    pub(crate) context: Option<&'g Expr>,
    /// The segment in front of the hop that names the context.
    pub(crate) hop: Option<usize>,
    /// The line of the source whose context it is, if it is one's.
    pub(crate) source: Option<usize>,
    /// The segments that begin its nodes: the first, one after a hop, or where arms meet.
    pub(crate) nodes: Vec<usize>,
}

/// A hop that vanishes, and why.
#[derive(Debug)]
pub(crate) struct Elided<'g> {
    pub(crate) operation: &'g Operation,
    pub(crate) context: &'g Expr,
    pub(crate) segment: usize,
}

/// Cuts the graph at its suspension points and gathers the segments of each context.
pub(crate) fn plan<'g>(graph: &'g Graph, name: &str) -> Plan<'g> {
    cut::plan(graph, name)
}

/// Two names for one context are one context; anything but a name may be a new one each time.
fn same_context(a: &Expr, b: &Expr) -> bool {
    fn name(expression: &Expr) -> Option<String> {
        match expression {
            Expr::Path(path) => Some(display(path)),
            Expr::Field(field) => Some(display(field)),
            Expr::Reference(reference) => name(&reference.expr),
            Expr::MethodCall(call) if call.method == "clone" => name(&call.receiver),
            _ => None,
        }
    }
    name(a).is_some_and(|a| name(b) == Some(a))
}

impl<'g> Plan<'g> {
    /// Whether the machine of a line has a state for the arrival of its first value.
    pub(crate) fn arrives(&self, line: usize) -> bool {
        match &self.lines[line].origin {
            Origin::Source(feed) => feed.source.kind != SourceKind::Ready,
            Origin::Arm(_) => false,
            Origin::Join(_) => true,
        }
    }

    /// The line that begins with segment `index`.
    pub(crate) fn starts(&self, index: usize) -> Option<&Line<'g>> {
        let segment = &self.segments[index];
        if segment.before.is_none() { Some(&self.lines[segment.line]) } else { None }
    }

    /// The arm that begins with segment `index`.
    pub(crate) fn begins(&self, index: usize) -> Option<&'g Branch> {
        match self.starts(index)?.origin {
            Origin::Arm(branch) => Some(branch),
            Origin::Source(_) | Origin::Join(_) => None,
        }
    }

    /// The line in which a pass of line `line` meets another source's, and how.
    pub(crate) fn joins(&self, line: usize) -> Option<(usize, &Meeting<'g>)> {
        self.lines.iter().enumerate().find_map(|(joined, other)| match &other.origin {
            Origin::Join(meeting) if meeting.left == line || meeting.right == line => Some((joined, meeting)),
            _ => None,
        })
    }

    /// The shards behind segment `index`, if they have lanes of their own: where nobody counts on each pass to come out.
    pub(crate) fn shards(&self, index: usize) -> Option<&'g Operation> {
        let segment = &self.segments[index];
        match segment.joint {
            Some(Joint::Wait { operation })
                if matches!(operation.kind, Kind::Shard { .. }) && !self.lines[segment.line].side =>
            {
                Some(operation)
            }
            _ => None,
        }
    }

    /// The fan whose arm line `line` is: the segment in front of it, the fan, and the number of the arm.
    pub(crate) fn fan_of(&self, line: usize) -> Option<(usize, &Fan<'g>, usize)> {
        self.segments.iter().enumerate().find_map(|(before, segment)| match &segment.joint {
            Some(Joint::Fan(fan)) => {
                fan.arms.iter().position(|&arm| arm == line).map(|arm| (before, fan, arm))
            }
            _ => None,
        })
    }

    /// The fan whose arms meet before segment `index`, and the segment in front of it.
    pub(crate) fn meets(&self, index: usize) -> Option<(usize, &Fan<'g>)> {
        let before = self.segments[index].before?;
        match &self.segments[before].joint {
            Some(Joint::Fan(fan)) => Some((before, fan)),
            Some(Joint::Hop { edge: None, .. }) => self.meets(before),
            _ => None,
        }
    }

    /// The context of a lane, as written.
    pub(crate) fn context(&self, lane: usize) -> String {
        self.lanes[lane].context.map_or_else(|| "source".to_owned(), display)
    }
}
