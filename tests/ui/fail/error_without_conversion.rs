use std::num::{ParseFloatError, ParseIntError};

use fusewire::prelude::*;

fn integer(text: &'static str) -> Result<&'static str, ParseIntError> {
    text.parse::<u32>().map(|_| text)
}

fn float(text: &'static str) -> Result<f32, ParseFloatError> {
    text.parse()
}

fn main() {
    let _ = fuse! { just("4").try_map(integer).try_map(float).map(|x| x + 1.0) };
}
