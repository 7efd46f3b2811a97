//! What a row costs the scorer, against the plain walk over nodes. Answers are compared bit for bit before anything is timed.
//!
//! `cargo bench --bench scorer`. The model and the rows are those of `examples/tick_to_trade`: its default model of
//! 32 trees on the embedded exchange's flow, and, where the shared data is there, a model of 100 trees of six levels
//! on a real day of ES.

#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

#[path = "../examples/tick_to_trade/parts.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the bench uses the scorer and what makes rows, not the order side"
)]
pub mod parts;

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use parts::features::{FEATURES, History, Row};
use parts::feed::Feed;
use parts::model::Model;
use parts::model::forest::Way;
use parts::tape::{Tape, flow, pcap};

/// The rows of a tape.
fn rows(tape: &Tape, tick: u32) -> Vec<Row> {
    let (mut feed, mut history) = (Feed::new(), History::new(tick));
    (0..tape.len()).filter_map(|at| feed.on_packet(tape.packet(at), 0)).map(|row| history.row(&row)).collect()
}

/// One model in every way that it can be scored.
struct Ways {
    walk: Model,
    portable: Model,
    best: Model,
}

impl Ways {
    fn new(name: &str, text: &[u8]) -> Ways {
        let by = |way| Model::by(name, text, way).expect("the model is sound");
        Ways { walk: by(Way::Walk), portable: by(Way::Portable), best: by(Way::Best) }
    }

    fn check(&self, row: &Row) {
        let expected = self.walk.margin(row).to_bits();
        assert_eq!(self.best.margin(row).to_bits(), expected, "{row:?}");
        assert_eq!(self.portable.margin(row).to_bits(), expected, "{row:?}, portable");
    }
}

fn time(criterion: &mut Criterion, name: &str, ways: &Ways, rows: &[Row]) {
    for (number, row) in rows.iter().enumerate() {
        ways.check(row);
        // Every feature as NaN once in a while: default directions.
        if number % 64 == 0 {
            let mut with_nan = *row;
            with_nan.0[number / 64 % FEATURES] = f32::NAN;
            ways.check(&with_nan);
        }
    }
    println!("{name}: {}, {} rows, answers checked", ways.best.describe(), rows.len());
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    for (way, model) in [("margin", &ways.best), ("portable", &ways.portable), ("walk", &ways.walk)] {
        let mut at = 0;
        group.bench_function(way, |bencher| {
            bencher.iter(|| {
                at = if at + 1 == rows.len() { 0 } else { at + 1 };
                model.margin(&rows[at])
            });
        });
    }
    group.finish();
}

/// What comes before the scorer: a packet through the feed into the book, a snapshot into features.
fn time_before(criterion: &mut Criterion, name: &str, tape: &Tape, tick: u32) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(tape.len() as u64)).sample_size(20);
    group.bench_function("packets_to_snapshots", |bencher| {
        bencher.iter_batched_ref(
            Feed::new,
            |feed| (0..tape.len()).filter_map(|at| feed.on_packet(tape.packet(at), 0)).count(),
            BatchSize::PerIteration,
        );
    });
    let mut feed = Feed::new();
    let snapshots: Vec<_> = (0..tape.len()).filter_map(|at| feed.on_packet(tape.packet(at), 0)).collect();
    group.throughput(Throughput::Elements(snapshots.len() as u64));
    group.bench_function("snapshots_to_features", |bencher| {
        let mut history = History::new(tick);
        bencher
            .iter(|| snapshots.iter().for_each(|snapshot| _ = black_box(history.row(black_box(snapshot)))));
    });
    group.finish();
}

fn scorer(criterion: &mut Criterion) {
    let small = Ways::new("of the example", include_bytes!("../examples/tick_to_trade/model.json"));
    time(criterion, "default_model", &small, &rows(&flow::generate(1, 20_000), flow::TICK));

    let shared = std::env::var_os("FUSEWIRE_SHARED").map(PathBuf::from);
    let shared =
        shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared")).join("data");
    let capture = shared.join("itch50/esh4_20231225_transcoded.moldudp64.pcap.gz");
    let model = shared.join("tick_to_trade/model.json");
    match (pcap::read(&capture), std::fs::read(&model)) {
        (Ok(tape), Ok(text)) => {
            let large = Ways::new("of the shared data", &text);
            time(criterion, "es_model_100_trees", &large, &rows(&tape, 2_500));
            time_before(criterion, "es_before_the_scorer", &tape, 2_500);
        }
        _ => eprintln!(
            "SKIPPED: es_model_100_trees, for {} or {} is missing",
            capture.display(),
            model.display()
        ),
    }
}

criterion_group!(benches, scorer);
criterion_main!(benches);
