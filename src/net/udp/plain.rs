//! Receiving datagrams one by one, where there is no `recvmmsg`.

use std::io;
use std::mem::size_of;
use std::net::SocketAddr;
use std::ptr::NonNull;
use std::time::Duration;

use super::Received;
use crate::net::pool::Pool;

/// What is known about a datagram, in the room in front of its bytes.
struct Detail {
    sender: Option<SocketAddr>,
}

/// Room for a `Detail` in front of each buffer.
pub(crate) const HEAD: usize = size_of::<Detail>().next_multiple_of(64);

/// Receives into one buffer at a time.
pub(crate) struct Intake {
    // The buffer that the next datagram goes to.
    armed: Option<u32>,
    size: usize,
}

/// What an `Intake` needs of a socket.
pub(crate) trait ReceiveFrom {
    /// Receives one datagram, cut to the length of `bytes`.
    fn receive_from(&self, bytes: &mut [u8]) -> io::Result<(usize, SocketAddr)>;
}

impl ReceiveFrom for mio::net::UdpSocket {
    fn receive_from(&self, bytes: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.recv_from(bytes)
    }
}

impl Intake {
    /// Receives datagrams of up to `size` bytes; the pool's buffers hold one byte more.
    pub(crate) const fn new(_batch: usize, size: usize, _control: bool) -> Self {
        Self { armed: None, size }
    }

    /// The next datagram. Only at the pool's home.
    pub(crate) fn take(&mut self, socket: &impl ReceiveFrom, pool: &mut Pool) -> io::Result<Received> {
        let Some(buffer) = self.armed.take().or_else(|| pool.claim()) else {
            return Ok(Received::Starved);
        };
        // SAFETY: the buffer is `size + 1` initialised bytes long, claimed here, and lent to nobody.
        let bytes = unsafe { std::slice::from_raw_parts_mut(pool.bytes(buffer).as_ptr(), self.size + 1) };
        let received = loop {
            match socket.receive_from(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                received => break received,
            }
        };
        match received {
            Ok((length, sender)) => {
                // SAFETY: a pool for this intake keeps `HEAD` bytes in front of each buffer.
                let head = unsafe { pool.bytes(buffer).sub(HEAD) }.cast::<Detail>();
                // SAFETY: the room is long enough, aligned, and nobody else's while claimed.
                unsafe { head.write(Detail { sender: Some(sender) }) };
                Ok(Received::Datagram { buffer, length })
            }
            Err(error) => {
                self.armed = Some(buffer);
                match error.kind() {
                    io::ErrorKind::WouldBlock => Ok(Received::Empty),
                    _ => Err(error),
                }
            }
        }
    }
}

/// The sender of the datagram whose detail is at `head`.
///
/// # Safety
///
/// `head` is the room in front of a datagram that this module received.
pub(crate) unsafe fn sender(head: NonNull<u8>) -> Option<SocketAddr> {
    // SAFETY: the caller says so; nobody writes to it while the datagram is lent out.
    unsafe { head.cast::<Detail>().as_ref() }.sender
}

/// Not known here.
///
/// # Safety
///
/// None; it is unsafe because the Linux one is.
pub(crate) unsafe fn kernel_time(_head: NonNull<u8>) -> Option<Duration> {
    None
}

/// Not known here.
///
/// # Safety
///
/// None; it is unsafe because the Linux one is.
pub(crate) unsafe fn kernel_drops(_head: NonNull<u8>) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Scheduler;
    use crate::context::enter;
    use crate::context::io::Io;
    use crate::net::home::Home;

    #[test]
    fn one_by_one_gives_what_batches_give() {
        const SIZE: usize = 16;
        let io = Io::builder().build().unwrap();
        // SAFETY: this thread stands for the context's, which is given nothing to run.
        let _here = unsafe { enter(io.context().clone()) };
        let mut home = Home::new(io);
        assert!(home.is_here());
        let mut pool = Pool::new(home, 2, HEAD, SIZE + 1);
        let mut intake = Intake::new(1, SIZE, false);
        let socket = mio::net::UdpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let client = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        client.connect(socket.local_addr().unwrap()).unwrap();

        assert!(matches!(intake.take(&socket, &mut pool), Ok(Received::Empty)));
        for length in [3, SIZE, SIZE + 9] {
            client.send(&[7; 64][..length]).unwrap();
        }
        let mut held = Vec::new();
        for expected in [3, SIZE] {
            let Ok(Received::Datagram { buffer, length }) = intake.take(&socket, &mut pool) else {
                panic!("empty")
            };
            assert_eq!(length, expected);
            // SAFETY: the intake received `length` bytes into the buffer and has given it up.
            let view = unsafe { pool.lend(buffer, 0, length as u32) };
            assert_eq!(view.as_slice(), &[7; SIZE][..length]);
            // SAFETY: the intake received this buffer.
            assert_eq!(unsafe { sender(view.head()) }, Some(client.local_addr().unwrap()));
            // SAFETY: as above.
            assert_eq!(unsafe { kernel_time(view.head()) }, None);
            // SAFETY: as above.
            assert_eq!(unsafe { kernel_drops(view.head()) }, None);
            held.push(view);
        }
        assert!(matches!(intake.take(&socket, &mut pool), Ok(Received::Starved)));
        held.pop();
        // One byte too many is enough to know that the rest was cut.
        let Ok(Received::Datagram { length, .. }) = intake.take(&socket, &mut pool) else { panic!("empty") };
        assert_eq!(length, SIZE + 1);
    }
}
