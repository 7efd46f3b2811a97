//! MoldUDP64: the 20-byte header of a datagram, its messages, and what the sequence says.

/// The bytes before the first message.
pub const HEADER: usize = 20;
/// The count of the packet that ends a session.
pub const END_OF_SESSION: u16 = 0xFFFF;

/// The header of one datagram: session (10 bytes), sequence of the first message (8), count (2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Ten ASCII characters that name the session.
    pub session: [u8; 10],
    /// The sequence number of the first message, or of the next one in a heartbeat.
    pub sequence: u64,
    /// How many messages follow: 0 is a heartbeat, [`END_OF_SESSION`] the end.
    pub count: u16,
}

impl Header {
    /// Reads the header; `None` if there are fewer than 20 bytes.
    #[inline]
    pub fn read(datagram: &[u8]) -> Option<Header> {
        let bytes: &[u8; HEADER] = datagram.first_chunk()?;
        let mut sequence = [0; 8];
        sequence.copy_from_slice(&bytes[10..18]);
        let mut session = [0; 10];
        session.copy_from_slice(&bytes[..10]);
        Some(Header {
            session,
            sequence: u64::from_be_bytes(sequence),
            count: u16::from_be_bytes([bytes[18], bytes[19]]),
        })
    }

    /// The header as it goes on the wire.
    pub fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..10].copy_from_slice(&self.session);
        bytes[10..18].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[18..].copy_from_slice(&self.count.to_be_bytes());
        bytes
    }

    /// Whether messages follow: neither a heartbeat nor the end of the session.
    pub fn carries_messages(&self) -> bool {
        self.count != 0 && self.count != END_OF_SESSION
    }
}

/// Takes the next length-prefixed message off `rest`; `None` if it is cut.
#[inline]
pub fn next_message<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&[high, low], body) = rest.split_first_chunk::<2>()?;
    let (message, after) = body.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
    *rest = after;
    Some(message)
}

/// Checks that the messages of a datagram end where the datagram ends.
///
/// # Errors
/// What is wrong, and the offset in the datagram where it is.
pub fn check(datagram: &[u8]) -> Result<Header, (usize, String)> {
    let Some(header) = Header::read(datagram) else {
        return Err((
            0,
            format!("a MoldUDP64 header is {HEADER} bytes, the datagram has {}", datagram.len()),
        ));
    };
    let mut rest = &datagram[HEADER..];
    if header.carries_messages() {
        for number in 1..=header.count {
            let at = datagram.len() - rest.len();
            match next_message(&mut rest) {
                Some([]) => {
                    return Err((
                        at,
                        format!("the message length is zero (message {number} of {})", header.count),
                    ));
                }
                Some(_) => {}
                None => {
                    return Err((at, format!("the packet ends inside message {number} of {}", header.count)));
                }
            }
        }
    }
    if !rest.is_empty() {
        let (at, count) =
            (datagram.len() - rest.len(), if header.carries_messages() { header.count } else { 0 });
        return Err((at, format!("{} bytes follow the last of {count} messages", rest.len())));
    }
    Ok(header)
}

/// What the sequence number of a packet means to one who has followed the feed so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant's own line says what its fields are")]
pub enum Place {
    /// The next message that is wanted, after `skip` messages that were seen before.
    Next { skip: u16 },
    /// The first packet of a session.
    NewSession,
    /// `missing` messages were lost before this packet.
    Gap { missing: u64 },
    /// Every message of it was seen before, or was given up as lost.
    Seen,
}

/// Follows the sequence numbers of one feed.
#[derive(Debug, Default)]
pub struct Tracker {
    session: Option<[u8; 10]>,
    next: u64,
}

impl Tracker {
    /// Says where a packet belongs, and moves on behind it.
    #[inline]
    pub fn place(&mut self, header: &Header) -> Place {
        let count = if header.carries_messages() { header.count } else { 0 };
        let end = header.sequence.saturating_add(u64::from(count));
        if self.session != Some(header.session) {
            self.session = Some(header.session);
            self.next = end;
            return Place::NewSession;
        }
        if header.sequence > self.next {
            let missing = header.sequence - self.next;
            self.next = end;
            return Place::Gap { missing };
        }
        if end <= self.next {
            return if count == 0 && end == self.next { Place::Next { skip: 0 } } else { Place::Seen };
        }
        // `sequence <= next < end`, so the difference is below `count`, a u16.
        let skip = (self.next - header.sequence) as u16;
        self.next = end;
        Place::Next { skip }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(session: u8, sequence: u64, count: u16) -> Header {
        Header { session: [session; 10], sequence, count }
    }

    #[test]
    fn the_sequence_tells_gaps_repeats_and_sessions() {
        let mut tracker = Tracker::default();
        let steps = [
            (packet(1, 100, 3), Place::NewSession),
            (packet(1, 103, 2), Place::Next { skip: 0 }),
            (packet(1, 103, 2), Place::Seen),
            (packet(1, 104, 4), Place::Next { skip: 1 }),
            (packet(1, 108, 0), Place::Next { skip: 0 }),
            (packet(1, 110, 0), Place::Gap { missing: 2 }),
            (packet(1, 108, 2), Place::Seen),
            (packet(1, 115, 1), Place::Gap { missing: 5 }),
            (packet(1, 116, END_OF_SESSION), Place::Next { skip: 0 }),
            (packet(2, 1, 1), Place::NewSession),
        ];
        for (header, place) in steps {
            assert_eq!(tracker.place(&header), place, "{header:?}");
        }
    }
}
