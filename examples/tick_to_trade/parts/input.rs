//! Files that users name: read whole, unpacked if they are gzip, and refused in one sentence.

use std::io::Read;
use std::path::Path;

/// Why the program cannot go on with what it was given: one sentence, exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadInput(String);

impl BadInput {
    /// `sentence` says what is wrong, where, and what to do about it if that is not plain.
    pub fn new(sentence: String) -> BadInput {
        BadInput(sentence)
    }
}

impl core::fmt::Display for BadInput {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// Reads a file, and unpacks it if it begins with the mark of gzip.
///
/// # Errors
/// The file is missing, unreadable or empty, or the gzip stream is damaged or ends early.
pub fn read(path: &Path) -> Result<Vec<u8>, BadInput> {
    let name = path.display();
    let packed =
        std::fs::read(path).map_err(|error| BadInput::new(format!("cannot read {name}: {error}")))?;
    if packed.is_empty() {
        return Err(BadInput::new(format!("{name} is empty")));
    }
    if !packed.starts_with(&[0x1F, 0x8B]) {
        return Ok(packed);
    }
    let mut bytes = Vec::new();
    let unpacked = flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes);
    unpacked.map_err(|error| {
        let at = bytes.len();
        BadInput::new(format!("{name}: the gzip stream is cut or damaged after {at} unpacked bytes: {error}"))
    })?;
    if bytes.is_empty() {
        return Err(BadInput::new(format!("{name} is empty once unpacked")));
    }
    Ok(bytes)
}
