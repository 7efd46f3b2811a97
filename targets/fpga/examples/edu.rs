//! The driver's contract over PCIe: QEMU's `edu` device, driven from user space by VFIO.
//!
//! `qemu.sh` boots a virtual machine with the device and runs this in it; by hand: `edu 0000:00:02.0`, the device bound to
//! `vfio-pci`. `edu` has no core and none of our shell: it copies between host memory and 4 KiB of its own, which is what
//! this makes a [`Card`] of, with the core that gives each value back. So registers, DMA through an IOMMU, the contract and
//! a whole graph are shown on PCIe, and no kernel is computed there.

use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire_fpga::Fpga;
use fusewire_fpga::core::Core;
use fusewire_fpga::driver::conformance::check;
use fusewire_fpga::driver::mapped::MappedBar;
use fusewire_fpga::driver::vfio::{Vfio, VfioMemory};
use fusewire_fpga::driver::{Bar, Card, CardError, Cards, Identity, Memory, OpenError, Shape};
use fusewire_fpga::netlist::Builder;
use fusewire_fpga::schedule::Timing;

/// Registers of `edu`, by QEMU's docs/specs/edu.
mod registers {
    pub(super) const IDENT: usize = 0x00;
    pub(super) const IDENT_IS: u32 = 0x0100_00ed;
    /// Reads as the inverse of what was written.
    pub(super) const LIVENESS: usize = 0x04;
    /// Reads as the factorial of what was written, when `STATUS` says so.
    pub(super) const FACTORIAL: usize = 0x08;
    pub(super) const STATUS: usize = 0x20;
    pub(super) const COMPUTING: u32 = 1;
    pub(super) const SOURCE: usize = 0x80;
    pub(super) const TARGET: usize = 0x88;
    pub(super) const COUNT: usize = 0x90;
    /// Begins a copy; the first bit reads as 0 when it is done.
    pub(super) const COMMAND: usize = 0x98;
    pub(super) const TO_CARD: u32 = 0b01;
    pub(super) const TO_HOST: u32 = 0b11;
    pub(super) const RUNNING: u32 = 1;
    /// How many bytes of registers there are.
    pub(super) const LEN: usize = 0x1000;
    /// Where the card has its own memory, and how much.
    pub(super) const BUFFER: u32 = 0x4_0000;
    pub(super) const BUFFER_LEN: usize = 0x1000;
}

use registers as reg;

/// The value itself.
#[stage(kernel)]
fn same(value: u64) -> u64 {
    value
}

/// What a copy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    None,
    ToCard,
    ToHost,
}

/// The device as a card: a batch is a copy to it, and one back.
#[derive(Debug)]
struct Edu {
    bar: MappedBar,
    memory: VfioMemory,
    shape: Shape,
    identity: Identity,
    /// The rows of the batches under way, the oldest first.
    rows: std::collections::VecDeque<usize>,
    submitted: usize,
    finished: usize,
    copy: Copy,
    failed: Option<CardError>,
}

const VALUE: usize = size_of::<u64>();

impl Edu {
    fn open(vfio: &Vfio, core: &Core, shape: Shape) -> Result<Self, CardError> {
        let identity = Identity::of(core);
        let slot = shape.rows * VALUE;
        if slot > reg::BUFFER_LEN {
            return Err(CardError::OutOfMemory { asked: slot, there: reg::BUFFER_LEN });
        }
        let mut bar = vfio.bar(0, reg::LEN)?;
        let ident = bar.read(reg::IDENT)?;
        if ident != reg::IDENT_IS {
            return Err(CardError::Foreign { what: format!("{} reads {ident:#010x}", bar.describe()) });
        }
        let memory = vfio.memory(2 * slot * shape.window)?;
        let rows = std::collections::VecDeque::with_capacity(shape.window);
        let (submitted, finished, copy, failed) = (0, 0, Copy::None, None);
        Ok(Self { bar, memory, shape, identity, rows, submitted, finished, copy, failed })
    }

    /// Where a slot's values, or results, begin.
    fn place(&self, slot: usize, results: bool) -> usize {
        assert!(slot < self.shape.window, "slot {slot} of {}", self.shape.window);
        (2 * slot + usize::from(results)) * self.shape.rows * VALUE
    }

    fn bytes(&self, slot: usize, results: bool) -> *mut u8 {
        // SAFETY: the memory was made for two places of each slot.
        unsafe { self.memory.start().add(self.place(slot, results)) }.as_ptr()
    }

    fn begin(&mut self, copy: Copy) -> Result<(), CardError> {
        self.copy = copy;
        let Some(&rows) = self.rows.front() else { return Ok(()) };
        let slot = self.finished % self.shape.window;
        let host = |results| (self.memory.address() + self.place(slot, results) as u64) as u32;
        let (source, target, command) = match copy {
            Copy::None => return Ok(()),
            Copy::ToCard => (host(false), reg::BUFFER, reg::TO_CARD),
            Copy::ToHost => (reg::BUFFER, host(true), reg::TO_HOST),
        };
        self.bar.write(reg::SOURCE, source)?;
        self.bar.write(reg::TARGET, target)?;
        self.bar.write(reg::COUNT, (rows * VALUE) as u32)?;
        self.bar.write(reg::COMMAND, command)
    }

    fn step(&mut self) -> Result<usize, CardError> {
        if self.copy == Copy::None {
            return Ok(0);
        }
        match self.bar.read(reg::COMMAND)? {
            u32::MAX => Err(CardError::Lost { what: "its registers read as ones".to_owned() }),
            command if command & reg::RUNNING != 0 => Ok(0),
            _ if self.copy == Copy::ToCard => self.begin(Copy::ToHost).map(|()| 0),
            _ => {
                self.rows.pop_front();
                self.finished += 1;
                let next = if self.rows.is_empty() { Copy::None } else { Copy::ToCard };
                self.begin(next).map(|()| 1)
            }
        }
    }
}

impl Card for Edu {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        // SAFETY: inside the memory; the card only reads it, and the borrow of `self` keeps others from it.
        unsafe { std::slice::from_raw_parts_mut(self.bytes(slot, false), self.shape.rows * VALUE) }
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), CardError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let Shape { rows: most, window } = self.shape;
        if slot != self.submitted % window || self.rows.len() == window || rows == 0 || rows > most {
            let what = format!("rule 7: {rows} rows in slot {slot}, {} under way", self.rows.len());
            return Err(CardError::Misused { what });
        }
        self.submitted += 1;
        self.rows.push_back(rows);
        if self.copy == Copy::None { self.begin(Copy::ToCard) } else { Ok(()) }
    }

    fn poll(&mut self) -> Result<usize, CardError> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None => self.step().inspect_err(|error| self.failed = Some(error.clone())),
        }
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        // SAFETY: inside the memory; the card writes it before the slot's batch has finished, and not again until the
        // slot is submitted, for which this borrow must end.
        unsafe { std::slice::from_raw_parts(self.bytes(slot, true), self.shape.rows * VALUE) }
    }

    fn notes(&self) -> Vec<String> {
        vec![self.bar.describe()]
    }
}

impl Drop for Edu {
    /// The copy under way is waited for; those behind it were not begun.
    fn drop(&mut self) {
        while self.copy != Copy::None
            && self.bar.read(reg::COMMAND).is_ok_and(|command| command & reg::RUNNING != 0)
        {
            std::thread::yield_now();
        }
    }
}

/// The device, as an [`Fpga`] opens it.
#[derive(Debug, Clone)]
struct OnEdu(Vfio);

impl Cards for OnEdu {
    type Card = Edu;

    fn open(&self, core: &Core, shape: Shape) -> Result<Edu, OpenError> {
        Ok(Edu::open(&self.0, core, shape)?)
    }

    fn name(&self) -> String {
        "edu".to_owned()
    }
}

fn failed(what: impl std::fmt::Display) -> String {
    what.to_string()
}

fn registers_answer(vfio: &Vfio) -> Result<(), String> {
    let mut bar = vfio.bar(0, reg::LEN).map_err(failed)?;
    bar.write(reg::LIVENESS, 0x1234_5678).map_err(failed)?;
    let alive = bar.read(reg::LIVENESS).map_err(failed)?;
    bar.write(reg::FACTORIAL, 10).map_err(failed)?;
    let until = Instant::now() + Duration::from_secs(10);
    while bar.read(reg::STATUS).map_err(failed)? & reg::COMPUTING != 0 && Instant::now() < until {}
    let factorial = bar.read(reg::FACTORIAL).map_err(failed)?;
    if (alive, factorial) == (!0x1234_5678, 3_628_800) {
        println!("registers: identity, liveness, 10! = {factorial}");
        return Ok(());
    }
    Err(format!("liveness reads {alive:#x} and 10! reads {factorial}"))
}

fn run(address: &str) -> Result<(), String> {
    let vfio = Vfio::open(address).map_err(failed)?;
    registers_answer(&vfio)?;
    let mut builder = Builder::new(VALUE as u32, VALUE as u32);
    let value = builder.input(0, 64);
    builder.output(value, 0);
    let core = Core::new("same", builder.finish(), &Timing::ultrascale_plus(4_000));
    let shape = Shape { rows: 24, window: 2 };
    let open = || Edu::open(&vfio, &core, shape).expect("it was there a moment ago");
    check(&core, open).map_err(failed)?;
    println!("contract: rules 1 to 7 and 9 are kept, by DMA through the IOMMU");
    let fpga = Fpga::on_cards(OnEdu(vfio)).rows(128).window(2).build().map_err(failed)?;
    let sink = Cpu::builder().build().map_err(failed)?;
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter(0..1_000u64).then(on(fpga)).map(same).then(on(sink)).for_each(move |value: u64| sent.send(value).unwrap())
    };
    let report = Engine::new().run(graph).map_err(failed)?.join().map_err(failed)?;
    let values: Vec<u64> = received.iter().collect();
    if report.completed != 1_000 || !values.iter().copied().eq(0..1_000) {
        return Err(format!("the graph gave {} of 1000 values, or others", values.len()));
    }
    println!("graph: 1000 values went to the device and came back in order");
    Ok(())
}

fn main() -> ExitCode {
    let Some(address) = std::env::args().nth(1) else {
        eprintln!("usage: edu ADDRESS, such as 0000:00:02.0, of an edu device that is bound to vfio-pci");
        return ExitCode::from(2);
    };
    match run(&address) {
        Ok(()) => {
            println!("edu: all is well");
            ExitCode::SUCCESS
        }
        Err(what) => {
            eprintln!("edu: {what}");
            ExitCode::FAILURE
        }
    }
}
