//! The socket as a sender: where it completes, and how it ends.

use super::*;

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
