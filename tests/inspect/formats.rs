//! JSON, DOT and Mermaid as their readers see them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use fusewire::graph::topology::Topology;
use serde_json::Value;

use crate::any;
use crate::graphs::{self, ODD_NAMES};

fn parsed(topology: &Topology) -> Value {
    let json = topology.json();
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("not JSON: {error}\n{json}"))
}

#[test]
fn json_has_names_as_they_were_written() {
    let document = parsed(&graphs::odd());
    assert_eq!(document["version"], 1);
    for (index, name) in ODD_NAMES.iter().enumerate() {
        assert_eq!(document["stages"][2 * index]["name"], *name);
        assert_eq!(document["stages"][2 * index]["file"], *name);
        assert_eq!(document["edges"][index]["policy"], *name);
        assert_eq!(document["machine"]["states"][index], *name);
    }
}

#[test]
fn json_has_all_that_is_known() {
    let topology = graphs::linear();
    let document = parsed(&topology);
    let edge = &document["edges"][1];
    assert_eq!(edge["hop"], 2);
    assert_eq!((edge["from_lane"].as_u64(), edge["to_lane"].as_u64()), (Some(1), Some(0)));
    assert_eq!(edge["payload"], "core::option::Option<tick::ouch::Order>");
    assert_eq!(edge["cost"]["p99_ns"], 402);
    assert_eq!(edge["counters"]["dropped"], 11);
    assert!(edge["warning"].as_str().is_some_and(|warning| warning.contains("9 ns")));
    assert_eq!(document["hops"][1]["elided"], "the pass is already on compute");
    assert_eq!(document["hops"][1]["edge"], Value::Null);
    assert_eq!(document["hops"][2]["edge"], 1);
    assert_eq!(document["lanes"][0]["segments"], serde_json::json!([0, 2]));
    assert_eq!(document["lanes"][1]["kind"], "cpu");
    assert_eq!(document["segments"][2]["lane"], 0);
    assert_eq!(document["stages"][1]["defined"]["line"], 30);
    assert_eq!(document["machine"]["bytes"], 136);
}

#[test]
fn json_says_null_for_what_is_not_known() {
    let document = parsed(&graphs::single());
    assert_eq!(document["lanes"][0]["core"], Value::Null);
    assert_eq!(document["lanes"][0]["kind"], Value::Null);
    assert_eq!(document["machine"], Value::Null);
    assert_eq!(document["edges"], serde_json::json!([]));
}

#[test]
fn json_of_any_graph_parses() {
    for seed in 0..300 {
        let topology = any::any(seed);
        assert_eq!(parsed(&topology)["stages"].as_array().map(Vec::len), Some(topology.desc.stages.len()));
        parsed(&any::nonsense(seed));
    }
    assert_eq!(parsed(&graphs::hundred())["stages"].as_array().map(Vec::len), Some(100));
}

/// Runs Graphviz on a document; `None` where it is not installed.
fn graphviz(document: &str, format: &str) -> Option<String> {
    let mut command = Command::new("dot");
    command.arg(format).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("SKIPPED: Graphviz does not run here ({error}), its reading of DOT is not checked");
            return None;
        }
    };
    child.stdin.take().expect("stdin is piped").write_all(document.as_bytes()).expect("dot reads its input");
    let output = child.wait_with_output().expect("dot ends");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "dot: {complaints}\n{document}");
    Some(String::from_utf8(output.stdout).expect("dot writes UTF-8"))
}

#[test]
fn graphviz_reads_dot() {
    for topology in [graphs::linear(), graphs::fork_join(), graphs::single(), graphs::hundred()] {
        if graphviz(&topology.dot(), "-Tplain").is_none() {
            return;
        }
    }
    for seed in 0..10 {
        graphviz(&any::any(seed).dot(), "-Tplain");
        graphviz(&any::nonsense(seed).dot(), "-Tcanon");
    }
}

#[test]
fn graphviz_shows_names_as_they_were_written() {
    let Some(picture) = graphviz(&graphs::odd().dot(), "-Tsvg") else { return };
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let picture = roxmltree::Document::parse_with_options(&picture, options).expect("Graphviz writes XML");
    let texts: Vec<String> = picture
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .map(|node| node.text().unwrap_or_default().replace('\u{a0}', " "))
        .collect();
    for name in ODD_NAMES {
        let shown = graphs::on_one_line(name);
        assert!(shown.is_empty() || texts.contains(&shown), "{shown:?} is not among {texts:?}");
    }
}

#[test]
fn mermaid_labels_hold_nothing_that_mermaid_reads() {
    for topology in [graphs::odd(), graphs::linear(), graphs::fork_join(), graphs::hundred()] {
        let drawing = topology.mermaid();
        assert!(drawing.starts_with("flowchart TB\n"));
        let depth = drawing.lines().filter(|line| line.starts_with("  subgraph ")).count();
        assert_eq!(drawing.lines().filter(|line| *line == "  end").count(), depth);
        for line in drawing.lines().filter(|line| line.contains('"')) {
            let parts: Vec<&str> = line.split('"').collect();
            assert_eq!(parts.len(), 3, "one quoted label in: {line}");
            let label = parts[1].replace("<br/>", "");
            assert!(!label.contains(['<', '>', '&', '`', '\\']), "{line}");
            let mut codes = label.split('#').skip(1);
            assert!(codes.all(|code| code.find(';').is_some_and(|end| end > 0 && end < 6)), "{line}");
        }
    }
}

#[test]
fn text_has_every_name_on_a_line_of_its_own() {
    let text = graphs::odd().to_string();
    assert!(text.lines().all(|line| line.trim_end() == line && !line.contains(char::is_control)));
    for name in ODD_NAMES {
        let shown = graphs::on_one_line(name);
        assert!(text.contains(&shown), "{shown:?}");
    }
}
