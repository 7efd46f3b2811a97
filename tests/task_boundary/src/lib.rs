//! A library that shows its users a `Task` and nothing else.
//!
//! It is here twice: the same interface, `api.rs`, over two insides that have no type, no error's origin and no context
//! in common. `tests/user.rs` is one user, compiled against both without a change.

#![allow(missing_docs, reason = "the documented one is `api.rs`, which is included twice")]
#![allow(
    clippy::duplicate_mod,
    reason = "that the one interface stands over both insides is the point of it"
)]

/// The library as it was first released: a chain of three adaptors.
pub mod first {
    #[path = "../api.rs"]
    mod api;
    mod inside;

    pub use api::{Prices, Unknown, quote};
}

/// The library as it is now: a fused graph that goes to a thread of the library's own and back.
pub mod later {
    #[path = "../api.rs"]
    mod api;
    mod inside;

    pub use api::{Prices, Unknown, quote};
}
