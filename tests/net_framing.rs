//! Streams: frames come out whole and in order however the bytes are cut.

#[path = "support/net.rs"]
mod net;
#[path = "support/tcp.rs"]
mod tcp;

use std::io::Write;
use std::net::Shutdown;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fusewire::context::io::Io;
use fusewire::lane::Turn;
use fusewire::net::codec::{BadFrame, Bytes, Codec, Header, Scan};
use fusewire::net::{Be16, Be32, Delimiter, Frame, framed};
use fusewire::source::{Source, Taken};

use net::{Answer, on_both, run_lane};
use tcp::{frames, in_frame, pair};

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
