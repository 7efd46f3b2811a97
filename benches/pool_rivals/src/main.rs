//! Fork and join on a pool, beside rayon and tokio in the same run.
//!
//! `cargo run --release --manifest-path benches/pool_rivals/Cargo.toml [workers] [rounds]`
//!
//! Every contender has the same number of threads, and gives its answer once before anything is timed. The rounds are
//! interleaved: each takes one sample of every contender, in an order that turns. What is printed is the least and the median of the
//! samples, and the ratio of the medians to fusewire's.

mod fib;
mod matrix;
mod skynet;

use std::time::{Duration, Instant};

use fusewire::context::pool::Pool;

/// Of a contender that takes longer a few samples are enough.
const LONG: Duration = Duration::from_millis(500);

/// The threads of each contender, made once.
pub struct Threads {
    pub pool: Pool,
    pub rayon: rayon::ThreadPool,
    pub tokio: tokio::runtime::Runtime,
}

/// One contender: its name, and one run of the work, of which the answer is returned.
pub type Contender<'t> = (&'static str, Box<dyn Fn() -> u64 + 't>);

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("a number"));
    let workers =
        arguments.next().unwrap_or_else(|| std::thread::available_parallelism().map_or(2, |n| n.get()));
    let rounds = arguments.next().unwrap_or(9).max(1);
    let threads = Threads {
        pool: Pool::builder().workers(workers).build().expect("threads"),
        rayon: rayon::ThreadPoolBuilder::new().num_threads(workers).build().expect("threads"),
        tokio: tokio::runtime::Builder::new_multi_thread().worker_threads(workers).build().expect("threads"),
    };
    println!("{workers} threads each, {rounds} rounds; milliseconds");
    compare(&format!("fib({})", fib::N), rounds, &fib::contenders(&threads), fib::ANSWER);
    compare(
        &format!("skynet, {} leaves", skynet::LEAVES),
        rounds,
        &skynet::contenders(&threads),
        skynet::ANSWER,
    );
    let matrices = matrix::Matrices::new();
    compare(
        &format!("matrix {0} x {0}", matrix::N),
        rounds,
        &matrix::contenders(&threads, &matrices),
        matrices.answer(),
    );
    threads.tokio.shutdown_timeout(Duration::from_secs(1));
}

fn compare(name: &str, rounds: usize, contenders: &[Contender<'_>], answer: u64) {
    for (who, run) in contenders {
        assert_eq!(run(), answer, "{who} gives another answer for {name}");
    }
    let mut samples = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            let at = (round + turn) % contenders.len();
            // What takes seconds is as well known after a few.
            if samples[at].len() >= 3 && samples[at].iter().all(|took| *took > LONG) {
                continue;
            }
            let start = Instant::now();
            let made = contenders[at].1();
            let took = start.elapsed();
            assert_eq!(made, answer, "{} gives another answer for {name}", contenders[at].0);
            samples[at].push(took);
        }
    }
    println!("\n{name:<24} {:>10} {:>10} {:>10}", "least", "median", "ratio");
    samples.iter_mut().for_each(|samples| samples.sort_unstable());
    let median = |samples: &[Duration]| samples[samples.len() / 2].as_secs_f64() * 1e3;
    let ours = median(&samples[0]);
    for ((who, _), samples) in contenders.iter().zip(&samples) {
        let (least, middle) = (samples[0].as_secs_f64() * 1e3, median(samples));
        println!("  {who:<22} {least:>10.2} {middle:>10.2} {:>10.2}", middle / ours);
    }
}
