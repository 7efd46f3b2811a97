use fusewire::prelude::*;

#[stage]
fn tenfold(n: u32) -> u32 {
    n * 10
}

fn main() {
    let _graph = from_iter(1..9u32)
        .map(tenfold)
        .map(tenfold)
        .map(tenfold)
        .map(|text: &str| text.len())
        .map(tenfold)
        .filter(|n| *n > 3)
        .map(tenfold)
        .map(tenfold);
}
