use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).try_map(|n: u32| u8::try_from(n)).join(just_error::<u32, _>("no")).map(|(a, b)| a);
    let _ = block_on(graph);
}
