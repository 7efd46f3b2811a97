//! Plain and fused are one meaning: every graph here is written once and run four times, plain and
//! fused, for one pass by `block_on` and to its end by an engine. Values, their order, the first
//! error and the counts agree.

mod arms;
mod arms_that_hop;
mod errors;
mod hops;
mod joins;
mod memory;
mod merges;
mod stages;
mod wraps;

use std::fmt;
use std::sync::LazyLock;

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[derive(Debug, Clone, PartialEq)]
struct Odd(u64);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

#[derive(Debug, Clone, PartialEq)]
enum Wrong {
    Odd(u64),
    Large(u64),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Odd(x) => write!(f, "{x} is odd"),
            Self::Large(x) => write!(f, "{x} is large"),
        }
    }
}

impl std::error::Error for Wrong {}

impl From<Odd> for Wrong {
    fn from(Odd(x): Odd) -> Self {
        Self::Odd(x)
    }
}

#[stage]
fn double(x: u64) -> u64 {
    x * 2
}

#[stage]
fn even(x: u64) -> Result<u64, Odd> {
    if x.is_multiple_of(2) { Ok(x) } else { Err(Odd(x)) }
}

fn small(x: u64) -> Result<u64, Wrong> {
    if x < 6 { Ok(x) } else { Err(Wrong::Large(x)) }
}

fn later(x: u64) -> impl Sender<Value = u64, Error = Never> {
    just(x).map(|x| x + 100)
}

fn fallible(x: u64) -> impl Sender<Value = u64, Error = Odd> {
    just(x).try_map(even)
}

/// A graph that cannot be looked into, and filters.
fn evens() -> impl Sender<Value = u64, Error = Never> {
    from_iter(0..40u64).filter(|x| x % 2 == 0)
}

/// Everything that can be seen of a graph.
#[derive(Debug)]
struct Seen {
    once: String,
    values: Vec<String>,
    outcome: String,
}

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

static A: LazyLock<Cpu> = LazyLock::new(|| cpu("a"));
static B: LazyLock<Cpu> = LazyLock::new(|| cpu("b"));
static HOME: LazyLock<Engine> = LazyLock::new(|| Engine::on(cpu("home")));

fn run<S>(graph: S) -> String
where
    S: Sender<Value: Send, Error: fmt::Display + Send + 'static> + Send + 'static,
{
    match HOME.run(graph).unwrap().join() {
        Ok(report) => format!("{} passes of {} to the end", report.completed, report.started),
        Err(error) => format!("error: {error}"),
    }
}

/// `name: |a, b| chain` is a test; `a` and `b` are contexts that the chain may hop to.
macro_rules! both {
    ($($name:ident: |$a:ident, $b:ident| { $($chain:tt)* })*) => {
        $(
            #[test]
            #[allow(unused_variables, reason = "not every chain hops")]
            fn $name() {
                macro_rules! seen {
                    ($form:ident) => {{
                        let ($a, $b) = ($crate::A.clone(), $crate::B.clone());
                        let once = format!("{:?}", block_on($form! { $($chain)* }));
                        let ($a, $b) = ($crate::A.clone(), $crate::B.clone());
                        let values = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
                        let log = values.clone();
                        let graph = $form! { $($chain)* .for_each(move |v| log.lock().unwrap().push(format!("{v:?}"))) };
                        let outcome = $crate::run(graph);
                        let values = std::mem::take(&mut *values.lock().unwrap());
                        $crate::Seen { once, values, outcome }
                    }};
                }
                let (plain, fused) = (seen!(plain), seen!(fuse));
                assert!(!plain.outcome.is_empty());
                assert_eq!(plain.once, fused.once, "plain on the left, fused on the right");
                assert_eq!(plain.outcome, fused.outcome, "plain on the left, fused on the right");
                assert_eq!(plain.values, fused.values, "plain on the left, fused on the right");
            }
        )*
    };
}

macro_rules! plain {
    ($($chain:tt)*) => { { $($chain)* } };
}
pub(crate) use {both, plain};
