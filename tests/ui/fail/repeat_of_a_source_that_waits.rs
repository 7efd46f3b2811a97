use std::time::Duration;

use fusewire::prelude::*;
use fusewire::sources::every;

fn main() {
    let _ = fuse! { every(Duration::from_secs(1)).map(|tick| tick).repeat(10) };
}
