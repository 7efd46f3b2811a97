use fusewire::prelude::*;

fn main() {
    let _ = block_on(from_future(async { std::rc::Rc::new(3) }).map(|n| *n + 1));
}
