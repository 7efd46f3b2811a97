//! What a run says at its end: the table, the JSON, the files of scores and orders.

use std::fmt::Write as _;
use std::path::Path;

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

use crate::engine::Outcome;
use crate::parts::input::BadInput;
use crate::parts::order::Order;
use crate::parts::strategy::Score;

/// All rounds of one engine together.
#[derive(Debug)]
pub struct Engine {
    /// What the table calls it.
    pub name: &'static str,
    /// The first round, to which the latencies of the others are added.
    total: Outcome,
    rounds: u64,
    first_ns: Vec<u64>,
    exchange_lateness: Option<Histogram<u64>>,
}

/// The percentiles of the table.
const PERCENTILES: [(&str, f64); 5] =
    [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9), ("p99.99", 99.99)];

impl Engine {
    /// An engine's first round.
    pub fn new(name: &'static str, first: Outcome, lateness: Option<Histogram<u64>>) -> Engine {
        Engine { name, rounds: 1, first_ns: vec![first.first_ns], total: first, exchange_lateness: lateness }
    }

    /// Adds another round: counts add up, and so do latencies.
    pub fn add(&mut self, round: Outcome, lateness: Option<Histogram<u64>>) {
        self.rounds += 1;
        self.first_ns.push(round.first_ns);
        let (feed, new) = (&mut self.total.feed, &round.feed);
        for (total, new) in [
            (&mut feed.packets, new.packets),
            (&mut feed.messages, new.messages),
            (&mut feed.rows, new.rows),
            (&mut feed.gaps, new.gaps),
            (&mut feed.missing_messages, new.missing_messages),
            (&mut feed.stale_packets, new.stale_packets),
            (&mut feed.repeated_packets, new.repeated_packets),
            (&mut feed.heartbeats, new.heartbeats),
            (&mut feed.malformed_packets, new.malformed_packets),
            (&mut feed.unknown_types, new.unknown_types),
            (&mut feed.oddities.unknown_references, new.oddities.unknown_references),
            (&mut feed.oddities.repeated_references, new.oddities.repeated_references),
            (&mut feed.oddities.overdrawn_orders, new.oddities.overdrawn_orders),
            (&mut self.total.orders, round.orders),
            (&mut self.total.took_ns, round.took_ns),
        ] {
            *total += new;
        }
        self.total.stale |= round.stale;
        self.total.accepted = self.total.accepted.zip(round.accepted).map(|(total, new)| total + new);
        // All histograms have the same bounds, so adding cannot fail.
        let _ = self.total.packet_to_order.add(&round.packet_to_order);
        for (total, new) in [
            (&mut self.total.through_sockets, &round.through_sockets),
            (&mut self.exchange_lateness, &lateness),
        ] {
            if let (Some(total), Some(new)) = (total, new) {
                let _ = total.add(new);
            }
        }
    }

    /// The outcome of all rounds.
    pub fn outcome(&self) -> &Outcome {
        &self.total
    }

    fn counts(&self) -> Vec<(&'static str, Option<u64>)> {
        let (total, feed) = (&self.total, &self.total.feed);
        vec![
            ("packets", Some(feed.packets)),
            ("messages", Some(feed.messages)),
            ("rows", Some(feed.rows)),
            ("orders", Some(total.orders)),
            ("acks", total.accepted),
            ("gaps", Some(feed.gaps)),
            ("missing messages", Some(feed.missing_messages)),
            ("stale packets", Some(feed.stale_packets)),
            ("repeated packets", Some(feed.repeated_packets)),
            ("malformed packets", Some(feed.malformed_packets)),
            ("unknown types", Some(feed.unknown_types)),
            ("unknown references", Some(feed.oddities.unknown_references)),
            ("repeated references", Some(feed.oddities.repeated_references)),
            ("overdrawn orders", Some(feed.oddities.overdrawn_orders)),
        ]
    }

    fn latencies(&self) -> [(&'static str, Option<&Histogram<u64>>); 3] {
        [
            ("packet bytes to order bytes", Some(&self.total.packet_to_order)),
            ("through the sockets", self.total.through_sockets.as_ref()),
            ("exchange's own lateness", self.exchange_lateness.as_ref()),
        ]
    }
}

/// One round in a line.
pub fn summary(outcome: &Outcome) -> String {
    let Outcome { feed, orders, took_ns, packet_to_order, .. } = outcome;
    let (packets, seconds) = (feed.packets, *took_ns as f64 / 1e9);
    let p50 = packet_to_order.value_at_percentile(50.0);
    format!(
        "{packets} packets and {orders} orders in {seconds:.4} s; packet bytes to order bytes, p50: {p50} ns"
    )
}

/// The table: a line per figure, a column per engine, and the ratio of the first to the second.
pub fn table(engines: &[Engine]) -> String {
    let mut text = String::new();
    let Some(any) = engines.first() else { return text };
    let mut line = |name: &str, cells: &[Option<String>], ratio: Option<f64>| {
        let _ = write!(text, "{name:<40}");
        for cell in cells {
            let _ = write!(text, "{:>14}", cell.as_deref().unwrap_or("-"));
        }
        if let Some(ratio) = ratio {
            let _ = write!(text, "{ratio:>10.2}");
        }
        text.push('\n');
    };
    let names: Vec<_> = engines.iter().map(|engine| Some(engine.name.to_owned())).collect();
    line("", &names, None);
    for (at, (name, _)) in any.counts().into_iter().enumerate() {
        let cells: Vec<_> = engines.iter().map(|engine| engine.counts()[at].1).collect();
        // What a clean run has none of is shown only when there is some.
        if at > 5 && cells.iter().all(|cell| *cell == Some(0)) {
            continue;
        }
        line(name, &cells.iter().map(|cell| cell.map(|count| count.to_string())).collect::<Vec<_>>(), None);
    }
    for (at, (span, _)) in any.latencies().into_iter().enumerate() {
        let histograms: Vec<_> = engines.iter().filter_map(|engine| engine.latencies()[at].1).collect();
        if histograms.len() < engines.len() || histograms.iter().all(|histogram| histogram.is_empty()) {
            continue;
        }
        let mut figure = |name: &str, value: &dyn Fn(&Histogram<u64>) -> u64| {
            let values: Vec<u64> = histograms.iter().map(|histogram| value(histogram)).collect();
            let ratio = match values[..] {
                [first, second] if second > 0 => Some(first as f64 / second as f64),
                _ => None,
            };
            let cells: Vec<_> = values.iter().map(|value| Some(format!("{value} ns"))).collect();
            line(&format!("{span}, {name}"), &cells, ratio);
        };
        for (name, percentile) in PERCENTILES {
            figure(name, &|histogram| histogram.value_at_percentile(percentile));
        }
        figure("max", &Histogram::max);
    }
    let firsts: Vec<_> = engines
        .iter()
        .map(|engine| engine.first_ns.iter().max().map(|first| format!("{first} ns")))
        .collect();
    line("slowest first order, all cold", &firsts, None);
    text
}

/// Every figure of the table, with its unit in its name.
pub fn json(engines: &[Engine], setting: Value) -> Value {
    let mut columns = Map::new();
    for engine in engines {
        let mut figures = Map::new();
        for (name, value) in engine.counts() {
            figures.insert(format!("{}_count", name.replace(' ', "_")), json!(value));
        }
        figures.insert("rounds_count".into(), json!(engine.rounds));
        figures.insert("took_ns".into(), json!(engine.total.took_ns));
        figures.insert("book_stale_at_end".into(), json!(engine.total.stale));
        figures.insert("first_order_ns".into(), json!(engine.first_ns));
        for (span, histogram) in engine.latencies() {
            let span = span.replace(' ', "_").replace('\'', "");
            let Some(histogram) = histogram else { continue };
            figures.insert(format!("{span}_samples_count"), json!(histogram.len()));
            for (name, percentile) in PERCENTILES {
                figures.insert(format!("{span}_{name}_ns"), json!(histogram.value_at_percentile(percentile)));
            }
            figures.insert(format!("{span}_max_ns"), json!(histogram.max()));
        }
        columns.insert(engine.name.into(), figures.into());
    }
    let mut ratios = Map::new();
    if let [first, second] = engines {
        for (one, other) in first.latencies().into_iter().zip(second.latencies()).take(2) {
            let (Some(one_histogram), Some(other_histogram)) = (one.1, other.1) else { continue };
            for (name, percentile) in PERCENTILES {
                let (a, b) = (
                    one_histogram.value_at_percentile(percentile),
                    other_histogram.value_at_percentile(percentile),
                );
                if b > 0 {
                    let key =
                        format!("{}_to_{}_{}_{name}_ratio", first.name, second.name, one.0.replace(' ', "_"));
                    ratios.insert(key, json!(a as f64 / b as f64));
                }
            }
        }
    }
    json!({ "setting": setting, "engines": columns, "ratios": ratios })
}

/// The scores file: packet, messages so far, bid, its size, ask, its size, margin bits.
pub fn scores_text(scores: &[Score]) -> String {
    let mut text = String::new();
    for Score { packet, messages, bid, ask, margin } in scores {
        let (bits, (bid, bid_shares), (ask, ask_shares)) = (margin.to_bits(), bid, ask);
        let _ = writeln!(text, "{packet},{messages},{bid},{bid_shares},{ask},{ask_shares},{bits:08x}");
    }
    text
}

/// The orders file: packet, B or S, price, shares.
pub fn orders_text(orders: &[Order]) -> String {
    let mut text = String::new();
    for order in orders {
        let side = if order.buys { 'B' } else { 'S' };
        let _ = writeln!(text, "{},{side},{},{}", order.packet, order.price, order.shares);
    }
    text
}

/// Writes a file.
///
/// # Errors
/// The system refuses.
pub fn write(path: &Path, text: &str) -> Result<(), BadInput> {
    std::fs::write(path, text)
        .map_err(|error| BadInput::new(format!("cannot write {}: {error}", path.display())))
}
