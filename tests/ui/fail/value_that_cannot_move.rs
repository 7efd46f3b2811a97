use fusewire::prelude::*;
fn main() {
    let _ = block_on(fuse! { just(std::rc::Rc::new(3)).map(|o| *o).map(|n| n + 1) });
}
