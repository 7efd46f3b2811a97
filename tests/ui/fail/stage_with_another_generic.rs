use fusewire::prelude::*;

#[stage]
fn twice<T: Copy + std::ops::Add<Output = T>>(n: T) -> T {
    n + n
}

fn main() {
    let _graph = fuse! { from_iter(1..9u32).map(twice::<u64>) };
}
