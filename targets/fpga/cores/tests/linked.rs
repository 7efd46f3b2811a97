//! Simulations that the build linked compute what the functions do, with no tool and no cache at run time.

use fusewire::kernel::data::{load, store};
use fusewire_fpga::core_of;
use fusewire_fpga::driver::conformance::check;
use fusewire_fpga::driver::{Card, Cards, Shape};
use fusewire_fpga::simulation::{Bus, Simulation};
use fusewire_fpga_cores::CORES;
use fusewire_fpga_cores::kernels::{Features, leaves, programs, splits, timing, tree};

#[test]
fn linked_cores_are_cards() {
    if CORES.is_empty() {
        eprintln!("SKIPPED: no simulation was linked, see the warning of the build");
        return;
    }
    // Nothing may be built here.
    // SAFETY: no other thread of this test reads the environment now: it is the only test of the file.
    unsafe { std::env::set_var("FUSEWIRE_VERILATOR", "/nowhere/verilator") };
    let simulation = Simulation::new().linked(CORES).bus(Bus { latency: 20, stalls: 10, seed: 2 });
    let shape = Shape { rows: 33, window: 2 };
    for (name, program) in programs().unwrap() {
        let core = core_of(&program, &timing()).unwrap();
        check(&core, || simulation.open(&core, shape).unwrap_or_else(|error| panic!("{name}: {error}")))
            .unwrap();
    }
    let programs = programs().unwrap();
    let core = core_of(&programs[3].1, &timing()).unwrap();
    let mut card = simulation.open(&core, shape).unwrap();
    let rows: Vec<Features> = (0..33)
        .map(|at| Features { keys: std::array::from_fn(|i| (at * 7_001 + i as i32 * 919) % 90_000) })
        .collect();
    for (row, place) in rows.iter().zip(card.input(0).chunks_mut(size_of::<Features>())) {
        store(row, place);
    }
    card.submit(0, rows.len()).unwrap();
    while card.poll().unwrap() == 0 {}
    let (splits, leaves) = (splits(), leaves());
    let results: Vec<i32> = card.output(0).chunks(4).map(load).collect();
    let expected: Vec<i32> = rows.iter().map(|row| tree(*row, &splits, &leaves)).collect();
    assert_eq!(results, expected);
    assert!(expected.iter().any(|leaf| *leaf != expected[0]), "the tree says something");
}
