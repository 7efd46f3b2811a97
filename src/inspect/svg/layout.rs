//! Where everything goes.
//!
//! Across: every lane is as many columns wide as it has arms side by side, and lanes stand far enough apart for
//! the tags of the hops between them. Down: nodes are placed in the order of the pass; a hop takes a strip of
//! its own, and whatever would collide moves down. So no line has to turn back and no text is ever crossed.

use super::label::{Label, NAME_SIZE, SMALL_SIZE, columns_within, text_width};
use super::route::{Path, Router};
use crate::graph::topology::Topology;
use crate::inspect::flow::{Flow, Item};
use crate::inspect::words::{columns, remarks};

/// The space around everything.
pub(super) const MARGIN: i32 = 20;
/// The height of the title above the lanes.
const TITLE: i32 = 48;
/// The space between neighbouring lanes, and inside a lane beside its columns.
const GAP: i32 = 28;
/// The space inside a lane beside its boxes.
const INSIDE: i32 = 16;
/// Titles and remarks widen the drawing up to this; what is longer is cut or wrapped.
const NARROW: i32 = 420;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) w: i32,
    pub(super) h: i32,
}

#[derive(Debug)]
pub(super) struct LaneArea {
    pub(super) body: Rect,
    pub(super) head: Rect,
    pub(super) label: Label,
}

/// Every box and line of the drawing. `nodes` and `labels` go with the nodes of the flow, `links` and `tags`
/// with its links.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) lanes: Vec<LaneArea>,
    pub(super) nodes: Vec<Rect>,
    pub(super) labels: Vec<Label>,
    pub(super) links: Vec<Path>,
    pub(super) tags: Vec<Option<(Rect, Label)>>,
    /// Of the links that lead back, which have no path.
    pub(super) backs: Vec<Vec<(i32, i32)>>,
    pub(super) remarks: Vec<String>,
    pub(super) remarks_top: i32,
}

impl Layout {
    pub(super) fn of(topology: &Topology, flow: &Flow) -> Self {
        let labels: Vec<Label> = flow.nodes.iter().map(|node| Label::of_node(topology, node)).collect();
        let tags: Vec<Option<Label>> =
            flow.links.iter().map(|link| link.way.map(|way| Label::of_way(topology, way))).collect();
        let remarks = remarks(topology);
        let titles = text_width(columns(&super::headline(topology)), NAME_SIZE)
            .max(text_width(columns(&super::facts(topology)), SMALL_SIZE));
        let narrowest = NARROW.min(2 * MARGIN + if remarks.is_empty() { titles } else { NARROW });
        let across = Across::of(topology, flow, &labels, &tags, narrowest);

        let head_height = across.heads.iter().map(Label::height).max().unwrap_or(0) + 12;
        let lanes_top = MARGIN + TITLE;
        let mut router = Router::new(flow, &labels, &tags, &across, lanes_top + head_height + 2 * INSIDE);
        router.place();
        let bottom = router.bottom() + INSIDE;

        let lanes: Vec<LaneArea> = across
            .heads
            .iter()
            .cloned()
            .zip(across.starts.iter().zip(&across.widths))
            .map(|(label, (&x, &w))| LaneArea {
                body: Rect { x, y: lanes_top, w, h: bottom - lanes_top },
                head: Rect { x: x + 8, y: lanes_top + 8, w: w - 16, h: head_height },
                label,
            })
            .collect();

        let right = lanes.last().map_or(0, |lane| lane.body.x + lane.body.w).max(router.right());
        let width = (right + MARGIN).max(narrowest);
        let room = columns_within(width - 2 * MARGIN, SMALL_SIZE);
        let remarks: Vec<String> = remarks.iter().flat_map(|remark| wrap(remark, room)).collect();
        let remarks_top = bottom + if remarks.is_empty() { 0 } else { MARGIN / 2 };
        let height = remarks_top + remarks.len() as i32 * super::LINE_HEIGHT + MARGIN;

        let tag_areas = router.tags;
        Self {
            width,
            height,
            lanes,
            nodes: router.nodes,
            links: router.links,
            backs: router.backs,
            tags: tag_areas.into_iter().zip(tags).map(|(area, label)| Some((area?, label?))).collect(),
            labels,
            remarks,
            remarks_top,
        }
    }
}

/// The horizontal half: where lanes begin and where the middle of each node is.
#[derive(Debug)]
pub(super) struct Across {
    heads: Vec<Label>,
    starts: Vec<i32>,
    widths: Vec<i32>,
    pub(super) middles: Vec<i32>,
    /// Where the last lane ends.
    pub(super) right: i32,
    /// The middle between a lane's outermost line and that of its right neighbour.
    pub(super) tag_middles: Vec<i32>,
}

impl Across {
    fn of(
        topology: &Topology,
        flow: &Flow,
        labels: &[Label],
        tags: &[Option<Label>],
        narrowest: i32,
    ) -> Self {
        let mut heads: Vec<Label> = topology.lanes.iter().map(Label::of_lane).collect();
        if heads.is_empty() {
            heads.push(Label { lines: vec![("name", "no lane".to_owned())] });
        }
        let lanes = heads.len();

        // One column of a lane has room for its widest box.
        let mut column: Vec<i32> = heads.iter().map(|_| 0).collect();
        for (node, label) in flow.nodes.iter().zip(labels) {
            column[node.lane] = column[node.lane].max(label.width());
        }
        for (link, tag) in flow.links.iter().zip(tags) {
            let (from, to) = (flow.nodes[link.from].lane, flow.nodes[link.to].lane);
            if let (Some(tag), true, false) = (tag, from == to, link.is_back()) {
                column[to] = column[to].max(tag.width());
            }
        }
        let count = columns_of_series(&flow.root, flow, lanes);
        let mut widths: Vec<i32> = (0..lanes)
            .map(|lane| {
                let columns = count[lane].max(1) as i32;
                let boxes = columns * column[lane] + (columns - 1) * GAP + 2 * INSIDE;
                boxes.max(heads[lane].width() + 2 * INSIDE) / 2 * 2
            })
            .collect();

        // Middles relative to the centre of the lane.
        let mut offsets = vec![0; flow.nodes.len()];
        spread_series(&flow.root, flow, &vec![0; lanes], &mut offsets);
        for (offset, node) in offsets.iter_mut().zip(&flow.nodes) {
            *offset *= (column[node.lane] + GAP) / 2;
        }
        // From the centre of a lane to the outermost middle on it: lines run down up to there.
        let mut reach = vec![0; lanes];
        for (offset, node) in offsets.iter().zip(&flow.nodes) {
            reach[node.lane] = reach[node.lane].max(offset.abs());
        }
        // The tag of a hop lies beside the leftmost of the lanes it joins, clear of every line that runs down.
        let mut beside = vec![0; lanes];
        for (link, tag) in flow.links.iter().zip(tags) {
            let (from, to) = (flow.nodes[link.from].lane, flow.nodes[link.to].lane);
            if let (Some(tag), true, false) = (tag, from != to, link.is_back()) {
                beside[from.min(to)] = beside[from.min(to)].max(tag.width() + 2 * GAP);
            }
        }

        let mut starts = side_by_side(&widths, &reach, &beside);
        let short = narrowest - MARGIN - starts[lanes - 1] - widths[lanes - 1];
        if short > 0 {
            widths.iter_mut().for_each(|width| *width += short / lanes as i32 / 2 * 2);
            starts = side_by_side(&widths, &reach, &beside);
        }
        let centre = |lane: usize| starts[lane] + widths[lane] / 2;
        let middles =
            flow.nodes.iter().zip(&offsets).map(|(node, offset)| centre(node.lane) + offset).collect();
        let tag_middles = (0..lanes)
            .map(|lane| {
                let right = (lane + 1).min(lanes - 1);
                i32::midpoint(centre(lane) + reach[lane], centre(right) - reach[right])
            })
            .collect();
        let right = starts[lanes - 1] + widths[lanes - 1];
        Self { heads, starts, widths, middles, right, tag_middles }
    }
}

/// Where each lane begins, when lanes stand as close as the tags between their middles allow.
fn side_by_side(widths: &[i32], reach: &[i32], beside: &[i32]) -> Vec<i32> {
    let mut starts: Vec<i32> = vec![MARGIN];
    for lane in 1..widths.len() {
        let left = lane - 1;
        let touching = starts[left] + widths[left] + GAP;
        let outermost = starts[left] + widths[left] / 2 + reach[left];
        starts.push(touching.max(outermost + beside[left] + reach[lane] - widths[lane] / 2));
    }
    starts
}

/// How many columns a series takes on each lane.
fn columns_of_series(items: &[Item], flow: &Flow, lanes: usize) -> Vec<usize> {
    let mut most = vec![0; lanes];
    for item in items {
        match item {
            Item::Node(node) => {
                let lane = flow.nodes[*node].lane;
                most[lane] = most[lane].max(1);
            }
            Item::Arms(arms) => {
                let mut sum = vec![0; lanes];
                for arm in arms {
                    for (sum, own) in sum.iter_mut().zip(columns_of_series(arm, flow, lanes)) {
                        *sum += own;
                    }
                }
                for (most, sum) in most.iter_mut().zip(sum) {
                    *most = (*most).max(sum);
                }
            }
        }
    }
    most
}

/// Puts the nodes of a series on the given centres, in half columns, and its arms side by side around them.
fn spread_series(items: &[Item], flow: &Flow, centres: &[i32], halves: &mut [i32]) {
    for item in items {
        match item {
            Item::Node(node) => halves[*node] = centres[flow.nodes[*node].lane],
            Item::Arms(arms) => {
                let widths: Vec<Vec<usize>> =
                    arms.iter().map(|arm| columns_of_series(arm, flow, centres.len())).collect();
                let mut left: Vec<i32> = centres.to_vec();
                for own in &widths {
                    for (left, &own) in left.iter_mut().zip(own) {
                        *left -= own as i32;
                    }
                }
                for (arm, own) in arms.iter().zip(&widths) {
                    let middle: Vec<i32> =
                        left.iter().zip(own).map(|(&left, &own)| left + own as i32).collect();
                    spread_series(arm, flow, &middle, halves);
                    for (left, &own) in left.iter_mut().zip(own) {
                        *left += 2 * own as i32;
                    }
                }
            }
        }
    }
}

/// Breaks a remark into lines of at most `room` columns, the later ones indented.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(12);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut rest = word;
        if !line.trim().is_empty() && columns(&line) + 1 + columns(rest) > room {
            lines.push(core::mem::replace(&mut line, "  ".to_owned()));
        } else if !line.trim().is_empty() {
            line.push(' ');
        }
        while columns(&line) + columns(rest) > room {
            let mut end = 0;
            for (at, c) in rest.char_indices() {
                if columns(&line) + columns(&rest[..at + c.len_utf8()]) > room {
                    break;
                }
                end = at + c.len_utf8();
            }
            line.push_str(&rest[..end]);
            rest = &rest[end..];
            lines.push(core::mem::replace(&mut line, "  ".to_owned()));
        }
        line.push_str(rest);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_keep_to_the_room_and_lose_nothing() {
        let text = "warning: a_word_that_is_longer_than_the_room and some short ones 価格計算価格計算";
        let lines = wrap(text, 16);
        assert!(lines.iter().all(|line| columns(line) <= 16), "{lines:?}");
        let without_spaces = |text: &str| text.replace(' ', "");
        assert_eq!(without_spaces(&lines.concat()), without_spaces(text));
    }
}
