use fusewire::prelude::*;

struct Broken;

#[fusewire::fuse]
fn graph() -> impl Graph<Value = u32> {
    from_iter(1..9u32).try_map(|n| if n > 3 { Err(Broken) } else { Ok(n) })
}

fn main() {
    let _ = graph();
}
