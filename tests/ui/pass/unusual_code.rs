//! A graph in unusual places, and user code whose names meet those of the expansion.

#![deny(warnings)]
#![deny(clippy::pedantic)]
#![forbid(unsafe_code)]

use fusewire::prelude::*;

mod stages {
    /// Documented.
    #[fusewire::stage]
    pub fn price(x: u32) -> u32 {
        x + 1
    }

    pub mod deeper {
        #[fusewire::stage]
        pub(crate) fn price(x: u32) -> u32 {
            x + 2
        }
    }
}

use stages::price as priced;

#[stage]
fn drop(x: u32) -> u32 {
    x + 3
}

#[stage]
fn map(x: u32) -> u32 {
    x + 4
}

#[stage]
fn same<T: Clone>(x: T) -> T {
    x.clone()
}

#[stage]
fn r#match(x: u32) -> u32 {
    x
}

#[allow(dead_code)]
mod filter {
    pub fn nothing() {}
}

struct Pricer {
    spread: u32,
}

impl Pricer {
    const fn new(spread: u32) -> Self {
        Self { spread }
    }

    /// A graph that borrows.
    fn quote(&self, x: u32) -> Completion<u32, Never> {
        block_on(fuse! { just(x).map(|x| x + self.spread).map(Self::twice) })
    }

    fn twice(x: u32) -> u32 {
        2 * x
    }

    fn source(&self) -> impl Sender<Value = u32, Error = Never> {
        just(self.spread)
    }

    fn of_a_method(&self) -> Completion<u32, Never> {
        let this = self;
        assert_eq!(block_on(fuse! { this.source() }), block_on(fuse! { self.source() }));
        block_on(fuse! { self.source().map(|x| x + 1) })
    }
}

fn generic<T, F>(value: T, mut f: F) -> Completion<T, Never>
where
    T: Clone + Send + std::ops::Add<Output = T>,
    F: FnMut(T) -> T + Send,
{
    block_on(fuse! { just(value).map(|x| x.clone() + x).map(&mut f).map(same).map(same::<T>) })
}

#[fusewire::fuse]
pub(crate) fn strategy(limit: u32) -> impl Graph<Value = u32, Error = Never> {
    let more = limit + 1;
    from_iter(0..limit).map(move |x| x + more)
}

/// A graph of another graph.
#[fusewire::fuse]
fn outer(limit: u32) -> impl Graph<Value = u32, Error = Never> {
    strategy(limit).map(|x| x * 2)
}

#[fusewire::fuse]
fn of_any<T: Clone + Send + 'static>(value: T) -> impl Graph<Value = (T, T), Error = Never> {
    just(value).fork(|v| just(v), |v| just(v).map(|v| v))
}

macro_rules! pipeline {
    ($source:expr, $stage:expr) => {
        fuse! { just($source).map($stage).map(|x| x + 1) }
    };
}

macro_rules! shadowing {
    ($x:ident) => {
        fuse! { just(1u32).map(|y| y + $x).map(|$x| $x + 1) }
    };
}

const fn table() -> [u32; 3] {
    static TABLE: [u32; 3] = [1, 2, 3];
    TABLE
}

fn main() {
    let (__v, __p, __e, __tag0, __stage1, __graph) = (1u32, 2u32, 3u32, 4u32, 5u32, 6u32);
    let names = fuse! { just(0u32).map(|x| x + __v + __p + __e + __tag0 + __stage1 + __graph) };
    assert_eq!(block_on(names), Completion::Value(21));

    let paths = fuse! {
        just(0u32)
            // A comment.
            .map(stages::price)
            .map(self::stages::price)
            .map(crate::stages::deeper::price)
            .map(priced)
            .map(drop)
            .map(map)
            .map(r#match)
            .map(u32::from)
            .map(std::convert::identity)
            .filter(|x| /* always */ *x > 0)
    };
    assert_eq!(block_on(paths), Completion::Value(12));

    let nested = fuse! {
        just(1u32).map(|x| {
            let inner = fuse! { just(x).map(|y| x + y) };
            block_on(inner).value().unwrap_or_default()
        })
    };
    assert_eq!(block_on(nested), Completion::Value(2));
    let nested = fuse! { just(1u32).and(|x| fuse! { just(x).map(|x| x + 1) }).map(|x| x + 1) };
    assert_eq!(block_on(nested), Completion::Value(3));

    assert_eq!(Pricer::new(2).quote(3), Completion::Value(10));
    assert_eq!(Pricer::new(2).of_a_method(), Completion::Value(3));
    let mut calls = 0;
    assert_eq!(generic(2u64, |x| { calls += 1; x + 1 }), Completion::Value(5));
    assert_eq!(calls, 1);
    assert_eq!(block_on(strategy(3)), Completion::Value(4));
    assert_eq!(block_on(outer(3)), Completion::Value(8));
    assert_eq!(block_on(of_any("a")), Completion::Value(("a", "a")));
    assert_eq!(block_on(pipeline!(1u32, |x| x * 10)), Completion::Value(11));
    let x = 5;
    assert_eq!(block_on(shadowing!(x)), Completion::Value(7));
    let table = table();
    assert_eq!(block_on(fuse! { just(1usize).map(|at| table[at]) }), Completion::Value(2));
    let boxed: Vec<Box<dyn FnMut(u32) -> u32 + Send>> = vec![Box::new(|x| x + 1)];
    for stage in boxed {
        assert_eq!(block_on(fuse! { just(1u32).map(stage) }), Completion::Value(2));
    }
    filter::nothing();
}
