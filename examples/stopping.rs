//! Three ways to end a graph whose source never does.
//!
//! Watch for the counts: after a drain every pass that was started has completed; after an
//! abandon what was in the edges is dropped; and dropping the handle, like leaving a scope, waits
//! until no lane is left. Ctrl-C drains, and a second one abandons: this example presses it for
//! you, unless you start it as `cargo run --example stopping -- wait`.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::{Report, Stop};
use fusewire::engine::{Engine, Handle};
use fusewire::prelude::*;
use fusewire::signal::on_interrupt;
use signal_hook::consts::SIGINT;

/// An endless graph of two lanes, which holds `alive` for as long as it exists.
fn start(compute: &Cpu, alive: &Arc<()>) -> Result<Handle, Box<dyn std::error::Error>> {
    let (compute, alive) = (compute.clone(), Arc::clone(alive));
    let graph = fuse! {
        from_iter(0u64..)
            .then(on(compute).capacity(16))
            .for_each(move |_| assert!(Arc::strong_count(&alive) > 1))
    };
    Ok(Engine::new().run(graph)?)
}

/// Waits until values have come out of the edge.
fn run_a_little(handle: &Handle) {
    while handle.inspect().edges[0].counters.is_none_or(|count| count.popped == 0) {
        sleep(Duration::from_millis(1));
    }
}

fn check(how: &str, report: Report) {
    let Report { started, completed, .. } = report;
    println!("{how}: ran {}, lost nothing {}", completed > 0, started == completed);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compute = Cpu::builder().name("compute").build()?;
    let alive = Arc::new(());

    // Ctrl-C asks the source no more and works off what is inside.
    let handle = start(&compute, &alive)?;
    let listening = on_interrupt(&handle)?;
    run_a_little(&handle);
    if std::env::args().nth(1).is_none_or(|argument| argument != "wait") {
        signal_hook::low_level::raise(SIGINT)?;
    }
    check("Ctrl-C", handle.join()?);
    drop(listening);

    let handle = start(&compute, &alive)?;
    run_a_little(&handle);
    handle.stop(Stop::Drain);
    check("drain", handle.join()?);

    let handle = start(&compute, &alive)?;
    run_a_little(&handle);
    handle.stop(Stop::Abandon);
    let report = handle.join()?;
    println!("abandon: ran {}, {}", report.completed > 0, report.completed <= report.started);

    let handle = start(&compute, &alive)?;
    println!("lanes hold it while they run: {}", Arc::strong_count(&alive) > 1);
    drop(handle);
    println!("nothing is left of it afterwards: {}", Arc::strong_count(&alive) == 1);
    Ok(())
}
