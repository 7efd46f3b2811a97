//! What comes back from the compute core: an order, 24 bytes.

/// A decision to trade one share, immediate or cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Order {
    /// When the packet that caused it was in hand, or should have been.
    pub taken_ns: u64,
    /// The number of that packet.
    pub packet: u32,
    /// The limit, in 1/10000: the best ask for a buy, the best bid for a sell.
    pub price: u32,
    /// How many shares: 1.
    pub shares: u32,
    /// Buy, or sell.
    pub buys: bool,
}

const _: () = assert!(size_of::<Order>() == 24);
