//! The drawing for Markdown pages that render Mermaid: a flowchart with one subgraph per lane.

use core::fmt::Write as _;

use super::flow::{Flow, Node, Way, What};
use super::words::{aside_label, meeting, one_line, outside_label, stage_name, way_label};
use crate::graph::topology::{StageKind, Topology};

impl Topology {
    /// The drawing as a Mermaid flowchart.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let flow = Flow::of(self);
        let mut out = String::from("flowchart TB\n");
        for (index, lane) in self.lanes.iter().enumerate() {
            let title = [one_line(&lane.name), one_line(&lane.placement())];
            for remark in lane.remarks() {
                writeln!(out, "  %% lane {}: {}", one_line(&lane.name), one_line(&remark)).ok();
            }
            writeln!(out, "  subgraph lane{index}[{}]", lines(&title)).ok();
            for (id, node) in flow.nodes.iter().enumerate().filter(|(_, node)| node.lane == index) {
                writeln!(out, "    {}", declaration(self, id, node)).ok();
            }
            out.push_str("  end\n");
        }
        // Stages exist without a lane only in a description that names no segment.
        for (id, node) in flow.nodes.iter().enumerate().filter(|(_, node)| node.lane >= self.lanes.len()) {
            writeln!(out, "  {}", declaration(self, id, node)).ok();
        }
        for link in &flow.links {
            let label = link.way.map(|way| way_label(self, way));
            let arrow = match link.way {
                None => "-->",
                Some(Way::Back(_)) => "-.->",
                Some(Way::Hop(_) | Way::Edge(_)) => "==>",
            };
            let label = label.map_or_else(String::new, |label| format!("|{}|", lines(&label)));
            writeln!(out, "  n{} {arrow}{label} n{}", link.from, link.to).ok();
        }
        out
    }
}

fn declaration(topology: &Topology, id: usize, node: &Node) -> String {
    match node.what {
        What::Stage(at) => {
            let stage = &topology.desc.stages[at];
            let label = lines(&[one_line(stage.combinator), stage_name(stage)]);
            let (open, close) = match stage.kind {
                StageKind::Source => ("([", "])"),
                StageKind::Await => ("[[", "]]"),
                StageKind::Fork | StageKind::Route => ("[/", "\\]"),
                StageKind::Join => ("[\\", "/]"),
                StageKind::Consumer => ("([", "])"),
                _ => ("[", "]"),
            };
            format!("n{id}{open}{label}{close}")
        }
        What::Elided(hop) => {
            let context = one_line(topology.hops[hop].desc.context);
            format!("n{id}({})", lines(&[format!("on({context}) elided")]))
        }
        What::Edge(edge) => format!("n{id}>{}]", lines(&outside_label(&topology.edges[edge]))),
        What::Aside(aside) => format!("n{id}[[{}]]", lines(&aside_label(topology, aside))),
        What::Meet(stage) => {
            format!("n{id}[\\{}/]", lines(&[meeting(topology, stage).to_owned()]))
        }
        What::Pass => format!("n{id}((\" \"))"),
    }
}

/// Several lines as one quoted label; empty ones are left out.
fn lines(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
    if texts.is_empty() { "\" \"".to_owned() } else { format!("\"{}\"", texts.join("<br/>")) }
}

/// Mermaid knows entity codes, not backslashes; the characters that it or the HTML behind it would read are
/// written as such codes.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' | '`' | '\\' => out.push_str(&format!("#{};", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}
