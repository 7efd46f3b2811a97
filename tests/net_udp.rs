//! Datagrams: what arrives is what was sent, in order, without a copy, a loss or an allocation.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/net.rs"]
mod net;

#[path = "net_udp/buffers.rs"]
mod buffers;
#[path = "net_udp/delivery.rs"]
mod delivery;
#[path = "net_udp/sender.rs"]
mod sender;
#[path = "net_udp/system.rs"]
mod system;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket as StdSocket};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};

use fusewire::completion::{Completion, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::io::Io;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::net::udp::UdpRead;
use fusewire::net::{Datagram, Fault, UdpBuilder, UdpSocket, read, send, send_to};
use fusewire::source::{Source, Taken};
use fusewire::stop::StopSource;

use net::{Outcome, Pass, on_both, outcome, reading, run_lane, run_once};

fn bind(io: &Io) -> UdpBuilder {
    UdpSocket::bind(io, "127.0.0.1:0").receive_buffer(1 << 20)
}

fn client() -> StdSocket {
    StdSocket::bind("127.0.0.1:0").unwrap()
}

fn number(datagram: Datagram) -> u64 {
    u64::from_le_bytes(datagram[..8].try_into().unwrap())
}
