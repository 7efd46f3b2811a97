//! The protocol: every plain sender keeps the promises of `Sender`, `Operation` and `Receiver`.
//!
//! `ladder` checks all of them in the same way, from data: what the sender before completes with,
//! pass by pass, and what is to come out. The other files hold what only some of them promise.

mod adaptors;
mod arms;
mod batch;
mod block_on;
mod both;
mod debounce;
mod hop;
mod ladder;
mod merge;
mod merge_each;
mod outcome;
mod panics;
mod race;
mod repeat;
mod run;
mod script;
mod second;
mod size;
mod sources;
mod split;
