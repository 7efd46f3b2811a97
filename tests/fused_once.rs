//! One pass of fused graphs that complete inside `start`.
use fusewire::completion::*;
use fusewire::env::Env;
use fusewire::on::on;
use fusewire::operation::Operation;
use fusewire::receiver::Receiver;
use fusewire::sender::Sender;
use fusewire::source::Taken;
use fusewire::sources::*;
use fusewire::stage;
use fusewire_macros::fuse;
use std::pin::{Pin, pin};

struct Nowhere;
impl<V, E> Receiver<V, E> for Nowhere {
    unsafe fn complete(self: Pin<&mut Self>, _: Completion<V, E>) {
        panic!("completed later")
    }
}

fn once<S: Sender>(sender: S) -> Completion<S::Value, S::Error> {
    let operation = pin!(sender.connect(Nowhere, &Env::new()));
    // SAFETY: the operation is pinned, and started once.
    match unsafe { operation.start() } {
        Started::Inline(c) => c,
        Started::Later => panic!("later"),
    }
}

#[derive(Debug, PartialEq)]
struct Bad(u32);
impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "bad {}", self.0)
    }
}
impl std::error::Error for Bad {}

#[stage]
fn double(x: u32) -> u32 {
    x * 2
}

#[test]
fn maps() {
    let add = 3;
    let g =
        fuse! { just(4u32).map(double).map(|x| x + add).filter(|x| *x > 3).filter_map(|x| Some(x as u64)) };
    println!("{:#?}", g.inspect());
    assert_eq!(once(g), Completion::Value(11u64));
    let g = fuse! { just(4u32).filter(|x| *x > 30) };
    assert_eq!(once(g), Completion::Stopped(StopReason::Filtered));
}

#[test]
fn errors() {
    let g = fuse! { just(4u32).try_map(|x| if x > 5 { Ok(x) } else { Err(Bad(x)) }).map(double) };
    assert_eq!(once(g), Completion::Error(Bad(4)));
    let g = fuse! { just(4u32).try_map(|x| if x > 5 { Ok(x) } else { Err(Bad(x)) }).or_else(|e: Bad| just(e.0 + 100)).map(double) };
    assert_eq!(once(g), Completion::Value(208));
    let g = fuse! { just(4u32).try_map(|x| if x > 5 { Ok(x) } else { Err(Bad(x)) }).map_err(|e| e.0.to_string()).map(double) };
    assert_eq!(once(g), Completion::Error("4".to_owned()));
}

#[test]
fn arms() {
    let g = fuse! { just(4u32).fork(|q| just(q).map(double), |q| just(q + 1).map(|x| x as f64)).map(|(a, b)| a as f64 + b) };
    assert_eq!(once(g), Completion::Value(13.0));
    let g =
        fuse! { just(4u32).route(|q| *q > 3, |q| just(q).map(double), |q| just(q)).join(from_iter([7, 8])) };
    assert_eq!(once(g), Completion::Value((8, 7)));
    let g = fuse! { just(1u32).scan(0, |s, x| { *s += x; *s }).repeat(10).map(double).and(|x| just(x + 1)) };
    assert_eq!(once(g), Completion::Value(21));
}

#[test]
fn batches() {
    let g = fuse! { from_iter(1..=5u32).batch::<2>().map(|b| b.into_iter().sum::<u32>()) };
    let mut operation = pin!(g.connect(Nowhere, &Env::new()));
    let mut seen = Vec::new();
    loop {
        // SAFETY: the operation is pinned, and started again only after it has completed.
        match unsafe { operation.as_mut().start() } {
            Started::Inline(Completion::Value(v)) => seen.push(v),
            Started::Inline(Completion::Stopped(StopReason::Filtered)) => {}
            Started::Inline(Completion::Stopped(StopReason::Ended)) => break,
            _ => panic!(),
        }
    }
    assert_eq!(seen, [3, 7, 5]);
}

#[test]
fn errors_join() {
    let g = fuse! { just(4u32).try_map(|x| if x > 3 { Ok(x) } else { Err(Bad(x)) }).and(|x| just(x + 1)).map(double) };
    assert_eq!(once(g), Completion::Value(10));
    let g = fuse! { just(4u32).try_map(|x| if x > 5 { Ok(x) } else { Err(Bad(x)) }).and(|x| just(x + 1)).or_else(|e| just(e.0)) };
    assert_eq!(once(g), Completion::Value(4));
}

/// A stage that panics behind a suspension ends the pass: whoever waits is told.
#[test]
fn a_panic_behind_an_arrival_and_behind_a_hop() {
    use fusewire::consumers::block_on;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    fn message<S: Sender<Value: Send, Error: Send>>(sender: S) -> String {
        let Err(payload) = catch_unwind(AssertUnwindSafe(|| block_on(sender))) else {
            panic!("block_on must panic when a stage does")
        };
        payload.downcast_ref::<String>().cloned().expect("the message is a String")
    }
    fn boom(n: u32) -> u32 {
        assert!(n != 3, "boom at {n}");
        n
    }
    let mut asked = 0;
    let late = move || {
        asked += 1;
        if asked > 3 { Taken::<u32, Never>::Value(3) } else { Taken::Empty }
    };
    let text = message(fuse! { poll_fn(late).map(boom).map(double) });
    assert!(text.contains("boom at 3"), "{text}");
    let compute = fusewire::context::cpu::Cpu::builder().build().unwrap();
    let text = message(fuse! { just(3_u32).then(on(compute.clone())).map(boom).map(double) });
    assert!(text.contains("boom at 3"), "{text}");
    let graph = fuse! { just(3_u32).then(on(compute.clone())).map(double).and(|n| just(n / 2)).map(boom) };
    let text = message(graph);
    assert!(text.contains("boom at 3"), "{text}");
    assert_eq!(
        block_on(fuse! { just(4_u32).then(on(compute)).map(boom) }),
        Completion::Value(4),
        "it goes on"
    );
}
