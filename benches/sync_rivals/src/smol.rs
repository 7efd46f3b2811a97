//! The cases that async-lock and async-channel have, as async blocks on tokio's scheduler.

use std::sync::Arc;

use async_lock::{Mutex, RwLock, Semaphore};

use crate::tokios::{across, beside, here};

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
            *sum.lock_arc().await += n;
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
            let _permit = permits.acquire().await;
            sum += 1;
        }
        sum
    })
}

pub fn queue(passes: u64) -> u64 {
    let (send, recv) = async_channel::bounded(64);
    here(async move {
        let mut sum = 0;
        for n in 0..passes {
            send.send(n).await.expect("open");
            sum += recv.recv().await.expect("open");
        }
        sum
    })
}

fn over(passes: u64, capacity: usize) -> (impl Future<Output = ()> + Send, impl Future<Output = u64> + Send) {
    let (send, recv) = async_channel::bounded(capacity);
    let sends = async move {
        for n in 0..passes {
            send.send(n).await.expect("open");
        }
    };
    let receives = async move {
        let mut sum = 0;
        while let Ok(n) = recv.recv().await {
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
