//! Cores under simulation, cycle by cycle, inside this process.
//!
//! [`Verilator`](https://verilator.org) makes C++ of a core, which is compiled and called. Either the build of a program
//! does that, and links the result; or the program does, for cores that are known only when it runs, and keeps them in
//! [`cache_folder`].

mod build;
mod card;
mod cycles;
mod host;
mod interface;
mod model;
mod packets;
mod stream;
mod tools;

pub(crate) use build::archive;
pub use build::cache_folder;
pub(crate) use card::source;
pub use card::{Linked, SimulatedBar, SimulatedCard, Simulation};
pub use cycles::Cycles;
pub use host::Bus;
pub use model::Entry;
pub use packets::Packets;
pub use stream::{Drive, Run, Seen, Stream};
pub use tools::ToolError;
pub(crate) use tools::at;
