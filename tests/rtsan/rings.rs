//! Rings with several ends and broadcasts: every operation but opening, joining and dropping.

use fusewire::ring::{
    BroadcastConsumer, BroadcastProducer, BroadcastSettings, Count, Full, LossyConsumer, LossyProducer,
    LossySettings, ManyConsumer, ManyProducer, ManySettings, One, Several,
};

const ROUNDS: u64 = 5_000;

pub(crate) fn all() {
    println!("rings with several ends");
    many::<Several, One>();
    many::<One, Several>();
    many::<Several, Several>();
    let (mut producer, mut consumer) = ManySettings::<Several, Several>::new(4).open().expect("a ring");
    over_oldest(&mut producer, &mut consumer);
    println!("broadcasts");
    let (mut producer, mut first) = BroadcastSettings::new(4).open().expect("a ring");
    let mut second = first.try_clone().expect("a gate");
    gated(&mut producer, &mut first, &mut second);
    let (mut producer, mut consumer) = LossySettings::new(4).open().expect("a ring");
    lossy(&mut producer, &mut consumer);
}

fn many<P: Count, C: Count>() {
    let (mut producer, mut consumer) = ManySettings::<P, C>::new(4).open().expect("a ring");
    push_and_pop(&mut producer, &mut consumer);
}

#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn push_and_pop<P: Count, C: Count>(
    producer: &mut ManyProducer<u64, P, C>,
    consumer: &mut ManyConsumer<u64, P, C>,
) {
    let (mut pushed, mut popped) = (0, 0);
    for n in 0..ROUNDS {
        // Full at times, and empty at times.
        for _ in 0..n % 7 {
            if producer.has_room() && producer.try_push(pushed).is_ok() {
                pushed += 1;
            }
        }
        pushed += producer.push_slice(&[pushed, pushed + 1, pushed + 2]) as u64;
        while popped < pushed && n % 3 == 0 && consumer.ready() {
            assert_eq!(consumer.try_pop(), Some(popped));
            popped += 1;
        }
        consumer.pop_batch((n % 5) as usize, |value| {
            assert_eq!(value, popped);
            popped += 1;
        });
    }
    assert!(popped > ROUNDS / 2);
}

#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn over_oldest(
    producer: &mut ManyProducer<u64, Several, Several>,
    consumer: &mut ManyConsumer<u64, Several, Several>,
) {
    let mut out = 0;
    for n in 0..ROUNDS {
        if let Err(Full(_)) = producer.push_over_oldest(n, |_| out += 1) {
            unreachable!("nobody is in between");
        }
        if n % 9 == 0 {
            consumer.try_pop();
        }
    }
    assert!(out > ROUNDS / 2);
}

#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn gated(
    producer: &mut BroadcastProducer<u64>,
    first: &mut BroadcastConsumer<u64>,
    second: &mut BroadcastConsumer<u64>,
) {
    let (mut pushed, mut popped) = (0, 0);
    for n in 0..ROUNDS {
        for _ in 0..n % 7 {
            pushed += u64::from(producer.try_push(pushed).is_ok());
        }
        while let Some(value) = first.try_pop() {
            assert_eq!(value, popped);
            popped += 1;
        }
        second.pop_batch((n % 5) as usize, |_| ());
    }
    assert!(popped > ROUNDS / 2);
}

#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn lossy(producer: &mut LossyProducer<u64>, consumer: &mut LossyConsumer<u64>) {
    for n in 0..ROUNDS {
        producer.push(n);
        if n % 3 == 0 {
            while !matches!(consumer.try_pop(), Ok(None)) {}
        }
        if n % 11 == 0 {
            (0..9).for_each(|n| producer.push(n));
        }
    }
    assert!(consumer.missed() > 0 && consumer.popped() > 0);
}
