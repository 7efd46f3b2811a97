use fusewire::prelude::*;

fn main() {
    let graph = just(vec![1, 2, 3]).bulk_each(|at, n: &mut usize| *n + at).map(|all| all.len());
    assert_eq!(block_on(graph), Completion::Value(3));
}
