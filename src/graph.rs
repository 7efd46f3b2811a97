//! What the macro emits into: the parts of a fused graph at run time, and the description of it.

pub mod alone;
pub mod anew;
pub mod device_pass;
pub mod drawing;
pub mod fan;
pub mod flow;
pub mod fused;
pub mod fused_lane;
pub mod guard;
pub mod held;
pub mod input;
pub mod joining;
pub mod junction;
pub mod kernels;
pub mod link;
mod local;
pub mod machine;
pub mod merging;
pub mod node;
pub mod opaque;
pub mod passes;
pub mod places;
pub mod placing;
pub mod repeated;
pub mod shards;
pub mod slot;
pub mod tag;
pub mod tail;
pub mod tell;
pub mod topology;
pub mod value;
pub mod waiting;
pub mod zip;

pub use alone::Alone;
pub use fused::{Fused, Graph, Reported};
