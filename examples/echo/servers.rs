//! The same server twice: frames of up to a kilobyte, with their length in front, are sent back.

use std::io::Write;

use fusewire::context::io::Io;
use fusewire::engine::Engine;
use fusewire::net::{Be16, NetError, TcpListener, TcpStream, framed, send_framed};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::Failed;
use crate::limits;

/// The longest frame without its length.
const LONGEST: usize = 1 << 10;
/// What a connection reads into.
const BUFFER: usize = LONGEST + 2;

/// Serves until the process is ended.
pub(crate) fn serve(which: &str, most: usize) -> Result<(), Failed> {
    let allowed = limits::descriptors(most + 100);
    if allowed < most + 100 {
        eprintln!("WARNING: the server {which} may open {allowed} files, and wants {}", most + 100);
    }
    match which {
        "fusewire" => fusewire(most),
        "tokio" => by_hand(most),
        _ => Err(format!("there is no server `{which}`").into()),
    }
}

fn say(address: std::net::SocketAddr) -> std::io::Result<()> {
    println!("{address}");
    std::io::stdout().flush()
}

/// What a connection does, from the first frame to the last.
fn echo(stream: TcpStream) -> impl Sender<Value = (), Error = Never> + Send + 'static {
    let back = send_framed(stream.writer(), Be16::new());
    framed(stream, Be16::new().up_to(LONGEST))
        .buffers(1, BUFFER)
        .and(back)
        .repeat_until(|_| false)
        .map(drop)
        // A reset, or a frame that is none: this connection is over.
        .upon_error(|_: NetError| ())
}

fn fusewire(most: usize) -> Result<(), Failed> {
    let io = Io::builder().name("echo").wait(Wait::Park).build()?;
    let scope = Scope::new();
    let listener = TcpListener::bind(&io, "127.0.0.1:0").backlog(4_096).build()?;
    say(listener.local_address())?;
    let running = Engine::on(io).run(accept(listener).spawn(&scope, echo).at_most(most))?;
    // Its error may hold what a stage panicked with, which is not `Sync`.
    running.join().map_err(|error| error.to_string())?;
    Ok(())
}

/// What one writes by hand: the frames that one read brought, sent back by one write each.
fn by_hand(most: usize) -> Result<(), Failed> {
    async fn echo(mut stream: tokio::net::TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = vec![0; BUFFER];
        let mut end = 0;
        loop {
            let got = stream.read(&mut buffer[end..]).await?;
            if got == 0 {
                return Ok(());
            }
            end += got;
            let mut start = 0;
            while let Some(length) =
                buffer[start..end].first_chunk().map(|length| u16::from_be_bytes(*length))
            {
                let whole = usize::from(length) + 2;
                if whole > BUFFER {
                    return Ok(());
                }
                if end - start < whole {
                    break;
                }
                stream.write_all(&buffer[start..start + whole]).await?;
                start += whole;
            }
            buffer.copy_within(start..end, 0);
            end -= start;
        }
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let places = std::sync::Arc::new(tokio::sync::Semaphore::new(most));
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind("127.0.0.1:0".parse()?)?;
        let listener = socket.listen(4_096)?;
        say(listener.local_addr()?)?;
        loop {
            let place = places.clone().acquire_owned().await?;
            let (stream, _) = listener.accept().await?;
            tokio::spawn(async move {
                // A reset ends this connection.
                let _ = echo(stream).await;
                drop(place);
            });
        }
    })
}
