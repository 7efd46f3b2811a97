//! A core alone under simulation, pin by pin.

use std::collections::VecDeque;

use super::build::{Source, load};
use super::interface::{Interface, Port};
use super::model::{Model, Pin};
use super::tools::ToolError;
use crate::core::Core;

/// A core alone, its two streams in the caller's hands: for tests of what happens at each edge of the clock.
#[derive(Debug)]
pub struct Stream {
    model: Model,
    pins: Pins,
    output_bytes: usize,
    cycles: u64,
    offered: Option<(Vec<u8>, bool)>,
}

#[derive(Debug)]
struct Pins {
    aresetn: Pin,
    s_tdata: Pin,
    s_tvalid: Pin,
    s_tlast: Pin,
    s_tready: Pin,
    m_tdata: Pin,
    m_tvalid: Pin,
    m_tlast: Pin,
    m_tready: Pin,
}

/// What is on the streams' pins during one period.
#[derive(Debug, Clone, Copy, Default)]
pub struct Drive<'a> {
    /// A value offered to the core, and whether it ends a packet.
    pub offer: Option<(&'a [u8], bool)>,
    /// Whether what the core offers is taken.
    pub ready: bool,
}

/// What happened at the edge that ended a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Whether the core took what was offered to it.
    pub taken: bool,
    /// What the core offered, taken or not, and whether it ends a packet.
    pub offered: Option<(Vec<u8>, bool)>,
}

fn interface(core: &Core) -> Interface {
    let (input, output) = (core.netlist().input_bytes() * 8, core.netlist().output_bytes() * 8);
    Interface {
        inputs: vec![
            Port::new("aresetn", 1),
            Port::new("s_axis_tdata", input),
            Port::new("s_axis_tvalid", 1),
            Port::new("s_axis_tlast", 1),
            Port::new("m_axis_tready", 1),
        ],
        outputs: vec![
            Port::new("s_axis_tready", 1),
            Port::new("m_axis_tdata", output),
            Port::new("m_axis_tvalid", 1),
            Port::new("m_axis_tlast", 1),
        ],
    }
}

impl Stream {
    /// Builds the simulation, or takes it from the [cache](super::cache_folder), and resets the core. Registers that no
    /// reset reaches begin with values drawn from `seed`.
    ///
    /// **Costs** some seconds the first time.
    ///
    /// # Errors
    ///
    /// When Verilator or a C++ compiler is missing, or refuses the core.
    pub fn open(core: &Core, seed: u32) -> Result<Self, ToolError> {
        let interface = interface(core);
        let files = vec![(format!("{}.sv", core.name()), core.verilog().to_owned())];
        let symbol = format!("{}_{:016x}", core.name(), core.id());
        let source = Source { symbol, top: core.name().to_owned(), files, interface };
        let (entry, code) = load(&source)?;
        let interface = &source.interface;
        let pins = Pins {
            aresetn: interface.input("aresetn"),
            s_tdata: interface.input("s_axis_tdata"),
            s_tvalid: interface.input("s_axis_tvalid"),
            s_tlast: interface.input("s_axis_tlast"),
            s_tready: interface.output("s_axis_tready"),
            m_tdata: interface.output("m_axis_tdata"),
            m_tvalid: interface.output("m_axis_tvalid"),
            m_tlast: interface.output("m_axis_tlast"),
            m_tready: interface.input("m_axis_tready"),
        };
        // SAFETY: the entry was made from this very source, and the code comes with it.
        let model = unsafe { Model::new(entry, code, interface, seed) };
        let output_bytes = core.netlist().output_bytes() as usize;
        let mut stream = Self { model, pins, output_bytes, cycles: 0, offered: None };
        stream.reset();
        Ok(stream)
    }

    /// Holds the reset for two periods; whatever was inside is gone.
    pub fn reset(&mut self) {
        self.model.set(self.pins.aresetn, 0);
        self.step(Drive::default());
        self.step(Drive::default());
        self.model.set(self.pins.aresetn, 1);
        self.offered = None;
    }

    /// The periods so far.
    pub const fn cycles(&self) -> u64 {
        self.cycles
    }

    /// One period of the clock.
    pub fn step(&mut self, drive: Drive<'_>) -> Seen {
        let Self { model, pins, .. } = self;
        let (data, last) = drive.offer.unwrap_or_default();
        model.set(pins.s_tvalid, drive.offer.is_some().into());
        model.set(pins.s_tlast, last.into());
        model.set_bytes(pins.s_tdata, data);
        model.set(pins.m_tready, drive.ready.into());
        model.step();
        self.cycles += 1;
        let offered = (model.get(pins.m_tvalid) == 1).then(|| {
            let mut value = vec![0; self.output_bytes];
            model.get_bytes(pins.m_tdata, &mut value);
            (value, model.get(pins.m_tlast) == 1)
        });
        Seen { taken: drive.offer.is_some() && model.get(pins.s_tready) == 1, offered }
    }

    /// Sends all values through as fast as the core takes them; what comes out, and the periods from the first value
    /// taken to the first and to the last one offered.
    ///
    /// # Panics
    ///
    /// If the core stands still for 10 000 periods.
    pub fn run(&mut self, values: &[&[u8]]) -> Run {
        let mut waiting: VecDeque<&[u8]> = values.iter().copied().collect();
        let mut outputs = Vec::with_capacity(values.len());
        let (mut began, mut first, mut still) = (None, None, 0);
        while outputs.len() < values.len() {
            let offer = waiting.front().map(|value| (*value, waiting.len() == 1));
            let at = self.cycles;
            let seen = self.step(Drive { offer, ready: true });
            still += 1;
            if seen.taken {
                waiting.pop_front();
                began.get_or_insert(at);
                still = 0;
            }
            if let Some((value, _)) = seen.offered {
                first.get_or_insert(at);
                outputs.push(value);
                still = 0;
            }
            assert!(still < 10_000, "the core stands still");
        }
        let began = began.unwrap_or(0);
        Run { latency: first.unwrap_or(began) - began, total: self.cycles - began, outputs }
    }
}

/// What [`Stream::run`] saw.
#[derive(Debug, Clone)]
pub struct Run {
    /// The results, in order.
    pub outputs: Vec<Vec<u8>>,
    /// Periods from the one in which the first value was taken to the one in which its result was offered.
    pub latency: u64,
    /// Periods from the first value taken until the last result was.
    pub total: u64,
}
