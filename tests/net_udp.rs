//! Datagrams: what arrives is what was sent, in order, without a copy, a loss or an allocation.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/net.rs"]
mod net;

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

#[test]
fn what_is_sent_is_read_in_order() {
    on_both(|io| {
        let socket = bind(io).build().unwrap();
        let stats = socket.stats();
        let to = socket.local_address();
        let answers = reading(io, read(socket), |datagram: Datagram| (datagram.to_vec(), datagram.sender()));
        let client = client();
        for round in 0..3 {
            for index in 0..100_u8 {
                client.send_to(&vec![index; usize::from(index) + round], to).unwrap();
            }
            for index in 0..100_u8 {
                let (bytes, from) = answers.next().value();
                assert_eq!(bytes, vec![index; usize::from(index) + round]);
                assert_eq!(from, Some(client.local_addr().unwrap()));
            }
        }
        let counters = stats.get();
        assert_eq!((counters.received, counters.truncated), (300, 0));
        assert_eq!(counters.bytes, 3 * (99 * 100 / 2) + 100 * (1 + 2));
    });
}

#[test]
fn ipv6_works_the_same() {
    on_both(|io| {
        let socket = match UdpSocket::bind(io, "[::1]:0").build() {
            Ok(socket) => socket,
            Err(error) if error.fault() == Fault::Bind => {
                eprintln!("SKIPPED: no IPv6 on this machine: {error}");
                return;
            }
            Err(error) => panic!("{error}"),
        };
        let to = socket.local_address();
        let answers = reading(io, read(socket), |datagram: Datagram| (datagram.to_vec(), datagram.sender()));
        let client = StdSocket::bind("[::1]:0").unwrap();
        client.send_to(b"six", to).unwrap();
        assert_eq!(answers.next().value(), (b"six".to_vec(), Some(client.local_addr().unwrap())));
    });
}

#[test]
fn a_group_joined_on_the_loopback_is_received_and_others_are_not() {
    on_both(|io| {
        let group = Ipv4Addr::new(239, 77, 1, 1);
        let other = Ipv4Addr::new(239, 77, 1, 2);
        let one = UdpSocket::bind(io, "0.0.0.0:0")
            .join_multicast(group, Ipv4Addr::LOCALHOST)
            .reuse(true)
            .build()
            .unwrap();
        let port = one.local_address().port();
        let two = UdpSocket::bind(io, ("0.0.0.0", port))
            .join_multicast(other, Ipv4Addr::LOCALHOST)
            .join_multicast(group, Ipv4Addr::LOCALHOST)
            .reuse(true)
            .build()
            .unwrap();
        let one = reading(io, read(one), |datagram: Datagram| datagram.to_vec());
        let two = reading(io, read(two), |datagram: Datagram| datagram.to_vec());

        let sender = UdpSocket::bind(io, "127.0.0.1:0")
            .multicast_interface(Ipv4Addr::LOCALHOST)
            .multicast_ttl(0)
            .multicast_loop(true)
            .build()
            .unwrap();
        let mut to_other = send_to(&sender, (other, port)).unwrap();
        let mut to_group = send_to(&sender, (group, port)).unwrap();
        let (done, sent) = mpsc::channel();
        let mut pass = Pass::new(&Env::new());
        run_lane(io, move || {
            for sender in [to_other(b"other".as_slice()), to_group(b"group".as_slice())] {
                done.send(outcome(pass.start(sender).unwrap())).unwrap();
            }
            Turn::Done
        });
        assert_eq!(sent.recv().unwrap(), Outcome::Value(b"other".as_slice()));
        assert_eq!(sent.recv().unwrap(), Outcome::Value(b"group".as_slice()));
        assert_eq!(two.take(2), [b"other", b"group"]);
        // The group that only the other socket joined comes first, if it comes at all.
        assert_eq!(one.next().value(), b"group");
        assert_eq!(one.within(Duration::from_millis(20)), None);
    });
}

#[test]
fn bursts_are_taken_in_batches_of_every_size() {
    on_both(|io| {
        for batch in [1, 2, 5, 32] {
            let socket = bind(io).batch(batch).buffers(batch + 3).build().unwrap();
            let to = socket.local_address();
            let client = client();
            for index in 0..200_u64 {
                client.send_to(&index.to_le_bytes(), to).unwrap();
            }
            // Everything waits in the kernel before the first ask.
            let answers = reading(io, read(socket), number);
            assert_eq!(answers.take(200), (0..200).collect::<Vec<_>>(), "batch {batch}");
        }
    });
}

#[test]
fn held_buffers_are_never_reused_and_press_back() {
    on_both(|io| {
        const BUFFERS: usize = 6;
        let socket = bind(io).batch(4).buffers(BUFFERS).build().unwrap();
        let (stats, to) = (socket.stats(), socket.local_address());
        let client = client();
        for index in 0..20_u64 {
            client.send_to(&index.to_le_bytes(), to).unwrap();
        }
        let mut source = read(socket);
        let mut held: Vec<Datagram> = Vec::new();
        let (tell, told) = mpsc::channel();
        let mut got = 0;
        let step = move || {
            match source.take() {
                Taken::Value(datagram) => {
                    held.push(datagram);
                    got += 1;
                    if got == 20 {
                        tell.send(held.drain(..).map(number).collect()).unwrap();
                        return Turn::Done;
                    }
                }
                Taken::Empty if held.len() == BUFFERS => {
                    assert!(matches!(source.take(), Taken::Empty));
                    // Two, from the middle, so that buffers come back out of order.
                    let gone = [number(held.remove(3)), number(held.remove(1))];
                    tell.send(gone.to_vec()).unwrap();
                }
                Taken::Empty => {}
                other => panic!("{other:?}"),
            }
            Turn::Busy
        };
        run_lane(io, step);
        let mut seen: Vec<u64> = Vec::new();
        while seen.len() < 20 {
            seen.extend(told.recv_timeout(net::PATIENCE).unwrap());
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..20).collect::<Vec<_>>());
        assert!(stats.get().starved >= 2 * 7);
    });
}

#[test]
fn a_starved_source_is_asked_again_when_a_buffer_comes_back_from_another_thread() {
    on_both(|io| {
        let socket = bind(io).buffers(1).build().unwrap();
        let (stats, to) = (socket.stats(), socket.local_address());
        let client = client();
        // All of them wait in the kernel: no event of the socket's own follows.
        for index in 0..20_u64 {
            client.send_to(&index.to_le_bytes(), to).unwrap();
        }
        let answers = reading(io, read(socket), |datagram: Datagram| datagram);
        let mut starved = 0;
        for index in 0..20_u64 {
            let datagram = answers.next().value();
            assert_eq!(*datagram, index.to_le_bytes());
            assert_eq!(datagram.sender(), Some(client.local_addr().unwrap()));
            let began = Instant::now();
            while stats.get().starved == starved {
                assert!(began.elapsed() < net::PATIENCE, "the source was not asked again");
                std::thread::yield_now();
            }
            if index % 2 == 0 {
                // Long enough for a context that parks to be asleep, most of the time.
                assert!(answers.within(Duration::from_millis(2)).is_none());
            }
            starved = stats.get().starved;
            drop(datagram);
        }
    });
}

#[test]
fn a_starved_source_is_asked_again_when_a_buffer_comes_back() {
    on_both(|io| {
        let socket = bind(io).buffers(1).build().unwrap();
        let (stats, to) = (socket.stats(), socket.local_address());
        let client = client();
        for index in 0..2_u64 {
            client.send_to(&index.to_le_bytes(), to).unwrap();
        }
        // The lane that reads parks the only datagram; another lets it go after a while.
        thread_local! {
            static PARKED: std::cell::RefCell<Option<Datagram>> = const { std::cell::RefCell::new(None) };
        }
        let answers = reading(io, read(socket), |datagram: Datagram| {
            let number = u64::from_le_bytes(datagram[..8].try_into().unwrap());
            PARKED.set(Some(datagram));
            number
        });
        assert_eq!(answers.next().value(), 0);
        assert_eq!(answers.within(Duration::from_millis(30)), None);
        assert!(stats.get().starved > 0);
        // This one is woken by an event of its own and says that nothing happened, so that only the
        // buffer's return can be the reason for another turn.
        let other = bind(io).build().unwrap();
        let to_other = other.local_address();
        let mut other = read(other);
        run_lane(io, move || {
            if let Taken::Value(_) = other.take() {
                PARKED.set(None);
            }
            Turn::Idle
        });
        std::thread::sleep(Duration::from_millis(10));
        client.send_to(b"let it go", to_other).unwrap();
        assert_eq!(answers.next().value(), 1);
        run_lane(io, || {
            PARKED.set(None);
            Turn::Done
        });
        io.end();
    });
}

#[test]
fn a_datagram_outlives_its_socket() {
    on_both(|io| {
        let socket = bind(io).build().unwrap();
        let to = socket.local_address();
        client().send_to(b"still here", to).unwrap();
        let (tell, told) = mpsc::channel();
        let mut source = Some(read(socket));
        run_lane(io, move || match source.as_mut().unwrap().take() {
            Taken::Value(datagram) => {
                drop(source.take());
                tell.send(datagram.to_vec()).unwrap();
                Turn::Done
            }
            _ => Turn::Idle,
        });
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), b"still here");
    });
}

#[test]
fn as_a_sender_it_goes_home_by_itself() {
    on_both(|io| {
        let socket = bind(io).build().unwrap();
        let to = socket.local_address();
        let waiting = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            client().send_to(b"home", to).unwrap();
        });
        let context = io.context().clone();
        let (bytes, was_home) = run_once(read(socket), &Env::new(), |completion| match completion {
            Completion::Value(datagram) => (datagram.to_vec(), context.is_here()),
            other => panic!("{other:?}"),
        });
        assert_eq!(bytes, b"home");
        assert!(was_home);
        waiting.join().unwrap();
    });
}

#[test]
fn a_stop_ends_the_wait() {
    on_both(|io| {
        let stop = StopSource::new();
        let env = Env::new().with_stop(stop.token());
        let context = io.context().clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            stop.request_stop();
            context.wake();
        });
        let socket = bind(io).build().unwrap();
        let completion = run_once(read(socket), &env, |completion| outcome(completion.map(|_| ())));
        assert_eq!(completion, Outcome::Stopped(StopReason::Requested));
        stopper.join().unwrap();
    });
}

#[test]
fn asked_on_a_foreign_thread_it_refuses() {
    on_both(|io| {
        let mut source: UdpRead = read(bind(io).build().unwrap());
        let Taken::Error(error) = source.take() else { panic!("taken off its context") };
        assert_eq!(error.fault(), Fault::OffContext);
        assert_eq!(error.address(), Some(source.socket().local_address()));
        let socket = bind(io).connect("127.0.0.1:9").build().unwrap();
        let completion = run_once(send(&socket)(b"x"), &Env::new(), outcome);
        assert!(
            matches!(&completion, Outcome::Error(error) if error.contains("not its io context")),
            "{completion:?}"
        );
    });
}

#[test]
fn the_kernel_tells_when_and_what_it_dropped() {
    on_both(|io| {
        if !cfg!(target_os = "linux") {
            eprintln!("SKIPPED: time stamps and drop counters are known on Linux only");
            return;
        }
        let before = SystemTime::now();
        // A receive buffer so small that most of the burst does not fit.
        let socket = UdpSocket::bind(io, "127.0.0.1:0")
            .receive_buffer(1)
            .timestamps(true)
            .count_drops(true)
            .build()
            .unwrap();
        assert!(socket.receive_buffer() >= 1);
        let (stats, to) = (socket.stats(), socket.local_address());
        let client = client();
        for _ in 0..50 {
            client.send_to(&[0; 1000], to).unwrap();
        }
        let answers = reading(io, read(socket), |datagram: Datagram| datagram.kernel_time());
        let mut received = 0;
        while let Some(answer) = answers.within(Duration::from_millis(50)) {
            let time = answer.value().expect("a kernel time");
            assert!(time >= before && time <= SystemTime::now(), "{time:?} is not after {before:?}");
            received += 1;
        }
        assert!(received < 50);
        // The count comes with the next datagram.
        client.send_to(b"and", to).unwrap();
        answers.next().value().unwrap();
        assert_eq!(stats.get().kernel_drops, 50 - received);
    });
}

#[test]
fn without_asking_there_is_no_kernel_time() {
    on_both(|io| {
        let socket = bind(io).build().unwrap();
        let to = socket.local_address();
        client().send_to(b"x", to).unwrap();
        let answers = reading(io, read(socket), |datagram: Datagram| datagram.kernel_time());
        assert_eq!(answers.next().value(), None);
    });
}

#[test]
fn an_echo_of_borrowed_datagrams_allocates_nothing() {
    on_both(|io| {
        let client = client();
        client.set_read_timeout(Some(net::PATIENCE)).unwrap();
        let socket = bind(io).connect(client.local_addr().unwrap()).build().unwrap();
        client.connect(socket.local_address()).unwrap();
        let mut echo = send(&socket);
        let mut source = read(socket);
        let (tell, told) = mpsc::channel();
        let mut left = 600;
        let mut allocated = 0;
        let mut pass = Pass::new(&Env::new());
        // `echo` sends the datagram from the buffer into which the kernel received it.
        run_lane(io, move || {
            let before = counting::here();
            let busy = match source.take() {
                Taken::Value(datagram) => {
                    match pass.start(echo(datagram)) {
                        Some(Completion::Value(_)) => {}
                        other => panic!("{other:?}"),
                    }
                    left -= 1;
                    true
                }
                Taken::Empty => false,
                other => panic!("{other:?}"),
            };
            // The first pass touches what is made once for each thread.
            if left < 599 {
                allocated += counting::here() - before;
            }
            if left == 0 {
                tell.send(allocated).unwrap();
                return Turn::Done;
            }
            if busy { Turn::Busy } else { Turn::Idle }
        });
        let mut bytes = [0; 64];
        for round in 0..100_u64 {
            for index in 0..6 {
                client.send(&(round * 6 + index).to_le_bytes()).unwrap();
            }
            for index in 0..6 {
                let length = client.recv(&mut bytes).unwrap();
                assert_eq!(bytes[..length], (round * 6 + index).to_le_bytes());
            }
        }
        assert_eq!(told.recv_timeout(net::PATIENCE).unwrap(), 0);
    });
}

#[test]
fn what_the_system_or_the_builder_refuses_is_said() {
    let io = Io::builder().build().unwrap();
    let taken = bind(&io).build().unwrap();
    let text = |builder: UdpBuilder| builder.build().unwrap_err().to_string();
    let error = text(UdpSocket::bind(&io, taken.local_address()));
    assert!(
        error.contains(&taken.local_address().to_string()) && error.contains("help: choose another port"),
        "{error}"
    );
    let error = text(UdpSocket::bind(&io, "192.0.2.1:0"));
    assert!(error.contains("no interface of this machine"), "{error}");
    let error = text(UdpSocket::bind(&io, "nonsense"));
    assert!(error.contains("cannot resolve"), "{error}");
    let error = text(bind(&io).join_multicast([10, 1, 1, 1], [127, 0, 0, 1]));
    assert!(error.contains("cannot join the multicast group (10.1.1.1"), "{error}");
    for builder in [bind(&io).batch(0), bind(&io).batch(33), bind(&io).buffers(0), bind(&io).buffer_size(0)] {
        assert!(matches!(builder.build().unwrap_err().fault(), Fault::Setting(_)));
    }
}

#[test]
fn a_connected_peer_that_does_not_listen_is_an_error_of_one_ask() {
    on_both(|io| {
        let gone: SocketAddr = client().local_addr().unwrap();
        let socket = bind(io).connect(gone).build().unwrap();
        let (mut stage, local) = (send(&socket), socket.local_address());
        let answers = reading(io, read(socket), |datagram: Datagram| datagram.len());
        let mut pass = Pass::new(&Env::new());
        run_lane(io, move || {
            drop(pass.start(stage(b"anybody?")));
            Turn::Done
        });
        let error = answers.next().error();
        assert!(error.contains(&gone.to_string()) && error.contains("nobody listens"), "{error}");
        let peer = StdSocket::bind(gone).unwrap();
        peer.send_to(b"now", local).unwrap();
        assert_eq!(answers.next().value(), 3);
    });
}
