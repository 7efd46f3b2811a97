//! Streams with a peer in the standard library.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::sync::mpsc;

use fusewire::context::io::Io;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::net::codec::{Codec, Header};
use fusewire::net::framing::Framed;
use fusewire::net::{Frame, NetError, TcpStream};

use crate::net::{self, Answers, Keep, Outcome, Pass, outcome, reading, run_lane};

/// A stream on `io`, and its peer in the standard library.
pub(crate) fn pair(io: &Io) -> (TcpStream, StdStream) {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(io, listener.local_addr().unwrap()).wait(net::PATIENCE).unwrap();
    let (peer, _) = listener.accept().unwrap();
    peer.set_nodelay(true).unwrap();
    peer.set_read_timeout(Some(net::PATIENCE)).unwrap();
    (stream, peer)
}

/// As `pair`, with buffers in between that hold little.
pub(crate) fn narrow_pair(io: &Io) -> (TcpStream, StdStream) {
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.set_recv_buffer_size(2048).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(1).unwrap();
    let listener = StdListener::from(listener);
    let stream =
        TcpStream::connect(io, listener.local_addr().unwrap()).send_buffer(4096).wait(net::PATIENCE).unwrap();
    let (peer, _) = listener.accept().unwrap();
    peer.set_read_timeout(Some(net::PATIENCE)).unwrap();
    (stream, peer)
}

pub(crate) fn in_frame(header: impl Header, body: &[u8]) -> Vec<u8> {
    let envelope = header.envelope(body).unwrap();
    [envelope.head(), body, envelope.tail()].concat()
}

pub(crate) fn numbered(count: usize, length: impl Fn(usize) -> usize) -> Vec<Vec<u8>> {
    (0..count).map(|index| (0..length(index)).map(|at| (index * 31 + at * 7) as u8).collect()).collect()
}

pub(crate) fn frames<C: Codec + Send + 'static>(io: &Io, source: Framed<C>) -> Answers<Vec<u8>> {
    reading(io, source, |frame: Frame| frame.to_vec())
}

/// Sends `messages` one after the other, as `and` would, and hands out each outcome.
pub(crate) fn sending<S, F>(
    io: &Io,
    env: Env,
    mut stage: F,
    messages: Vec<Vec<u8>>,
) -> mpsc::Receiver<Outcome<usize>>
where
    S: fusewire::sender::Sender<Value = Vec<u8>, Error = NetError> + 'static,
    S::Operation<Keep<Vec<u8>, NetError>>: 'static,
    F: FnMut(Vec<u8>) -> S + Send + 'static,
{
    let (tell, told) = mpsc::channel();
    let mut pass = Pass::new(&env);
    let mut messages = messages.into_iter();
    run_lane(io, move || {
        let done = if pass.under_way() {
            pass.poll()
        } else {
            let Some(message) = messages.next() else { return Turn::Done };
            pass.start(stage(message))
        };
        match done {
            Some(completion) => {
                let _ = tell.send(outcome(completion.map(|bytes| bytes.len())));
                Turn::Busy
            }
            None => Turn::Idle,
        }
    });
    told
}
