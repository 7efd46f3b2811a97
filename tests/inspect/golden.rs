//! The committed drawings.

use std::fs;
use std::path::Path;

use fusewire::graph::topology::Topology;

use crate::{any, graphs};

type Draw = fn(&Topology) -> String;

const FORMATS: [(&str, Draw); 5] = [
    ("txt", |topology| topology.to_string()),
    ("dot", Topology::dot),
    ("mmd", Topology::mermaid),
    ("json", Topology::json),
    ("svg", Topology::svg),
];

#[test]
fn drawings_are_as_committed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspect/golden");
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    let mut differing = Vec::new();
    for (name, topology) in graphs::golden() {
        for (format, draw) in FORMATS {
            let (drawn, path) = (draw(&topology), folder.join(format!("{name}.{format}")));
            if bless {
                fs::write(&path, &drawn).expect("the folder of golden files can be written");
            } else if fs::read_to_string(&path).unwrap_or_default() != drawn {
                differing.push(format!("{name}.{format}"));
            }
        }
    }
    assert!(differing.is_empty(), "differ from golden/: {differing:?}; review with BLESS=1 and git diff");
}

#[test]
fn drawing_twice_gives_the_same_bytes() {
    for seed in 0..20 {
        let (first, second) = (any::any(seed), any::any(seed));
        for (format, draw) in FORMATS {
            assert_eq!(draw(&first), draw(&second), "{format} of seed {seed}");
        }
    }
}

#[test]
fn descriptions_that_point_nowhere_are_drawn_all_the_same() {
    for seed in 0..2000 {
        let topology = any::nonsense(seed);
        for (format, draw) in FORMATS {
            assert!(!draw(&topology).is_empty(), "{format} of seed {seed}");
        }
    }
}

#[test]
fn every_stage_and_hop_is_drawn_once_wherever_it_lies() {
    for seed in 0..300 {
        let topology = any::any(seed);
        let stages = &topology.desc.stages;
        let hops = stages.iter().filter(|stage| stage.combinator == "then").count();
        let named = |text: &str, what: &str| text.matches(what).count();
        // A hop is a line in the text and a link in the drawings; all else is a node.
        assert_eq!(named(&topology.to_string(), "examples/tick.rs:7:10"), {
            let joins = stages.iter().filter(|stage| stage.combinator == "join").count();
            let implied = topology.edges.iter().filter(|edge| match edge.place {
                fusewire::graph::topology::EdgePlace::Hop(hop) => topology.desc.hops[hop].line == 7,
                _ => false,
            });
            joins + implied.count()
        });
        let elided = topology.hops.iter().filter(|hop| hop.elided.is_some()).count();
        assert_eq!(named(&topology.dot(), "elided\""), elided, "seed {seed}");
        assert_eq!(named(&topology.mermaid(), "elided\""), elided, "seed {seed}");
        assert_eq!(named(&topology.dot(), "tooltip=\"examples"), stages.len() - hops, "seed {seed}");
        let boxes = stages.len() - hops + topology.asides.len();
        assert_eq!(named(&topology.svg(), "<g class=\"fw-stage"), boxes, "seed {seed}");
        for aside in &topology.asides {
            for drawing in [topology.to_string(), topology.dot(), topology.mermaid()] {
                assert!(drawing.contains(&aside.name), "seed {seed}: {} is not in\n{drawing}", aside.name);
            }
        }
        // Every hop that is a stage is taken by at least one link.
        let taken = named(&topology.dot(), "[arrowhead=none, style=bold");
        assert!(taken >= hops - elided, "seed {seed}: {taken} links for {} hops", hops - elided);
    }
}
