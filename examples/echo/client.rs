//! The client: a crowd of connections, of which some ask, some read slowly, and the rest is idle.

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Connections that ask in a slice, each one question at a time.
const ASKING: usize = 64;
/// Questions of each in a slice.
const QUESTIONS: usize = 150;
/// Bytes of a question, without its length.
const SIZE: u16 = 64;
/// Connections that send much and read little.
const SLOW: usize = 20;
/// Connections that come and are reset in a slice.
const RESETS: usize = 50;
/// Connections that are opened at a time.
const AT_ONCE: usize = 200;

/// What a slice came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) replies_per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// Open connections to one server.
pub(crate) struct Crowd {
    server: SocketAddr,
    connections: Vec<TcpStream>,
    // Who asks next, so that every slice asks on others.
    next: usize,
}

pub(crate) type Failed = Box<dyn Error + Send + Sync>;

fn question(mark: u8) -> Vec<u8> {
    let mut bytes = SIZE.to_be_bytes().to_vec();
    bytes.resize(usize::from(SIZE) + 2, mark);
    bytes
}

/// Asks once, and checks the answer.
async fn ask(stream: &mut TcpStream, mark: u8) -> Result<(), Failed> {
    let sent = question(mark);
    stream.write_all(&sent).await?;
    let mut back = vec![0; sent.len()];
    tokio::time::timeout(Duration::from_secs(30), stream.read_exact(&mut back)).await??;
    if back == sent { Ok(()) } else { Err("an answer to another question".into()) }
}

/// Sends a quarter of a megabyte without waiting for answers, and reads those in small pieces.
async fn slowly(stream: TcpStream) -> Result<TcpStream, Failed> {
    let (mut reading, mut writing) = stream.into_split();
    let frames = question(7).repeat(4_000);
    let mut left = frames.len();
    let sending = tokio::spawn(async move {
        writing.write_all(&frames).await?;
        Ok::<_, std::io::Error>(writing)
    });
    let mut piece = [0; 1 << 12];
    while left > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let most = piece.len().min(left);
        left -= reading.read_exact(&mut piece[..most]).await?;
    }
    Ok(reading.reunite(sending.await??)?)
}

impl Crowd {
    pub(crate) async fn open(server: SocketAddr, count: usize) -> Result<Self, Failed> {
        let mut connections = Vec::with_capacity(count);
        while connections.len() < count {
            let mut opening = JoinSet::new();
            for _ in 0..AT_ONCE.min(count - connections.len()) {
                opening.spawn(TcpStream::connect(server));
            }
            while let Some(opened) = opening.join_next().await {
                let stream = opened??;
                stream.set_nodelay(true)?;
                connections.push(stream);
            }
        }
        Ok(Self { server, connections, next: 0 })
    }

    /// Resets every connection, without a word.
    pub(crate) fn reset(self) -> std::io::Result<()> {
        for stream in &self.connections {
            socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))?;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Asks once on every connection, so that each is known to be served.
    pub(crate) async fn greet(&mut self) -> Result<(), Failed> {
        for part in self.connections.chunks_mut(AT_ONCE) {
            for stream in part.iter_mut() {
                stream.write_all(&question(1)).await?;
            }
            for stream in part {
                let mut back = vec![0; question(1).len()];
                tokio::time::timeout(Duration::from_secs(30), stream.read_exact(&mut back)).await??;
            }
        }
        Ok(())
    }

    /// Takes some connections out, each time others.
    fn take(&mut self, count: usize) -> Vec<TcpStream> {
        let count = count.min(self.connections.len());
        (0..count)
            .map(|_| {
                self.next = (self.next + 7) % self.connections.len();
                self.connections.swap_remove(self.next)
            })
            .collect()
    }

    /// Some connections ask as fast as they are answered, while others read slowly and others come and are reset.
    pub(crate) async fn slice(&mut self) -> Result<Slice, Failed> {
        let (asking, slow) = (self.take(ASKING), self.take(SLOW));
        let mut background = JoinSet::new();
        for stream in slow {
            background.spawn(slowly(stream));
        }
        let server = self.server;
        let resets = tokio::spawn(async move {
            for _ in 0..RESETS {
                let mut stream = TcpStream::connect(server).await?;
                // Half a frame, and gone.
                stream.write_all(&question(9)[..5]).await?;
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
                drop(stream);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            Ok::<_, std::io::Error>(())
        });
        let count = asking.len() * QUESTIONS;
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for mut stream in asking {
            tasks.spawn(async move {
                let mut round_trips = Vec::with_capacity(QUESTIONS);
                for mark in 0..QUESTIONS {
                    let asked = Instant::now();
                    ask(&mut stream, mark as u8).await?;
                    round_trips.push(asked.elapsed());
                }
                Ok::<_, Failed>((stream, round_trips))
            });
        }
        let mut round_trips = Vec::with_capacity(count);
        while let Some(done) = tasks.join_next().await {
            let (stream, of_one) = done??;
            self.connections.push(stream);
            round_trips.extend(of_one);
        }
        let took = began.elapsed();
        resets.await??;
        while let Some(done) = background.join_next().await {
            self.connections.push(done??);
        }
        round_trips.sort_unstable();
        let at = |share: usize| round_trips.get(count * share / 100).copied().unwrap_or_default();
        Ok(Slice { replies_per_second: count as f64 / took.as_secs_f64(), p50: at(50), p99: at(99) })
    }
}
