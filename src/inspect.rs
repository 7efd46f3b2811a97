//! Drawings of a fused graph: what was written, where it runs, and why each hop is there.
//!
//! All of them are pure functions of a [`Topology`](crate::graph::topology::Topology): the same topology gives
//! the same bytes. They allocate, and are meant to be called outside of any hot path.
//!
//! | call | gives |
//! |---|---|
//! | `to_string()`, `{}` | text for a terminal |
//! | `dot()` | Graphviz, one cluster per lane |
//! | `mermaid()` | a Mermaid flowchart, one subgraph per lane |
//! | `json()` | everything that is known, for programs; the schema is at [`Topology::json`] |
//! | `svg()` | a self-contained picture, lanes as swim-lanes, time running down |
//!
//! [`Topology::json`]: crate::graph::topology::Topology::json

mod dot;
mod flow;
mod json;
mod mermaid;
mod svg;
mod text;
mod words;
