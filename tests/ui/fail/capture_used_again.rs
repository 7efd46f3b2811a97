// lines: 17, the borrow checker's own words
use fusewire::prelude::*;

fn main() {
    let table = vec![1u32, 2];
    let _graph = fuse! { from_iter(0..2usize).map(move |n| table[n]) };
    println!("{}", table.len());
}
