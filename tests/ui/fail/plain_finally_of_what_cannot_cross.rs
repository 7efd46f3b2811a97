use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).map(std::rc::Rc::new).finally(|| just(())).map(|n| *n + 1);
    let _ = block_on(graph);
}
