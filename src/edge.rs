//! The edge that carries a hop: a kind of queue, an overflow policy, counters and a wake hook.
//!
//! [`Edge`] is the contract of its description, whose [`open`](Edge::open) makes the two ends, [`Push`] and [`Pop`]. [`Spsc`]
//! describes the edge that a hop has if nobody says otherwise. A graph opens its edges itself; [`edge()`] makes one by hand, whose
//! receiver is a graph's source.
//!
//! # Examples
//!
//! ```
//! use fusewire::edge::{DropNewest, Pushed, Spsc};
//!
//! let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(DropNewest).open()?;
//! assert_eq!(sender.push('a'), Pushed::Ok);
//! assert_eq!(sender.push('b'), Pushed::Ok);
//! assert_eq!(sender.push('c'), Pushed::Dropped);
//!
//! assert_eq!(receiver.pop(), Some('a'));
//! let counters = sender.stats().counters();
//! assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (3, 1, 1, 1));
//! # Ok::<(), fusewire::ring::RingError>(())
//! ```

mod broadcast;
mod conflate;
mod contract;
mod described;
mod error;
mod forward;
mod many;
mod policy;
mod pushing;
mod receiver;
mod sender;
#[cfg(target_os = "linux")]
pub mod shm;
mod spill;
mod spsc;
mod stats;
mod wake;

pub use broadcast::{
    Broadcast, BroadcastJoining, BroadcastReceiver, BroadcastSender, LossyBroadcast, LossyReceiver,
    LossySender,
};
pub use conflate::{Conflate, ConflateReceiver, ConflateSender, Conflating};
pub use contract::{Edge, Pop, Push};
pub use described::Described;
pub use error::EdgeError;
pub use many::{ManyEdge, ManyReceiver, ManySender, Mpmc, Mpsc, Spmc, WhenFull};
pub use policy::{Block, Bounded, DropNewest, DropOldest, Fail, Overflow, Policy};
pub use pushing::{NotPushed, PushOne, push};
pub use receiver::EdgeReceiver;
pub use sender::{EdgeSender, Pushed};
#[cfg(target_os = "linux")]
pub use shm::shm;
pub use spill::{Spill, SpillReceiver, SpillSender, Spilling};
pub use spsc::{DEFAULT_CAPACITY, EdgeEnds, Spsc, edge};
pub use stats::{EdgeCounters, EdgeStats, Readings};
pub use wake::Wake;
