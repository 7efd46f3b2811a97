//! What is sent is read, in order: alone, in bursts, from groups.

use super::*;

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
