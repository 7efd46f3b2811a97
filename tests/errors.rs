//! How the error of a graph reaches its owner: the same, plain and fused.

use std::fmt;

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;

#[derive(Debug, Clone, PartialEq)]
struct Odd(u64);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

/// The error of the whole graph, into which those of its stages turn.
#[derive(Debug, PartialEq)]
enum Refused {
    Odd(Odd),
    Large(u64),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Odd(odd) => write!(f, "refused: {odd}"),
            Self::Large(n) => write!(f, "refused: {n} is large"),
        }
    }
}

impl From<Odd> for Refused {
    fn from(odd: Odd) -> Self {
        Self::Odd(odd)
    }
}

#[stage]
fn even(n: u64) -> Result<u64, Odd> {
    if n.is_multiple_of(2) { Ok(n) } else { Err(Odd(n)) }
}

#[stage]
fn small(n: u64) -> Result<u64, Refused> {
    if n < 10 { Ok(n) } else { Err(Refused::Large(n)) }
}

fn outcome(graph: impl Graph) -> (String, Option<Refused>) {
    let error = Engine::new().run(graph).unwrap().join().unwrap_err();
    let refused = match error.downcast_ref::<Refused>() {
        Some(Refused::Odd(odd)) => Some(Refused::Odd(odd.clone())),
        Some(Refused::Large(n)) => Some(Refused::Large(*n)),
        None => None,
    };
    (error.to_string(), refused)
}

/// An error that leaves the graph in one lane is reported as the error of the graph, into which
/// the stages of the other lanes turn it.
#[test]
fn an_error_is_reported_as_that_of_the_whole_graph() {
    for items in [[2, 4, 7], [2, 4, 12]] {
        let compute = Cpu::builder().name("compute").build().unwrap();
        let plain = outcome(from_iter(items).try_map(even).then(on(&compute)).try_map(small));
        let fused = outcome(fuse! { from_iter(items).try_map(even).then(on(&compute)).try_map(small) });
        assert_eq!(plain, fused);
        assert!(fused.0.contains("refused: "), "{}", fused.0);
        assert!(fused.1.is_some(), "the error is no `Refused`");
    }
}

/// The error of a source turns into that of the graph as well.
#[test]
fn a_source_fails_with_the_error_of_the_whole_graph() {
    let compute = Cpu::builder().name("compute").build().unwrap();
    let source = || poll_fn(|| Taken::<u64, Odd>::Error(Odd(5)));
    let plain = outcome(source().then(on(&compute)).try_map(small));
    let fused = outcome(fuse! { source().then(on(&compute)).try_map(small) });
    assert_eq!(plain, fused);
    assert_eq!(fused.1, Some(Refused::Odd(Odd(5))));
}

/// What only `engine.run` needs is asked for by `engine.run` alone: one pass may fail with an error
/// that cannot be printed.
#[test]
fn one_pass_may_fail_with_any_error() {
    #[derive(Debug, PartialEq)]
    struct Silent;
    let graph = || fuse! { just(3u64).try_map(|n| if n > 2 { Err(Silent) } else { Ok(n) }) };
    assert_eq!(block_on(graph()), Completion::Error(Silent));
}
