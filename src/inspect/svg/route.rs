//! The vertical half of the layout: nodes in the order of the pass, hops in strips of their own.

use super::label::Label;
use super::layout::{Across, Rect};
use crate::inspect::flow::{Flow, Item, Link};

/// The space between a box and what follows it.
const STEP: i32 = 20;
/// The space that is kept around boxes and strips.
const CLEAR: i32 = 8;
/// Room above and below the text of a box.
const PADDING: i32 = 5;

/// A line from one box down to another: `(x, y)` of its start, the height it crosses over at, `(x, y)` of its end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Path {
    pub(super) start: (i32, i32),
    pub(super) across: i32,
    pub(super) end: (i32, i32),
}

#[derive(Debug)]
pub(super) struct Router<'a> {
    flow: &'a Flow,
    labels: &'a [Label],
    tag_labels: &'a [Option<Label>],
    across: &'a Across,
    top: i32,
    /// Boxes and strips placed so far.
    taken: Vec<Rect>,
    /// Lines that run down from a box to a strip: strips may cross them, boxes and tags may not.
    lines: Vec<Rect>,
    /// Where a link crosses over, once that is settled.
    strips: Vec<Option<Rect>>,
    pub(super) nodes: Vec<Rect>,
    pub(super) links: Vec<Path>,
    pub(super) tags: Vec<Option<Rect>>,
    /// The corners of the lines that lead back, and nothing for the other links.
    pub(super) backs: Vec<Vec<(i32, i32)>>,
}

impl<'a> Router<'a> {
    pub(super) fn new(
        flow: &'a Flow,
        labels: &'a [Label],
        tag_labels: &'a [Option<Label>],
        across: &'a Across,
        top: i32,
    ) -> Self {
        Self {
            flow,
            labels,
            tag_labels,
            across,
            top,
            taken: Vec::new(),
            lines: Vec::new(),
            strips: vec![None; flow.links.len()],
            nodes: vec![Rect::default(); flow.nodes.len()],
            links: vec![Path::default(); flow.links.len()],
            tags: vec![None; flow.links.len()],
            backs: vec![Vec::new(); flow.links.len()],
        }
    }

    pub(super) fn bottom(&self) -> i32 {
        self.taken.iter().map(|area| area.y + area.h).max().unwrap_or(self.top)
    }

    pub(super) fn right(&self) -> i32 {
        self.taken.iter().chain(self.tags.iter().flatten()).map(|area| area.x + area.w).max().unwrap_or(0)
    }

    /// Places everything, from the top.
    pub(super) fn place(&mut self) {
        let flow = self.flow;
        self.series(&flow.root, self.top);
        self.close_backs();
    }

    /// Places a series below `floor`; gives the floor for what follows it.
    fn series(&mut self, items: &[Item], mut floor: i32) -> i32 {
        for item in items {
            floor = match item {
                Item::Node(node) => self.node(*node, floor),
                // An arm may end without going on to what follows; that has to lie below it all the same.
                Item::Arms(arms) => arms.iter().map(|arm| self.series(arm, floor)).max().unwrap_or(floor),
            };
        }
        floor
    }

    fn node(&mut self, node: usize, floor: i32) -> i32 {
        let links = &self.flow.links;
        let incoming: Vec<usize> =
            (0..links.len()).filter(|&link| links[link].to == node && !links[link].is_back()).collect();
        let mut y = floor;
        for &link in &incoming {
            y = y.max(self.bottom_of(links[link].from) + STEP);
        }
        // The strips of hops that meet here lie below everything that they come from.
        for &link in &incoming {
            if self.tag_labels[link].is_some() && self.strips[link].is_none() {
                self.strip(link, y);
            }
        }
        for &link in &incoming {
            if let Some(strip) = self.strips[link] {
                y = y.max(strip.y + strip.h + STEP);
            }
        }

        let label = &self.labels[node];
        let (w, h) = (label.width(), label.height() + 2 * PADDING);
        for link in self.backs_of(|link| link.to == node) {
            y = self.back(link, self.across.middles[node] + w / 4, y) + STEP;
        }
        let area = Rect { x: self.across.middles[node] - w / 2, y, w, h };
        let area = self.settle(area, area);
        self.nodes[node] = area;
        self.taken.push(area);
        for link in self.backs_of(|link| link.from == node) {
            let from = self.across.middles[node] + w / 4;
            let y = self.back(link, from, area.y + h + STEP);
            self.lines.push(Rect { x: from, y: area.y + h, w: 0, h: y - area.y - h });
        }
        for &link in &incoming {
            self.link(link);
        }

        // The strips of hops that part here lie above everything that they lead to.
        let outgoing: Vec<usize> =
            (0..links.len()).filter(|&link| links[link].from == node && !links[link].is_back()).collect();
        for link in outgoing {
            let meets =
                links.iter().filter(|other| other.to == links[link].to && !other.is_back()).count() > 1;
            if self.tag_labels[link].is_some() && !meets {
                self.strip(link, area.y + area.h + STEP);
            }
        }
        area.y + area.h + STEP
    }

    fn bottom_of(&self, node: usize) -> i32 {
        self.nodes[node].y + self.nodes[node].h
    }

    /// Finds the strip in which a hop crosses over, and puts its tag in the middle of it.
    fn strip(&mut self, link: usize, y: i32) {
        let Some(label) = &self.tag_labels[link] else { return };
        let (from, to) =
            (self.across.middles[self.flow.links[link].from], self.across.middles[self.flow.links[link].to]);
        let (w, h) = (label.width(), label.height() + 2 * PADDING);
        let lanes = (self.lane_of(self.flow.links[link].from), self.lane_of(self.flow.links[link].to));
        let middle = if lanes.0 == lanes.1 { to } else { self.across.tag_middles[lanes.0.min(lanes.1)] };
        let left = from.min(to).min(middle - w / 2);
        let right = from.max(to).max(middle + w / 2);
        // A hop inside one lane turns above its tag and runs down through it; any other runs across behind it.
        let turn = if lanes.0 == lanes.1 && from != to { CLEAR } else { 0 };
        let area = Rect { x: left, y, w: right - left, h: h + turn };
        let strip = self.settle(area, Rect { x: middle - w / 2, w, ..area });
        self.tags[link] = Some(Rect { x: middle - w / 2, y: strip.y + turn, w, h });
        self.strips[link] = Some(strip);
        self.taken.push(strip);
        let bottom = self.bottom_of(self.flow.links[link].from);
        self.lines.push(Rect { x: from, y: bottom, w: 0, h: strip.y - bottom });
    }

    /// The links that lead back, of those that are asked for.
    fn backs_of(&self, asked: impl Fn(&Link) -> bool) -> Vec<usize> {
        let links = self.flow.links.iter().enumerate();
        links.filter(|(_, link)| link.is_back() && asked(link)).map(|(at, _)| at).collect()
    }

    /// Keeps a height clear for a line that leads back, from `x` to the right of all lanes; gives that height.
    fn back(&mut self, link: usize, x: i32, y: i32) -> i32 {
        let mut strip = Rect { x, y, w: self.across.right - x, h: 2 };
        while let Some(other) = self.taken.iter().find(|other| close(strip, **other)) {
            strip.y = other.y + other.h + CLEAR;
        }
        self.taken.push(strip);
        // From the source, which is placed first, and later from where it comes.
        self.backs[link].push((x, strip.y + 1));
        strip.y + strip.h
    }

    /// Joins both halves of the lines that lead back, beside the last lane, each with its tag on it.
    fn close_backs(&mut self) {
        let mut right = self.across.right;
        for link in self.backs_of(|_| true) {
            let (ends, label) = (self.flow.links[link], &self.tag_labels[link]);
            let (Some(label), [to, from]) = (label, &self.backs[link][..]) else {
                self.backs[link].clear();
                continue;
            };
            let (to, from) = if to.1 <= from.1 { (*to, *from) } else { (*from, *to) };
            let (w, h) = (label.width(), label.height() + 2 * PADDING);
            let x = right + 2 * CLEAR + w / 2;
            self.tags[link] = Some(Rect { x: x - w / 2, y: i32::midpoint(to.1, from.1) - h / 2, w, h });
            right = x + w / 2;
            let (bottom, top) = (self.bottom_of(ends.from), self.nodes[ends.to].y);
            self.backs[link] = vec![(from.0, bottom), from, (x, from.1), (x, to.1), to, (to.0, top)];
        }
    }

    fn lane_of(&self, node: usize) -> usize {
        self.flow.nodes[node].lane
    }

    /// Moves an area down until it is clear of everything placed before, and the text in it of all lines.
    fn settle(&self, mut area: Rect, mut text: Rect) -> Rect {
        loop {
            let box_hit = self.taken.iter().find(|other| close(area, **other));
            let line_hit = || self.lines.iter().find(|line| close(text, **line));
            let Some(other) = box_hit.or_else(line_hit) else { return area };
            area.y = other.y + other.h + CLEAR;
            text.y = area.y;
        }
    }

    fn link(&mut self, link: usize) {
        let ends = self.flow.links[link];
        let start = (self.across.middles[ends.from], self.bottom_of(ends.from));
        let end = (self.across.middles[ends.to], self.nodes[ends.to].y);
        let leaves = |other: &&Link| other.from == ends.from && !other.is_back();
        let parts = self.flow.links.iter().filter(leaves).count() > 1;
        let across = match self.strips[link] {
            Some(strip) if self.lane_of(ends.from) == self.lane_of(ends.to) => strip.y,
            Some(strip) => strip.y + strip.h / 2,
            None if parts => start.1 + STEP / 2,
            None => end.1 - STEP / 2,
        };
        self.links[link] = Path { start, across, end };
    }
}

/// Whether two areas overlap or nearly touch.
fn close(one: Rect, other: Rect) -> bool {
    one.x < other.x + other.w + CLEAR
        && other.x < one.x + one.w + CLEAR
        && one.y < other.y + other.h + CLEAR
        && other.y < one.y + one.h + CLEAR
}
