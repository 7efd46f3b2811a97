//! A graph with a lane on a device, as the macro describes it, and what the lane has done.

use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::device::Batching;
use fusewire::device::reference::Reference;
use fusewire::engine::Engine;
use fusewire::graph::Graph;
use fusewire::graph::topology::{DeviceInfo, Topology};
use fusewire::kernel;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[derive(Debug, Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    key: u64,
    weights: [u32; 6],
}

#[stage(kernel)]
fn scale(row: Row) -> Row {
    Row { key: row.key, weights: [3; 6] }
}

#[stage(kernel)]
fn weigh(row: Row, bias: &[u32]) -> u32 {
    row.weights[(row.key % 6) as usize].wrapping_add(bias[(row.key % 4) as usize])
}

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

const ROWS: u64 = 100;

fn graph() -> impl Graph {
    let device = Reference::builder().rows(32).window(3).within(Duration::from_millis(2)).wait(Wait::Park);
    let (device, compute, io) = (device.build().unwrap(), cpu("compute"), cpu("io"));
    fuse! {
        from_iter((0..ROWS).map(|key| Row { key, weights: [1; 6] }))
            .then(on(device).or_on(compute).capacity(128))
            .map(scale)
            .map(weigh::with([1, 2, 3, 4]))
            .then(on(io).capacity(64))
            .for_each(drop)
    }
}

/// Two kernels on a device, with a host behind it, before the graph is launched.
pub(crate) fn device() -> Topology {
    graph().inspect()
}

fn info(topology: &Topology) -> &DeviceInfo {
    let mut devices = topology.lanes.iter().flat_map(|lane| &lane.devices);
    let info = devices.next().expect("a device");
    assert!(devices.next().is_none(), "one device");
    info
}

/// The description is true of the run: what was gathered, flew and travelled is within what it says, and the
/// drawing says how much it was.
#[test]
fn a_lane_on_a_device_counts_what_the_drawing_says() {
    let running = Engine::new().run(graph()).unwrap();
    while !running.is_finished() {
        std::thread::yield_now();
    }
    let drawing = running.inspect();
    running.join().unwrap();
    let info = info(&drawing);
    let counters = info.counters.expect("it ran");
    assert_eq!(info.kernels, ["scale", "weigh"]);
    assert_eq!((counters.rows, counters.on_host), (ROWS, 0));
    let (there, back) = (ROWS * info.input_bytes as u64, ROWS * info.output_bytes as u64);
    assert_eq!((counters.bytes_in, counters.bytes_out), (there, back), "no more than the rows travelled");
    assert_eq!((info.input_bytes, info.output_bytes, info.table_bytes), (32, 4, 16));
    let Batching { rows, window, .. } = info.batching;
    let least = ROWS.div_ceil(rows as u64);
    assert!((least..=ROWS).contains(&counters.batches), "{counters:?}");
    let full = (counters.batches - counters.partial) * rows as u64;
    assert!(full <= ROWS && counters.partial >= u64::from(!ROWS.is_multiple_of(rows as u64)), "{counters:?}");
    assert!((1..=window as u64).contains(&counters.most_in_flight), "{counters:?}");
    let said = format!(
        "{ROWS} values in {} batches ({} partial, {} in flight at most), {there} B there, {back} B back, 0 values on the host",
        counters.batches, counters.partial, counters.most_in_flight
    );
    for form in [drawing.to_string(), drawing.json(), drawing.dot(), drawing.mermaid(), drawing.svg()] {
        let on_one_line = form.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(on_one_line.contains(&said), "{said} is not in {form}");
    }
}
