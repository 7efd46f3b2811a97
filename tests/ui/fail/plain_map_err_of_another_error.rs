use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).try_map(|n: u32| u8::try_from(n)).map_err(|text: String| text).map(|n| n + 1);
    let _ = block_on(graph);
}
