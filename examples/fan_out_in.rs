//! One value through several arms at once, and several sources into one value.
//!
//! Watch for the order: the arms of a `fork` get the same value and come back as one tuple, so
//! results never overtake each other and nothing is counted, though two of the arms have lanes of
//! their own. They meet where the hop behind the fork leads. `route` sends a value through one of
//! two arms. `join` pairs each value with the next one of another source, and ends with the
//! shorter of the two.

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;

type Window = [i64; 4];

#[stage]
fn mean(window: Window) -> i64 {
    window.iter().sum::<i64>() / 4
}

#[stage]
fn range(window: Window) -> i64 {
    window.iter().fold(i64::MIN, |a, b| a.max(*b)) - window.iter().fold(i64::MAX, |a, b| a.min(*b))
}

#[stage]
fn trend(window: Window) -> i64 {
    window[3] - window[0]
}

#[derive(Debug)]
struct Features {
    mean: i64,
    range: i64,
    trend: i64,
}

fn window(n: i64) -> Window {
    [n * n, 40 - n, n * 7 % 11, n * 5]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let left = Cpu::builder().name("left").build()?;
    let right = Cpu::builder().name("right").build()?;
    let report = Cpu::builder().name("report").build()?;

    let graph = fuse! {
        from_iter((1..=8).map(window))
            .fork3(
                |w| just(w).map(mean),
                |w| just(w).then(on(left)).map(range),
                |w| just(w).then(on(right)).map(trend),
            )
            .then(on(report))
            .map(|(mean, range, trend)| Features { mean, range, trend })
            .route(
                |features| features.trend > 0,
                |rising| just(rising).map(|f| ("rising", f)),
                |falling| just(falling).map(|f| ("falling", f)),
            )
            .join(from_iter('a'..='f'))
            .for_each(|((direction, f), name)| {
                println!("{name}: {direction:<7} mean {:>3} range {:>3} trend {:>3}", f.mean, f.range, f.trend);
            })
    };
    let report = Engine::new().run(graph)?.join()?;
    println!("{} joined", report.completed);
    Ok(())
}
