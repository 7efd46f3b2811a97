//! The first inside.

use fusewire::prelude::*;
use fusewire::task::Task;

use super::api::Unknown;

#[derive(Debug, Clone, Default)]
pub(super) struct Prices;

impl Prices {
    pub(super) fn price(&self, symbol: u32) -> Task<u64, Unknown> {
        just(symbol)
            .try_map(|symbol| if symbol.is_multiple_of(2) { Ok(symbol) } else { Err(Unknown(symbol)) })
            .map(|symbol| u64::from(symbol) * 100)
            .into_task()
    }
}
