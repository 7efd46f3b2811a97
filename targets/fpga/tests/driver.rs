//! The contract of a driver, on simulated cards and on cards that fail.

mod common;

use common::{INPUT_BYTES, Random, grow, skip};
use fusewire_fpga::core::Core;
use fusewire_fpga::driver::conformance::{check, check_failed};
use fusewire_fpga::driver::ring::{RingCard, memory_needed};
use fusewire_fpga::driver::vfio::Vfio;
use fusewire_fpga::driver::{Bar, Card, CardError, Cards, HostMemory, Identity, Shape, registers};
use fusewire_fpga::netlist::Builder;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::simulation::{Bus, SimulatedCard, Simulation};

/// Takes `input` bytes, gives `output`: a sum over all words, repeated, and the value itself where there is room.
fn mixer(input: u32, output: u32) -> Core {
    let mut builder = Builder::new(input, output);
    let words: Vec<_> = (0..input / 4)
        .map(|word| {
            let value = builder.input(word * 32, 32);
            let by = builder.constant(u128::from(2 * word + 3), 32);
            builder.multiply(value, by)
        })
        .collect();
    let sum = builder.sum(words).unwrap();
    for word in 0..output / 4 {
        let number = builder.constant(word.into(), 32);
        let out = builder.add(sum, number);
        builder.output(out, word * 32);
    }
    Core::new(format!("mixer_{input}_{output}"), builder.finish(), &Timing::ultrascale_plus(4_000))
}

fn open(core: &Core, shape: Shape, bus: Bus) -> Option<SimulatedCard> {
    skip(Simulation::new().bus(bus).open(core, shape))
}

#[test]
fn simulated_cards_keep_the_contract_whatever_the_sizes() {
    // Smaller and larger than a beat, and no multiple of it.
    for (input, output) in [(4, 4), (12, 20), (104, 4)] {
        let core = mixer(input, output);
        let shape = Shape { rows: 37, window: 3 };
        for stalls in [0, 40] {
            let bus = Bus { latency: 30, stalls, seed: 7 };
            if open(&core, shape, bus).is_none() {
                return;
            }
            let checked = check(&core, || open(&core, shape, bus).unwrap());
            checked.unwrap_or_else(|violation| panic!("{input} to {output}, stalls {stalls}: {violation}"));
        }
    }
}

#[test]
fn a_batch_of_many_rows_takes_a_period_for_each() {
    let core = mixer(4, 4);
    let bus = Bus { latency: 100, stalls: 0, seed: 1 };
    let Some(mut card) = open(&core, Shape { rows: 4096, window: 2 }, bus) else { return };
    card.submit(0, 4096).unwrap();
    while card.poll().unwrap() == 0 {}
    // Two reads of memory, the core, and what the engines take to begin.
    let most = 4096 + 2 * 100 + core.latency() + 600;
    assert!(card.last_cycles() >= 4096 && card.last_cycles() < most, "{} cycles", card.last_cycles());
}

#[test]
fn random_cores_compute_on_a_card_what_they_evaluate_to() {
    let mut random = Random(5);
    let inputs: Vec<_> = (0..200).map(|_| random.bytes(INPUT_BYTES as usize)).collect();
    let grown = grow(&mut random, 40, &inputs);
    let core = Core::new("random_card", grown.netlist, &Timing::ecp5(9_000));
    let shape = Shape { rows: inputs.len(), window: 1 };
    let Some(mut card) = open(&core, shape, Bus { latency: 10, stalls: 20, seed: 3 }) else { return };
    for (place, value) in card.input(0).chunks_mut(INPUT_BYTES as usize).zip(&inputs) {
        place.copy_from_slice(value);
    }
    card.submit(0, inputs.len()).unwrap();
    while card.poll().unwrap() == 0 {}
    let size = core.netlist().output_bytes() as usize;
    for (row, (result, expected)) in card.output(0).chunks(size).zip(&grown.expected).enumerate() {
        assert_eq!(result, expected, "row {row}");
    }
}

#[test]
fn a_card_with_another_core_is_refused() {
    let (one, other) = (mixer(4, 4), mixer(12, 20));
    let Some(card) = open(&one, Shape { rows: 1, window: 1 }, Bus::default()) else { return };
    drop(card);
    let fake = Fake::of(&one);
    let refused = fake.open(&other).unwrap_err();
    assert_eq!(refused, CardError::OtherCore { wanted: other.id(), found: one.id() });
}

/// Registers that answer and do nothing; what is wrong with them is set.
#[derive(Debug, Clone)]
struct Fake {
    identity: Identity,
    ident: u32,
    version: u32,
    status: u32,
}

impl Fake {
    fn of(core: &Core) -> Self {
        let (ident, version) = (registers::IDENT_IS, registers::VERSION_IS << 16);
        Self { identity: Identity::of(core), ident, version, status: 0 }
    }

    fn open(self, core: &Core) -> Result<RingCard<Self, std::sync::Arc<HostMemory>>, CardError> {
        let (wanted, shape) = (Identity::of(core), Shape { rows: 4, window: 2 });
        let memory = HostMemory::new(memory_needed(&wanted, shape)).unwrap();
        RingCard::open(self, memory, &wanted, shape)
    }
}

impl Bar for Fake {
    fn read(&mut self, offset: usize) -> Result<u32, CardError> {
        Ok(match offset {
            registers::IDENT => self.ident,
            registers::VERSION => self.version,
            registers::CORE => self.identity.core as u32,
            offset if offset == registers::CORE + 4 => (self.identity.core >> 32) as u32,
            registers::INPUT_BYTES => self.identity.input_bytes as u32,
            registers::OUTPUT_BYTES => self.identity.output_bytes as u32,
            registers::LATENCY => self.identity.latency,
            registers::STATUS => self.status,
            _ => 0,
        })
    }

    fn write(&mut self, _: usize, _: u32) -> Result<(), CardError> {
        Ok(())
    }

    fn describe(&self) -> String {
        "registers of a test".to_owned()
    }
}

#[test]
fn what_is_no_card_of_ours_is_refused() {
    let core = mixer(4, 4);
    let foreign = Fake { ident: 0x0100_00ed, ..Fake::of(&core) }.open(&core).unwrap_err();
    assert!(matches!(&foreign, CardError::Foreign { what } if what.contains("0x010000ed")), "{foreign}");
    let newer = Fake { version: 2 << 16, ..Fake::of(&core) }.open(&core).unwrap_err();
    assert!(matches!(newer, CardError::Foreign { .. }), "{newer}");
    let busy = Fake { status: registers::BUSY, ..Fake::of(&core) }.open(&core).unwrap_err();
    assert!(busy.to_string().contains("another driver"), "{busy}");
}

#[test]
fn a_pci_device_that_is_not_there_is_refused() {
    let error = Vfio::open("ffff:ff:1f.7").unwrap_err();
    assert!(matches!(error, CardError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("ffff:ff:1f.7: there is no such PCI device"), "{error}");
}

#[test]
fn a_card_that_leaves_the_bus_is_lost_for_good() {
    let core = mixer(4, 4);
    let mut card = Fake::of(&core).open(&core).unwrap();
    card.submit(0, 1).unwrap();
    card.bar().status = u32::MAX;
    let error = check_failed(&mut card).unwrap();
    assert!(matches!(error, CardError::Lost { .. }), "{error}");
}

#[test]
fn a_bus_error_is_a_fault_for_good() {
    let core = mixer(4, 4);
    let mut card = Fake::of(&core).open(&core).unwrap();
    card.submit(0, 1).unwrap();
    card.bar().status = registers::BUS_FAULT | registers::BUSY;
    let error = check_failed(&mut card).unwrap();
    assert!(matches!(error, CardError::Fault { .. }), "{error}");
    card.bar().status = 0;
}

#[test]
fn too_little_memory_is_refused() {
    let core = mixer(4, 4);
    let (wanted, shape) = (Identity::of(&core), Shape { rows: 1000, window: 4 });
    let memory = HostMemory::new(4096).unwrap();
    let error = RingCard::open(Fake::of(&core), memory, &wanted, shape).unwrap_err();
    assert!(matches!(error, CardError::OutOfMemory { asked, there: 4096 } if asked > 32_000), "{error}");
}

#[test]
fn the_shell_reports_addresses_outside_of_memory() {
    let core = mixer(4, 4);
    let Some(mut card) = open(&core, Shape { rows: 4, window: 2 }, Bus::default()) else { return };
    card.submit(0, 4).unwrap();
    while card.poll().unwrap() == 0 {}
    // A ring that is not where the card was told: every read and write is outside.
    card.bar().write(registers::RING + 4, 0x7fff_0000).unwrap();
    card.submit(1, 4).unwrap();
    let error = check_failed(&mut card).unwrap();
    assert!(matches!(error, CardError::Fault { .. }), "{error}");
}
