//! Both ends over iceoryx2 in one process: order, room, policies, counters, refusals, ends, and the same graph with this edge.

#[path = "common/patience.rs"]
mod patience;
#[path = "common/through.rs"]
mod through;

use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::edge::{Conflate, DropNewest, DropOldest, Edge, EdgeCounters, Fail, Pop, Push, Pushed, Spsc};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_remote::{Event, Heard, Iceoryx2, RemoteError, iceoryx2};
use patience::eventually;
use through::{expected, through};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A service that no other test and no other run has.
fn link(name: &str) -> Iceoryx2 {
    iceoryx2(format!("fusewire-test/{}/{name}", std::process::id()))
}

fn counters(end: &impl Push) -> EdgeCounters {
    end.stats().expect("it counts").counters()
}

fn pop_all<P: Pop>(receiver: &mut P) -> Vec<P::Item> {
    let mut came = Vec::new();
    eventually("the end is heard", || {
        came.extend(std::iter::from_fn(|| receiver.pop()));
        receiver.is_closed()
    });
    came
}

#[test]
fn values_come_in_order_and_only_so_many_wait() {
    let (mut sender, mut receiver) = Edge::<u64>::open(link("order").capacity(8)).unwrap();
    assert!(sender.is_connected());
    for round in 0..50 {
        let mut pushed = 0;
        while sender.has_room() {
            assert_eq!(sender.push(round * 100 + pushed), Pushed::Ok);
            pushed += 1;
        }
        // Eight in shared memory and one beside.
        assert_eq!(pushed, 9);
        assert_eq!(sender.push(7), Pushed::Full(7));
        for n in 0..pushed {
            if receiver.pop() != Some(round * 100 + n) {
                // The one beside is sent when somebody looks after it.
                assert!(n == 8 && sender.flush());
                assert_eq!(receiver.pop(), Some(round * 100 + n));
            }
        }
        assert_eq!(receiver.pop(), None);
    }
    let counters = counters(&sender);
    assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (450, 450, 0, 0));
    assert_eq!((counters.spilled, counters.stalls), (50, 50));
    drop(sender);
    assert_eq!(pop_all(&mut receiver), []);
}

#[test]
fn each_policy_does_what_its_word_says() {
    /// Pushes until something else than `Ok` comes of it.
    fn fill(mut push: impl FnMut(u64) -> Pushed<u64>) -> Pushed<u64> {
        let mut n = 0;
        loop {
            match push(n) {
                Pushed::Ok => n += 1,
                other => return other,
            }
        }
    }
    let (mut sender, _receiver) = Edge::<u64>::open(link("newest").capacity(4).policy(DropNewest)).unwrap();
    assert_eq!(fill(|n| sender.push(n)), Pushed::Dropped);
    let read = counters(&sender);
    assert_eq!((read.pushed, read.dropped, read.depth, read.spilled), (6, 1, 5, 1));

    let (mut sender, _receiver) = Edge::<u64>::open(link("fail").capacity(4).policy(Fail)).unwrap();
    assert_eq!(fill(|n| sender.push(n)), Pushed::Failed(5));
    assert!(sender.has_room(), "it goes on, to fail");
    let read = counters(&sender);
    assert_eq!((read.pushed, read.dropped, read.depth), (5, 0, 5));

    let by_key = Conflate(|value: &u64| value % 3);
    let (mut sender, mut receiver) =
        Edge::<u64>::open(link("keys").capacity(4).spill(3).policy(by_key)).unwrap();
    for n in 0..30 {
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    drop(sender);
    assert_eq!(pop_all(&mut receiver), [0, 1, 2, 3, 28, 29, 27]);
    let stats = receiver.remote_stats();
    assert_eq!((stats.pushed, stats.popped, stats.dropped, stats.lost), (30, 7, 23, 0));

    let error = link("oldest").policy(DropOldest).receiver::<u64>().unwrap_err();
    assert_eq!(error, RemoteError::NoOldest);
}

#[derive(Debug, Clone, Copy, PartialEq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Quote {
    price: u64,
    size: u64,
}

#[test]
fn another_type_is_refused_with_both_their_names() {
    let link = link("types").capacity(4);
    let _sender = link.sender::<Quote>().unwrap();
    for error in [
        link.receiver::<[u64; 2]>().map(drop).unwrap_err(),
        link.receiver::<u32>().map(drop).unwrap_err(),
        link.clone().type_name("quote/2").receiver::<Quote>().map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, RemoteError::ForeignType { .. }), "{error:?}");
        let sentence = error.to_string();
        assert!(
            sentence.contains("Quote, 16 bytes, aligned to 8") && sentence.contains("type_name"),
            "{sentence}"
        );
    }
    let error = link.clone().capacity(64).receiver::<Quote>().map(drop).unwrap_err().to_string();
    assert!(error.contains("room for 4 values and 64 were asked for"), "{error}");
    for capacity in [usize::MAX, 1 << 44] {
        let error = link.clone().capacity(capacity).sender::<Quote>().map(drop).unwrap_err().to_string();
        assert!(error.contains("a smaller `capacity`"), "{error}");
    }
    let error = link.clone().spill(usize::MAX).sender::<Quote>().map(drop).unwrap_err();
    assert_eq!(error, RemoteError::NoMemory { values: usize::MAX });
    let error = iceoryx2("").receiver::<Quote>().map(drop).unwrap_err().to_string();
    assert!(error.contains("1 to 255 bytes"), "{error}");
    link.receiver::<Quote>().unwrap();
}

#[test]
fn programs_that_name_a_type_alike_agree() {
    let link = link("alike").type_name("two words/1");
    let mut receiver = link.receiver::<[u64; 2]>().unwrap();
    let mut sender = link.sender::<Quote>().unwrap();
    assert_eq!(sender.push(Quote { price: 1, size: 2 }), Pushed::Ok);
    drop(sender);
    assert_eq!(pop_all(&mut receiver), [[1, 2]]);
}

#[test]
fn a_second_end_is_refused_and_told_who_has_it() {
    let link = link("second").open_within(Duration::from_millis(100));
    let _sender = link.sender::<u64>().unwrap();
    let _receiver = link.receiver::<u64>().unwrap();
    let process = std::process::id() as i32;
    for (error, end) in [
        (link.sender::<u64>().map(drop).unwrap_err(), "sends on"),
        (link.receiver::<u64>().map(drop).unwrap_err(), "receives from"),
    ] {
        assert!(
            error.to_string().starts_with(&format!("the process {process} {end} the service")),
            "{error}"
        );
        assert!(matches!(error, RemoteError::Taken { .. }));
    }
}

/// The sender has gone before the receiver has looked once: nothing is lost, the drop did not wait for it, and the numbers come right.
#[test]
fn what_a_sender_left_comes_after_it_has_gone() {
    let link = link("left").capacity(4).spill(8);
    let mut receiver = link.receiver::<u64>().unwrap().marked();
    let mut sender = link.sender::<u64>().unwrap();
    for n in 0..10 {
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    let (stream, stats) = (sender.stream(), Push::stats(&sender).unwrap());
    // The receiver is this thread's, so the drop leaves to another what is still to be sent.
    drop(sender);
    let heard = pop_all(&mut receiver);
    let joined = Heard::Event(Event::Joined { stream, missed: 0 });
    let values = (0..10).map(Heard::Value);
    let ended = Heard::Event(Event::Ended { stream, sent: 10 });
    assert_eq!(heard, [joined].into_iter().chain(values).chain([ended]).collect::<Vec<_>>());
    eventually("all is counted as sent", || stats.counters().depth == 0);
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped), (10, 10, 0));
}

#[test]
fn senders_and_receivers_follow_one_another() {
    let link = link("follow").capacity(8).stay_open();
    let mut receiver = link.receiver::<u64>().unwrap();
    for round in 0..3 {
        let mut sender = link.sender::<u64>().unwrap();
        assert_eq!(sender.push(round), Pushed::Ok);
        drop(sender);
        let mut came = None;
        eventually("the value of the round", || {
            came = receiver.pop();
            came.is_some()
        });
        assert_eq!((came, receiver.is_closed()), (Some(round), false));
    }
    // A receiver that goes leaves what it has not popped, which its successor is told of.
    let mut sender = link.sender::<u64>().unwrap();
    for n in 0..6 {
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    eventually("one has come", || receiver.pop() == Some(0));
    let position = receiver.position().unwrap();
    drop(receiver);
    eventually("nobody receives", || !sender.is_connected());
    let mut second = link.clone().resume(position).receiver::<u64>().unwrap();
    assert_eq!(sender.push(6), Pushed::Ok);
    let mut came = None;
    eventually("it goes on", || {
        sender.flush();
        came = second.pop();
        came.is_some()
    });
    let stats = second.remote_stats();
    assert_eq!((came, stats.lost, stats.pushed), (Some(6), 5, 6));
}

#[test]
fn the_same_graph_gives_the_same_values() {
    for wait in [Wait::spin_then_yield(), Wait::Park] {
        assert!(through(Spsc::new().capacity(64), wait) == expected());
        let name = format!("graph-{wait:?}").replace(|c: char| !c.is_alphanumeric(), "-");
        assert!(through(link(&name).capacity(64), wait) == expected(), "{wait:?}");
    }
}

#[test]
fn the_drawing_names_the_edge_and_its_policy() {
    let compute = Cpu::builder().name("compute").build().unwrap();
    let graph = fuse! {
        from_iter(0..3_u64).then(on(compute).edge(link("drawn").capacity(32)).policy(DropNewest)).map(|n| n).for_each(drop)
    };
    let text = graph.inspect().to_string();
    assert!(text.contains("iceoryx2") && text.contains("drop-newest"), "{text}");
}

/// A stage that pushes, and a source that receives, on contexts that park: both are woken.
#[test]
fn a_stage_pushes_and_a_source_receives() {
    let link = link("stage").capacity(16);
    let receiver = link.receiver::<u64>().unwrap();
    let sender = link.sender::<u64>().unwrap();
    let stats = Push::stats(&sender).unwrap();
    let cpu = || Cpu::builder().wait(Wait::Park).build().unwrap();
    let came = Arc::<Mutex<Vec<u64>>>::default();
    let into = Arc::clone(&came);
    let slow = move |n: u64| {
        if n.is_multiple_of(64) {
            sleep(Duration::from_millis(1));
        }
        into.lock().unwrap().push(n);
    };
    let receives = Engine::on(cpu()).run(fuse! { recv(receiver).for_each(slow) }).unwrap();
    let pushes = Engine::on(cpu()).run(fuse! { from_iter(0..2000_u64).and(push(sender)) }).unwrap();
    eventually("all are pushed", || pushes.is_finished());
    pushes.join().unwrap();
    eventually("the other graph ends with the sender", || receives.is_finished());
    receives.join().unwrap();
    assert!(came.lock().unwrap().iter().copied().eq(0..2000));
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.dropped, counters.depth), (2000, 0, 0));
    assert!(counters.spilled > 0, "{counters:?}");
}
