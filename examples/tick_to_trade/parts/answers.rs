//! What the order gateway answers: bytes of the stream in, a count of accepted orders out.

use super::input::BadInput;
use super::{ouch, soup};

/// Follows the answers of one login.
#[derive(Debug, Default)]
pub struct Answers {
    reader: soup::Reader,
    accepted: u64,
}

impl Answers {
    /// Where the next bytes of the stream go.
    pub fn space(&mut self) -> &mut [u8] {
        self.reader.space()
    }

    /// Takes the `count` bytes that came into [`Answers::space`]. No allocation.
    ///
    /// # Errors
    /// The stream ended (`count` is 0), an order was rejected, or a packet has no place here.
    pub fn filled(&mut self, count: usize) -> Result<(), BadInput> {
        if count == 0 {
            return Err(BadInput::new("the order gateway closed the stream".into()));
        }
        self.reader.filled(count);
        while let Some((kind, payload)) = self.reader.next_packet() {
            self.accepted += u64::from(accepts(kind, payload)?);
        }
        Ok(())
    }

    /// How many orders the gateway has accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted
    }
}

/// Whether a packet of the gateway accepts an order.
///
/// # Errors
/// It rejects one, or has no place here.
#[inline]
pub fn accepts(kind: u8, payload: &[u8]) -> Result<bool, BadInput> {
    match kind {
        soup::SEQUENCED if ouch::accepted_ref(payload).is_some() => Ok(true),
        soup::SERVER_HEARTBEAT => Ok(false),
        soup::SEQUENCED => Err(BadInput::new("the order gateway rejected an order".into())),
        _ => {
            let kind = kind.escape_ascii();
            Err(BadInput::new(format!("the order gateway sent a packet of type '{kind}'")))
        }
    }
}
