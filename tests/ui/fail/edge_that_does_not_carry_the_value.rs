// lines: 23, the compiler says what the edge does carry
use fusewire::context::cpu::Cpu;
use fusewire::edge::{Described, Edge, EdgeError, EdgeReceiver, EdgeSender};
use fusewire::prelude::*;

#[derive(Clone)]
struct Words;

impl Edge<u64> for Words {
    type Sender = EdgeSender<u64>;
    type Receiver = EdgeReceiver<u64>;

    fn open(self) -> Result<(EdgeSender<u64>, EdgeReceiver<u64>), EdgeError> {
        Ok(fusewire::edge::edge(8)?)
    }

    fn describe(&self) -> Described {
        Described::new("words")
    }
}

fn main() {
    let compute = Cpu::builder().build().unwrap();
    let _ = fuse! { from_iter(1..9u32).then(on(compute).edge(Words)).map(|n| n + 1) };
}
