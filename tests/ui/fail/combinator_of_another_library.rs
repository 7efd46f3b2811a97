use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).and_then(|x| if x > 3 { Ok(x) } else { Err("small") }) };
}
