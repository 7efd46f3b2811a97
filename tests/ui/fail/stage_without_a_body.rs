use fusewire::prelude::*;

#[stage]
fn price(x: u32) -> u32;

fn main() {}
