//! The embedded exchange: sends the packets of a tape by UDP multicast on loopback, each at its intended time.
//!
//! Between two packets it sleeps. Where the machine has no core to spare it shares the io core, under `SCHED_FIFO`
//! if the system allows, so that it wakes on time. It is asleep again before the engine, on that same core, sees the
//! packet: what it costs shows between the intended time and the reception, never between packet bytes and order
//! bytes. On the compute core it would still be on its way to sleep when the snapshot arrives there.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use hdrhistogram::Histogram;
use socket2::{Domain, Protocol, Socket, Type};

use crate::parts::clock::Clock;
use crate::parts::desk;
use crate::parts::input::BadInput;
use crate::parts::tape::Tape;
use crate::schedule::Schedule;

/// The group that the exchange sends to: administratively scoped, so it stays in the house.
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 23, 12, 25);
const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Room for all packets of a burst that the engine does not read at once.
const RECEIVE_BUFFER: usize = 128 << 20;

fn failed(what: &str) -> impl Fn(std::io::Error) -> BadInput + '_ {
    move |error| BadInput::new(format!("cannot {what}: {error}"))
}

/// The receiving end: joined to the group on the loopback interface, at a port that is free. Not blocking.
///
/// # Errors
/// The system refuses the socket or the group.
pub fn join(warnings: &mut Vec<String>) -> Result<(UdpSocket, SocketAddrV4), BadInput> {
    let socket =
        Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).map_err(failed("make a UDP socket"))?;
    socket.bind(&SocketAddrV4::new(GROUP, 0).into()).map_err(failed("bind to the multicast group"))?;
    socket.join_multicast_v4(&GROUP, &HERE).map_err(failed("join the multicast group on 127.0.0.1"))?;
    let granted = enlarge(&socket);
    if granted < RECEIVE_BUFFER {
        let (granted, wanted) = (granted >> 10, RECEIVE_BUFFER >> 10);
        warnings.push(format!(
            "the system grants a receive buffer of {granted} KiB, not {wanted}: bursts may be lost"
        ));
    }
    socket.set_nonblocking(true).map_err(failed("make the UDP socket not block"))?;
    let socket = UdpSocket::from(socket);
    let port = socket.local_addr().map_err(failed("learn the port of the multicast socket"))?.port();
    Ok((socket, SocketAddrV4::new(GROUP, port)))
}

/// Asks for the receive buffer, by force where the process may; returns what was granted.
fn enlarge(socket: &Socket) -> usize {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        let size = RECEIVE_BUFFER as libc::c_int;
        // SAFETY: the option takes an int, which lives through the call. A refusal changes nothing.
        unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_RCVBUFFORCE,
                (&raw const size).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            )
        };
    }
    let granted = |socket: &Socket| socket.recv_buffer_size().unwrap_or(0);
    if granted(socket) < RECEIVE_BUFFER {
        // A refusal shows in what is granted.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    }
    granted(socket)
}

/// What the exchange did.
#[derive(Debug)]
pub struct Sent {
    /// Datagrams that the kernel took.
    pub datagrams: u64,
    /// How late they were sent, in nanoseconds; empty without intended times.
    pub lateness: Histogram<u64>,
}

/// Sends a tape: waits for `start`, keeps to the schedule, raises `done` behind the last packet. Gives up once the
/// engine is `gone`.
///
/// # Errors
/// The socket fails.
pub fn send(
    tape: &Tape,
    schedule: &Schedule,
    to: SocketAddrV4,
    clock: Clock,
    start: &OnceLock<u64>,
    done: &AtomicBool,
    gone: &AtomicBool,
) -> Result<Sent, BadInput> {
    let _done = Raise(done);
    let socket =
        Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).map_err(failed("make a UDP socket"))?;
    socket.set_multicast_if_v4(&HERE).map_err(failed("send multicast from 127.0.0.1"))?;
    socket.set_multicast_loop_v4(true).map_err(failed("loop multicast back"))?;
    socket.set_multicast_ttl_v4(0).map_err(failed("keep multicast on this host"))?;
    // Space for what the receiver's side of loopback holds back.
    let _ = socket.set_send_buffer_size(RECEIVE_BUFFER);
    let to = to.into();
    let put = |bytes: &[u8]| loop {
        match socket.send_to(bytes, &to) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other.map_err(failed("send to the multicast group")),
        }
    };
    let mut sent = Sent { datagrams: 0, lateness: desk::histogram() };
    let base = *start.wait();
    clock.sleep_until(base);
    for number in 0..tape.len() {
        if let Some(due) = schedule.of_datagram(number) {
            clock.sleep_until(base + due);
            desk::note(&mut sent.lateness, clock.now().saturating_sub(base + due));
        }
        // ORDERING: Relaxed, some packets to nobody do no harm.
        if gone.load(Ordering::Relaxed) {
            return Ok(sent);
        }
        put(tape.packet(number))?;
        sent.datagrams += 1;
    }
    // The end of the session says which sequence number would be next: a loss at the very end shows, too.
    for _ in 0..3 {
        clock.sleep_until(clock.now() + 2_000_000);
        put(&tape.end_of_session())?;
    }
    Ok(sent)
}

struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        // ORDERING: Release, with the Acquire of the engine: all packets were sent before.
        self.0.store(true, Ordering::Release);
    }
}
