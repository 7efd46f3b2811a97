//! Bridges to tokio and to the futures crates: graphs in both flavours of tokio's runtime, sockets, framed streams,
//! sinks and timers.

#[path = "future_bridges/framed.rs"]
mod framed;
#[path = "future_bridges/runtimes.rs"]
mod runtimes;
#[path = "future_bridges/sinks.rs"]
mod sinks;
#[path = "future_bridges/sockets.rs"]
mod sockets;

use tokio::runtime::{Builder, Runtime};

/// Both flavours of the runtime.
fn runtimes() -> [Runtime; 2] {
    let single = Builder::new_current_thread().enable_all().build().unwrap();
    let multi = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    [single, multi]
}
