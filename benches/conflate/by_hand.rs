//! The twin: for symbols that are known to be `0..n`, three cells for each and a ring of the symbols that wait.
//!
//! Of the three cells one is the sender's, one the receiver's, and one is in between, exchanged by either. No hash, no look-up, and
//! nothing is handed back.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use fusewire::ring::{Auto, Consumer, Producer, ring};

use super::Quote;

/// The cell in between has a quote that was not taken.
const FRESH: u8 = 4;

struct Latest {
    between: AtomicU8,
    // INVARIANT: each of the three has its number in one place: the sender's, the receiver's, or `between`.
    cells: [UnsafeCell<MaybeUninit<Quote>>; 3],
}

// SAFETY: a cell belongs to whoever has its number.
unsafe impl Sync for Latest {}

struct Shared {
    latest: Box<[Latest]>,
    replaced: AtomicU64,
}

pub(crate) struct Sender {
    shared: Arc<Shared>,
    mine: Box<[u8]>,
    order: Producer<u32, Auto>,
}

pub(crate) struct Receiver {
    shared: Arc<Shared>,
    mine: Box<[u8]>,
    order: Consumer<u32, Auto>,
}

pub(crate) fn open(symbols: usize) -> (Sender, Receiver) {
    let latest = (0..symbols).map(|_| Latest {
        between: AtomicU8::new(2),
        cells: std::array::from_fn(|_| UnsafeCell::new(MaybeUninit::uninit())),
    });
    let shared = Arc::new(Shared { latest: latest.collect(), replaced: AtomicU64::new(0) });
    let (push, pop) = ring(symbols).expect("a ring");
    let sender = Sender { shared: shared.clone(), mine: vec![0; symbols].into(), order: push };
    (sender, Receiver { shared, mine: vec![1; symbols].into(), order: pop })
}

impl Sender {
    #[inline(always)]
    pub(crate) fn push(&mut self, quote: Quote) {
        let symbol = quote.symbol as usize;
        let (latest, mine) = (&self.shared.latest[symbol], &mut self.mine[symbol]);
        // SAFETY: the sender has its number.
        unsafe { (*latest.cells[usize::from(*mine)].get()).write(quote) };
        // ORDERING: release, pairs with the exchange of `pop`, which then reads the cell; acquire, as a cell that comes back was read.
        let before = latest.between.swap(*mine | FRESH, Ordering::AcqRel);
        *mine = before & !FRESH;
        if before & FRESH == 0 {
            let pushed = self.order.try_push(quote.symbol);
            assert!(pushed.is_ok(), "each symbol waits once");
            return;
        }
        // ORDERING: relaxed, only the sender writes, and nothing is guarded.
        let replaced = self.shared.replaced.load(Ordering::Relaxed);
        // ORDERING: as above.
        self.shared.replaced.store(replaced + 1, Ordering::Relaxed);
    }
}

impl Receiver {
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Quote> {
        let symbol = self.order.try_pop()? as usize;
        let (latest, mine) = (&self.shared.latest[symbol], &mut self.mine[symbol]);
        // ORDERING: acquire, pairs with the exchange of `push`; release, as it gives back a cell that was read.
        *mine = latest.between.swap(*mine, Ordering::AcqRel) & !FRESH;
        // SAFETY: a symbol that is in the order had a fresh cell, filled before the exchange that made it the receiver's.
        Some(unsafe { latest.cells[usize::from(*mine)].get().cast::<Quote>().read() })
    }
}
