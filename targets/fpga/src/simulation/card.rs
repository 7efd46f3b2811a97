//! A card under simulation: core and shell, cycle by cycle, behind the driver of real cards.

use std::sync::Arc;

use super::build::{Source, load};
use super::host::{Bus, Host};
use super::interface::{Interface, Port};
use super::model::{Code, Entry, Model, Pin};
use crate::core::Core;
use crate::driver::ring::{RingCard, memory_needed};
use crate::driver::{Bar, CardError, Cards, HostMemory, Identity, OpenError, Shape};
use crate::shell::Shell;

/// The most periods that pass in one poll of the driver.
const PERIODS: u32 = 64;

/// The driver of a card that is simulated in this process.
pub type SimulatedCard = RingCard<SimulatedBar, Arc<HostMemory>>;

/// The registers of a simulated card. Its clock runs inside of the driver's calls.
#[derive(Debug)]
pub struct SimulatedBar {
    model: Model,
    host: Host,
    pins: Pins,
    beat: Vec<u8>,
    cycles: u64,
    name: String,
    wr_error: bool,
}

#[derive(Debug)]
struct Pins {
    aresetn: Pin,
    reg_write: Pin,
    reg_addr: Pin,
    reg_wdata: Pin,
    reg_rdata: Pin,
    rd_valid: Pin,
    rd_ready: Pin,
    rd_addr: Pin,
    rd_beats: Pin,
    rd_tvalid: Pin,
    rd_tready: Pin,
    rd_tdata: Pin,
    rd_terror: Pin,
    wr_valid: Pin,
    wr_ready: Pin,
    wr_addr: Pin,
    wr_data: Pin,
    wr_strb: Pin,
    wr_error: Pin,
    irq: Pin,
}

fn interface(shell: &Shell) -> Interface {
    let bus = shell.bus_bytes();
    Interface {
        inputs: vec![
            Port::new("aresetn", 1),
            Port::new("reg_write", 1),
            Port::new("reg_addr", 8),
            Port::new("reg_wdata", 32),
            Port::new("rd_ready", 1),
            Port::new("rd_tvalid", 1),
            Port::new("rd_tdata", 8 * bus),
            Port::new("rd_terror", 1),
            Port::new("wr_ready", 1),
            Port::new("wr_error", 1),
        ],
        outputs: vec![
            Port::new("reg_rdata", 32),
            Port::new("rd_valid", 1),
            Port::new("rd_addr", 64),
            Port::new("rd_beats", 32),
            Port::new("rd_tready", 1),
            Port::new("wr_valid", 1),
            Port::new("wr_addr", 64),
            Port::new("wr_data", 8 * bus),
            Port::new("wr_strb", bus),
            Port::new("irq", 1),
        ],
    }
}

/// What the simulation of a core's card is built of.
pub(crate) fn source(core: &Core, shell: &Shell) -> Source {
    Source {
        symbol: format!("{}_card_{:016x}", core.name(), core.id()),
        top: "fusewire_shell".to_owned(),
        files: shell.files().to_vec(),
        interface: interface(shell),
    }
}

/// Cards that are simulated in this process, as many as are opened.
///
/// The simulation of a core is one that was [linked](crate::link) into this program, or else is built when it is first
/// opened, and kept in the [cache](super::cache_folder).
#[derive(Debug, Clone, Default)]
pub struct Simulation {
    bus: Bus,
    linked: &'static [Linked],
}

impl Simulation {
    /// Simulations that are built when they are needed, behind a bus with the latency of PCIe.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the bus between the host and the cards behaves.
    pub const fn bus(mut self, bus: Bus) -> Self {
        self.bus = bus;
        self
    }

    /// The simulations that are linked into this program: `CORES` of the file that [`link`](crate::link) wrote.
    pub const fn linked(mut self, cores: &'static [Linked]) -> Self {
        self.linked = cores;
        self
    }
}

/// A simulation that is linked into this program; [`link`](crate::link) writes these.
#[derive(Debug)]
pub struct Linked {
    core: u64,
    entry: Entry,
}

impl Linked {
    /// The model of the core with this id, in the shell that [`Shell::new`] gives it.
    ///
    /// # Safety
    ///
    /// `entry` is that, and stays callable.
    pub const unsafe fn new(core: u64, entry: Entry) -> Self {
        Self { core, entry }
    }
}

impl Cards for Simulation {
    type Card = SimulatedCard;

    /// **Costs** some seconds for a core that is neither linked nor in the cache.
    ///
    /// # Errors
    ///
    /// When Verilator or a C++ compiler is missing, or there is no memory.
    fn open(&self, core: &Core, shape: Shape) -> Result<SimulatedCard, OpenError> {
        let shell = Shell::new(core);
        let source = source(core, &shell);
        let (entry, code) = match self.linked.iter().find(|linked| linked.core == core.id()) {
            Some(linked) => (linked.entry, Code::Linked),
            None => load(&source)?,
        };
        // SAFETY: the entry was made from this very source, and the code comes with it; of one that is linked, its
        // maker said so.
        unsafe { with_model(core, &source, &shell, entry, code, shape, self.bus) }
    }

    fn name(&self) -> String {
        "simulated fpga".to_owned()
    }
}

/// # Safety
///
/// As [`Model::new`], for the interface of `source`.
unsafe fn with_model(
    core: &Core,
    source: &Source,
    shell: &Shell,
    entry: Entry,
    code: Code,
    shape: Shape,
    bus: Bus,
) -> Result<SimulatedCard, OpenError> {
    let identity = Identity::of(core);
    let memory = HostMemory::new(memory_needed(&identity, shape))?;
    let interface = &source.interface;
    // SAFETY: the caller's duty.
    let model = unsafe { Model::new(entry, code, interface, bus.seed as u32) };
    let mut bar = SimulatedBar {
        model,
        host: Host::new(Arc::clone(&memory), bus),
        pins: pins(interface),
        beat: vec![0; shell.bus_bytes() as usize],
        cycles: 0,
        name: core.name().to_owned(),
        wr_error: false,
    };
    bar.reset();
    Ok(RingCard::open(bar, memory, &identity, shape)?)
}

fn pins(interface: &Interface) -> Pins {
    Pins {
        aresetn: interface.input("aresetn"),
        reg_write: interface.input("reg_write"),
        reg_addr: interface.input("reg_addr"),
        reg_wdata: interface.input("reg_wdata"),
        reg_rdata: interface.output("reg_rdata"),
        rd_valid: interface.output("rd_valid"),
        rd_ready: interface.input("rd_ready"),
        rd_addr: interface.output("rd_addr"),
        rd_beats: interface.output("rd_beats"),
        rd_tvalid: interface.input("rd_tvalid"),
        rd_tready: interface.output("rd_tready"),
        rd_tdata: interface.input("rd_tdata"),
        rd_terror: interface.input("rd_terror"),
        wr_valid: interface.output("wr_valid"),
        wr_ready: interface.input("wr_ready"),
        wr_addr: interface.output("wr_addr"),
        wr_data: interface.output("wr_data"),
        wr_strb: interface.output("wr_strb"),
        wr_error: interface.input("wr_error"),
        irq: interface.output("irq"),
    }
}

impl SimulatedBar {
    /// The periods of its clock so far.
    pub const fn cycles(&self) -> u64 {
        self.cycles
    }

    fn reset(&mut self) {
        self.model.set(self.pins.aresetn, 0);
        self.cycle();
        self.cycle();
        self.host.reset();
        self.model.set(self.pins.aresetn, 1);
        self.wr_error = false;
    }

    /// One period; whether a completion was written in it.
    fn cycle(&mut self) -> bool {
        let Self { model, host, pins, beat, cycles, wr_error, .. } = self;
        let takes_request = host.takes_request();
        let takes_write = host.takes_write();
        let offered = host.offer(*cycles, beat);
        model.set(pins.rd_ready, takes_request.into());
        model.set(pins.wr_ready, takes_write.into());
        model.set(pins.rd_tvalid, offered.is_some().into());
        if let Some(error) = offered {
            model.set_bytes(pins.rd_tdata, beat);
            model.set(pins.rd_terror, error.into());
        }
        model.set(pins.wr_error, (*wr_error).into());
        model.step();
        *wr_error = false;
        if offered.is_some() && model.get(pins.rd_tready) == 1 {
            host.taken(beat.len());
        }
        if takes_request && model.get(pins.rd_valid) == 1 {
            host.request(model.get(pins.rd_addr), model.get(pins.rd_beats) as u32, *cycles);
        }
        if takes_write && model.get(pins.wr_valid) == 1 {
            model.get_bytes(pins.wr_data, beat);
            *wr_error = !host.store(model.get(pins.wr_addr), beat, model.get(pins.wr_strb));
        }
        *cycles += 1;
        model.get(pins.irq) == 1
    }
}

impl Bar for SimulatedBar {
    fn read(&mut self, offset: usize) -> Result<u32, CardError> {
        self.model.set(self.pins.reg_addr, offset as u64);
        self.cycle();
        Ok(self.model.get(self.pins.reg_rdata) as u32)
    }

    fn write(&mut self, offset: usize, value: u32) -> Result<(), CardError> {
        self.model.set(self.pins.reg_addr, offset as u64);
        self.model.set(self.pins.reg_wdata, value.into());
        self.model.set(self.pins.reg_write, 1);
        self.cycle();
        self.model.set(self.pins.reg_write, 0);
        Ok(())
    }

    fn pass(&mut self) {
        for _ in 0..PERIODS {
            if self.cycle() {
                return;
            }
        }
    }

    fn describe(&self) -> String {
        format!("simulated card with the core {}", self.name)
    }
}
