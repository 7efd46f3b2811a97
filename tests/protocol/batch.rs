//! `batch`, and the `Batch` that it makes.

use std::pin::pin;
use std::sync::Arc;

use fusewire::batch::Batch;
use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::env::Env;
use fusewire::prelude::*;

use crate::ladder::{check, completes, pass_inline};
use crate::script::{ENDED, FILTERED, Failure, PANICKED, REQUESTED, Record, Script, error, stopped, value};

fn batch<const N: usize>(values: &[i32]) -> Completion<Batch<i32, N>, Failure> {
    let mut batch = Batch::new();
    values.iter().for_each(|value| batch.push(*value).expect("the test's batches have room"));
    value(batch)
}

fn is_script(sender: impl Sender<Value = i32, Error = Failure>) -> impl Sender<Value = i32, Error = Failure> {
    sender
}

/// Errors and stops go past what is gathered; the end gives out the rest, and then ends.
#[test]
fn batches_of_two() {
    let script = [
        value(1),
        error(7),
        FILTERED,
        REQUESTED,
        PANICKED,
        value(2),
        value(3),
        value(4),
        value(5),
        ENDED,
        ENDED,
    ];
    check!(
        |s| completes::<Batch<i32, 2>, Failure, _>(is_script(s).batch::<2>()),
        script => [
            stopped(Filtered), error(7), stopped(Filtered), stopped(Requested), stopped(Panicked),
            batch(&[1, 2]), stopped(Filtered), batch(&[3, 4]), stopped(Filtered), batch(&[5]), stopped(Ended),
        ],
    );
}

#[test]
fn batches_of_one() {
    check!(
        |s| completes::<Batch<i32, 1>, Failure, _>(is_script(s).batch::<1>()),
        [value(1), value(2), ENDED] => [batch(&[1]), batch(&[2]), stopped(Ended)],
    );
}

#[test]
fn a_full_last_batch_leaves_no_empty_one() {
    let mut sizes = Vec::new();
    let all = from_iter(0..6).batch::<3>().for_each(|batch| sizes.push(batch.len()));
    assert_eq!(block_on(all.repeat(u64::MAX)), Completion::Stopped(Ended));
    assert_eq!(sizes, [3, 3]);
}

#[test]
fn what_is_gathered_is_dropped_with_the_operation() {
    let counted = Arc::new(());
    {
        let script = Script::new(&[value(Arc::clone(&counted)), value(Arc::clone(&counted))]);
        let mut operation = pin!(script.batch::<4>().connect(Record::new(), &Env::new()));
        assert_eq!(pass_inline(operation.as_mut()), stopped(Filtered));
        assert_eq!(pass_inline(operation.as_mut()), stopped(Filtered));
        assert_eq!(Arc::strong_count(&counted), 3);
    }
    assert_eq!(Arc::strong_count(&counted), 1);
}

/// Against a `Vec`, with values that count.
#[test]
fn a_batch_is_a_small_vec() {
    let counted = Arc::new(());
    let mut batch = Batch::<(u8, Arc<()>), 3>::new();
    let mut naive = Vec::new();
    for n in 0..5 {
        let pushed = batch.push((n, Arc::clone(&counted)));
        assert_eq!(pushed.is_ok(), naive.len() < 3, "push {n}");
        if pushed.is_ok() {
            naive.push((n, Arc::clone(&counted)));
        }
        assert_eq!(*batch, *naive);
        assert_eq!(batch.is_full(), naive.len() == 3);
    }
    assert_eq!(Arc::strong_count(&counted), 1 + 2 * 3);
    let copy = batch.clone();
    assert_eq!(copy, batch);
    assert_eq!(Arc::strong_count(&counted), 1 + 3 * 3);
    drop(copy);

    let mut values = batch.into_iter();
    assert_eq!(values.len(), 3);
    assert_eq!(values.next(), naive.first().cloned());
    drop(values);
    assert_eq!(Arc::strong_count(&counted), 1 + 3, "the values that were not taken are dropped");

    let mut full = Batch::<_, 2>::default();
    full.push('a').unwrap();
    let mut full = full.into_array().expect_err("it is not full");
    full.push('b').unwrap();
    full.reverse();
    assert_eq!(full.into_array().unwrap(), ['b', 'a']);
}

#[test]
fn a_batch_of_nothing() {
    let mut units = Batch::<(), 2>::new();
    assert!(units.push(()).is_ok() && units.push(()).is_ok() && units.push(()).is_err());
    assert_eq!(units.iter().count(), 2);
    let mut none = Batch::<u8, 0>::new();
    assert!(none.is_full() && none.is_empty());
    assert_eq!(none.push(1), Err(1));
}
