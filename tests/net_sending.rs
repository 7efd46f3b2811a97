//! Streams: what is sent arrives whole and in order however slowly the peer reads.

#[path = "support/net.rs"]
mod net;
#[path = "support/tcp.rs"]
mod tcp;

use std::io::Read;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fusewire::completion::{Completion, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::io::Io;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::net::codec::{BadFrame, Codec, Header};
use fusewire::net::{Be16, Be32, Delimiter, NetError, TcpStream, framed, send, send_framed};
use fusewire::stop::StopSource;

use net::{Outcome, on_both, outcome, run_lane};
use tcp::{frames, narrow_pair, numbered, pair, sending};

#[test]
fn a_slow_reader_gets_every_byte_in_order() {
    on_both(|io| {
        let (stream, mut peer) = narrow_pair(io);
        let messages = numbered(20, |index| index * 1777);
        let whole = messages.concat();
        let told = sending(io, Env::new(), send(&stream), messages.clone());
        let mut seen = Vec::new();
        let mut part = [0; 1500];
        while seen.len() < whole.len() {
            let got = peer.read(&mut part).unwrap();
            seen.extend_from_slice(&part[..got]);
            if seen.len() < 30_000 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        assert!(seen == whole);
        for message in &messages {
            assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(message.len()));
        }
    });
}

#[test]
fn a_message_that_does_not_fit_holds_back_the_next() {
    on_both(|io| {
        let (stream, mut peer) = narrow_pair(io);
        let messages = numbered(3, |_| 500_000);
        let told = sending(io, Env::new(), send(&stream), messages.clone());
        assert!(
            told.recv_timeout(Duration::from_millis(50)).is_err(),
            "half a megabyte fits into four kilobytes"
        );
        let mut seen = vec![0; 1_500_000];
        peer.read_exact(&mut seen).unwrap();
        assert!(seen == messages.concat());
        for _ in 0..3 {
            assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(500_000));
        }
    });
}

#[test]
fn messages_of_several_lanes_are_never_mixed() {
    on_both(|io| {
        let (stream, mut peer) = narrow_pair(io);
        let told: Vec<_> = (0..4_u8)
            .map(|lane| {
                let messages = (0..10).map(|_| vec![lane; 3000 + usize::from(lane)]).collect();
                sending(io, Env::new(), send_framed(&stream, Be16::new()), messages)
            })
            .collect();
        let mut count = [0; 4];
        for _ in 0..40 {
            let mut length = [0; 2];
            peer.read_exact(&mut length).unwrap();
            let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
            peer.read_exact(&mut body).unwrap();
            let lane = body[0];
            assert_eq!(body, vec![lane; 3000 + usize::from(lane)]);
            count[usize::from(lane)] += 1;
        }
        assert_eq!(count, [10; 4]);
        for (lane, told) in told.iter().enumerate() {
            for _ in 0..10 {
                assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(3000 + lane));
            }
        }
    });
}

#[test]
fn frames_are_sent_as_they_are_read() {
    fn check<C: Codec + Header + Copy + Send + 'static>(io: &Io, codec: C) {
        let (stream, peer) = pair(io);
        let peer = TcpStream::from_std(io, peer).unwrap();
        let answers = frames(io, framed(peer, codec));
        let messages: Vec<Vec<u8>> =
            [0_usize, 1, 2, 1000, 65_535].iter().map(|&length| vec![b'm'; length]).collect();
        let told = sending(io, Env::new(), send_framed(&stream, codec), messages.clone());
        for message in messages {
            assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(message.len()));
            assert_eq!(answers.next().value(), message);
        }
    }
    on_both(|io| {
        check(io, Be16::new());
        check(io, Be32::new());
        check(io, Delimiter::new(b'\n'));
    });
}

#[test]
fn a_message_too_long_for_its_frame_is_refused_whole() {
    on_both(|io| {
        let (stream, mut peer) = pair(io);
        let told = sending(
            io,
            Env::new(),
            send_framed(&stream, Be16::new()),
            vec![vec![0; 65_536], b"fits".to_vec()],
        );
        let Outcome::Error(error) = told.recv_timeout(net::PATIENCE).unwrap() else { panic!("sent") };
        assert!(error.contains("limit of 65537"), "{error}");
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(4));
        let mut bytes = [0; 6];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"\0\x04fits");
        assert_eq!(
            Delimiter::new(b'\n').envelope(b"a\nb").unwrap_err(),
            BadFrame::Other("the message contains the byte that ends a frame")
        );
    });
}

#[test]
fn sending_to_a_peer_that_is_gone_is_an_error() {
    on_both(|io| {
        let (stream, peer) = pair(io);
        drop(peer);
        let told = sending(io, Env::new(), send(&stream), vec![vec![1; 10]; 100]);
        let failed = (0..100).find_map(|_| match told.recv_timeout(net::PATIENCE).unwrap() {
            Outcome::Error(error) => Some(error),
            _ => None,
        });
        assert!(failed.unwrap().contains("help: the peer closed the connection"));
    });
}

#[test]
fn a_stop_gives_up_what_the_peer_does_not_take() {
    on_both(|io| {
        let (stream, mut peer) = narrow_pair(io);
        let stop = StopSource::new();
        let env = Env::new().with_stop(stop.token());
        let told = sending(io, env, send(&stream), vec![vec![1; 500_000], vec![2; 10]]);
        let began = Instant::now();
        stop.request_stop();
        io.context().wake();
        let Outcome::Error(error) = told.recv_timeout(net::PATIENCE).unwrap() else { panic!("sent") };
        assert!(error.contains("given up in the middle of a message"), "{error}");
        assert!(began.elapsed() >= fusewire::net::sending::LINGER);
        // Nothing more goes out behind half a message.
        let Outcome::Error(error) = told.recv_timeout(net::PATIENCE).unwrap() else { panic!("sent") };
        assert!(error.contains("given up in the middle of a message"), "{error}");
        drop((told, stream));
        let mut seen = Vec::new();
        peer.read_to_end(&mut seen).unwrap();
        assert!(!seen.is_empty() && seen.len() < 500_000 && seen.iter().all(|&byte| byte == 1));
    });
}

#[test]
fn a_message_under_way_is_still_sent_after_a_stop() {
    on_both(|io| {
        let (stream, mut peer) = narrow_pair(io);
        let stop = StopSource::new();
        let env = Env::new().with_stop(stop.token());
        let told = sending(io, env, send(&stream), vec![vec![1; 500_000]]);
        stop.request_stop();
        io.context().wake();
        let mut seen = vec![0; 500_000];
        peer.read_exact(&mut seen).unwrap();
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(500_000));
    });
}

#[test]
fn a_message_is_sent_once_however_often_it_is_started() {
    on_both(|io| {
        let (stream, _peer) = pair(io);
        let mut stage = send(&stream);
        let (tell, told) = mpsc::channel();
        run_lane(io, move || {
            use fusewire::operation::Operation;
            use fusewire::sender::Sender;
            struct Unused;
            impl fusewire::receiver::Receiver<&'static [u8], NetError> for Unused {
                unsafe fn complete(self: std::pin::Pin<&mut Self>, _: Completion<&'static [u8], NetError>) {
                    panic!("both passes complete inline");
                }
            }
            let mut operation = Box::pin(stage(b"once".as_slice()).connect(Unused, &Env::new()));
            for _ in 0..2 {
                // SAFETY: no pass is under way, because each completes inline.
                match unsafe { operation.as_mut().start() } {
                    fusewire::completion::Started::Inline(completion) => {
                        tell.send(outcome(completion)).unwrap()
                    }
                    fusewire::completion::Started::Later => panic!("four bytes do not fit"),
                }
            }
            Turn::Done
        });
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Value(b"once".as_slice()));
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), Outcome::Stopped(StopReason::Ended));
    });
}
