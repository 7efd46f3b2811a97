//! Every case as async blocks, with the primitives of tokio.

use std::future::Future;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, Notify, RwLock, Semaphore, mpsc, oneshot};

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

/// Runs a block, as a task, on this thread.
pub fn here<F: Future<Output: Send> + Send + 'static>(future: F) -> F::Output {
    let runtime = runtime();
    let task = runtime.spawn(future);
    runtime.block_on(task).expect("the task ends")
}

/// Runs two blocks, as tasks, on this thread.
pub fn beside<F, G>(first: F, second: G) -> (F::Output, G::Output)
where
    F: Future<Output: Send> + Send + 'static,
    G: Future<Output: Send> + Send + 'static,
{
    let runtime = runtime();
    let (first, second) = (runtime.spawn(first), runtime.spawn(second));
    runtime.block_on(async { (first.await.expect("it ends"), second.await.expect("it ends")) })
}

/// Runs two blocks on a thread each.
pub fn across<F, G>(first: F, second: G) -> (F::Output, G::Output)
where
    F: Future<Output: Send> + Send + 'static,
    G: Future<Output: Send> + Send + 'static,
{
    let second = thread::spawn(|| here(second));
    let first = thread::spawn(|| here(first));
    (first.join().expect("it ends"), second.join().expect("it ends"))
}

pub fn lock(passes: u64) -> u64 {
    let sum = Mutex::new(0);
    here(async move {
        for n in 0..passes {
            *sum.lock().await += n;
        }
        sum.into_inner()
    })
}

pub fn lock_arc(passes: u64) -> u64 {
    let sum = Arc::new(Mutex::new(0));
    here(async move {
        for n in 0..passes {
            *Arc::clone(&sum).lock_owned().await += n;
        }
        *sum.lock().await
    })
}

pub fn read(passes: u64) -> u64 {
    let one = RwLock::new(1);
    here(async move {
        let mut sum = 0;
        for _ in 0..passes {
            sum += *one.read().await;
        }
        sum
    })
}

pub fn permit(passes: u64) -> u64 {
    let permits = Semaphore::new(1);
    here(async move {
        let mut sum = 0;
        for _ in 0..passes {
            sum += permits.acquire().await.expect("open").num_permits() as u64;
        }
        sum
    })
}

pub fn queue(passes: u64) -> u64 {
    let (send, mut recv) = mpsc::channel(64);
    here(async move {
        let mut sum = 0;
        for n in 0..passes {
            send.send(n).await.expect("open");
            sum += recv.recv().await.expect("open");
        }
        sum
    })
}

pub fn once(passes: u64) -> u64 {
    here(async move {
        let mut sum = 0;
        for n in 0..passes {
            let (send, recv) = oneshot::channel();
            send.send(n).expect("open");
            sum += recv.await.expect("sent");
        }
        sum
    })
}

fn to_and_fro(passes: u64) -> (impl Future<Output = u64> + Send, impl Future<Output = u64> + Send) {
    let (go, back) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (ping, pong) = (Arc::clone(&go), Arc::clone(&back));
    let first = async move {
        let mut sum = 0;
        for _ in 0..passes {
            ping.notify_one();
            pong.notified().await;
            sum += 1;
        }
        sum
    };
    let second = async move {
        let mut sum = 0;
        for _ in 0..passes {
            go.notified().await;
            sum += 1;
            back.notify_one();
        }
        sum
    };
    (first, second)
}

pub fn events(passes: u64) -> u64 {
    let (first, second) = to_and_fro(passes);
    let (first, second) = beside(first, second);
    first + second
}

pub fn events_across(passes: u64) -> u64 {
    let (first, second) = to_and_fro(passes);
    let (first, second) = across(first, second);
    first + second
}

fn over(passes: u64, capacity: usize) -> (impl Future<Output = ()> + Send, impl Future<Output = u64> + Send) {
    let (send, mut recv) = mpsc::channel(capacity);
    let sends = async move {
        for n in 0..passes {
            send.send(n).await.expect("open");
        }
    };
    let receives = async move {
        let mut sum = 0;
        while let Some(n) = recv.recv().await {
            sum += n;
        }
        sum
    };
    (sends, receives)
}

pub fn narrow(passes: u64) -> u64 {
    let (sends, receives) = over(passes, 1);
    beside(sends, receives).1
}

pub fn wide(passes: u64) -> u64 {
    let (sends, receives) = over(passes, 64);
    beside(sends, receives).1
}

pub fn wide_across(passes: u64) -> u64 {
    let (sends, receives) = over(passes, 64);
    across(sends, receives).1
}
