//! What stands in a box, and how much room it takes.

use crate::graph::topology::{LaneInfo, Topology};
use crate::inspect::flow::{Node, Way, What};
use crate::inspect::words::{
    aside_label, clip, columns, meeting, one_line, outside_label, stage_name, way_label,
};

/// The distance from one line of text to the next.
pub(super) const LINE_HEIGHT: i32 = 16;
/// The font size of names, as in the style sheet.
pub(super) const NAME_SIZE: i32 = 13;
/// The font size of everything else.
pub(super) const SMALL_SIZE: i32 = 11;
/// Longer names are cut; the tooltip has them whole.
const LONGEST: usize = 34;
/// Room left and right of the text of a box.
const SIDE: i32 = 14;
/// Stages with short names are this wide, so that a lane of them looks even.
const LEAST_STAGE: i32 = 120;

/// The width of `columns` columns at a font size. Fixed-width fonts advance by at most 0.61 of their size.
pub(super) const fn text_width(columns: usize, size: i32) -> i32 {
    (columns as i32 * size * 62 + 99) / 100
}

/// How many columns have room in a width.
pub(super) const fn columns_within(width: i32, size: i32) -> usize {
    let columns = width * 100 / (size * 62);
    if columns < 1 { 1 } else { columns as usize }
}

/// Lines of text, each with the class that sets it.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) lines: Vec<(&'static str, String)>,
}

impl Label {
    pub(super) fn of_node(topology: &Topology, node: &Node) -> Self {
        match node.what {
            What::Stage(stage) => {
                let stage = &topology.desc.stages[stage];
                Self::two(&one_line(stage.combinator), &stage_name(stage))
            }
            What::Elided(hop) => {
                let context = one_line(topology.hops[hop].desc.context);
                Self { lines: vec![("small", format!("on({}) elided", clip(&context, LONGEST)))] }
            }
            What::Edge(edge) => Self::tag(&outside_label(&topology.edges[edge])),
            What::Aside(aside) => {
                let [of, name] = aside_label(topology, aside);
                Self::two(&of, &name)
            }
            What::Meet(stage) => Self { lines: vec![("small", meeting(topology, stage).to_owned())] },
            What::Pass => Self { lines: vec![("small", "handed on".to_owned())] },
        }
    }

    pub(super) fn of_way(topology: &Topology, way: Way) -> Self {
        Self::tag(&way_label(topology, way))
    }

    pub(super) fn of_lane(lane: &LaneInfo) -> Self {
        let mut lines = vec![("name", clip(&one_line(&lane.name), LONGEST))];
        let placement = one_line(&lane.placement());
        if !placement.is_empty() {
            lines.push(("small", clip(&placement, LONGEST + 6)));
        }
        Self { lines }
    }

    fn two(small: &str, name: &str) -> Self {
        Self { lines: vec![("small", clip(small, LONGEST)), ("name", clip(name, LONGEST))] }
    }

    fn tag(lines: &[String]) -> Self {
        Self { lines: lines.iter().map(|line| ("tagline", line.clone())).collect() }
    }

    /// The width of the box around it: even, so that the middle is a whole number.
    pub(super) fn width(&self) -> i32 {
        let width = |(style, line): &(&str, String)| {
            text_width(columns(line), if *style == "name" { NAME_SIZE } else { SMALL_SIZE })
        };
        let least = if self.lines.len() == 2 && self.lines[1].0 == "name" { LEAST_STAGE } else { 0 };
        least.max((self.lines.iter().map(width).max().unwrap_or(0) + 2 * SIDE + 1) / 2 * 2)
    }

    pub(super) fn height(&self) -> i32 {
        self.lines.len() as i32 * LINE_HEIGHT
    }
}
