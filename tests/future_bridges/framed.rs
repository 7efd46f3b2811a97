//! Frames through readers and writers of tokio and of the futures crates.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use fusewire::completion::NoValue;
use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::future::tokio::{context, read_frames, write_frames};
use fusewire::net::{Be16, Be32, Delimiter, Fault};
use fusewire::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::timeout;

use crate::runtimes;

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn frames_go_through_a_pipe_that_is_smaller_than_they_are() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let here = context("here").unwrap();
            let (near, far) = duplex(7);
            let (back, replies) = duplex(5);
            let compute = Cpu::builder().build().unwrap();
            let (there, home) = (compute.clone(), here.clone());
            // What is written by one graph is read, changed and written back by another.
            let writing = Engine::on(here.clone()).run(
                from_iter(0..200u32).map(|n| n.to_string().repeat(3)).and(write_frames(near, Be16::new())),
            );
            let echo = fuse! {
                from_stream(read_frames(far, Be16::new(), |bytes: &[u8]| bytes.to_vec()))
                    .try_map(|frame| frame)
                    .then(on(there))
                    .map(|mut frame: Vec<u8>| { frame.reverse(); frame })
                    .then(on(home))
                    .and(write_frames(back, Delimiter::new(b'\n')))
            };
            let echo = Engine::on(here).run(echo).unwrap();
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let mut replies = from_stream(read_frames(replies, Delimiter::new(b'\n'), text)).passes();
            for n in 0..200u32 {
                let next =
                    std::future::poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut replies), cx));
                let reply = timeout(LIMIT, next).await.unwrap().unwrap().unwrap().unwrap();
                let expected: String = n.to_string().repeat(3).chars().rev().collect();
                assert_eq!(reply, expected);
            }
            assert_eq!(timeout(LIMIT, writing.unwrap().into_future()).await.unwrap().unwrap().completed, 200);
            assert_eq!(timeout(LIMIT, echo.into_future()).await.unwrap().unwrap().completed, 200);
        });
    }
}

/// What a graph makes of bytes that arrive and end.
fn fault_of(bytes: &'static [u8], limit: usize) -> Option<Fault> {
    let [runtime, _] = runtimes();
    runtime.block_on(async {
        let (mut near, far) = duplex(1 << 10);
        near.write_all(bytes).await.unwrap();
        drop(near);
        let frames =
            from_stream(read_frames(far, Be32::new().up_to(limit), <[u8]>::len)).try_map(|frame| frame);
        let mut last = frames.repeat(100).await;
        match std::mem::replace(&mut last, Completion::Stopped(StopReason::Ended)).into_result() {
            Err(NoValue::Error(error)) => Some(error.fault()),
            _ => None,
        }
    })
}

#[test]
fn bytes_that_are_no_frames_are_refused_with_the_reason() {
    assert_eq!(fault_of(&[0, 0, 0, 1, 9], 100), None);
    assert_eq!(fault_of(&[0, 0, 0, 1, 9, 0, 0], 100), Some(Fault::EndInsideFrame { have: 2, missing: 2 }));
    assert_eq!(fault_of(&[0, 0, 0, 101, 9], 100), Some(Fault::FrameTooLong { length: 105, limit: 104 }));
}

#[test]
fn a_message_that_does_not_fit_is_refused_and_the_writer_stays() {
    let [runtime, _] = runtimes();
    runtime.block_on(async {
        let (near, mut far) = duplex(1 << 10);
        let mut write = write_frames::<Vec<u8>, _, _>(near, Be16::new().up_to(3));
        let refused = write(vec![1; 4]).future().await.into_result().unwrap_err();
        assert!(
            matches!(refused, NoValue::Error(error) if matches!(error.fault(), Fault::FrameTooLong { .. }))
        );
        assert!(matches!(write(vec![7; 3]).future().await, Completion::Value(_)));
        let mut read = [0; 5];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(read, [0, 3, 7, 7, 7]);
    });
}

#[test]
fn a_writer_that_was_left_in_the_middle_of_a_message_takes_no_more() {
    let [runtime, _] = runtimes();
    runtime.block_on(async {
        let (near, _far) = duplex(4);
        let mut write = write_frames::<Vec<u8>, _, _>(near, Be16::new());
        assert!(timeout(Duration::from_millis(5), write(vec![1; 9]).future()).await.is_err());
        let broken = write(vec![1]).future().await.into_result().unwrap_err();
        assert!(matches!(broken, NoValue::Error(error) if error.fault() == Fault::Broken));
    });
}

/// A pipe of the futures crates: what is written to it can be read from it, one byte at a time.
#[derive(Clone, Default)]
struct Trickle(Arc<Mutex<(Vec<u8>, bool)>>);

impl futures_io::AsyncWrite for Trickle {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.0.lock().unwrap();
        state.1 = !state.1;
        if state.1 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        state.0.push(bytes[0]);
        Poll::Ready(Ok(1))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl futures_io::AsyncRead for Trickle {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut state = self.0.lock().unwrap();
        if state.0.is_empty() {
            return Poll::Ready(Ok(0));
        }
        buffer[0] = state.0.remove(0);
        Poll::Ready(Ok(1))
    }
}

#[test]
fn readers_and_writers_of_the_futures_crates_do_as_well() {
    let pipe = Trickle::default();
    let sent = from_iter(["one", "", "three"]).and(fusewire::future::write_frames(pipe.clone(), Be16::new()));
    assert_eq!(Engine::new().run(sent).unwrap().join().unwrap().completed, 3);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut seen = Vec::new();
    let read = from_stream(fusewire::future::read_frames(pipe, Be16::new(), text))
        .try_map(|frame| frame)
        .for_each(|text| seen.push(text));
    assert!(matches!(block_on(read.repeat(3)), Completion::Value(())));
    assert_eq!(seen, ["one", "", "three"]);
}
