//! SoupBinTCP: packets of a 2-byte length, a type and a payload, on a TCP stream.

/// Login accepted, from the server.
pub const ACCEPTED: u8 = b'A';
/// Login rejected, from the server.
pub const REJECTED: u8 = b'J';
/// Sequenced data, from the server.
pub const SEQUENCED: u8 = b'S';
/// The end of the session, from the server.
pub const END: u8 = b'Z';
/// Nothing was sent for a second, from the server.
pub const SERVER_HEARTBEAT: u8 = b'H';
/// Login request, from the client.
pub const LOGIN: u8 = b'L';
/// Unsequenced data, from the client: orders.
pub const UNSEQUENCED: u8 = b'U';
/// Nothing was sent for a second, from the client.
pub const CLIENT_HEARTBEAT: u8 = b'R';
/// Logout request, from the client.
pub const LOGOUT: u8 = b'O';

/// The session, user and password that the embedded gateway lets in.
pub const SESSION: &[u8; 10] = b"      DEMO";
/// See [`SESSION`].
pub const USER: &[u8; 6] = b"FUSED ";
/// See [`SESSION`].
pub const PASSWORD: &[u8; 10] = b"WIRE      ";

/// Appends one packet to `out`.
pub fn push(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    // Nothing here is longer than a hundred bytes.
    out.extend_from_slice(&(1 + payload.len() as u16).to_be_bytes());
    out.push(kind);
    out.extend_from_slice(payload);
}

/// The login request for our user, from the first message of the session on.
pub fn login() -> Vec<u8> {
    let mut payload = Vec::new();
    payload.extend_from_slice(USER);
    payload.extend_from_slice(PASSWORD);
    payload.extend_from_slice(SESSION);
    payload.extend_from_slice(b"                   1");
    let mut packet = Vec::new();
    push(&mut packet, LOGIN, &payload);
    packet
}

/// Collects what a stream delivers and gives it back packet by packet.
#[derive(Debug)]
pub struct Reader {
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Reader { bytes: vec![0; 1 << 17], from: 0, to: 0 }
    }
}

impl Reader {
    /// Where the next bytes of the stream go, at least one packet's worth; say how many came with [`Reader::filled`].
    pub fn space(&mut self) -> &mut [u8] {
        if self.from > 0 {
            self.bytes.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
        }
        &mut self.bytes[self.to..]
    }

    /// `count` bytes have come.
    pub fn filled(&mut self, count: usize) {
        self.to += count;
    }

    /// The next whole packet: its type and payload. A packet of length zero reads as type 0.
    pub fn next_packet(&mut self) -> Option<(u8, &[u8])> {
        let rest = &self.bytes[self.from..self.to];
        let (&[high, low], body) = rest.split_first_chunk::<2>()?;
        let len = usize::from(u16::from_be_bytes([high, low]));
        let packet = body.get(..len)?;
        self.from += 2 + len;
        Some(packet.split_first().map_or((0, packet), |(&kind, payload)| (kind, payload)))
    }
}
