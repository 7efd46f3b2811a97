//! The shell for a DMA engine with streams, under simulation, packet by packet.

use super::build::{Source, load};
use super::interface::{Interface, Port};
use super::model::{Model, Pin};
use super::tools::ToolError;
use crate::core::Core;
use crate::shell::Shell;

/// A core in its [`Shell::stream`], which takes a packet and gives one: what stands at the far end of an XDMA.
#[derive(Debug)]
pub struct Packets {
    model: Model,
    pins: Pins,
    beat: Vec<u8>,
    random: u64,
    stalls: u32,
}

#[derive(Debug)]
struct Pins {
    aresetn: Pin,
    reg_addr: Pin,
    reg_rdata: Pin,
    s_tdata: Pin,
    s_tvalid: Pin,
    s_tready: Pin,
    m_tdata: Pin,
    m_tkeep: Pin,
    m_tvalid: Pin,
    m_tready: Pin,
    m_tlast: Pin,
}

/// The periods without a beat after which a shell stands still.
const STILL: u32 = 100_000;

impl Packets {
    /// Builds the simulation, or takes it from the [cache](super::cache_folder), and resets the shell, whose bus has so
    /// many bytes. Of 100 beats, `stalls` wait a period.
    ///
    /// # Errors
    ///
    /// When Verilator or a C++ compiler is missing, or refuses the shell.
    ///
    /// # Panics
    ///
    /// If the bus has not 8, 16, 32 or 64 bytes.
    pub fn open(core: &Core, bus_bytes: u32, stalls: u32) -> Result<Self, ToolError> {
        let shell = Shell::stream(core, bus_bytes);
        let interface = Interface {
            inputs: vec![
                Port::new("aresetn", 1),
                Port::new("reg_addr", 8),
                Port::new("s_axis_tdata", 8 * bus_bytes),
                Port::new("s_axis_tvalid", 1),
                Port::new("m_axis_tready", 1),
            ],
            outputs: vec![
                Port::new("reg_rdata", 32),
                Port::new("s_axis_tready", 1),
                Port::new("m_axis_tdata", 8 * bus_bytes),
                Port::new("m_axis_tkeep", bus_bytes),
                Port::new("m_axis_tvalid", 1),
                Port::new("m_axis_tlast", 1),
            ],
        };
        let symbol = format!("{}_stream_{:016x}", core.name(), core.id());
        let source = Source { symbol, top: shell.top().to_owned(), files: shell.files().to_vec(), interface };
        let (entry, code) = load(&source)?;
        let interface = &source.interface;
        let pins = Pins {
            aresetn: interface.input("aresetn"),
            reg_addr: interface.input("reg_addr"),
            reg_rdata: interface.output("reg_rdata"),
            s_tdata: interface.input("s_axis_tdata"),
            s_tvalid: interface.input("s_axis_tvalid"),
            s_tready: interface.output("s_axis_tready"),
            m_tdata: interface.output("m_axis_tdata"),
            m_tkeep: interface.output("m_axis_tkeep"),
            m_tvalid: interface.output("m_axis_tvalid"),
            m_tready: interface.input("m_axis_tready"),
            m_tlast: interface.output("m_axis_tlast"),
        };
        // SAFETY: the entry was made from this very source, and the code comes with it.
        let model = unsafe { Model::new(entry, code, interface, 1) };
        let mut packets = Self { model, pins, beat: vec![0; bus_bytes as usize], random: 1, stalls };
        packets.model.step();
        packets.model.step();
        packets.model.set(packets.pins.aresetn, 1);
        Ok(packets)
    }

    /// A register, as `docs/fpga.md` lists them.
    pub fn register(&mut self, offset: usize) -> u32 {
        self.model.set(self.pins.reg_addr, offset as u64);
        self.model.step();
        self.model.get(self.pins.reg_rdata) as u32
    }

    fn goes(&mut self) -> bool {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 33) % 100 >= u64::from(self.stalls)
    }

    /// Sends a packet to the card and waits for the one that answers it.
    ///
    /// # Panics
    ///
    /// If the shell stands still.
    pub fn exchange(&mut self, packet: &[u8]) -> Vec<u8> {
        let mut beats = packet.chunks(self.beat.len());
        let mut next = beats.next();
        let (mut offering, mut still) = (false, 0);
        let mut answer = Vec::new();
        loop {
            // A beat that was offered is offered until it is taken.
            offering = next.is_some() && (offering || self.goes());
            let ready = self.goes();
            let Self { model, pins, beat, .. } = self;
            model.set(pins.s_tvalid, offering.into());
            if let (Some(bytes), true) = (next, offering) {
                model.set_bytes(pins.s_tdata, bytes);
            }
            model.set(pins.m_tready, ready.into());
            model.step();
            still += 1;
            if offering && model.get(pins.s_tready) == 1 {
                (next, offering, still) = (beats.next(), false, 0);
            }
            if ready && model.get(pins.m_tvalid) == 1 {
                let kept = model.get(pins.m_tkeep).trailing_ones() as usize;
                model.get_bytes(pins.m_tdata, beat);
                answer.extend_from_slice(&beat[..kept]);
                still = 0;
                if model.get(pins.m_tlast) == 1 {
                    return answer;
                }
            }
            assert!(still < STILL, "the shell stands still");
        }
    }
}
