use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).map({ let rc = std::rc::Rc::new(1u32); move |n| n + *rc }).map(|n| n + 1);
    let _ = block_on(graph);
}
