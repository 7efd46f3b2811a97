//! The two ends by hand: what goes in comes out, is counted, and what is foreign stays out. On `aeron:ipc` and on UDP over loopback.

#[path = "common/bed.rs"]
mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{channels, driver, eventually, port};
use fusewire::edge::{Edge, Policy, Pop, Push, Pushed};
use fusewire_remote::{
    Cause, Event, Gap, Heard, MediaDriver, Refusal, Remote, RemoteError, RemoteSender, remote,
};
use zerocopy::{Immutable, IntoBytes};

fn push_all<T: IntoBytes + Immutable + Send + std::fmt::Debug>(
    sender: &mut RemoteSender<T>,
    values: impl IntoIterator<Item = T>,
) {
    for value in values {
        let mut left = Some(value);
        eventually("there is room", || match sender.push(left.take().expect("it came back")) {
            Pushed::Ok => true,
            Pushed::Full(value) => {
                left = Some(value);
                false
            }
            other => panic!("{other:?}"),
        });
    }
    // A value that found no room waits on this side for somebody to look.
    eventually("all is in the log", || sender.flush());
}

fn pop_all<P: Pop>(receiver: &mut P) -> Vec<P::Item> {
    let mut values = Vec::new();
    eventually("the edge is drained", || {
        let closed = receiver.is_closed();
        while let Some(value) = receiver.pop() {
            values.push(value);
        }
        closed && !receiver.ready()
    });
    values
}

#[test]
fn what_goes_in_comes_out_in_order_and_is_counted() {
    let driver = driver();
    for channel in channels() {
        let (mut sender, mut receiver) = Edge::<u64>::open(remote(&channel, 1).driver(&driver)).unwrap();
        let (stats, n) = (receiver.stats().unwrap(), 100_000);
        let pushing = std::thread::spawn(move || push_all(&mut sender, 0..n));
        let values = pop_all(&mut receiver);
        pushing.join().unwrap();
        assert!(values.iter().copied().eq(0..n), "{channel}: {} values", values.len());
        let counters = stats.counters();
        assert_eq!(
            (counters.pushed, counters.popped, counters.dropped, counters.depth),
            (n, n, 0, 0),
            "{channel}"
        );
        let read = receiver.remote_stats();
        assert_eq!(
            (read.lost, read.duplicates, read.refused, read.missed, read.fault),
            (0, 0, 0, 0, None),
            "{channel}"
        );
    }
}

#[test]
fn a_value_larger_than_a_frame_travels_in_several() {
    let driver = driver();
    for channel in channels() {
        let (mut sender, mut receiver) =
            Edge::<[u64; 600]>::open(remote(&channel, 1).driver(&driver)).unwrap();
        let pushing = std::thread::spawn(move || push_all(&mut sender, (0..500).map(|n| [n; 600])));
        let values = pop_all(&mut receiver);
        pushing.join().unwrap();
        assert_eq!(values.len(), 500, "{channel}");
        assert!(values.iter().zip(0..).all(|(value, n)| *value == [n; 600]), "{channel}");
    }
}

#[test]
fn a_value_that_no_message_can_hold_is_refused_when_the_edge_is_opened() {
    let driver = driver();
    let error = remote("aeron:ipc?term-length=64k", 1).driver(&driver).sender::<[u8; 20_000]>().unwrap_err();
    assert!(matches!(error, RemoteError::TooLarge { bytes: 20_024, limit: 8_192 }), "{error}");
}

#[test]
fn a_value_of_no_bytes_is_counted_all_the_same() {
    let driver = driver();
    let (mut sender, mut receiver) = Edge::<[u8; 0]>::open(remote("aeron:ipc", 1).driver(&driver)).unwrap();
    push_all(&mut sender, [[]; 10]);
    drop(sender);
    assert_eq!(pop_all(&mut receiver).len(), 10);
}

#[test]
fn a_full_log_is_full_and_nothing_is_lost() {
    let driver = driver();
    let link = remote("aeron:ipc?term-length=64k", 1).driver(&driver).spill(3);
    let (mut sender, mut receiver) = Edge::<u64>::open(link).unwrap();
    let mut taken = 0;
    while sender.has_room() {
        assert_eq!(sender.push(taken), Pushed::Ok, "there was room");
        taken += 1;
        assert!(taken < 10_000, "64 KiB hold less");
    }
    assert_eq!(sender.push(taken), Pushed::Full(taken));
    let read = sender.remote_stats();
    assert_eq!((read.stalls, read.spilled, read.pushed, read.dropped), (1, 3, taken, 0));

    eventually("the first comes", || receiver.pop().inspect(|first| assert_eq!(*first, 0)).is_some());
    // The window moves when Aeron's conductor has looked, in steps.
    let mut next = 1;
    eventually("there is room again", || {
        if receiver.pop() == Some(next) {
            next += 1;
        }
        sender.has_room()
    });
    assert_eq!(sender.push(taken), Pushed::Ok);
    drop(sender);
    let rest = pop_all(&mut receiver);
    assert!(rest.iter().copied().eq(next..=taken), "{} values from {next}", rest.len());
}

#[test]
fn who_drops_the_newest_goes_on_and_counts() {
    let driver = driver();
    let link = fusewire::edge::DropNewest.of(remote("aeron:ipc?term-length=64k", 1).driver(&driver));
    let (mut sender, mut receiver) = Edge::<u64>::open(link).unwrap();
    let stats = sender.stats().unwrap();
    let (mut dropped, n) = (0, 10_000);
    for value in 0..n {
        assert!(sender.has_room());
        match sender.push(value) {
            Pushed::Ok => {}
            Pushed::Dropped => dropped += 1,
            other => panic!("{other:?}"),
        }
    }
    drop(sender);
    let values = pop_all(&mut receiver);
    assert!(dropped > 0 && values.windows(2).all(|pair| pair[0] < pair[1]));
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped), (n, n - dropped, dropped));
    assert_eq!(receiver.remote_stats().lost, 0, "what the policy drops has no number, and is no gap");
}

#[test]
fn a_sender_without_a_receiver_waits_and_gives_up_when_it_was_asked_to() {
    let driver = driver();
    let link = remote("aeron:ipc", 77).driver(&driver).give_up_after(Duration::from_millis(50));
    let mut sender = link.sender::<u64>().unwrap();
    assert!(sender.has_room() && !sender.is_closed());
    assert_eq!(sender.push(1), Pushed::Ok);
    assert_eq!(sender.push(2), Pushed::Full(2));
    eventually("the sender gives up", || {
        sender.has_room();
        sender.is_closed()
    });
    let read = sender.remote_stats();
    assert_eq!((read.pushed, read.popped, read.depth), (1, 0, 1));
}

#[test]
fn what_waits_when_nobody_is_there_is_counted_as_dropped() {
    let driver = driver();
    let mut sender = remote("aeron:ipc", 78).driver(&driver).sender::<u64>().unwrap();
    let stats = sender.stats().unwrap();
    assert_eq!(sender.push(1), Pushed::Ok);
    drop(sender);
    eventually("the keeper gives up", || stats.counters().dropped == 1);
    assert_eq!((stats.counters().pushed, stats.counters().popped, stats.counters().depth), (1, 0, 0));
}

/// What waited when a sender was dropped, and was sent by the keeper, is counted as sent.
#[test]
fn the_numbers_of_a_sender_that_was_dropped_come_right() {
    let driver = driver();
    let link = remote("aeron:ipc?term-length=64k", 79).driver(&driver).spill(8);
    let mut receiver = link.receiver::<u64>().unwrap();
    let mut sender = link.sender::<u64>().unwrap();
    let (stats, mut pushed) = (sender.stats().unwrap(), 0);
    eventually("eight wait behind a full log", || {
        while let Pushed::Ok = sender.push(pushed) {
            pushed += 1;
        }
        sender.is_connected() && stats.counters().depth == 8
    });
    drop(sender);
    let values = pop_all(&mut receiver);
    assert!(values.iter().copied().eq(0..pushed), "{} values of {pushed}", values.len());
    eventually("all is counted as sent", || stats.counters().depth == 0);
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped), (pushed, pushed, 0));
}

#[test]
fn a_receiver_that_joins_late_is_told_so_and_a_successor_what_it_missed() {
    let driver = driver();
    let link = remote("aeron:ipc", 5).driver(&driver);
    let mut first = link.receiver::<u64>().unwrap();
    let mut sender = link.sender::<u64>().unwrap();
    push_all(&mut sender, 0..10);
    let mut heard = Vec::new();
    eventually("ten values", || {
        heard.extend(first.pop());
        heard.len() == 10
    });
    let position = first.position().unwrap();
    assert_eq!(position.next, 10);
    // Another receiver keeps the stream going while the first is away.
    let mut other = link.receiver::<u64>().unwrap();
    drop(first);
    push_all(&mut sender, 10..35);
    eventually("the other has heard", || {
        while other.pop().is_some() {}
        other.position().is_some_and(|position| position.next == 35)
    });
    let mut next = 35;
    let mut of = |link: &Remote| {
        let mut who = link.receiver::<u64>().unwrap().marked();
        let mut heard = Vec::new();
        eventually("it hears a value", || {
            // Whether a receiver is connected is seen by the value that it hears.
            push_all(&mut sender, [next]);
            next += 1;
            while other.pop().is_some() {}
            heard.extend(who.pop());
            matches!(heard.last(), Some(Heard::Value(_)))
        });
        heard
    };
    let late = of(&link);
    let [Heard::Event(Event::Joined { missed, .. }), Heard::Value(value), ..] = late[..] else {
        panic!("{late:?}")
    };
    assert_eq!(missed, value);
    // As long as the driver keeps the place of the first, its successor misses nothing.
    eventually("the driver has given up the place of the first", || {
        match of(&link.clone().resume(position))[..] {
            [Heard::Value(10)] => false,
            [Heard::Event(Event::Gap(gap)), Heard::Value(value)] => {
                assert_eq!(
                    gap,
                    Gap { stream: position.stream, first: 10, missing: value - 10, cause: Cause::Resumed }
                );
                true
            }
            ref other => panic!("{other:?}"),
        }
    });
}

/// What another program might send on the same channel and stream: nothing of it is taken, each is counted, and each reason told once.
#[test]
fn hostile_messages_are_refused_and_the_rest_goes_on() {
    let driver = driver();
    for channel in channels() {
        let events = Arc::<Mutex<Vec<Event>>>::default();
        let told = Arc::clone(&events);
        let link =
            remote(&channel, 9).driver(&driver).on_event(move |event| told.lock().unwrap().push(*event));
        let mut receiver = link.receiver::<u64>().unwrap();
        let mut raw = common::Raw::open(driver.directory(), &channel, 9);
        // Short, of no bytes, as long but no header, too long, and longer than a frame.
        for message in [&[][..], &[1, 2, 3], &[0xff; 32], &[0; 33], &[7; 100_000]] {
            raw.send(message);
        }
        let mut foreign = link.sender::<i64>().unwrap();
        push_all(&mut foreign, [-1, -2]);
        let mut sender = link.sender::<u64>().unwrap();
        push_all(&mut sender, 0..5);
        let mut values = Vec::new();
        eventually("all are refused and five heard", || {
            values.extend(receiver.pop());
            values.len() == 5 && receiver.remote_stats().refused == 7
        });
        assert_eq!(values, [0, 1, 2, 3, 4], "{channel}");
        let refusals: Vec<Refusal> = events
            .lock()
            .unwrap()
            .iter()
            .filter_map(|event| if let Event::Refused(refusal) = event { Some(*refusal) } else { None })
            .collect();
        assert_eq!(refusals.len(), 3, "{channel}: {refusals:?}");
        assert!(
            refusals.contains(&Refusal::Length { got: 0, want: 32 }) && refusals.contains(&Refusal::Header)
        );
        assert!(refusals.iter().any(|refusal| matches!(refusal, Refusal::Fingerprint { .. })));
        assert_eq!(receiver.remote_stats().lost, 0);
    }
}

#[test]
fn two_programs_agree_by_the_name_of_the_type() {
    let driver = driver();
    let link = remote("aeron:ipc", 3).driver(&driver).type_name("quote/1");
    let mut receiver = link.receiver::<[u8; 8]>().unwrap();
    let mut sender = link.sender::<[u8; 8]>().unwrap();
    push_all(&mut sender, [[1; 8]]);
    drop(sender);
    assert_eq!(pop_all(&mut receiver), [[1; 8]]);
    let mut other = link.clone().type_name("quote/2").sender::<[u8; 8]>().unwrap();
    push_all(&mut other, [[2; 8]]);
    eventually("it is refused", || receiver.pop().is_none() && receiver.remote_stats().refused == 1);
}

#[test]
fn a_receiver_may_stay_open_for_the_senders_that_come_later() {
    let driver = driver();
    let link = remote("aeron:ipc", 4).driver(&driver).stay_open();
    let mut receiver = link.receiver::<u64>().unwrap();
    for round in 0..3 {
        let mut sender = link.sender::<u64>().unwrap();
        push_all(&mut sender, [round]);
        drop(sender);
        let mut value = None;
        eventually("the value of the round", || {
            value = receiver.pop();
            value.is_some()
        });
        assert_eq!((value, receiver.is_closed()), (Some(round), false));
    }
}

#[test]
fn without_a_driver_the_error_says_what_to_do() {
    let nowhere = std::env::temp_dir().join("fusewire-no-driver-here");
    let error =
        remote("aeron:ipc", 1).driver(&MediaDriver::in_directory(&nowhere)).sender::<u64>().unwrap_err();
    assert_eq!(error, RemoteError::NoDriver { directory: nowhere.clone() });
    let sentence = error.to_string();
    assert!(
        sentence.contains("no Aeron media driver runs in") && sentence.contains("MediaDriver::embedded()"),
        "{sentence}"
    );
}

#[test]
fn a_channel_that_aeron_does_not_know_is_an_error_with_its_name() {
    let driver = driver();
    for channel in ["aeron:carrier-pigeon", "not a channel", "aeron:udp?endpoint=", "aeron:ip\0c"] {
        let error = remote(channel, 1).driver(&driver).receiver::<u64>().unwrap_err();
        let RemoteError::Channel { channel: named, reason } = &error else { panic!("{channel}: {error}") };
        assert!(*named == channel.replace('\0', "\\0") && !reason.is_empty(), "{error}");
    }
}

#[test]
fn a_second_driver_in_the_same_directory_is_refused() {
    let driver = driver();
    let error = MediaDriver::embedded().directory(driver.directory()).start().unwrap_err().to_string();
    assert!(error.contains("runs one in"), "{error}");
}

#[test]
fn the_directory_of_a_driver_goes_with_its_last_edge() {
    let driver = driver();
    let directory = driver.directory().to_owned();
    let (sender, receiver) = Edge::<u64>::open(remote("aeron:ipc", 1).driver(&driver)).unwrap();
    drop(driver);
    assert!(directory.join("cnc.dat").exists(), "the edge still needs it");
    drop((sender, receiver));
    assert!(!directory.exists());
}

#[test]
fn both_ends_in_one_process_know_when_the_other_is_gone() {
    let driver = driver();
    let open = || Edge::<u64>::open(remote("aeron:ipc", 1).driver(&driver)).unwrap();
    let (sender, receiver) = open();
    assert!(!sender.is_closed() && !receiver.is_closed());
    drop(receiver);
    assert!(sender.is_closed());
    let (sender, mut receiver) = open();
    drop(sender);
    assert_eq!(pop_all(&mut receiver), []);
}

#[test]
fn the_description_says_what_it_is() {
    let link: Remote = remote(port(), 12);
    let described = Edge::<u64>::describe(&link);
    assert_eq!((&*described.kind, &*described.policy, described.slot_bytes), ("aeron", "block", 32));
    assert!(described.reason.contains("stream 12"), "{}", described.reason);
}
