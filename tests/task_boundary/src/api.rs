//! The whole interface: not a word of how.

use std::fmt;

use fusewire::task::Task;

/// There is no such symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown(pub u32);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "symbol {} is unknown", self.0)
    }
}

impl std::error::Error for Unknown {}

/// Where prices come from.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    inside: super::inside::Prices,
}

impl Prices {
    /// The price of `symbol`, which is even.
    pub fn price(&self, symbol: u32) -> Task<u64, Unknown> {
        self.inside.price(symbol)
    }
}

/// As [`Prices::price`], of a source of its own.
pub fn quote(symbol: u32) -> Task<u64, Unknown> {
    Prices::default().price(symbol)
}
