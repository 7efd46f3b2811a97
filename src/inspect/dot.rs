//! The drawing for Graphviz: one cluster per lane, hops as labelled edges between clusters.

use core::fmt::Write as _;

use super::flow::{Flow, Link, Node, Way, What};
use super::words::{aside_label, meeting, one_line, outside_label, stage_name, stage_place, way_label};
use crate::graph::topology::{StageKind, Topology};

impl Topology {
    /// The drawing as a Graphviz document: `dot -Tsvg`.
    #[must_use]
    pub fn dot(&self) -> String {
        let flow = Flow::of(self);
        let mut out = String::new();
        writeln!(out, "digraph {} {{", quoted(&one_line(self.desc.name))).ok();
        out.push_str("  newrank=true;\n  rankdir=TB;\n  labeljust=l;\n  fontname=\"monospace\";\n");
        out.push_str("  node [shape=box, style=\"rounded\", fontname=\"monospace\", fontsize=11];\n");
        for (index, lane) in self.lanes.iter().enumerate() {
            let title = [one_line(&lane.name), one_line(&lane.placement())];
            writeln!(out, "  subgraph cluster_lane{index} {{").ok();
            writeln!(out, "    label={};", lines(&title)).ok();
            out.push_str("    style=\"rounded\";\n");
            let remarks: Vec<_> = lane.remarks().iter().map(|remark| one_line(remark)).collect();
            if !remarks.is_empty() {
                writeln!(out, "    tooltip={};", lines(&remarks)).ok();
            }
            for (id, node) in flow.nodes.iter().enumerate().filter(|(_, node)| node.lane == index) {
                writeln!(out, "    {}", declaration(self, id, node)).ok();
            }
            out.push_str("  }\n");
        }
        // Stages exist without a lane only in a description that names no segment.
        for (id, node) in flow.nodes.iter().enumerate().filter(|(_, node)| node.lane >= self.lanes.len()) {
            writeln!(out, "  {}", declaration(self, id, node)).ok();
        }
        for (id, link) in flow.links.iter().enumerate() {
            match link.way {
                None => writeln!(out, "  n{} -> n{};", link.from, link.to).ok(),
                Some(way) => over(self, id, link, way, &mut out),
            };
        }
        out.push_str("}\n");
        out
    }
}

/// A link over an edge, whose label is a node of its own: Graphviz keeps lines and frames off nodes, and not off labels.
fn over(topology: &Topology, id: usize, link: &Link, way: Way, out: &mut String) -> Option<()> {
    let label = lines(&way_label(topology, way));
    let (line, fill) = match way {
        Way::Back(_) => ("style=dashed, color=\"#9a6700\"", "#fff8c5"),
        Way::Hop(_) | Way::Edge(_) => ("style=bold, color=\"#0969da\"", "#ddf4ff"),
    };
    let free = if link.is_back() { ", constraint=false" } else { "" };
    writeln!(
        out,
        "  e{id} [label={label}, style=filled, fillcolor=\"{fill}\", color=\"{fill}\", fontsize=10];"
    )
    .ok()?;
    writeln!(out, "  n{} -> e{id} [arrowhead=none, {line}{free}];", link.from).ok()?;
    writeln!(out, "  e{id} -> n{} [{line}{free}];", link.to).ok()
}

fn declaration(topology: &Topology, id: usize, node: &Node) -> String {
    match node.what {
        What::Stage(at) => {
            let stage = &topology.desc.stages[at];
            let label = lines(&[one_line(stage.combinator), stage_name(stage)]);
            let tooltip = quoted(&stage_place(stage));
            let shape = match stage.kind {
                StageKind::Source => ", shape=oval",
                StageKind::Await => ", style=\"rounded,dashed\"",
                StageKind::Fork | StageKind::Route => ", shape=trapezium",
                StageKind::Join => ", shape=invtrapezium",
                StageKind::Consumer => ", peripheries=2",
                _ => "",
            };
            format!("n{id} [label={label}, tooltip={tooltip}{shape}];")
        }
        What::Elided(hop) => {
            let hop = &topology.hops[hop];
            let label = quoted(&format!("on({}) elided", one_line(hop.desc.context)));
            let tooltip = quoted(&one_line(hop.elided.as_deref().unwrap_or_default()));
            format!("n{id} [label={label}, tooltip={tooltip}, style=\"rounded,dotted\"];")
        }
        What::Edge(edge) => {
            format!("n{id} [label={}, shape=plain];", lines(&outside_label(&topology.edges[edge])))
        }
        What::Aside(aside) => {
            format!("n{id} [label={}, style=\"rounded,bold\"];", lines(&aside_label(topology, aside)))
        }
        What::Meet(stage) => {
            format!("n{id} [label={}, shape=invtrapezium];", quoted(meeting(topology, stage)))
        }
        What::Pass => format!("n{id} [label=\"\", shape=point, width=0.1];"),
    }
}

/// Several lines as one label; empty ones are left out.
fn lines(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
    format!("\"{}\"", texts.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Graphviz reads backslashes and HTML entities inside quoted strings; neither is meant here.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}
