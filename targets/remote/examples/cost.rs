//! What the edge costs above the engine: the same ping-pong and the same stream, by a remote edge and by Aeron's C client by hand, in the
//! same run, block by block in turn.
//!
//! `cargo run --release --example cost [-- blocks]`. Two threads of this process, each pinned where there are two cores; the driver
//! is embedded, on a thread of its own, and backs off. Over `aeron:ipc` the threads spin; over UDP they yield, as there three threads share
//! what may be two cores, which is what the tail there shows.

#![allow(
    clippy::multiple_unsafe_ops_per_block,
    reason = "the part by hand follows Aeron's own samples, call by call"
)]

use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::edge::Edge;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_remote::{MediaDriver, remote};
use hdrhistogram::Histogram;
use rusteron_client::bindings as c;
use turns::{In, Lane, Out, YIELDS, median, ping_pong, show, stream};

#[path = "common/turns.rs"]
mod turns;

/// Aeron's C client as its own samples use it: a claim per message, a poll of at most 64 fragments.
struct RawOut(*mut c::aeron_exclusive_publication_t);
struct RawIn(*mut c::aeron_subscription_t);

// SAFETY: each is used by one thread at a time, as Aeron asks.
unsafe impl Send for RawOut {}
// SAFETY: as above.
unsafe impl Send for RawIn {}

impl Out for RawOut {
    #[inline(always)]
    fn send(&mut self, value: u64) -> bool {
        let mut claim = c::aeron_buffer_claim_t::default();
        // SAFETY: the publication is open until the end of the process; the claim has room for eight bytes.
        unsafe {
            if c::aeron_exclusive_publication_try_claim(self.0, 8, &mut claim) < 0 {
                return false;
            }
            claim.data.cast::<u64>().write_unaligned(value);
            c::aeron_buffer_claim_commit(&mut claim);
        }
        true
    }
}

unsafe extern "C-unwind" fn fragment(
    clientd: *mut c_void,
    bytes: *const u8,
    length: usize,
    _: *mut c::aeron_header_t,
) {
    if length == 8 {
        // SAFETY: `receive` passes it.
        let each = unsafe { &mut *clientd.cast::<&mut dyn FnMut(u64)>() };
        // SAFETY: eight bytes are there.
        each(unsafe { bytes.cast::<u64>().read_unaligned() });
    }
}

impl In for RawIn {
    #[inline(always)]
    fn receive(&mut self, mut each: &mut dyn FnMut(u64)) {
        // SAFETY: the subscription is open until the end of the process; the handler takes what is passed to it here.
        unsafe { c::aeron_subscription_poll(self.0, Some(fragment), ptr::from_mut(&mut each).cast(), 64) };
    }
}

/// A client for the whole process, with a conductor on a thread of its own.
fn raw_client(directory: &Path) -> *mut c::aeron_t {
    let directory = CString::new(directory.as_os_str().as_bytes()).expect("a path");
    let (mut context, mut client) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the calls follow Aeron's own example, in its order.
    unsafe {
        assert_eq!(c::aeron_context_init(&mut context), 0);
        assert_eq!(c::aeron_context_set_dir(context, directory.as_ptr()), 0);
        assert_eq!(c::aeron_init(&mut client, context), 0);
        assert_eq!(c::aeron_start(client), 0);
    }
    client
}

fn raw_pair(client: *mut c::aeron_t, channel: &str, stream: i32) -> (RawOut, RawIn) {
    let channel = CString::new(channel).expect("a channel");
    let (mut publication, mut subscription) = (ptr::null_mut(), ptr::null_mut());
    let (mut sub, mut publ, none) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: as above; each is polled until it is there.
    unsafe {
        assert_eq!(
            c::aeron_async_add_subscription(
                &mut sub,
                client,
                channel.as_ptr(),
                stream,
                None,
                none,
                None,
                none
            ),
            0
        );
        while c::aeron_async_add_subscription_poll(&mut subscription, sub) != 1 {}
        assert_eq!(c::aeron_async_add_exclusive_publication(&mut publ, client, channel.as_ptr(), stream), 0);
        while c::aeron_async_add_exclusive_publication_poll(&mut publication, publ) != 1 {}
        while !c::aeron_exclusive_publication_is_connected(publication)
            || !c::aeron_subscription_is_connected(subscription)
        {}
    }
    (RawOut(publication), RawIn(subscription))
}

/// Processor time of this process, all threads.
fn used() -> Duration {
    // SAFETY: all zeroes is a value of it.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: a place for the answer.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let of = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    of(usage.ru_utime) + of(usage.ru_stime)
}

/// What a receiver costs on a context that parks while nothing comes: the keeper wakes it to look.
fn idle_cost(driver: &MediaDriver) -> Result<(), Box<dyn std::error::Error>> {
    const WATCHED: Duration = Duration::from_secs(2);
    let share = || {
        let before = used();
        thread::sleep(WATCHED);
        (used() - before).as_secs_f64() / WATCHED.as_secs_f64() * 100.0
    };
    let link = remote("aeron:ipc", 9).driver(driver);
    let sender = link.sender::<u64>()?;
    let without = share();
    let io = Cpu::builder().wait(Wait::Park).build()?;
    let graph = fuse! { recv(link.receiver::<u64>()?).for_each(|_: u64| {}) };
    let handle = Engine::on(io).run(graph)?;
    thread::sleep(Duration::from_millis(100));
    let with = share();
    println!(
        "a receiver that sleeps: {:.1} % of a core ({without:.1} % without, for driver and keeper)",
        with - without
    );
    drop(sender);
    handle.join()?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let blocks: u64 = std::env::args().nth(1).map_or(Ok(10), |blocks| blocks.parse())?;
    turns::ask_for_cores();
    let driver = MediaDriver::embedded().term_length(16 << 20).start()?;
    let client = raw_client(driver.directory());
    for (channel, reverse) in [
        ("aeron:ipc", "aeron:ipc"),
        ("aeron:udp?endpoint=127.0.0.1:40123", "aeron:udp?endpoint=127.0.0.1:40124"),
    ] {
        YIELDS.store(channel != "aeron:ipc", Ordering::SeqCst);
        let link = |channel: &str, stream| {
            Edge::<u64>::open(remote(channel, stream).driver(&driver))
                .map(|(sender, receiver)| (Lane(sender), Lane(receiver)))
        };
        let ((mut there, mut echo_in), (mut echo_out, mut back)) = (link(channel, 1)?, link(reverse, 2)?);
        let ((mut raw_there, mut raw_echo_in), (mut raw_echo_out, mut raw_back)) =
            (raw_pair(client, channel, 3), raw_pair(client, reverse, 4));
        let times = || Histogram::<u64>::new_with_bounds(1, 60_000_000_000, 3);
        let (mut edge, mut raw) = (times()?, times()?);
        let (mut edge_stream, mut raw_stream) = (Vec::new(), Vec::new());
        for _ in 0..blocks {
            ping_pong(&mut raw_there, &mut raw_echo_in, &mut raw_echo_out, &mut raw_back, &mut raw);
            ping_pong(&mut there, &mut echo_in, &mut echo_out, &mut back, &mut edge);
            raw_stream.push(stream(&mut raw_there, &mut raw_echo_in));
            edge_stream.push(stream(&mut there, &mut echo_in));
        }
        println!("{channel}, {blocks} blocks of each in turn:");
        show("by hand", &raw);
        show("edge", &edge);
        let (raw, edge) = (median(&mut raw_stream), median(&mut edge_stream));
        println!("  by hand  stream  {raw:>7.1} ns a value, {:>6.2} million a second", 1000.0 / raw);
        println!("  edge     stream  {edge:>7.1} ns a value, {:>6.2} million a second", 1000.0 / edge);
    }
    idle_cost(&driver)?;
    // The client of the part by hand is the process's, and ends with it before the driver does.
    thread::sleep(Duration::from_millis(1));
    // SAFETY: nothing of it is used any more.
    unsafe { c::aeron_close(client) };
    Ok(())
}
