//! The compiler behind `fuse!`, `#[fuse]` and `#[stage]`.
