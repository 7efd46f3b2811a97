//! Buffers of received datagrams: held, given back from anywhere, never allocated again.

use super::*;

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
