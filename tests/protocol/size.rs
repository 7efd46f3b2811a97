//! What stands in memory: an adaptor adds its function, and nothing else.

use fusewire::adaptors::link::Linked;
use fusewire::env::Env;
use fusewire::prelude::*;

use crate::script::Record;

fn same(n: u64) -> u64 {
    n
}

fn keep(_: &u64) -> bool {
    true
}

type End = Record<u64, Never>;

fn operation_size<S: Sender<Value = u64, Error = Never>>(sender: S) -> usize {
    let operation = sender.connect(End::new(), &Env::new());
    size_of_val(&operation)
}

#[test]
fn eight_stages_add_no_byte() {
    let bare = operation_size(just(1_u64));
    assert_eq!(bare, size_of::<u64>() + size_of::<End>());
    let chain = just(1_u64).map(same).map(same).map(same).map(same).map(same).map(same).map(same).map(same);
    assert_eq!(operation_size(chain), bare);
    let mixed = just(1_u64)
        .map(same)
        .filter(keep)
        .inspect_value(|_| ())
        .filter_map(Some)
        .try_map(Ok::<_, Never>)
        .map_err(|never| never)
        .upon_stopped(|_| 0)
        .map(same);
    assert_eq!(operation_size(mixed), bare);
}

#[test]
fn a_function_adds_what_it_captures() {
    let bare = operation_size(just(1_u64));
    let (a, b) = (2_u64, 3_u64);
    let chain = just(1_u64).map(move |n| n + a).map(move |n| n * b);
    assert_eq!(operation_size(chain), bare + 16);
}

#[test]
fn a_linked_operation_is_as_large_as_the_one_inside() {
    let size = operation_size(just(1_u64));
    let linked = just(1_u64).map(same).connect(End::new(), &Env::new());
    fn is_linked<O>(_: &Linked<O>) {}
    is_linked(&linked);
    assert_eq!(size_of_val(&linked), size);
}
