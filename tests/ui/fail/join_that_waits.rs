use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(1u32).join(fusewire::sources::every(std::time::Duration::from_secs(1)).map(|tick| tick)) };
}
