//! The picture: lanes as swim-lanes side by side, time running down, hops as lines from lane to lane.
//!
//! It stands alone: one file, no fonts or scripts from elsewhere, its own background for light and dark pages.
//! Text is set in a fixed-width font and every box is sized by the columns of what it holds.

mod canvas;
mod label;
mod layout;
mod route;

use super::flow::{Flow, Way, What};
use super::words::{
    balance, clip, count, edge_cause, hop_cause, one_line, short_type, slots, stage_call, stage_place,
};
use crate::graph::topology::{EdgeInfo, StageKind, Topology};
use canvas::Canvas;
use label::{LINE_HEIGHT, Label, columns_within};
use layout::{Layout, MARGIN, Rect};

impl Topology {
    /// The drawing as a self-contained SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        let flow = Flow::of(self);
        let layout = Layout::of(self, &flow);
        let mut canvas = Canvas::default();
        title(self, &layout, &mut canvas);
        lanes(self, &layout, &mut canvas);
        // Hops lie above what stays on its lane: where both arrive at one stage, the hop is what to see.
        for (class, hops) in [("flow", false), ("hop", true)] {
            let links = flow.links.iter().zip(&layout.links).filter(|(link, _)| !link.is_back());
            for (_, path) in links.filter(|(link, _)| link.way.is_some() == hops) {
                canvas.path(class, path);
            }
        }
        for corners in &layout.backs {
            canvas.corners("back", corners);
        }
        for (link, tag) in flow.links.iter().zip(&layout.tags) {
            if let (Some(way), Some((area, label))) = (link.way, tag) {
                let tooltip = way_tooltip(self, way);
                let edge = match way {
                    Way::Hop(hop) => self.edge_of_hop(hop),
                    Way::Edge(edge) | Way::Back(edge) => self.edges.get(edge),
                };
                let warned = edge.is_some_and(|edge| edge.warning.is_some());
                boxed(&mut canvas, if warned { "tag warned" } else { "tag" }, *area, label, &tooltip);
            }
        }
        for (node, (area, label)) in flow.nodes.iter().zip(layout.nodes.iter().zip(&layout.labels)) {
            let (class, tooltip) = match node.what {
                What::Stage(stage) => (stage_class(self, stage), stage_tooltip(self, stage)),
                What::Elided(hop) => ("elided", hop_tooltip(self, hop)),
                What::Edge(edge) => ("tag", way_tooltip(self, Way::Edge(edge))),
                What::Aside(_) => ("stage shape", String::new()),
                What::Meet(_) => ("elided", String::new()),
                What::Pass => ("elided", String::new()),
            };
            boxed(&mut canvas, class, *area, label, &tooltip);
        }
        for (index, line) in layout.remarks.iter().enumerate() {
            let y = layout.remarks_top + (index as i32 + 1) * LINE_HEIGHT;
            canvas.text("remark", MARGIN, y, line);
        }
        canvas.finish(&one_line(self.desc.name), layout.width, layout.height)
    }
}

fn title(topology: &Topology, layout: &Layout, canvas: &mut Canvas) {
    let columns = |size| columns_within(layout.width - 2 * MARGIN, size);
    canvas.text("title", MARGIN, MARGIN + 14, &clip(&headline(topology), columns(label::NAME_SIZE)));
    canvas.text("small", MARGIN, MARGIN + 32, &clip(&facts(topology), columns(label::SMALL_SIZE)));
}

/// The first line of the title.
fn headline(topology: &Topology) -> String {
    let desc = topology.desc;
    format!("{}  {}:{}", one_line(desc.name), one_line(desc.file), desc.line)
}

/// The second line of the title.
fn facts(topology: &Topology) -> String {
    let desc = topology.desc;
    let mut facts = vec![
        count(desc.stages.len(), "stage"),
        count(topology.lanes.len(), "lane"),
        count(topology.edges.len(), "edge"),
    ];
    if let Some(machine) = &topology.machine {
        facts.push(format!("machine {} B, {}", machine.bytes, count(machine.states.len(), "state")));
    }
    facts.join(" · ")
}

fn lanes(topology: &Topology, layout: &Layout, canvas: &mut Canvas) {
    for (index, lane) in layout.lanes.iter().enumerate() {
        canvas.rect("lane", lane.body, 10);
        let tooltip = topology.lanes.get(index).map(|lane| lane.remarks().join("\n")).unwrap_or_default();
        boxed(canvas, "head", lane.head, &lane.label, &tooltip);
    }
}

/// A box with its lines of text in the middle and its tooltip.
fn boxed(canvas: &mut Canvas, class: &str, area: Rect, label: &Label, tooltip: &str) {
    canvas.open(class, tooltip);
    canvas.rect("box", area, 6);
    if class.starts_with("stage") {
        canvas.rect("mark", Rect { x: area.x + 5, y: area.y + 7, w: 3, h: area.h - 14 }, 1);
    }
    let middle = area.x + area.w / 2;
    let top = area.y + (area.h - label.height()) / 2;
    for (index, (style, line)) in label.lines.iter().enumerate() {
        canvas.centred(style, middle, top + index as i32 * LINE_HEIGHT + 12, line);
    }
    canvas.close();
}

fn stage_class(topology: &Topology, stage: usize) -> &'static str {
    match topology.desc.stages[stage].kind {
        StageKind::Source => "stage source",
        StageKind::Await => "stage await",
        StageKind::Fork | StageKind::Route | StageKind::Join => "stage shape",
        StageKind::Consumer => "stage end",
        _ => "stage work",
    }
}

fn stage_tooltip(topology: &Topology, stage: usize) -> String {
    let desc = &topology.desc.stages[stage];
    let mut tooltip = format!("{}\n{}", stage_call(desc), stage_place(desc));
    if let Some((file, line)) = desc.defined {
        tooltip.push_str(&format!("\nstage at {}:{line}", one_line(file)));
    }
    tooltip.push_str(&format!("\nsegment {}", desc.segment));
    tooltip
}

fn way_tooltip(topology: &Topology, way: Way) -> String {
    match way {
        Way::Hop(hop) => hop_tooltip(topology, hop),
        Way::Edge(edge) | Way::Back(edge) => {
            let Some(edge) = topology.edges.get(edge) else { return String::new() };
            edge_cause(topology, edge) + &edge_tooltip(edge)
        }
    }
}

fn hop_tooltip(topology: &Topology, hop: usize) -> String {
    let info = &topology.hops[hop];
    let mut tooltip = hop_cause(topology, info.desc);
    if let Some(reason) = &info.elided {
        tooltip.push_str(&format!("\nelided: {}", one_line(reason)));
    }
    if let Some(edge) = topology.edge_of_hop(hop) {
        tooltip.push_str(&edge_tooltip(edge));
    }
    tooltip
}

/// What is known of an edge, one line each, each on a line of its own.
fn edge_tooltip(edge: &EdgeInfo) -> String {
    let payload = short_type(&edge.payload);
    let mut tooltip = format!("\n{} for {payload} of {} B", slots(edge), edge.payload_bytes);
    tooltip.push_str(&format!("\n{}: {}", edge.layout, one_line(&edge.layout_reason)));
    tooltip.push_str(&format!("\nkind: {}", one_line(&edge.kind)));
    if !edge.name.is_empty() {
        tooltip.push_str(&format!("\nname: {}", one_line(&edge.name)));
    }
    tooltip.push_str(&format!("\nwhen full: {}", one_line(&edge.policy)));
    if let Some(counters) = &edge.counters {
        tooltip.push_str(&format!("\n{}", balance(counters)));
    }
    for peer in &edge.peers {
        tooltip.push_str(&format!("\n{}", one_line(peer)));
    }
    if let Some(warning) = &edge.warning {
        tooltip.push_str(&format!("\nwarning: {}", one_line(warning)));
    }
    tooltip
}
