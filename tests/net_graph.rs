//! Whole graphs over sockets, as a user writes them.

#[path = "support/net.rs"]
mod net;

use std::io::Read;
use std::net::{SocketAddr, TcpListener as StdListener, UdpSocket as StdSocket};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::control::Stop;
use fusewire::engine::{Engine, Handle};
use fusewire::net::{
    Be16, Datagram, NetError, TcpStream, UdpSocket, UdpStats, framed, read, send, send_framed,
};
use fusewire::prelude::*;
use fusewire::wait::Wait;

use net::on_both;

struct Quote {
    price: u32,
}

struct Order([u8; 8]);

impl AsRef<[u8]> for Order {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn decode(datagram: Datagram) -> Option<Quote> {
    let price = datagram.first_chunk()?;
    Some(Quote { price: u32::from_be_bytes(*price) })
}

fn price(quote: Quote) -> Order {
    let mut order = *b"BUY.....";
    order[4..].copy_from_slice(&(quote.price + 1).to_be_bytes());
    Order(order)
}

fn oms(io: &Io) -> (TcpStream, std::net::TcpStream) {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(io, listener.local_addr().unwrap()).wait(net::PATIENCE).unwrap();
    let (peer, _) = listener.accept().unwrap();
    peer.set_read_timeout(Some(net::PATIENCE)).unwrap();
    (stream, peer)
}

fn parked_cpu() -> Cpu {
    Cpu::builder().wait(Wait::Park).build().unwrap()
}

fn busy_cpu() -> Cpu {
    Cpu::builder().wait(Wait::spin_then_yield()).build().unwrap()
}

#[test]
fn the_chain_of_the_design_runs_plain() {
    the_chain_of_the_design(false);
}

#[test]
fn the_chain_of_the_design_runs_fused() {
    the_chain_of_the_design(true);
}

fn the_chain_of_the_design(fused: bool) {
    on_both(|io| {
        let compute = parked_cpu();
        let feed = UdpSocket::bind(io, "127.0.0.1:0").build().unwrap();
        let to = feed.local_address();
        let (oms, mut gateway) = oms(io);
        let handle = if fused {
            let (io, home) = (io.clone(), io.clone());
            let chain = fuse! {
                read(feed).filter_map(decode).then(on(compute)).map(price).then(on(io)).and(send(oms))
            };
            let drawing = chain.inspect();
            assert_eq!((drawing.lanes.len(), drawing.edges.len()), (2, 2), "{drawing}");
            Engine::on(home).run(chain).unwrap()
        } else {
            let chain = read(feed)
                .filter_map(decode)
                .then(on(compute))
                .map(price)
                .then(on(io.clone()))
                .and(send(oms));
            Engine::on(io.clone()).run(chain).unwrap()
        };

        let client = StdSocket::bind("127.0.0.1:0").unwrap();
        client.send_to(b"no", to).unwrap();
        for price in 0..200_u32 {
            client.send_to(&price.to_be_bytes(), to).unwrap();
            let mut order = [0; 8];
            gateway.read_exact(&mut order).unwrap();
            assert_eq!(order[4..], (price + 1).to_be_bytes());
        }
        handle.stop(Stop::Drain);
        let report = handle.join().unwrap();
        assert_eq!(report.completed, 200);
    });
}

/// The datagram itself crosses to the compute context, which reads and drops it there.
mod literal {
    use super::*;

    /// Fewer than are under way at once, so that what comes back from the compute context is needed.
    const BUFFERS: usize = 4;
    const MESSAGES: u64 = 500;
    const UNDER_WAY: u64 = 32;

    fn price(datagram: Datagram) -> [u8; 8] {
        let number = u64::from_be_bytes(*datagram.first_chunk().unwrap());
        assert_eq!(*datagram, message(number), "the bytes of message {number}");
        (number + 1).to_be_bytes()
    }

    /// Bytes that follow from the number, up to the end of a long datagram.
    fn message(number: u64) -> [u8; 96] {
        let mut bytes = [number as u8 ^ 0x33; 96];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    fn feed(io: &Io) -> UdpSocket {
        UdpSocket::bind(io, "127.0.0.1:0").buffers(BUFFERS).batch(3).build().unwrap()
    }

    /// Sends every message, several at once, and checks that `answer` gives all answers in order.
    fn ask(to: SocketAddr, client: &StdSocket, mut answer: impl FnMut() -> [u8; 8]) {
        for number in 0..MESSAGES + UNDER_WAY {
            if number < MESSAGES {
                client.send_to(&message(number), to).unwrap();
            }
            if let Some(answered) = number.checked_sub(UNDER_WAY) {
                assert_eq!(u64::from_be_bytes(answer()), answered + 1);
            }
        }
    }

    /// A connected way out, and the peer's end of it.
    fn out(io: &Io) -> (UdpSocket, StdSocket) {
        let peer = StdSocket::bind("127.0.0.1:0").unwrap();
        peer.set_read_timeout(Some(net::PATIENCE)).unwrap();
        let out = UdpSocket::bind(io, "127.0.0.1:0").connect(peer.local_addr().unwrap()).build().unwrap();
        (out, peer)
    }

    fn from(peer: &StdSocket) -> [u8; 8] {
        let mut answer = [0; 8];
        assert_eq!(peer.recv(&mut answer).unwrap(), 8);
        answer
    }

    fn ends(handle: Handle, stats: &UdpStats) {
        handle.stop(Stop::Drain);
        assert_eq!(handle.join().unwrap().completed, MESSAGES);
        assert_eq!(stats.get().received, MESSAGES);
    }

    #[test]
    fn plain() {
        for compute in [parked_cpu, busy_cpu] {
            on_both(|io| {
                let (compute, io) = (compute(), io.clone());
                let here = io.clone();
                let sock = feed(&io);
                let (to, stats) = (sock.local_address(), sock.stats());
                let (out, peer) = out(&io);
                let send = fusewire::net::send(&out);
                let chain = read(sock).then(on(compute)).map(price).then(on(io)).and(send);
                let handle = Engine::on(here).run(chain).unwrap();
                ask(to, &peer, || from(&peer));
                ends(handle, &stats);
            });
        }
    }

    #[test]
    fn fused() {
        for compute in [parked_cpu, busy_cpu] {
            on_both(|io| {
                let (compute, io) = (compute(), io.clone());
                let here = io.clone();
                let sock = feed(&io);
                let (to, stats) = (sock.local_address(), sock.stats());
                let (out, peer) = out(&io);
                let send = fusewire::net::send(&out);
                let chain = fuse! { read(sock).then(on(compute)).map(price).then(on(io)).and(send) };
                let handle = Engine::on(here).run(chain).unwrap();
                ask(to, &peer, || from(&peer));
                ends(handle, &stats);
            });
        }
    }

    #[test]
    fn fused_from_elsewhere_to_a_stream() {
        on_both(|io| {
            let (compute, io) = (parked_cpu(), io.clone());
            let sock = feed(&io);
            let (to, stats) = (sock.local_address(), sock.stats());
            let (oms, mut gateway) = oms(&io);
            let client = StdSocket::bind("127.0.0.1:0").unwrap();
            let chain = fuse! { read(sock).then(on(compute)).map(price).then(on(io)).and(send(oms)) };
            // Begun on no context of its own: the source is asked at home, and `send` is started there.
            let handle = Engine::new().run(chain).unwrap();
            ask(to, &client, || {
                let mut answer = [0; 8];
                gateway.read_exact(&mut answer).unwrap();
                answer
            });
            ends(handle, &stats);
        });
    }

    #[test]
    fn once() {
        for fused in [false, true] {
            on_both(|io| {
                let (compute, io) = (parked_cpu(), io.clone());
                let sock = feed(&io);
                let to = sock.local_address();
                let (out, peer) = out(&io);
                let send = fusewire::net::send(&out);
                peer.send_to(&message(7), to).unwrap();
                let completion = if fused {
                    block_on(fuse! { read(sock).then(on(compute)).map(price).then(on(io)).and(send) })
                } else {
                    block_on(read(sock).then(on(compute)).map(price).then(on(io)).and(send))
                };
                assert_eq!(completion.value(), Some(8_u64.to_be_bytes()));
                assert_eq!(from(&peer), 8_u64.to_be_bytes());
            });
        }
    }
}

#[test]
fn a_datagram_is_echoed_from_the_buffer_it_was_received_in() {
    on_both(|io| {
        let client = StdSocket::bind("127.0.0.1:0").unwrap();
        client.set_read_timeout(Some(net::PATIENCE)).unwrap();
        let socket =
            UdpSocket::bind(io, "127.0.0.1:0").connect(client.local_addr().unwrap()).build().unwrap();
        client.connect(socket.local_address()).unwrap();
        let stage = send(&socket);
        let echo = read(socket).and(stage).map(|datagram: Datagram| datagram.len());
        let handle = Engine::on(io.clone()).run(echo).unwrap();
        for index in 0..200_u64 {
            client.send(&index.to_le_bytes()).unwrap();
            let mut bytes = [0; 16];
            assert_eq!(client.recv(&mut bytes).unwrap(), 8);
            assert_eq!(bytes[..8], index.to_le_bytes());
        }
        handle.stop(Stop::Drain);
        assert_eq!(handle.join().unwrap().completed, 200);
    });
}

#[test]
fn one_pass_can_be_awaited_anywhere() {
    on_both(|io| {
        let (stream, mut peer) = oms(io);
        let hello = just(b"hello").then(on(io.clone())).and(send_framed(&stream, Be16::new()));
        assert!(matches!(block_on(hello), Completion::Value(b"hello")));
        let mut bytes = [0; 7];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"\0\x05hello");

        std::io::Write::write_all(&mut peer, b"\0\x03yes").unwrap();
        let answer = framed(stream, Be16::new()).map(|frame| frame.to_vec());
        assert!(matches!(block_on(answer), Completion::Value(bytes) if bytes == b"yes"));
    });
}

#[test]
fn a_connection_is_one_sender_among_others() {
    on_both(|io| {
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        let greet = TcpStream::connect(io, listener.local_addr().unwrap())
            .and(|stream: TcpStream| send::<_, &[u8]>(stream)(b"hi"))
            .map(<[u8]>::len);
        let Completion::Value(sent) = block_on(greet) else { panic!("not sent") };
        assert_eq!(sent, 2);
        let mut bytes = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"hi");
    });
}

#[test]
fn an_error_ends_the_graph_and_is_handed_out() {
    on_both(|io| {
        let (stream, peer) = oms(io);
        std::io::Write::write_all(&mut &peer, &[0, 9, 1]).unwrap();
        drop(peer);
        let frames = framed(stream, Be16::new()).map(|frame| frame.len());
        let error = Engine::on(io.clone()).run(frames).unwrap().join().unwrap_err();
        let error: &NetError = error.downcast_ref().unwrap();
        assert!(error.to_string().contains("3 bytes had arrived, at least 8 are missing"), "{error}");
    });
}

/// A source lives on an io context that sleeps, and the graph elsewhere: a stop reaches it there.
#[test]
fn a_stop_reaches_a_source_on_another_context() {
    on_both(|io| {
        for how in [Stop::Drain, Stop::Abandon] {
            let feed =
                || read(UdpSocket::bind(io, "127.0.0.1:0").build().unwrap()).map(|datagram| datagram.len());
            let plain = Engine::new().run(feed()).unwrap();
            let sub_graph = feed();
            let opaque = Engine::new().run(fuse! { sub_graph.map(|length| length + 1) }).unwrap();
            for (form, handle) in [("plain", plain), ("opaque", opaque)] {
                // Long enough for the io context to fall asleep.
                std::thread::sleep(Duration::from_millis(20));
                handle.stop(how);
                let Ok(ended) = handle.join_timeout(net::PATIENCE) else { panic!("{form} {how:?}: runs on") };
                assert_eq!(ended.unwrap().completed, 0, "{form} {how:?}");
            }
        }
    });
}
