use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).try_map(|n: u32| u8::try_from(n)).upon_error({ let rc = std::rc::Rc::new(1u8); move |_| *rc }).map(|n| n + 1);
    let _ = block_on(graph);
}
