//! `--dump-rows`: what the model would see, for `train.py`.
//!
//! Per row: the 23 features and then the mid in ticks, 24 little-endian float32, without a header.

use std::io::Write;
use std::path::Path;

use crate::parts::features::{FEATURES, History};
use crate::parts::feed::Feed;
use crate::parts::input::BadInput;
use crate::parts::tape::Tape;

/// Writes the rows of a tape; returns how many.
///
/// # Errors
/// The file cannot be written.
pub fn dump(tape: &Tape, tick: u32, path: &Path) -> Result<u64, BadInput> {
    let failed = |error: std::io::Error| BadInput::new(format!("cannot write {}: {error}", path.display()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).map_err(failed)?);
    let (mut feed, mut history) = (Feed::new(), History::new(tick));
    for number in 0..tape.len() {
        let Some(snapshot) = feed.on_packet(tape.packet(number), 0) else { continue };
        let row = history.row(&snapshot);
        let mid = (f64::from(snapshot.bid) + f64::from(snapshot.ask)) / 2.0 / f64::from(tick);
        for value in row.0[..FEATURES].iter().chain([&(mid as f32)]) {
            file.write_all(&value.to_le_bytes()).map_err(failed)?;
        }
    }
    file.flush().map_err(failed)?;
    Ok(feed.counts().rows)
}
