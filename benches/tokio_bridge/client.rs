//! The client: plain blocking sockets, so that it is the same for every server.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// How long an answer may take before the slice is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a slice came to.
pub(crate) struct Slice {
    pub(crate) took: Duration,
    pub(crate) p99: Duration,
}

/// Asks `count` times, with `window` questions under way at a time, and checks every answer.
pub(crate) fn ask(server: SocketAddr, window: u64, count: u64) -> io::Result<Slice> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut asked = vec![Instant::now(); count as usize];
    let mut round_trips = Vec::with_capacity(count as usize);
    let began = Instant::now();
    let mut next = 0;
    while (round_trips.len() as u64) < count {
        while next < count && next - (round_trips.len() as u64) < window {
            asked[next as usize] = Instant::now();
            socket.send(&[next.to_le_bytes(), (next + 4).to_le_bytes()].concat())?;
            next += 1;
        }
        let mut answer = [0; 8];
        socket.recv(&mut answer)?;
        // The middle of n and n + 4.
        let question = u64::from_le_bytes(answer).wrapping_sub(2);
        let asked = asked.get(question as usize).filter(|_| question < next);
        let asked = asked.ok_or_else(|| io::Error::other("an answer to no question"))?;
        round_trips.push(asked.elapsed());
    }
    let took = began.elapsed();
    round_trips.sort_unstable();
    let p99 = round_trips[round_trips.len() * 99 / 100];
    Ok(Slice { took, p99 })
}
