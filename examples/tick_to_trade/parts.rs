//! The parts of the job, each a file of one idea. Both engines, the benches and the tests use these and nothing else.
//!
//! | on the io core | on the compute core | on the io core again |
//! |---|---|---|
//! | [`feed`]: [`mold`] framing, [`itch`] decoding, the [`book`] | [`strategy`]: [`features`], the [`model`] | [`desk`]: [`ouch`] orders in [`soup`] packets |
//!
//! With a [`device`] the compute core makes features alone, the device scores, and the io core decides.
//!
//! A [`snapshot`] crosses to the compute core; an [`order`] comes back.

#[path = "parts/answers.rs"]
pub mod answers;
#[path = "parts/book.rs"]
pub mod book;
#[path = "parts/clock.rs"]
pub mod clock;
#[path = "parts/desk.rs"]
pub mod desk;
#[path = "parts/device.rs"]
pub mod device;
#[path = "parts/features.rs"]
pub mod features;
#[path = "parts/feed.rs"]
pub mod feed;
#[path = "parts/input.rs"]
pub mod input;
#[path = "parts/itch.rs"]
pub mod itch;
#[path = "parts/model.rs"]
pub mod model;
#[path = "parts/mold.rs"]
pub mod mold;
#[path = "parts/order.rs"]
pub mod order;
#[path = "parts/ouch.rs"]
pub mod ouch;
#[path = "parts/snapshot.rs"]
pub mod snapshot;
#[path = "parts/soup.rs"]
pub mod soup;
#[path = "parts/strategy.rs"]
pub mod strategy;
#[path = "parts/tape.rs"]
pub mod tape;
