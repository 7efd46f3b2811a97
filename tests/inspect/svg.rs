//! The picture as a viewer sees it: read back from the text, box by box.

use fusewire::graph::topology::Topology;
use roxmltree::{Document, Node};

use crate::{any, graphs};

#[derive(Debug, Clone, Copy)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    fn overlaps(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(self, other: Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && other.right <= self.right
            && other.bottom <= self.bottom
    }
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or_else(|| panic!("{name} is missing in {node:?}"));
    text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number"))
}

fn rect(node: Node<'_, '_>) -> Area {
    let (left, top) = (number(node, "x"), number(node, "y"));
    Area { left, top, right: left + number(node, "width"), bottom: top + number(node, "height") }
}

/// What a text covers, in a font that advances by 0.61 of its size; wide scripts take two columns.
fn extent(node: Node<'_, '_>) -> Area {
    let size = match node.attribute("class") {
        Some("fw-title" | "fw-name") => 13.0,
        Some("fw-small" | "fw-tagline" | "fw-remark") => 11.0,
        other => panic!("no font size for {other:?}"),
    };
    let wide = |c: char| matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0x1f300..=0x1faff);
    let columns: usize = node.text().unwrap_or_default().chars().map(|c| 1 + usize::from(wide(c))).sum();
    let (width, x, y) = (columns as f64 * size * 0.61, number(node, "x"), number(node, "y"));
    let left = if node.attribute("text-anchor") == Some("middle") { x - width / 2.0 } else { x };
    Area { left, top: y - size * 0.8, right: left + width, bottom: y + size * 0.25 }
}

/// The straight parts of a line, each as the thin area that it covers.
fn straights(path: Node<'_, '_>) -> Vec<Area> {
    let back = path.attribute("class") == Some("fw-back");
    let data = path.attribute("d").expect("a path has data");
    let (mut x, mut y, mut parts) = (0.0, 0.0, Vec::new());
    let mut rest = data;
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(char::is_alphabetic).map_or(rest.len(), |end| end + 1);
        let numbers: Vec<f64> =
            rest[1..end].split_whitespace().map(|n| n.parse().expect("a number")).collect();
        rest = &rest[end..];
        let (to_x, to_y) = match (command, numbers.as_slice()) {
            ('M', &[to_x, to_y]) | ('Q', &[_, _, to_x, to_y]) => {
                (x, y) = (to_x, to_y);
                continue;
            }
            ('V', &[to_y]) => (x, to_y),
            ('H', &[to_x]) => (to_x, y),
            other => panic!("{other:?} in {data}"),
        };
        let (half, ends) = (0.5, 1.0);
        parts.push(if command == 'V' {
            assert!(back || to_y >= y - 0.01, "a line turns back up: {data}");
            Area { left: x - half, top: y.min(to_y) + ends, right: x + half, bottom: y.max(to_y) - ends }
        } else {
            Area { left: x.min(to_x), top: y - half, right: x.max(to_x), bottom: y + half }
        });
        (x, y) = (to_x, to_y);
    }
    parts
}

/// Asserts that a picture is well formed and that nothing in it covers anything else.
fn check(topology: &Topology, what: &str) {
    check_boxes(topology, what);
    check_lines(&topology.svg(), what);
}

/// No line runs behind a stage, and none turns back.
fn check_lines(svg: &str, what: &str) {
    let document = Document::parse(svg).expect("it is XML");
    let lines = document
        .descendants()
        .filter(|node| matches!(node.attribute("class"), Some("fw-flow" | "fw-hop" | "fw-back")))
        .flat_map(straights);
    let lines: Vec<Area> = lines.collect();
    for group in document.descendants().filter(is_node) {
        let frame = frame_of(group);
        let behind = lines.iter().find(|line| line.overlaps(frame));
        assert!(behind.is_none(), "{what}: the line {behind:?} runs behind {frame:?}");
    }
}

fn is_node(node: &Node<'_, '_>) -> bool {
    node.attribute("class").is_some_and(|class| class.starts_with("fw-stage") || class == "fw-elided")
}

fn frame_of(group: Node<'_, '_>) -> Area {
    let frame = group.children().find(|node| node.attribute("class") == Some("fw-box"));
    rect(frame.expect("a stage has a box"))
}

fn check_boxes(topology: &Topology, what: &str) {
    let svg = topology.svg();
    let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{what}: not XML: {error}\n{svg}"));
    let root = document.root_element();
    let page = Area { left: 0.0, top: 0.0, right: number(root, "width"), bottom: number(root, "height") };
    let with_class =
        |name: &'static str| root.descendants().filter(move |node| node.attribute("class") == Some(name));

    // Nothing that leads elsewhere: no links, scripts, images or fonts.
    for node in root.descendants().filter(Node::is_element) {
        assert!(
            ["svg", "title", "style", "g", "rect", "path", "text"].contains(&node.tag_name().name()),
            "{what}: {node:?}"
        );
        assert!(node.attribute("href").is_none(), "{what}: {node:?}");
    }

    let boxes: Vec<(Node<'_, '_>, Area)> = with_class("fw-box").map(|node| (node, rect(node))).collect();
    for (index, (_, first)) in boxes.iter().enumerate() {
        assert!(page.holds(*first), "{what}: {first:?} leaves the page {page:?}");
        for (_, second) in &boxes[index + 1..] {
            assert!(!first.overlaps(*second), "{what}: {first:?} and {second:?} overlap");
        }
    }

    let mut texts = Vec::new();
    for node in root.descendants().filter(|node| node.has_tag_name("text")) {
        let area = extent(node);
        assert!(page.holds(area), "{what}: {:?} leaves the page", node.text());
        let group = node.parent().expect("a text has a parent");
        if let Some(frame) = group.children().find(|node| node.attribute("class") == Some("fw-box")) {
            assert!(rect(frame).holds(area), "{what}: {:?} leaves its box", node.text());
        } else {
            assert!(boxes.iter().all(|(_, other)| !other.overlaps(area)), "{what}: {:?}", node.text());
        }
        texts.push(area);
    }
    for (index, first) in texts.iter().enumerate() {
        assert!(texts[index + 1..].iter().all(|second| !first.overlaps(*second)), "{what}: texts overlap");
    }

    let lanes: Vec<Area> = with_class("fw-lane").map(rect).collect();
    assert_eq!(lanes.len(), topology.lanes.len().max(1), "{what}");
    for (index, first) in lanes.iter().enumerate() {
        assert!(lanes[index + 1..].iter().all(|second| !first.overlaps(*second)), "{what}: lanes overlap");
    }
    for group in root.descendants().filter(is_node) {
        let frame = frame_of(group);
        assert!(lanes.iter().any(|lane| lane.holds(frame)), "{what}: {frame:?} lies on no lane");
    }
}

#[test]
fn nothing_overlaps_and_no_text_leaves_its_box() {
    check(&graphs::linear(), "linear");
    check(&graphs::fork_join(), "fork_join");
    check(&graphs::single(), "single");
}

#[test]
fn odd_names_and_long_chains_are_drawn_as_cleanly() {
    check(&graphs::odd(), "odd");
    check(&graphs::hundred(), "hundred");
}

#[test]
fn graphs_of_any_shape_are_drawn_as_cleanly() {
    for seed in 0..400 {
        check(&any::any(seed), &format!("seed {seed}"));
    }
}

#[test]
fn descriptions_that_point_nowhere_are_drawn_without_overlap() {
    for seed in 0..400 {
        check_boxes(&any::nonsense(seed), &format!("nonsense {seed}"));
    }
}

#[test]
fn tooltips_say_where_a_stage_was_written() {
    let svg = graphs::linear().svg();
    let document = Document::parse(&svg).expect("it is XML");
    let titles: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("title"))
        .filter_map(|node| node.text())
        .collect();
    let decode = titles.iter().find(|title| title.contains("decode")).expect("decode has a tooltip");
    assert!(
        decode.contains("examples/tick.rs:14:10") && decode.contains("examples/tick/stages.rs:30"),
        "{decode}"
    );
    assert!(titles.iter().any(|title| title.contains("the pass is already on compute")), "{titles:?}");
}
