//! The scorer of `examples/models` against everything on crates.io that scores the same XGBoost files.
//!
//! `cargo run --release [-- PART_OF_A_MODEL'S_NAME]` in this folder. Every rival loads the same file and scores the same rows on one thread; its
//! answers are compared with the reference margins before it is timed. The candidates take turns, round after round,
//! and the best and the median round are printed in nanoseconds per row. With `XGBOOST_LIB` set to a `libxgboost.so` (the
//! PyPI wheel `xgboost-cpu` has one), XGBoost's own C interface, which the binding crates wrap, takes part as well.

#[path = "../../../examples/models/forest.rs"]
#[allow(dead_code, unused_imports, reason = "the bench uses the scorer alone")]
mod forest;
mod rivals;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A model file with its rows and reference margins, read into memory.
struct Case {
    name: &'static str,
    path: PathBuf,
    features: usize,
    classes: usize,
    rows: Vec<f32>,
    margins: Vec<f32>,
}

/// A way to score: told the number of a batch, it writes the margins of that batch.
struct Candidate {
    name: &'static str,
    score: Box<dyn FnMut(usize, &mut [f32])>,
}

const MODELS: [(&str, &str, &str, usize, usize); 4] = [
    ("logit, 64 trees of 4 levels", "xgb_logit_64_d4", "open_esh4_20231225", 26, 1),
    ("softprob, 3 x 60 trees of 5 levels", "xgb_softprob3_60x3_d5", "open_esh4_20231225", 26, 3),
    ("regression, 200 trees of 6 levels", "xgb_reg_200_d6", "open_esh4_20231225", 26, 1),
    ("agaricus, 50 trees of 4 levels, NaN", "agaricus_logistic50", "", 126, 1),
];
const BATCHES: [usize; 3] = [1, 16, 256];
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(15);

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool was built before");
    let shared = std::env::var_os("FUSEWIRE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("data/models");
    println!(
        "ns of processor time per row: best round (median round); rounds of {ROUND:?} in turn, {ROUNDS} each; one thread"
    );
    let only = std::env::args().nth(1).unwrap_or_default();
    for model in MODELS.into_iter().filter(|model| model.0.contains(&only)) {
        match read(&folder, model) {
            Ok(case) => compare(&case),
            Err(why) => println!("SKIPPED: {}: {why}", model.0),
        }
    }
}

fn read(
    folder: &Path,
    (name, file, data, features, classes): (&'static str, &str, &str, usize, usize),
) -> Result<Case, String> {
    let floats = |path: &Path| -> Result<Vec<f32>, String> {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect())
    };
    let (folder, rows, margins) = if data.is_empty() {
        (folder.join("third_party"), format!("{file}.features.f32"), format!("{file}.margin.f32"))
    } else {
        (folder.to_owned(), format!("{data}.features.f32"), format!("{data}.{file}.margin.f32"))
    };
    let (rows, margins) = (floats(&folder.join(rows))?, floats(&folder.join(margins))?);
    Ok(Case { name, path: folder.join(format!("{file}.json")), features, classes, rows, margins })
}

fn compare(case: &Case) {
    println!("\n{}, {} rows", case.name, case.margins.len() / case.classes);
    for batch in BATCHES {
        let mut candidates = Vec::new();
        for make in rivals::ALL {
            match make(case, batch).and_then(|candidate| checked(case, batch, candidate)) {
                Ok(candidate) => candidates.push(candidate),
                Err(why) if batch == BATCHES[0] => println!("  not in the table: {why}"),
                Err(_) => {}
            }
        }
        let mut times = vec![Vec::new(); candidates.len()];
        let mut margins = vec![0.0; batch * case.classes];
        for _ in 0..ROUNDS {
            for (candidate, times) in candidates.iter_mut().zip(&mut times) {
                times.push(round(case, batch, candidate, &mut margins));
            }
        }
        print!("  batch {batch:3}");
        let mut best_rival = f64::INFINITY;
        let (mut ours, mut portable) = (f64::INFINITY, f64::INFINITY);
        for (candidate, times) in candidates.iter().zip(&mut times) {
            times.sort_by(f64::total_cmp);
            let (best, median) = (times[0], times[times.len() / 2]);
            print!("  {} {best:.0} ({median:.0})", candidate.name);
            match candidate.name {
                "fusewire" => ours = median,
                "fusewire-portable" => portable = median,
                _ => best_rival = best_rival.min(median),
            }
        }
        println!("  to the best rival {:.3}, portable {:.3}", ours / best_rival, portable / best_rival);
    }
}

/// A candidate whose answers for all rows are the reference: bits, or within 2e-5 for those that sum in another order.
fn checked(case: &Case, batch: usize, mut candidate: Candidate) -> Result<Candidate, String> {
    let whole = batch * case.classes;
    let mut found = vec![0.0; whole];
    let mut exact = true;
    for (number, expected) in case.margins.chunks_exact(whole).enumerate() {
        (candidate.score)(number, &mut found);
        exact &= found.iter().zip(expected).all(|(found, expected)| found.to_bits() == expected.to_bits());
        if let Some(at) = (0..whole).find(|&at| (found[at] - expected[at]).abs() > 2e-5) {
            let (found, expected) = (found[at], expected[at]);
            return Err(format!("{} says {found} where the reference is {expected}", candidate.name));
        }
    }
    if candidate.name.starts_with("fusewire") {
        assert!(exact, "{} is not bit-equal to the reference", candidate.name);
    }
    if batch == BATCHES[0] {
        println!("  {}: all answers {}", candidate.name, if exact { "bit-equal" } else { "within 2e-5" });
    }
    Ok(candidate)
}

fn round(case: &Case, batch: usize, candidate: &mut Candidate, margins: &mut [f32]) -> f64 {
    let batches = case.margins.len() / case.classes / batch;
    let (start, mut done) = (cpu_time(), 0);
    loop {
        // Enough work between two looks at the clock that the looks do not count.
        for _ in 0..4096_usize.div_ceil(batch * 4) {
            (candidate.score)(done % batches, margins);
            done += 1;
        }
        let spent = cpu_time() - start;
        if spent >= ROUND {
            return spent.as_nanos() as f64 / (done * batch) as f64;
        }
    }
}

/// What this thread has used of a processor: other programs on the machine count less than by the wall clock.
fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec to write to.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(failed, 0, "the clock of a thread can always be read");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
