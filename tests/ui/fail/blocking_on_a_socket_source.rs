use fusewire::net::{UdpSocket, read};
use fusewire::prelude::*;

#[stage(blocking)]
fn write_log(bytes: usize) -> usize {
    println!("{bytes}");
    bytes
}

fn strategy(socket: UdpSocket) -> impl Graph {
    fuse! { read(socket).map(|datagram| datagram.len()).map(write_log) }
}

fn main() {
    let _ = strategy;
}
