//! BinaryFILE: a 2-byte length and a message, repeated. Every message becomes a packet of its own.

use std::path::Path;

use super::super::input::{self, BadInput};
use super::super::itch::{self, Fault};
use super::Tape;

/// Reads a BinaryFILE, gzip or not.
///
/// # Errors
/// One sentence with the offset: the file ends inside a message, a length is zero, or is not the type's length.
pub fn read(path: &Path) -> Result<Tape, BadInput> {
    let bytes = input::read(path)?;
    let mut tape = Tape::default();
    let mut unknown = 0_u64;
    let mut rest = &bytes[..];
    let mut sequence = 0;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let bad = |what: String| BadInput::new(format!("{}: at offset {at}, {what}", path.display()));
        let Some((&[high, low], body)) = rest.split_first_chunk::<2>() else {
            return Err(bad("the file ends inside the length of a message".into()));
        };
        let len = usize::from(u16::from_be_bytes([high, low]));
        let Some((message, after)) = body.split_at_checked(len) else {
            return Err(bad(format!(
                "the file ends inside a message: {} bytes of {len} are there",
                body.len()
            )));
        };
        match itch::decode(message) {
            Ok(_) => {}
            Err(Fault::Unknown { kind }) if sequence == 0 => {
                let kind = kind.escape_ascii();
                return Err(bad(format!(
                    "the first message has the type '{kind}': this is no BinaryFILE of ITCH 5.0"
                )));
            }
            Err(Fault::Unknown { .. }) => unknown += 1,
            Err(fault) => return Err(bad(fault.to_string())),
        }
        sequence += 1;
        tape.push_message(sequence, message, itch::time_of(message));
        rest = after;
    }
    if unknown > 0 {
        tape.note(format!("{unknown} messages of types that ITCH 5.0 does not have are skipped"));
    }
    Ok(tape)
}
