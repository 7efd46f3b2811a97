//! Streams: connections are made, accepted and refused, and used where they live.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/net.rs"]
mod net;
#[path = "support/tcp.rs"]
mod tcp;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener as StdListener, TcpStream as StdStream};
use std::sync::mpsc;
use std::time::Duration;

use fusewire::completion::Completion;
use fusewire::context::Scheduler;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::net::{Be16, Fault, TcpListener, TcpStream, accept, framed, send, send_framed};
use fusewire::source::{Source, Taken};

use net::{Answer, Outcome, Pass, on_both, outcome, reading, run_lane, run_once};
use tcp::{frames, in_frame, pair, sending};

#[test]
fn an_asynchronous_connection_is_made_at_home() {
    on_both(|io| {
        let listener = TcpListener::bind(io, "127.0.0.1:0").build().unwrap();
        let address = listener.local_address();
        let accepted = reading(io, accept(listener), |stream: TcpStream| stream);
        let context = io.context().clone();
        let connected = run_once(TcpStream::connect(io, address), &Env::new(), |completion| {
            assert!(context.is_here());
            completion
        });
        let Completion::Value(connected) = connected else { panic!("{connected:?}") };
        let accepted = accepted.next().value();
        assert_eq!(connected.peer_address(), accepted.local_address());
        assert_eq!(connected.local_address(), accepted.peer_address());
        let told = sending(io, Env::new(), send_framed(&connected, Be16::new()), vec![b"hello".to_vec()]);
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(5));
        assert_eq!(frames(io, framed(accepted, Be16::new())).next().value(), b"hello");
    });
}

#[test]
fn a_refused_connection_is_an_error_that_can_be_tried_again() {
    on_both(|io| {
        let address = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let connections =
            reading(io, TcpStream::connect(io, address), |stream: TcpStream| stream.peer_address());
        let error = connections.next().error();
        assert!(error.contains(&address.to_string()) && error.contains("nobody listens there"), "{error}");
        let listener = StdListener::bind(address).unwrap();
        while connections.next() != Answer::Value(address) {}
        drop((connections, listener));

        let error = TcpStream::connect(io, address).wait(Duration::from_secs(1)).unwrap_err();
        assert_eq!(error.fault(), Fault::Connect);
        let error = TcpStream::connect(io, "nonsense").wait(Duration::from_secs(1)).unwrap_err();
        assert_eq!(error.fault(), Fault::Resolve);
        let failed = run_once(TcpStream::connect(io, "nonsense"), &Env::new(), outcome);
        assert!(matches!(failed, Outcome::Error(_)), "{failed:?}");
    });
}

#[test]
fn every_connection_is_accepted() {
    on_both(|io| {
        let listener = TcpListener::bind(io, "127.0.0.1:0").backlog(64).build().unwrap();
        let address = listener.local_address();
        let peers: Vec<_> = (0..50).map(|_| StdStream::connect(address).unwrap()).collect();
        let accepted = reading(io, accept(listener), |stream: TcpStream| stream);
        let accepted = accepted.take(50);
        let addresses: Vec<_> = accepted.iter().map(TcpStream::peer_address).collect();
        let expected: Vec<_> = peers.iter().map(|peer| peer.local_addr().unwrap()).collect();
        assert_eq!(addresses, expected);
    });
}

#[test]
fn an_echo_of_frames_allocates_nothing() {
    on_both(|io| {
        let (stream, mut peer) = pair(io);
        let mut echo = send_framed(&stream, Be16::new());
        let mut source = framed(stream, Be16::new());
        let (tell, told) = mpsc::channel();
        let mut pass = Pass::new(&Env::new());
        let (mut passes, mut allocated) = (0, 0);
        run_lane(io, move || {
            let before = counting::here();
            let turn = if pass.under_way() {
                match pass.poll() {
                    Some(Completion::Value(_)) => Turn::Busy,
                    None => Turn::Idle,
                    other => panic!("{other:?}"),
                }
            } else {
                match source.take() {
                    Taken::Value(frame) => {
                        passes += 1;
                        match pass.start(echo(frame)) {
                            Some(Completion::Value(_)) | None => Turn::Busy,
                            other => panic!("{other:?}"),
                        }
                    }
                    Taken::Empty => Turn::Idle,
                    Taken::Ended => {
                        tell.send(allocated).unwrap();
                        return Turn::Done;
                    }
                    other => panic!("{other:?}"),
                }
            };
            // The first passes touch what is made once for each thread.
            if passes > 10 {
                allocated += counting::here() - before;
            }
            turn
        });
        for round in 0..300_u32 {
            let body = vec![round as u8; (round * 97 % 3000) as usize];
            peer.write_all(&in_frame(Be16::new(), &body)).unwrap();
            let mut echoed = vec![0; body.len() + 2];
            peer.read_exact(&mut echoed).unwrap();
            assert_eq!(echoed[2..], body);
        }
        peer.shutdown(Shutdown::Write).unwrap();
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), 0);
    });
}

#[test]
fn used_on_a_foreign_thread_it_refuses() {
    on_both(|io| {
        let (stream, _peer) = pair(io);
        let completion = run_once(send(&stream)(b"x"), &Env::new(), outcome);
        assert!(
            matches!(&completion, Outcome::Error(error) if error.contains("put `.then(on(io))` before it")),
            "{completion:?}"
        );
        let mut source = framed(stream, Be16::new());
        let Taken::Error(error) = source.take() else { panic!("taken off its context") };
        assert_eq!(error.fault(), Fault::OffContext);
        let mut source = accept(TcpListener::bind(io, "127.0.0.1:0").build().unwrap());
        assert!(matches!(source.take(), Taken::Error(error) if error.fault() == Fault::OffContext));
    });
}
