use fusewire::prelude::*;

struct Broken;

fn main() {
    let _graph = fuse! { from_iter(1..9u32).try_map(|n| if n > 3 { Err(Broken) } else { Ok(n) }).try_map(|n| if n > 3 { Err(String::new()) } else { Ok(n) }) };
}
