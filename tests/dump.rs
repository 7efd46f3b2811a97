//! Where a graph stands: from one that is stalled, has failed or has panicked, the chain of stages with file and line.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fusewire::consumers::{spawn_future_on, spawn_on};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::{RunError, Stop};
use fusewire::edge::edge;
use fusewire::engine::{Dump, Engine, Handle, Waits};
use fusewire::lane::Frame;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::Taken;
use fusewire::sources::Just;
use fusewire::wait::Wait;

const PATIENCE: Duration = Duration::from_secs(20);
const WAITS: [Wait; 3] = [Wait::Spin, Wait::SpinThenPark { spins: 50 }, Wait::Park];

fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().unwrap()
}

/// Dumps until it is as `is` says: a graph takes its time to stall.
fn eventually(handle: &Handle, is: impl Fn(&Dump) -> bool) -> Dump {
    let until = Instant::now() + PATIENCE;
    loop {
        let dump = handle.dump();
        if is(&dump) {
            return dump;
        }
        assert!(Instant::now() < until, "{dump}");
    }
}

fn combinators(chain: &[Frame]) -> Vec<&'static str> {
    chain.iter().map(|frame| frame.combinator).collect()
}

#[test]
fn a_full_edge_names_the_lane_that_takes_nothing() {
    for wait in WAITS {
        let (feed, slow) = (cpu("feed", wait), Manual::named("slow"));
        let hop = slow.clone();
        let line = line!() + 1;
        let graph = fuse! { from_iter(0_u64..).map(|n| n * 2).then(on(hop).capacity(8)).for_each(drop) };
        let handle = Engine::on(feed).run(graph).unwrap();
        let dump = eventually(&handle, |dump| {
            (&dump.lanes[0].waits, dump.lanes[0].taken) == (&Waits::Room("slow".to_owned()), Some(8))
        });
        assert_eq!(dump.lanes[0].context, "feed");
        assert_eq!(combinators(&dump.lanes[0].chain), ["from_iter", "map", "then"]);
        assert!(
            dump.lanes[0].chain.iter().all(|frame| frame.file.ends_with("dump.rs") && frame.line == line)
        );
        assert_eq!(dump.lanes[1].waits, Waits::Silent, "nobody takes its turns");
        assert_eq!(combinators(&dump.lanes[1].chain), ["from_iter", "map", "then", "for_each"]);
        let text = dump.to_string();
        for part in [
            "lane `feed` waits for room in the edge to `slow`; 8 taken\n",
            &format!("    map(|n| n * 2) at {}:{line}\n", file!()),
            "edge `feed` to `slow`: 8 of 8 inside; 8 pushed, 0 popped, 0 dropped\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        slow.run_until_idle_for_a_while();
        handle.stop(Stop::Abandon);
        handle.join().unwrap();
    }
}

trait ForAWhile {
    fn run_until_idle_for_a_while(&self);
}

impl ForAWhile for Manual {
    /// The feed has no end: some turns, so that the edge has room again.
    fn run_until_idle_for_a_while(&self) {
        for _ in 0..4 {
            self.turn();
        }
    }
}

#[test]
fn a_pass_that_waits_names_its_stage() {
    for wait in WAITS {
        let arrives = Arc::new(AtomicBool::new(false));
        let asks = arrives.clone();
        let fetch = move |n: u64| {
            let asks = asks.clone();
            // ORDERING: relaxed, a flag.
            poll_fn(
                move || if asks.load(Ordering::Relaxed) { Taken::<_, Never>::Value(n) } else { Taken::Empty },
            )
        };
        let graph = fuse! {
            from_iter(0..3_u64)
                .and(just)
                .map(|n| n + 1)
                .and(fetch)
                .map(|n| n * 2)
        };
        let handle = Engine::on(cpu("waits", wait)).run(graph).unwrap();
        let dump = eventually(&handle, |dump| dump.lanes[0].waits == Waits::Stage);
        assert_eq!(combinators(&dump.lanes[0].chain), ["from_iter", "and", "map", "and"]);
        assert_eq!(dump.lanes[0].chain[3].stage, "fetch");
        assert!(dump.to_string().contains("    and(fetch) at "), "{dump}");
        // ORDERING: relaxed, a flag.
        arrives.store(true, Ordering::Relaxed);
        // A context that parks asks again when it is woken.
        eventually(&handle, |dump| dump.ended);
        assert_eq!(handle.join().unwrap().completed, 3, "to be asked changes nothing");
    }
}

#[test]
fn an_empty_edge_and_a_source_without_values() {
    let (feed, receiver) = edge::<u64>(4).unwrap();
    let (first, second) = (cpu("first", Wait::Park), cpu("second", Wait::Park));
    let graph = fuse! { recv(receiver).map(|n| n + 1).then(on(second)).map(|n| n * 2) };
    let handle = Engine::on(first).run(graph).unwrap();
    let dump = eventually(&handle, |dump| dump.lanes.iter().all(|lane| lane.waits != Waits::Silent));
    assert_eq!(dump.lanes[0].waits, Waits::Source);
    assert_eq!(combinators(&dump.lanes[0].chain), ["recv"]);
    assert_eq!(dump.lanes[1].waits, Waits::Values("first".to_owned()));
    assert_eq!(combinators(&dump.lanes[1].chain), ["recv", "map", "then"]);
    drop(feed);
    handle.stop(Stop::Drain);
    handle.join().unwrap();
}

#[test]
fn a_stage_that_blocks_does_not_answer() {
    let goes_on = Arc::new(AtomicBool::new(false));
    let asks = goes_on.clone();
    let graph = fuse! {
        from_iter(0..1_u64).map(move |n| {
            // ORDERING: relaxed, a flag.
            while !asks.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            n
        })
    };
    let handle = Engine::on(cpu("blocked", Wait::Park)).run(graph).unwrap();
    let dump = eventually(&handle, |dump| dump.lanes[0].waits == Waits::Silent);
    assert_eq!(combinators(&dump.lanes[0].chain), ["from_iter", "map"]);
    // ORDERING: relaxed, a flag.
    goes_on.store(true, Ordering::Relaxed);
    handle.join().unwrap();
}

#[test]
fn a_graph_that_was_not_fused_says_whether_a_pass_waits() {
    let handle = Engine::on(cpu("plain", Wait::Park)).run(never::<()>()).unwrap();
    let dump = eventually(&handle, |dump| dump.lanes[0].waits == Waits::Stage);
    assert_eq!((dump.lanes.len(), dump.lanes[0].context.as_str()), (1, "plain"));
    handle.stop(Stop::Drain);
    handle.join().unwrap();
}

#[test]
fn a_failed_graph_says_its_error() {
    let graph =
        fuse! { from_iter(0..9_u64).try_map(|n| if n < 5 { Ok(n) } else { Err("five is too many") }) };
    let handle = Engine::on(cpu("fails", Wait::Park)).run(graph).unwrap();
    assert!(handle.wait_for(PATIENCE));
    let dump = handle.dump();
    assert!(dump.ended);
    assert_eq!(dump.lanes[0].waits, Waits::Ended);
    assert_eq!(dump.error.as_deref(), Some("a stage failed: five is too many"));
    assert!(dump.to_string().contains(", ended\nerror: a stage failed: five is too many\n"), "{dump}");
}

#[stage]
fn reckless(n: u64) -> u64 {
    assert!(n < 5, "five is too many");
    n
}

#[test]
fn a_panic_comes_with_the_chain_to_its_stage() {
    let line = line!() + 1;
    let graph = fuse! { from_iter(0..9_u64).map(|n| n).filter(|_| true).map(reckless).map(|n| n + 1) };
    let handle = Engine::on(cpu("panics", Wait::Park)).run(graph).unwrap();
    assert!(handle.wait_for(PATIENCE));
    let text = handle.dump().to_string();
    assert!(text.contains(&format!("\n  map(reckless) at {}:{line}\n", file!())), "{text}");
    let error = handle.join().unwrap_err();
    let RunError::Panicked(report) = &error else { panic!("{error}") };
    assert_eq!(combinators(&report.chain), ["from_iter", "map", "filter", "map"]);
    assert_eq!(report.chain[3].stage, "reckless");
    assert!(!error.to_string().contains('\n'), "one line, unless more is asked for");
    assert_eq!(format!("{error:#}").lines().count(), 1 + 4);
}

#[test]
fn a_panic_in_an_arm_behind_a_hop_has_its_own_path() {
    let far = cpu("far", Wait::Park);
    let graph = fuse! {
        from_iter(0..9_u64)
            .then(on(far))
            .fork(|n| just(n).map(|n| n + 1), |n| just(n).map(|n| n).map(reckless))
            .map(|(a, b)| a + b)
    };
    let error = Engine::on(cpu("near", Wait::Park)).run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = &error else { panic!("{error}") };
    assert_eq!(report.chain.last().map(|frame| frame.stage), Some("reckless"));
    let chain = combinators(&report.chain);
    assert_eq!(chain[..3], ["from_iter", "then", "fork"], "{chain:?}");
    assert!(report.chain.iter().all(|frame| frame.stage != "|n| n + 1"), "the other arm is not on its path");
}

#[test]
fn a_pass_by_itself_has_its_chain_too() {
    let scope = fusewire::scope::Scope::new();
    let far = cpu("far", Wait::Park);
    let hop = far.clone();
    let graph = fuse! { just(7_u64).then(on(hop)).map(reckless).map(drop) };
    fusewire::consumers::spawn_on(&far, &scope, graph).unwrap();
    let Completion::Error(panics) = block_on(scope.join()) else { panic!("it panicked") };
    assert_eq!(combinators(&panics.first.chain), ["just", "then", "map"]);
}

fn reckless_work(n: u64) -> Just<u64> {
    just(reckless(n))
}

fn gives_up<T>(_: T) -> Just<u64> {
    panic!("there is no mending this")
}

fn reckless_key(n: &u64) -> u64 {
    reckless(*n)
}

fn steady(_shard: usize) -> impl FnMut(u64) -> Just<u64> + Send {
    just
}

fn reckless_shard(_shard: usize) -> impl FnMut(u64) -> Just<u64> + Send {
    reckless_work
}

/// What makes the work of a stage is in a graph's report as a stage is, and so is what that work does at once.
#[test]
fn a_panic_of_what_makes_work_has_its_chain_in_lanes() {
    macro_rules! chain {
        ($line:expr, $($graph:tt)*) => {{
            let graph = fuse! { from_iter(0..9_u64) $($graph)* };
            let error = Engine::on(cpu("near", Wait::Park)).run(graph).unwrap().join().unwrap_err();
            let RunError::Panicked(report) = error else { panic!("{error}") };
            let last = report.chain.last().copied().expect("a panic in a stage has a chain");
            assert_eq!((last.file, last.line), (file!(), $line), "{report:?}");
            assert!(report.stage.is_some_and(|stage| stage.contains(last.stage)), "the stage is the last of the chain");
            (combinators(&report.chain), last.stage)
        }};
    }
    let far = cpu("far", Wait::Park);
    let (hop, first, second, third) = (far.clone(), far.clone(), far.clone(), far);
    assert_eq!(
        chain!(line!(), .map(|n| n).and(reckless_work)),
        (vec!["from_iter", "map", "and"], "reckless_work")
    );
    assert_eq!(
        chain!(line!(), .then(on(hop)).and(|n| just(n).map(reckless)).map(|n| n)),
        (vec!["from_iter", "then", "and"], "|n| just(n).map(reckless)")
    );
    assert_eq!(
        chain!(line!(), .try_map(Err::<u64, _>).or_else(gives_up)),
        (vec!["from_iter", "try_map", "or_else"], "gives_up")
    );
    let (chain, _) = chain!(line!(), .shard(reckless_key, [first, second], steady));
    assert_eq!(chain, ["from_iter", "shard"]);
    let (chain, _) = chain!(line!(), .map(|n| n).shard(|n| *n, [third], reckless_shard));
    assert_eq!(chain, ["from_iter", "map", "shard"]);
}

#[test]
fn a_panic_of_what_makes_work_has_its_chain_in_a_pass_by_itself() {
    let (home, shard) = (cpu("home", Wait::Park), cpu("shard", Wait::Park));
    macro_rules! chain {
        ($($graph:tt)*) => {{
            let scope = Scope::new();
            spawn_on(&home, &scope, fuse! { just(7_u64) $($graph)* .map(drop) }).unwrap();
            let Completion::Error(panics) = block_on(scope.join()) else { panic!("it panicked") };
            combinators(&panics.first.chain)
        }};
    }
    assert_eq!(chain!(.map(|n| n).and(reckless_work)), ["just", "map", "and"]);
    assert_eq!(chain!(.and(|n| just(n).map(reckless))), ["just", "and"]);
    assert_eq!(chain!(.try_map(Err::<u64, _>).or_else(gives_up).map(|n| n)), ["just", "try_map", "or_else"]);
    assert_eq!(chain!(.shard(reckless_key, [shard.clone()], steady)), ["just", "shard"]);
    // Of two graphs, one inside of the other, the inner one names its stage.
    let inner = |n| fuse! { just(n).map(|n| n).and(reckless_work) };
    assert_eq!(chain!(.and(inner)), ["just", "map", "and"]);
}

#[test]
fn an_engine_dumps_what_runs_on_it() {
    let engine = Engine::on(cpu("home", Wait::Park));
    let handles = [0, 1].map(|_| engine.run(fuse! { every(PATIENCE).map(drop) }).unwrap());
    let dumps = engine.dump();
    assert_eq!(dumps.len(), 2);
    assert!(dumps.iter().all(|dump| !dump.ended && dump.lanes[0].context == "home"));
    drop(handles);
    assert!(engine.dump().is_empty());
}

/// To be asked loses nothing, doubles nothing and stops nothing.
#[test]
fn a_graph_is_dumped_while_it_runs() {
    for wait in WAITS {
        let [a, b] = ["a", "b"].map(|name| cpu(name, wait));
        let sum = Arc::new(AtomicU64::new(0));
        let seen = sum.clone();
        let count = 200_000_u64;
        let graph = fuse! {
            from_iter(0..count).then(on(a)).map(|n| n + 1).then(on(b)).and(just)
                // ORDERING: relaxed, one thread adds.
                .for_each(move |n| { seen.fetch_add(n, Ordering::Relaxed); })
        };
        let handle = Engine::new().run(graph).unwrap();
        let mut dumps = 0;
        while !handle.is_finished() {
            dumps += usize::from(!handle.dump().lanes.is_empty());
        }
        assert_eq!(handle.join().unwrap().completed, count);
        // ORDERING: relaxed, the graph has ended.
        assert_eq!(sum.load(Ordering::Relaxed), count * (count + 1) / 2, "after {dumps} dumps");
    }
}

/// Every operation of a traced scope, however it was spawned, from then until it is over.
#[test]
fn a_scope_says_what_is_under_way() {
    let (manual, scope) = (Manual::named("desk"), Scope::builder().traced().build());
    let line = line!() + 1;
    spawn_on(&manual, &scope, fuse! { just(7_u64).map(|n| n + 1).map(reckless).map(drop) }).unwrap();
    spawn_on(&manual, &scope, never::<()>()).unwrap();
    let future = spawn_future_on(&manual, &scope, never::<u32>()).unwrap();
    let held = scope.associate().unwrap();
    let dump = scope.dump();
    assert_eq!((dump.associations, dump.operations.len()), (4, 3));
    assert!(dump.traced && !dump.closed && !dump.stopping);
    for (operation, line) in dump.operations.iter().zip(line..) {
        assert_eq!(operation.spawned, Some((file!(), line)));
        assert_eq!(operation.context.as_deref(), Some("desk"));
        assert!(!operation.started);
    }
    assert_eq!(combinators(&dump.operations[0].stages), ["just", "map", "map", "map"]);
    assert!(dump.operations[0].stages.iter().all(|stage| stage.file == file!() && stage.line == line));
    assert!(dump.operations[1].stages.is_empty() && dump.operations[1].sender.contains("Never"));
    let text = dump.to_string();
    let expected = format!("operation spawned at {}:{line} on `desk`, waits to be started for ", file!());
    assert!(text.starts_with("scope with 4 under way, open\n") && text.contains(&expected), "{text}");
    assert!(text.contains(&format!("\n    map(reckless) at {}:{line}\n", file!())), "{text}");
    assert!(text.ends_with("\n1 more: scopes within, and associations that are held\n"), "{text}");
    drop(held);

    // The first panics and is over, as the panic of any other; the others are under way.
    manual.run_until_idle();
    let dump = scope.dump();
    assert_eq!((dump.associations, dump.operations.len()), (2, 2));
    assert!(dump.operations.iter().all(|operation| operation.started));
    std::thread::sleep(Duration::from_millis(2));
    let later = scope.dump();
    assert!(dump.operations.iter().zip(&later.operations).all(|(one, other)| one.age < other.age));

    // One is forgotten, and asked to stop; then all are.
    drop(future);
    manual.run_until_idle();
    let dump = scope.dump();
    assert_eq!(dump.operations.len(), 1, "{dump}");
    scope.stop();
    assert!(scope.dump().to_string().starts_with("scope with 1 under way, asked to stop\n"));
    manual.run_until_idle();
    let dump = scope.dump();
    assert_eq!((dump.associations, dump.operations.len()), (0, 0));
    assert_eq!(dump.to_string(), "scope with 0 under way, asked to stop\n");
    let panicked = block_on(scope.join()).into_result().unwrap_err();
    assert!(panicked.to_string().contains("reckless"), "{panicked}");
}

/// One that notes nothing still says how many there are, and what to write.
#[test]
fn a_scope_that_is_not_traced_counts() {
    let (manual, scope) = (Manual::new(), Scope::new());
    spawn_on(&manual, &scope, just(())).unwrap();
    let dump = scope.dump();
    assert!(!dump.traced && dump.operations.is_empty());
    let expected =
        "scope with 1 under way, open\n1 that were not noted: build the scope with `.traced()` to see them\n";
    assert_eq!(dump.to_string(), expected);
    manual.run_until_idle();
}
