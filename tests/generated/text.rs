//! Graphs as chains in `fuse!`: the files `graphs_0.rs` to `graphs_5.rs`, which `BLESS=1` writes anew.

use std::fmt::Write;

use crate::random::{Arm, Chain, Loss, Merging, Op, Sharded, Source, Wrap, graph, is_loose, seeds};

const HEAD: &str = "\
//! Graphs that `random.rs` made and `text.rs` wrote; `BLESS=1 cargo test --test generated_text` writes them anew.

#![allow(unused_imports, clippy::all, reason = \"nobody wrote it, and not every file has every operation\")]

use fusewire::edge::Spill;
use fusewire::prelude::*;
use fusewire::stages::{changes, skip, throttle_by, window};

use crate::harness::{A, B, C, DEVICE, Wrong, evens, fails, graphs, later, mixed, small};
";

const LOOSE: &str = "
use fusewire::edge::{Conflate, DropNewest, DropOldest};
use fusewire::sources::{fed_back, feedback};

use crate::harness::{loose, steady, step, third, turned};
";

/// The whole of file number `number`.
pub(crate) fn file(number: usize) -> String {
    let mut text = HEAD.to_owned();
    let is_loose = is_loose(seeds(number).start);
    text.push_str(if is_loose { LOOSE } else { "" });
    text.push_str(if is_loose { "\nloose! {\n" } else { "\ngraphs! {\n" });
    for seed in seeds(number) {
        let graph = graph(seed);
        if is_loose {
            text.push_str(&body(&graph));
        } else {
            writeln!(text, "    {{\n        {}\n    }}", one(&graph)).unwrap();
        }
    }
    text.push_str("}\n");
    text
}

/// A graph that says itself what comes to which log.
fn body(graph: &Chain) -> String {
    let mut text = "    |log| {\n".to_owned();
    if matches!(graph.source, Source::Fed(..)) {
        text.push_str("        let (back, again) = feedback::<u64>(1_024).unwrap();\n");
    }
    let mut end = ".map(move |x| log.see(x))";
    if let Some(Op::Broadcast(arms)) = graph.operations.last() {
        let logs: Vec<_> = (0..arms.len()).map(log_of).collect();
        writeln!(text, "        let [{}] = log.of_arms();", logs.join(", ")).unwrap();
        end = "";
    }
    writeln!(text, "        fuse! {{\n        {}{end}\n        }}\n    }}", one(graph)).unwrap();
    text
}

fn log_of(arm: usize) -> String {
    format!("log_{arm}")
}

/// One graph, an operation a line.
pub(crate) fn one(graph: &Chain) -> String {
    let mut text = source(&graph.source);
    for op in &graph.operations {
        text.push_str("\n            ");
        text.push_str(&operation(op));
    }
    text
}

fn source(source: &Source) -> String {
    match source {
        Source::Numbers(from, to) => format!("from_iter({from}..{to}u64)"),
        Source::Evens => "evens()".to_owned(),
        Source::Fed(how, ranges) => {
            let range = |at: usize| format!("from_iter({}..{}u64)", ranges[at].0, ranges[at].1);
            match (how, ranges.len()) {
                (Merging::ByPriority, _) => format!("merge_by_priority(fed_back(again), {})", range(0)),
                (Merging::InTurns, 1) => format!("merge({}, fed_back(again))", range(0)),
                (Merging::InTurns, _) => format!("merge3({}, fed_back(again), {})", range(0), range(1)),
            }
        }
        Source::Merged(how, ranges) => {
            let ranges: Vec<_> =
                ranges.iter().map(|(from, to)| format!("from_iter({from}..{to}u64)")).collect();
            let name = match (how, ranges.len()) {
                (Merging::ByPriority, _) => "merge_by_priority",
                (Merging::InTurns, 2) => "merge",
                (Merging::InTurns, 3) => "merge3",
                (Merging::InTurns, _) => "merge4",
            };
            format!("{name}({})", ranges.join(", "))
        }
    }
}

fn operations(operations: &[Op]) -> String {
    operations.iter().map(operation).collect()
}

fn operation(op: &Op) -> String {
    match op {
        Op::Map(factor, more) => format!(".map(|x| x * {factor} + {more})"),
        Op::Filter(m, r) => format!(".filter(|x| x % {m} != {r})"),
        Op::FilterMap(m) => format!(".filter_map(|x| (x % {m} != 1).then_some(x + {m}))"),
        Op::TryMap(m) => format!(".try_map(|x| fails(x, {m}))"),
        Op::Mend => ".or_else(|wrong: Wrong| just(wrong.0 + 500))".to_owned(),
        Op::MapErr => ".map_err(|wrong: Wrong| Wrong(wrong.0 + 1))".to_owned(),
        Op::Hop(to, capacity) => {
            let capacity = capacity.map(|slots| format!(".capacity({slots})")).unwrap_or_default();
            format!(".then(on({}.clone()){capacity})", CONTEXTS[*to])
        }
        Op::Spill(to, slots, more) => {
            format!(".then(on({}.clone()).capacity({slots}).policy(Spill({more})))", CONTEXTS[*to])
        }
        Op::Shard(shards, does) => {
            let on: Vec<_> = CONTEXTS[..*shards as usize].iter().map(|on| format!("{on}.clone()")).collect();
            let make = match does {
                Sharded::Counts => {
                    "|shard| { let mut seen = shard as u64; move |x: u64| { seen += 1; just((x + seen) % 10_007) } }".to_owned()
                }
                Sharded::Adds(more) => format!("|_| |x: u64| just(x).map(|x| x + {more})"),
                Sharded::Filters(m) => format!("|_| |x: u64| just(x).filter(|x| x % {m} != 1)"),
                Sharded::Fails(m) => format!("|_| |x: u64| just(x).try_map(|x| fails(x, {m}))"),
            };
            format!(".shard(|x| x % {shards}, [{}], {make})", on.join(", "))
        }
        Op::DeviceAdds(back) => {
            format!(
                ".then(on(DEVICE.clone())).map(steady).then(on({}.clone())).map(|x| x + 4)",
                CONTEXTS[*back]
            )
        }
        Op::Unordered(shards, does) => {
            operation(&Op::Shard(*shards, *does)).replacen(".shard(", ".shard_unordered(", 1)
        }
        Op::Lossy(to, slots, loss) => {
            let policy = match loss {
                Loss::DropNewest => "DropNewest",
                Loss::DropOldest => "DropOldest",
                Loss::Conflate => "Conflate(third)",
            };
            format!(".then(on({}.clone()).capacity({slots}).policy({policy}))", CONTEXTS[*to])
        }
        Op::Back => ".map(step).try_map(back.unless(turned)).filter_map(|x| x)".to_owned(),
        Op::Broadcast(arms) => {
            let name = ["broadcast", "broadcast3", "broadcast4"][arms.len() - 2];
            let mut text = format!(".{name}(");
            for (at, arm) in arms.iter().enumerate() {
                let log = log_of(at);
                write!(text, "\n                |x| just(x){}.map(move |x| {log}.see(x)),", operations(arm))
                    .unwrap();
            }
            text + "\n            )"
        }
        Op::Later => ".and(later)".to_owned(),
        Op::LaterSome(m) => format!(".and(|x| just(x).filter(|x| x % {m} != 0))"),
        Op::Scan => ".scan(1u64, |sum, x| { *sum = (*sum + x) % 1009; *sum })".to_owned(),
        Op::Batch(count) => format!(".batch::<{count}>().map(|batch| batch.iter().sum::<u64>())"),
        Op::Repeat(count) => format!(".repeat({count})"),
        Op::Fork(arms) => match arms.as_slice() {
            [p, q] => format!(".fork({}, {}).map(|(p, q)| (p + 3 * q) % 10_007)", arm(p), arm(q)),
            arms => {
                let arms: Vec<_> = arms.iter().map(arm).collect();
                format!(".fork3({}).map(|(p, q, r)| (p + 3 * q + 7 * r) % 10_007)", arms.join(", "))
            }
        },
        Op::Route(m, [p, q]) => format!(".route(|x| x % {m} == 0, {}, {})", arm(p), arm(q)),
        Op::Join(side) => {
            let side = source(&side.source) + &operations(&side.operations);
            format!(".join({side}).map(|(p, q)| (p + 5 * q) % 10_007)")
        }
        Op::Skip(count) => format!(".filter(skip({count}))"),
        Op::Changes(m) => format!(".map(|x| x / {m}).filter(changes())"),
        Op::Window => ".filter_map(window()).map(|last: [u64; 2]| last[0] + 3 * last[1])".to_owned(),
        Op::Throttle(period) => format!(".filter(throttle_by({period}, |x: &u64| *x))"),
        Op::Device(back) => {
            format!(
                ".then(on(DEVICE.clone())).map(mixed).map(small).then(on({}.clone())).map(|x| x + 1)",
                CONTEXTS[*back]
            )
        }
        Op::Wrap(wrap) => match wrap {
            Wrap::Take(count) => format!(".take({count})"),
            Wrap::TakeWhile(below) => format!(".take_while(|x| *x < {below})"),
            Wrap::IntoResult => {
                ".into_result().map(|r: Result<u64, Wrong>| r.unwrap_or_else(|wrong| wrong.0 + 7))".to_owned()
            }
            Wrap::UponError => ".upon_error(|wrong: Wrong| wrong.0 + 900)".to_owned(),
            Wrap::Materialize(to) => {
                format!(".materialize().then(on({}.clone())).dematerialize()", CONTEXTS[*to])
            }
            Wrap::OrStopped => ".or_stopped(|_| just(7))".to_owned(),
            Wrap::UponStopped => ".upon_stopped(|_| 7)".to_owned(),
            Wrap::StoppedAsNone => ".stopped_as_none().map(|x| x.unwrap_or(99))".to_owned(),
            Wrap::Finally => ".finally(|| just(()))".to_owned(),
            Wrap::Sequence => ".sequence(from_iter(10..999u64))".to_owned(),
            Wrap::Retry => ".retry(1)".to_owned(),
        },
    }
}

const CONTEXTS: [&str; 3] = ["A", "B", "C"];

fn arm(arm: &Arm) -> String {
    match arm {
        Arm::Later => "later".to_owned(),
        Arm::Chain(chain) => format!("|x| just(x){}", operations(chain)),
    }
}
