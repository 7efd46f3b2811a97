use fusewire::prelude::*;

fn main() {
    let _ = fuse! {
        just("4").try_map(|text| text.parse::<u32>()).or_else(|_| just("zero")).map(|x| x + 1)
    };
}
