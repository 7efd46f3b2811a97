use fusewire::prelude::*;

fn main() {
    let _ = block_on(fuse! { from_future(async { std::rc::Rc::new(3) }).map(|n| *n + 1) });
}
