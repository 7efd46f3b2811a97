//! No thread is left behind. One test, alone in its process, so that it may count threads.
#![cfg(target_os = "linux")]

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use fusewire::conformance::task;
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::signal::on_interrupt;
use fusewire::wait::Wait;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// How many threads there are `soon`, once there are no more than `expected`: one that was joined may be listed for a moment.
fn soon(expected: usize) -> usize {
    let until = Instant::now() + Duration::from_secs(10);
    while threads() > expected && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    threads()
}

thread_local! {
    static LEAVING: Cell<Option<Leaving>> = const { Cell::new(None) };
}

/// Counts when its thread ends, after a while.
struct Leaving(Arc<AtomicUsize>);

impl Drop for Leaving {
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(20));
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn endless() -> impl Sender<Value = u64, Error = Never> + Send + 'static {
    from_iter(0..u64::MAX)
}

#[test]
fn none_is_left_behind() {
    let before = threads();

    // The engine's home is started by the first graph, and ends with the last handle.
    let engine = Engine::new();
    assert_eq!(threads(), before);
    let handle = engine.run(endless()).unwrap();
    assert_eq!(threads(), before + 1);
    drop(handle);
    drop(engine);
    assert_eq!(soon(before), before, "an engine was dropped");

    let handle = Engine::new().run(endless()).unwrap();
    assert_eq!(threads(), before + 1, "a handle keeps the home");
    handle.stop(Stop::Drain);
    handle.join().unwrap();
    assert_eq!(soon(before), before, "a handle was joined");

    // A context without graphs is joined where its last handle is dropped.
    for wait in [Wait::Spin, Wait::spin_then_yield(), Wait::spin_then_park(), Wait::Park] {
        let cpu = Cpu::builder().wait(wait).build().unwrap();
        let io = Io::builder().wait(wait).build().unwrap();
        let clone = cpu.clone();
        drop(cpu);
        assert_eq!(threads(), before + 2);
        let left = Arc::new(AtomicUsize::new(0));
        for context in [clone.context(), io.context()] {
            let leaving = Leaving(Arc::clone(&left));
            context.post(task(move |_| LEAVING.set(Some(leaving))));
        }
        drop((clone, io));
        assert_eq!(left.load(Ordering::SeqCst), 2, "both had ended when the drop returned, {wait:?}");
        assert_eq!(soon(before), before, "{wait:?}");
    }

    // One whose last handle is dropped on its own thread ends by itself.
    let cpu = Cpu::builder().build().unwrap();
    let (dropped, there) = mpsc::channel();
    let context = cpu.context().clone();
    context.post(task(move |_| {
        drop(cpu);
        dropped.send(()).unwrap();
    }));
    there.recv_timeout(Duration::from_secs(10)).expect("dropping it there does not wait for itself");
    assert_eq!(threads(), before + 1, "it lives while somebody holds the context");
    drop(context);
    assert_eq!(soon(before), before, "the last of the context was dropped");

    // One that hosts a graph lives as long as the graph.
    let engine = Engine::on(Cpu::builder().build().unwrap());
    let handle = engine.run(endless()).unwrap();
    let listening = on_interrupt(&handle).unwrap();
    drop(engine);
    assert_eq!(threads(), before + 2, "the context and the listener");
    drop(handle);
    drop(listening);
    assert_eq!(soon(before), before, "a graph's handle was dropped");

    // A core that is not there leaves no half-made thread.
    assert!(Cpu::pinned(9_999).is_err());
    assert_eq!(soon(before), before, "a context could not be made");
}
