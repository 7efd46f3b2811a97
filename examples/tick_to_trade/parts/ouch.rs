//! OUCH 5.0: the order that goes out, and the answer that comes back. Integers are big-endian.

/// The bytes of an enter order without appendages.
pub const ENTER_ORDER: usize = 47;
/// The bytes of an accepted without appendages.
pub const ACCEPTED: usize = 64;

/// An order to trade, immediate or cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnterOrder {
    /// Grows with every order of a session.
    pub user_ref: u32,
    /// `B` or `S`.
    pub side: u8,
    /// How many shares.
    pub quantity: u32,
    /// The symbol, padded with spaces.
    pub symbol: [u8; 8],
    /// The limit, in 1/10000.
    pub price: u64,
    /// Our own name for it, padded with spaces; here the number of the packet that caused it.
    pub client_id: [u8; 14],
}

impl EnterOrder {
    /// The order as it goes on the wire.
    #[inline]
    pub fn bytes(&self) -> [u8; ENTER_ORDER] {
        let mut bytes = [0; ENTER_ORDER];
        bytes[0] = b'O';
        bytes[1..5].copy_from_slice(&self.user_ref.to_be_bytes());
        bytes[5] = self.side;
        bytes[6..10].copy_from_slice(&self.quantity.to_be_bytes());
        bytes[10..18].copy_from_slice(&self.symbol);
        bytes[18..26].copy_from_slice(&self.price.to_be_bytes());
        // Immediate or cancel, visible, principal, no sweep, no cross.
        bytes[26..31].copy_from_slice(b"3YPNN");
        bytes[31..45].copy_from_slice(&self.client_id);
        // Appendages: none, 2 bytes of zero.
        bytes
    }

    /// Reads an order and checks every field that has a fixed set of values.
    ///
    /// # Errors
    /// Which field is wrong.
    pub fn read(bytes: &[u8]) -> Result<EnterOrder, &'static str> {
        let bytes: &[u8; ENTER_ORDER] = bytes.try_into().map_err(|_| "it is not 47 bytes long")?;
        if bytes[0] != b'O' {
            return Err("its type is not O");
        }
        if !matches!(bytes[5], b'B' | b'S') {
            return Err("its side is neither B nor S");
        }
        if bytes[26..31] != *b"3YPNN" {
            return Err("it is not immediate or cancel, visible, principal, without sweep and cross");
        }
        if bytes[45..] != [0, 0] {
            return Err("it has appendages");
        }
        Ok(EnterOrder {
            user_ref: u32::from_be_bytes(part(bytes, 1)),
            side: bytes[5],
            quantity: u32::from_be_bytes(part(bytes, 6)),
            symbol: part(bytes, 10),
            price: u64::from_be_bytes(part(bytes, 18)),
            client_id: part(bytes, 31),
        })
    }

    /// The exchange's answer that it has the order.
    pub fn accepted(&self, time_ns: u64, order_reference: u64) -> [u8; ACCEPTED] {
        let mut bytes = [0; ACCEPTED];
        bytes[0] = b'A';
        bytes[1..9].copy_from_slice(&time_ns.to_be_bytes());
        // User reference, side, quantity, symbol, price, time in force and display stand as in the order.
        bytes[9..36].copy_from_slice(&self.bytes()[1..28]);
        bytes[36..44].copy_from_slice(&order_reference.to_be_bytes());
        // Principal, no sweep, no cross, live.
        bytes[44..48].copy_from_slice(b"PNNL");
        bytes[48..62].copy_from_slice(&self.client_id);
        bytes
    }
}

/// The user reference of an accepted, if this is one.
pub fn accepted_ref(bytes: &[u8]) -> Option<u32> {
    (bytes.len() >= ACCEPTED && bytes[0] == b'A').then(|| u32::from_be_bytes(part(bytes, 9)))
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}
