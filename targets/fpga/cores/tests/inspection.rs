//! What a graph with a lane on an FPGA says before it runs: latency, cycles per row and, of cores that were synthesised,
//! their resources; in every form.

use std::collections::BTreeSet;

use fusewire::prelude::*;
use fusewire_fpga::report::Report;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::{Fpga, core_of};
use fusewire_fpga_cores::kernels::{Prices, key, programs, timing, weighted};
use fusewire_fpga_cores::report;

/// What each form says of a lane on `fpga` with this chain, without breaks of lines.
macro_rules! forms {
    ($fpga:expr, $($kernel:ident),+) => {{
        let graph = fuse! {
            from_iter((0..8).map(|at| Prices { last: [at; 8] })).then(on($fpga))$(.map($kernel))+
        };
        let drawing = graph.inspect();
        [
            ("text", drawing.to_string()),
            ("dot", drawing.dot()),
            ("mermaid", drawing.mermaid()),
            ("json", drawing.json()),
            ("svg", drawing.svg()),
        ]
    }};
}

/// Whether a form says all of these, whatever its breaks of lines are made of.
fn says(form: &str, words: &[String]) -> bool {
    let mut rest = form;
    words.iter().all(|word| rest.find(word.as_str()).map(|at| rest = &rest[at + word.len()..]).is_some())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn every_form_has_latency_cycles_and_resources() {
    let (_, program) = programs().unwrap().into_iter().find(|(name, _)| *name == "weighted").unwrap();
    let core = core_of(&program, &timing()).unwrap();
    let known = report().unwrap();
    let resources: Vec<_> = known.of(&core).collect();
    assert_eq!(resources.len(), 1, "one family has this period: run report.sh");
    assert_eq!(resources[0].family, "ultrascale_plus");
    assert!(resources[0].luts > 0 && resources[0].dsps > 0 && resources[0].flip_flops > 0, "{resources:?}");
    let latency = format!("latency {} cycles, 1 cycle per row", core.latency());
    let counts = format!(
        "{} LUTs, {} flip-flops, {} DSPs, {} block RAMs",
        resources[0].luts, resources[0].flip_flops, resources[0].dsps, resources[0].block_rams
    );
    for (form, text) in forms!(Fpga::simulated().report(known.clone()).build().unwrap(), weighted) {
        assert!(says(&text, &words(&latency)), "{form} has no latency: {text}");
        assert!(says(&text, &words(&counts)), "{form} has no resources: {text}");
        assert!(!text.contains("synthesised"), "{form}: {text}");
    }
    // The two kernels are another core, of which the report says nothing.
    for (form, text) in forms!(Fpga::simulated().report(known).build().unwrap(), weighted, key) {
        assert!(says(&text, &words("cycles, 1 cycle per row")), "{form}: {text}");
        assert!(says(&text, &words("resources: not synthesised")), "{form}: {text}");
    }
}

#[test]
fn the_report_speaks_of_these_cores() {
    let timings = [Timing::ice40(16_000), Timing::ecp5(8_000), timing()];
    let mut here = BTreeSet::new();
    for timing in timings {
        for (_, program) in programs().unwrap().into_iter().filter(|(name, _)| *name != "weighted_key") {
            here.insert(core_of(&program, &timing).unwrap().id());
        }
    }
    let there: BTreeSet<_> = report().unwrap().cores().collect();
    assert_eq!(there, here, "cores have changed since report.sh ran: run it again");
}

#[test]
fn a_report_that_is_none_is_refused() {
    for (text, what) in [
        ("# a comment\n\n0123\tscale\n", "line 3 of the text"),
        ("xyz\tm\tecp5\t8000\t1\t1\t2\t3\t4\t-\tyosys\n", "`xyz`"),
        ("12\tm\tecp5\t8000\t1\tmany\t2\t3\t4\t-\tyosys\n", "no count of LUTs"),
    ] {
        let error = Report::parse(text).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
    let error = Report::read("/nowhere/resources.tsv").unwrap_err().to_string();
    assert!(error.contains("/nowhere/resources.tsv"), "{error}");
    assert!(Report::parse("# nothing yet\n").unwrap().cores().next().is_none());
}
