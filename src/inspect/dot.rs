//! The drawing for Graphviz: one cluster per lane, hops as labelled edges between clusters.

use core::fmt::Write as _;

use super::flow::{Flow, Node, What};
use super::words::{hop_label, one_line, outside_label, stage_name, stage_place};
use crate::graph::topology::{StageKind, Topology};

impl Topology {
    /// The drawing as a Graphviz document: `dot -Tsvg`.
    #[must_use]
    pub fn dot(&self) -> String {
        let flow = Flow::of(self);
        let mut out = String::new();
        writeln!(out, "digraph {} {{", quoted(&one_line(self.desc.name))).ok();
        out.push_str("  compound=true;\n  rankdir=TB;\n  fontname=\"monospace\";\n");
        out.push_str("  node [shape=box, style=\"rounded\", fontname=\"monospace\", fontsize=11];\n");
        out.push_str("  edge [fontname=\"monospace\", fontsize=10];\n");
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
        for link in &flow.links {
            let attributes = match link.hop {
                None => String::new(),
                Some(hop) => {
                    format!(" [style=bold, color=\"#0969da\", label={}]", lines(&hop_label(self, hop)))
                }
            };
            writeln!(out, "  n{} -> n{}{attributes};", link.from, link.to).ok();
        }
        out.push_str("}\n");
        out
    }
}

fn declaration(topology: &Topology, id: usize, node: &Node) -> String {
    match node.what {
        What::Stage(at) => {
            let stage = &topology.desc.stages[at];
            let label = lines(&[one_line(stage.combinator), stage_name(stage)]);
            let tooltip = quoted(&stage_place(stage));
            let shape = match stage.kind {
                StageKind::Source => ", shape=cds",
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
