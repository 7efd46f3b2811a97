//! What does an edge cost that conflates? `cargo bench --bench conflate [-- --rounds N]`
//!
//! Quotes of 256 symbols, few of which are quoted often, come in bursts; after each burst the receiver takes some. Nanoseconds per
//! quote are those of the push and of its share of the pops, on one thread: nothing waits, and both contenders see the same values
//! at the same moments, so that their answers are compared exactly. They run in turn, a pass each, and the median pass counts.

#[path = "conflate/by_hand.rs"]
mod by_hand;

use std::time::Instant;

use fusewire::edge::{Conflate, Pop, Push, Pushed, Spsc};

/// Passes of each unless the command line says another number.
const ROUNDS: usize = 400;
/// Quotes of one pass.
const QUOTES: usize = 20_000;
const SYMBOLS: usize = 256;

/// What is sent: as much as a top of the book.
#[derive(Clone, Copy, Default)]
pub(crate) struct Quote {
    symbol: u32,
    size: u32,
    price: u64,
    sequence: u64,
}

/// A burst, and how many are taken after it.
struct Burst {
    quotes: Vec<Quote>,
    taken: usize,
}

/// What came out, in its order.
#[derive(Default, Debug, PartialEq, Eq)]
struct Answer {
    taken: u64,
    folded: u64,
}

impl Answer {
    #[inline(always)]
    fn take(&mut self, quote: Quote) {
        self.taken += 1;
        let word = quote.price ^ quote.sequence << 20 ^ u64::from(quote.symbol ^ quote.size << 8);
        self.folded = (self.folded ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

/// Bursts of 1 to 64 quotes. The symbol of rank `n` comes as often as `1 / n` says; of three quotes one has the symbol before it.
fn bursts() -> Vec<Burst> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let weights: Vec<u64> = (1..=SYMBOLS as u64).map(|rank| 1_000_000 / rank).collect();
    let all: u64 = weights.iter().sum();
    let (mut bursts, mut sequence, mut symbol) = (Vec::new(), 0, 0);
    while sequence < QUOTES as u64 {
        let quotes = (0..draw(64) + 1).map(|_| {
            if draw(3) > 0 {
                let mut left = draw(all);
                symbol = weights
                    .iter()
                    .take_while(|weight| left.checked_sub(**weight).map(|rest| left = rest).is_some())
                    .count();
            }
            sequence += 1;
            // Symbols in no order, as an exchange numbers them.
            let symbol = (symbol * 97 % SYMBOLS) as u32;
            Quote { symbol, size: draw(1_000) as u32, price: 10_000 + draw(100), sequence }
        });
        let quotes = quotes.collect();
        bursts.push(Burst { quotes, taken: draw(32) as usize });
    }
    bursts
}

/// One pass over all bursts, and what is left at the end: nanoseconds per quote, and what came out.
#[inline(never)]
fn pass(
    bursts: &[Burst],
    mut push: impl FnMut(Quote),
    mut pop: impl FnMut() -> Option<Quote>,
) -> (f64, Answer) {
    let (mut answer, begun) = (Answer::default(), Instant::now());
    for burst in bursts {
        burst.quotes.iter().for_each(|quote| push(*quote));
        for _ in 0..burst.taken {
            let Some(quote) = pop() else { break };
            answer.take(quote);
        }
    }
    while let Some(quote) = pop() {
        answer.take(quote);
    }
    let quotes: usize = bursts.iter().map(|burst| burst.quotes.len()).sum();
    (begun.elapsed().as_secs_f64() * 1e9 / quotes as f64, answer)
}

fn print(name: &str, mut figures: Vec<f64>) {
    figures.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| figures[(figures.len() - 1) * share / 100];
    println!(
        "{name:<10} {:>6.1} ns per quote (a tenth of the passes below {:.1}, a tenth above {:.1})",
        at(50),
        at(10),
        at(90)
    );
}

/// Keys of the search for the push that takes longest.
const MANY: u64 = 65_536;

/// As many keys as there is room for are pushed, popped, and pushed again: nanoseconds of the first push after the pops, and of the
/// slowest of a hundred. The system interrupts some of them, so that the least of several is the edge's own.
fn after_many_pops() -> (u64, u64) {
    let key = Conflate(|n: &u64| *n);
    let (mut sender, mut receiver) = Spsc::new().capacity(MANY as usize).policy(key).open().expect("an edge");
    let mut key = 0;
    let mut push_one = |sender: &mut fusewire::edge::ConflateSender<_, _, _>| {
        key += 1;
        assert!(sender.has_room() && matches!(sender.push(key), Pushed::Ok));
    };
    (0..MANY).for_each(|_| push_one(&mut sender));
    // The first slots go round once, so that none is free that was never taken.
    (0..MANY).for_each(|_| assert!(receiver.pop().is_some()));
    (0..MANY).for_each(|_| push_one(&mut sender));
    (0..MANY).for_each(|_| assert!(receiver.pop().is_some()));
    let mut times = Vec::with_capacity(100);
    for _ in 0..100 {
        let begun = Instant::now();
        push_one(&mut sender);
        times.push(begun.elapsed().as_nanos() as u64);
    }
    (times[0], times.into_iter().max().unwrap_or_default())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    // `cargo test` runs benches without `--bench`: once then, for the answers alone.
    let few = if arguments.iter().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let rounds = asked.and_then(|number| number.parse().ok()).unwrap_or(few).max(1);
    let bursts = bursts();
    let by_symbol = Conflate(|quote: &Quote| quote.symbol);
    let (mut sender, mut receiver) = Spsc::new().capacity(SYMBOLS).policy(by_symbol).open().expect("an edge");
    let (mut latest, mut taker) = by_hand::open(SYMBOLS);
    let (mut fused, mut twin, mut taken) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let push = |quote| {
            assert!(matches!(sender.push(quote), Pushed::Ok), "as many keys as the capacity never wait")
        };
        let (time, answer) = pass(&bursts, push, || receiver.pop());
        fused.push(time);
        let (time, expected) = pass(&bursts, |quote| latest.push(quote), || taker.pop());
        twin.push(time);
        assert_eq!(answer, expected, "both give the same quotes in the same order");
        taken = answer.taken;
    }
    let quotes: usize = bursts.iter().map(|burst| burst.quotes.len()).sum();
    let counters = sender.stats().expect("counters").counters();
    assert_eq!(counters.pushed, (quotes * rounds) as u64);
    assert_eq!((counters.popped, counters.depth), (taken * rounds as u64, 0));
    assert_eq!(counters.pushed, counters.popped + counters.dropped);
    let replaced = 100.0 * counters.dropped as f64 / counters.pushed as f64;
    println!(
        "{quotes} quotes of {SYMBOLS} symbols, {replaced:.0}% of them replaced before they were taken; {rounds} passes of each"
    );
    print("`Conflate`", fused);
    print("by hand", twin);
    let worst: Vec<_> = (0..if rounds == 1 { 1 } else { 20 }).map(|_| after_many_pops()).collect();
    let least = |of: fn(&(u64, u64)) -> u64| worst.iter().map(of).min().unwrap_or_default();
    println!(
        "a push after {MANY} pops {} ns, the slowest of the hundred that follow {} ns (least of {})",
        least(|times| times.0),
        least(|times| times.1),
        worst.len()
    );
}
