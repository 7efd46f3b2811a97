//! The inside that came later.

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;
use fusewire::task::Task;

use super::api::Unknown;

#[derive(Debug, Clone)]
pub(super) struct Prices {
    books: Cpu,
    // Larger than what lies in a task, so that both ways of hiding are used.
    table: [u64; 16],
}

impl Default for Prices {
    fn default() -> Self {
        let books = Cpu::builder().name("books").build().expect("the system has a thread left");
        Self { books, table: std::array::from_fn(|n| n as u64 * 100) }
    }
}

impl Prices {
    pub(super) fn price(&self, symbol: u32) -> Task<u64, Unknown> {
        let (books, table) = (self.books.clone(), self.table);
        fuse! {
            just(symbol)
                .then(on(books))
                .map(move |symbol| (symbol, table.get(symbol as usize).copied()))
                .try_map(|(symbol, price)| price.filter(|_| symbol % 2 == 0).ok_or(Unknown(symbol)))
        }
        .into_task()
    }
}
