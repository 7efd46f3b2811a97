//! Many connections, each served by an operation of its own: slow ones, those that are reset, limits, stops, ends; and that
//! one that is idle is not asked.

use std::io::ErrorKind;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream as StdStream};
use std::time::{Duration, Instant};

use fusewire::context::io::Io;
use fusewire::engine::{Engine, Handle};
use fusewire::net::serving::ServingCounts;
use fusewire::net::{Be16, NetError, TcpListener, TcpStream, accept, framed, send_framed};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;

mod clients;
mod ends;
mod idle;
mod limits;

const PATIENCE: Duration = Duration::from_secs(20);
const WAITS: [Wait; 3] = [Wait::Park, Wait::SpinThenPark { spins: 50 }, Wait::Spin];

fn io(wait: Wait) -> Io {
    Io::builder().wait(wait).build().unwrap()
}

/// Sends every frame back.
fn echo(stream: TcpStream) -> impl Sender<Value = (), Error = Never> + Send + 'static {
    let back = send_framed(stream.writer(), Be16::new());
    framed(stream, Be16::new().up_to(1 << 12))
        .buffers(1, 1 << 13)
        .and(back)
        .repeat_until(|_| false)
        .map(drop)
        .upon_error(|_: NetError| ())
}

/// A server that sends every frame back, with so many connections at most.
fn server(io: &Io, scope: &Scope, at_most: usize) -> (Handle, SocketAddr, ServingCounts) {
    let listener = TcpListener::bind(io, "127.0.0.1:0").backlog(1024).build().unwrap();
    let address = listener.local_address();
    let serving = accept(listener).spawn(scope, echo).at_most(at_most);
    let counts = serving.counts();
    (Engine::on(io.clone()).run(serving).unwrap(), address, counts)
}

fn client(address: SocketAddr) -> StdStream {
    let stream = StdStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn frame(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// Sends a frame and reads it back.
fn ask(stream: &mut StdStream, bytes: &[u8]) {
    let sent = frame(bytes);
    stream.write_all(&sent).unwrap();
    let mut back = vec![0; sent.len()];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(back, sent);
}

/// Whether the peer has closed the connection.
fn is_over(stream: &mut StdStream) -> bool {
    match stream.read(&mut [0; 16]) {
        Ok(got) => got == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
