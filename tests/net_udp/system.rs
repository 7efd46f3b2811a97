//! What the system tells, and what it or the builder refuses.

use super::*;

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
        // Long enough for a lane that a busy machine keeps from running: silence must mean that nothing more came.
        let mut received = 0;
        while let Some(answer) = answers.within(Duration::from_millis(500)) {
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
