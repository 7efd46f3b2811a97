//! Streams: frames come out whole and in order however the bytes are cut, and what is sent arrives
//! whole and in order however slowly the peer reads.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/net.rs"]
mod net;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fusewire::completion::{Completion, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::io::Io;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::net::codec::{BadFrame, Bytes, Codec, Header, Scan};
use fusewire::net::framing::Framed;
use fusewire::net::{
    Be16, Be32, Delimiter, Fault, Frame, NetError, TcpListener, TcpStream, accept, framed, send, send_framed,
};
use fusewire::source::{Source, Taken};
use fusewire::stop::StopSource;

use net::{Answer, Answers, Outcome, Pass, on_both, outcome, reading, run_lane, run_once};

/// A stream on `io`, and its peer in the standard library.
fn pair(io: &Io) -> (TcpStream, StdStream) {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(io, listener.local_addr().unwrap()).wait(net::PATIENCE).unwrap();
    let (peer, _) = listener.accept().unwrap();
    peer.set_nodelay(true).unwrap();
    peer.set_read_timeout(Some(net::PATIENCE)).unwrap();
    (stream, peer)
}

/// As `pair`, with buffers in between that hold little.
fn narrow_pair(io: &Io) -> (TcpStream, StdStream) {
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

fn frames<C: Codec + Send + 'static>(io: &Io, source: Framed<C>) -> Answers<Vec<u8>> {
    reading(io, source, |frame: Frame| frame.to_vec())
}

fn in_frame(header: impl Header, body: &[u8]) -> Vec<u8> {
    let envelope = header.envelope(body).unwrap();
    [envelope.head(), body, envelope.tail()].concat()
}

#[test]
fn frames_are_whole_wherever_the_stream_is_cut() {
    fn check<C: Codec + Header + Copy + Send + 'static>(io: &Io, codec: C) {
        let bodies: [&[u8]; 4] = [b"first", b"", b"x", b"the last one"];
        let bytes: Vec<u8> = bodies.iter().flat_map(|body| in_frame(codec, body)).collect();
        for cut in 0..=bytes.len() {
            let (stream, mut peer) = pair(io);
            let answers = frames(io, framed(stream, codec));
            peer.write_all(&bytes[..cut]).unwrap();
            if cut % 4 == 0 {
                // Lets the reader see the first part alone.
                std::thread::sleep(Duration::from_millis(1));
            }
            peer.write_all(&bytes[cut..]).unwrap();
            assert_eq!(answers.take(4), bodies, "cut at {cut}");
            drop(peer);
            assert_eq!(answers.next(), Answer::Ended);
        }
    }
    on_both(|io| {
        check(io, Be16::new());
        check(io, Be32::new());
        check(io, Delimiter::new(b'\n'));
    });
}

#[test]
fn a_byte_at_a_time_is_enough() {
    on_both(|io| {
        let (stream, mut peer) = pair(io);
        let answers = frames(io, framed(stream, Be16::new()));
        for round in 0..20_u8 {
            for byte in in_frame(Be16::new(), &vec![round; usize::from(round)]) {
                peer.write_all(&[byte]).unwrap();
            }
            assert_eq!(answers.next().value(), vec![round; usize::from(round)]);
        }
    });
}

#[test]
fn frames_go_on_across_the_end_of_a_buffer() {
    on_both(|io| {
        for (count, size) in [(1, 64), (2, 64), (3, 100), (2, 4096)] {
            let (stream, mut peer) = pair(io);
            let answers = frames(io, framed(stream, Be16::new()).buffers(count, size));
            let lengths: Vec<usize> = (0..400).map(|index| index * 7 % (size - 1)).collect();
            let bytes: Vec<u8> = lengths
                .iter()
                .flat_map(|&length| in_frame(Be16::new(), &vec![length as u8; length]))
                .collect();
            let writer = std::thread::spawn(move || peer.write_all(&bytes).unwrap());
            for &length in &lengths {
                assert_eq!(answers.next().value(), vec![length as u8; length], "{count} buffers of {size}");
            }
            assert_eq!(answers.next(), Answer::Ended);
            writer.join().unwrap();
        }
    });
}

#[test]
fn held_frames_keep_their_bytes_and_press_back() {
    on_both(|io| {
        let (stream, mut peer) = pair(io);
        let mut source = framed(stream, Be16::new()).buffers(2, 64);
        let bytes: Vec<u8> = (0..60_u8).flat_map(|index| in_frame(Be16::new(), &[index; 20])).collect();
        let writer = std::thread::spawn(move || {
            peer.write_all(&bytes).unwrap();
            peer
        });
        // Frames are not `Send`; this lane makes and drops all of them on its own thread.
        struct OneThread<F>(F);
        // SAFETY: the closure holds no frame before it runs on its lane, nor after it is done.
        unsafe impl<F> Send for OneThread<F> {}
        impl<F: FnMut() -> Turn> OneThread<F> {
            fn call(&mut self) -> Turn {
                (self.0)()
            }
        }
        let (tell, told) = mpsc::channel();
        let mut held: Vec<Frame> = Vec::new();
        let mut seen = Vec::new();
        let mut idle_since = Instant::now();
        let mut lane = OneThread(move || {
            match source.take() {
                Taken::Value(frame) => {
                    held.push(frame);
                    idle_since = Instant::now();
                }
                Taken::Empty => {
                    // Nothing comes as long as frames are held everywhere: let them go.
                    if held.len() >= 4 || idle_since.elapsed() > Duration::from_millis(50) {
                        seen.extend(held.drain(..).map(|frame| frame.to_vec()));
                    }
                }
                other => panic!("{other:?}"),
            }
            if seen.len() == 60 {
                tell.send(std::mem::take(&mut seen)).unwrap();
                return Turn::Done;
            }
            Turn::Busy
        });
        run_lane(io, move || lane.call());
        let seen = told.recv_timeout(net::PATIENCE).unwrap();
        assert_eq!(seen, (0..60_u8).map(|index| vec![index; 20]).collect::<Vec<_>>());
        drop(writer.join().unwrap());
    });
}

#[test]
fn bytes_without_frames_are_given_as_they_come() {
    on_both(|io| {
        let (stream, mut peer) = pair(io);
        let answers = frames(io, framed(stream, Bytes));
        let mut seen = Vec::new();
        for part in [b"some ".as_slice(), b"more ", b"bytes"] {
            peer.write_all(part).unwrap();
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(peer);
        while let Answer::Value(bytes) = answers.next() {
            assert!(!bytes.is_empty());
            seen.extend(bytes);
        }
        assert_eq!(seen, b"some more bytes");
    });
}

#[test]
fn an_end_inside_a_frame_says_how_much_is_missing() {
    on_both(|io| {
        for (sent, have, missing) in
            [(&[0, 5, b'a', b'b'][..], 4, 3), (&[0][..], 1, 1), (&[1, 0][..], 2, 256)]
        {
            let (stream, mut peer) = pair(io);
            let answers = frames(io, framed(stream, Be16::new()));
            peer.write_all(&in_frame(Be16::new(), b"whole")).unwrap();
            peer.write_all(sent).unwrap();
            peer.shutdown(Shutdown::Write).unwrap();
            assert_eq!(answers.next().value(), b"whole");
            let error = answers.next().error();
            assert!(
                error.contains(&format!("{have} bytes had arrived, at least {missing} are missing")),
                "{error}"
            );
            assert_eq!(answers.next(), Answer::Ended);
        }
    });
}

#[test]
fn a_reset_is_an_error_and_then_the_end() {
    on_both(|io| {
        let (stream, peer) = pair(io);
        let answers = frames(io, framed(stream, Be16::new()));
        let address = peer.local_addr().unwrap();
        socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);
        let error = answers.next().error();
        assert!(
            error.contains(&address.to_string()) && error.contains("help: the peer closed the connection"),
            "{error}"
        );
        assert_eq!(answers.next(), Answer::Ended);
    });
}

#[test]
fn a_frame_over_the_limit_is_refused() {
    struct Wants(usize);
    impl Codec for Wants {
        fn limit(&self) -> usize {
            64
        }
        fn scan(&mut self, _: &[u8]) -> Result<Scan, BadFrame> {
            Ok(Scan::More(self.0))
        }
    }
    on_both(|io| {
        let (stream, mut peer) = pair(io);
        let answers = frames(io, framed(stream, Be32::new().up_to(100)));
        peer.write_all(&in_frame(Be32::new(), &[1; 100])).unwrap();
        peer.write_all(&in_frame(Be32::new(), &[1; 101])).unwrap();
        assert_eq!(answers.next().value().len(), 100);
        let error = answers.next().error();
        assert!(error.contains("at least 105 bytes is longer than the limit of 104"), "{error}");
        assert_eq!(answers.next(), Answer::Ended);

        let (stream, mut peer) = pair(io);
        let answers = frames(io, framed(stream, Delimiter::new(0).up_to(10)));
        peer.write_all(&[1; 10]).unwrap();
        peer.write_all(&[0]).unwrap();
        peer.write_all(&[1; 11]).unwrap();
        assert_eq!(answers.next().value(), [1; 10]);
        assert!(answers.next().error().contains("limit of 11"));

        let (stream, mut peer) = pair(io);
        let answers = frames(io, framed(stream, Wants(usize::MAX)));
        peer.write_all(b"x").unwrap();
        assert!(answers.next().error().contains("limit of 64"));
    });
}

#[test]
fn a_codec_that_lies_is_found_out() {
    struct Lies(Scan);
    impl Codec for Lies {
        fn limit(&self) -> usize {
            1 << 10
        }
        fn scan(&mut self, _: &[u8]) -> Result<Scan, BadFrame> {
            Ok(self.0)
        }
    }
    on_both(|io| {
        for (skip, length, trail) in
            [(0, 4, 0), (3, 1, 0), (0, 0, 0), (0, 3, 1), (usize::MAX, 1, 0), (1, usize::MAX, 1)]
        {
            let (stream, mut peer) = pair(io);
            let answers = frames(io, framed(stream, Lies(Scan::Frame { skip, length, trail })));
            peer.write_all(b"abc").unwrap();
            let error = answers.next().error();
            assert!(error.contains("a frame that is not there"), "{error}");
        }
    });
}

/// Sends `messages` one after the other, as `and` would, and hands out each outcome.
fn sending<S, F>(io: &Io, env: Env, mut stage: F, messages: Vec<Vec<u8>>) -> mpsc::Receiver<Outcome<usize>>
where
    S: fusewire::sender::Sender<Value = Vec<u8>, Error = NetError> + 'static,
    S::Operation<net::Keep<Vec<u8>, NetError>>: 'static,
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

fn numbered(count: usize, length: impl Fn(usize) -> usize) -> Vec<Vec<u8>> {
    (0..count).map(|index| (0..length(index)).map(|at| (index * 31 + at * 7) as u8).collect()).collect()
}

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
                fn complete(self: std::pin::Pin<&mut Self>, _: Completion<&'static [u8], NetError>) {
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
