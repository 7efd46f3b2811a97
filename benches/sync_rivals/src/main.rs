//! The waits of `fusewire::sync` beside those of tokio, async-lock and async-channel.
//!
//! `cargo run --release [-- PART_OF_A_CASE'S_NAME]` in this folder. A case is one pass of a loop, written as its users write it: as a
//! fused graph, and as an async block on tokio's scheduler of one thread. Each form's result is checked. The forms take
//! turns, round after round; printed are the best and the median round in nanoseconds per pass, and, where valgrind
//! is installed, the instructions per pass. Cases on one thread count processor time, so that they can stand a busy
//! machine; those on two threads count time on the wall, and mean something on two idle cores only.

mod ours;
mod smol;
mod tokios;

use std::process::Command;
use std::time::{Duration, Instant};

/// Does that many passes, and says what they added up to.
type Run = fn(u64) -> u64;

/// A loop in each of its forms.
struct Case {
    name: &'static str,
    clock: Clock,
    /// What the passes add up to.
    sum: fn(u64) -> u64,
    forms: &'static [(&'static str, Run)],
}

#[derive(Clone, Copy, PartialEq)]
enum Clock {
    Process,
    Wall,
}

const FUSEWIRE: &str = "fusewire";
const TOKIO: &str = "tokio";
const ASYNC_LOCK: &str = "async-lock";
const ASYNC_CHANNEL: &str = "async-channel";

const CASES: &[Case] = &[
    Case {
        name: "lock a free mutex, by reference",
        clock: Clock::Process,
        sum: below,
        forms: &[(FUSEWIRE, ours::lock), (TOKIO, tokios::lock), (ASYNC_LOCK, smol::lock)],
    },
    Case {
        name: "lock a free mutex, by count",
        clock: Clock::Process,
        sum: below,
        forms: &[(FUSEWIRE, ours::lock_arc), (TOKIO, tokios::lock_arc), (ASYNC_LOCK, smol::lock_arc)],
    },
    Case {
        name: "read under a free lock",
        clock: Clock::Process,
        sum: passes,
        forms: &[(FUSEWIRE, ours::read), (TOKIO, tokios::read), (ASYNC_LOCK, smol::read)],
    },
    Case {
        name: "take and give back a permit",
        clock: Clock::Process,
        sum: passes,
        forms: &[(FUSEWIRE, ours::permit), (TOKIO, tokios::permit), (ASYNC_LOCK, smol::permit)],
    },
    Case {
        name: "send and receive in one task",
        clock: Clock::Process,
        sum: below,
        forms: &[(FUSEWIRE, ours::queue), (TOKIO, tokios::queue), (ASYNC_CHANNEL, smol::queue)],
    },
    Case {
        name: "make a oneshot, send, receive",
        clock: Clock::Process,
        sum: below,
        forms: &[(FUSEWIRE, ours::once), (TOKIO, tokios::once)],
    },
    Case {
        name: "to another task and back, by events",
        clock: Clock::Process,
        sum: twice,
        forms: &[(FUSEWIRE, ours::events), (TOKIO, tokios::events)],
    },
    Case {
        name: "to another task, by a channel of 1",
        clock: Clock::Process,
        sum: below,
        forms: &[(FUSEWIRE, ours::narrow), (TOKIO, tokios::narrow), (ASYNC_CHANNEL, smol::narrow)],
    },
    Case {
        name: "to another task, by a channel of 64",
        clock: Clock::Process,
        sum: below,
        forms: &[(FUSEWIRE, ours::wide), (TOKIO, tokios::wide), (ASYNC_CHANNEL, smol::wide)],
    },
    Case {
        name: "to another thread and back, by events",
        clock: Clock::Wall,
        sum: twice,
        forms: &[(FUSEWIRE, ours::events_across), (TOKIO, tokios::events_across)],
    },
    Case {
        name: "to another thread, by a channel of 64",
        clock: Clock::Wall,
        sum: below,
        forms: &[
            (FUSEWIRE, ours::wide_across),
            (TOKIO, tokios::wide_across),
            (ASYNC_CHANNEL, smol::wide_across),
        ],
    },
];

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(30);
/// Passes of the shorter of the two runs whose instructions are counted.
const COUNTED: u64 = 2_000;

fn below(passes: u64) -> u64 {
    passes * (passes - 1) / 2
}

fn passes(passes: u64) -> u64 {
    passes
}

fn twice(passes: u64) -> u64 {
    2 * passes
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, case, form, passes] = &arguments[..]
        && word == "--count"
    {
        let [case, form] = [case, form].map(|index| index.parse::<usize>().expect("an index"));
        let passes = passes.parse().expect("a number of passes");
        checked(&CASES[case], CASES[case].forms[form].1, passes);
        return;
    }
    let only = arguments.first().map_or("", String::as_str);
    println!("{:38} {:14} {:>9} {:>9} {:>13}", "one pass", "", "best ns", "median ns", "instructions");
    for (index, case) in CASES.iter().enumerate().filter(|(_, case)| case.name.contains(only)) {
        let times = time(case);
        for (form, (name, _)) in case.forms.iter().enumerate() {
            let instructions = match case.clock {
                Clock::Process => {
                    instructions(index, form).map_or("?".to_owned(), |count| format!("{count:.1}"))
                }
                Clock::Wall => "-".to_owned(),
            };
            let (best, median) = times[form];
            println!("{:38} {name:14} {best:9.1} {median:9.1} {instructions:>13}", case.name);
        }
    }
}

fn checked(case: &Case, run: Run, passes: u64) {
    assert_eq!(run(passes), (case.sum)(passes), "{}: passes were lost or doubled", case.name);
}

/// Best and median nanoseconds per pass, of each form.
fn time(case: &Case) -> Vec<(f64, f64)> {
    let lengths: Vec<u64> = case.forms.iter().map(|(_, run)| length(case, *run)).collect();
    let mut rounds = vec![Vec::new(); case.forms.len()];
    for _ in 0..ROUNDS {
        for (form, (_, run)) in case.forms.iter().enumerate() {
            let took = took(case, *run, lengths[form]);
            rounds[form].push(took.as_nanos() as f64 / lengths[form] as f64);
        }
    }
    let summary = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        (times[0], times[times.len() / 2])
    };
    rounds.into_iter().map(summary).collect()
}

/// How many passes a round has.
fn length(case: &Case, run: Run) -> u64 {
    let mut passes = 256;
    loop {
        let took = took(case, run, passes);
        if took * 4 > ROUND {
            return (passes as f64 * ROUND.as_secs_f64() / took.as_secs_f64()) as u64 + 1;
        }
        passes *= 2;
    }
}

fn took(case: &Case, run: Run, passes: u64) -> Duration {
    match case.clock {
        Clock::Wall => {
            let began = Instant::now();
            checked(case, run, passes);
            began.elapsed()
        }
        Clock::Process => {
            let began = processor_time();
            checked(case, run, passes);
            processor_time() - began
        }
    }
}

/// The time that the threads of this process have had on cores.
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place for the answer is valid.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "the clock of the process's time");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Instructions per pass, by the difference of two runs under callgrind; none without valgrind.
fn instructions(case: usize, form: usize) -> Option<f64> {
    let count = |passes: u64| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args(["--count", &case.to_string(), &form.to_string(), &passes.to_string()])
            .output()
            .ok()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        said.split("Collected : ").nth(1)?.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some((count(2 * COUNTED)? - count(COUNTED)?) as f64 / COUNTED as f64)
}
