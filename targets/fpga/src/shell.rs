//! The shell: what stands between a core and the host, as text for every tool.

use crate::core::Core;

const SHELL: &str = include_str!("../rtl/fusewire_shell.sv");
const STREAM: &str = include_str!("../rtl/fusewire_stream.sv");
const PACK: &str = include_str!("../rtl/fusewire_pack.sv");
const UNPACK: &str = include_str!("../rtl/fusewire_unpack.sv");

/// A core with what stands between it and the host: a top module and what that is made of.
#[derive(Debug, Clone)]
pub struct Shell {
    top: &'static str,
    files: Vec<(String, String)>,
    bus_bytes: u32,
}

/// The bytes of a bus that is as wide as the wider of the core's values, at least 64 and at most 512 bits.
fn fitting(core: &Core) -> u32 {
    let widest = core.netlist().input_bytes().max(core.netlist().output_bytes());
    widest.next_power_of_two().clamp(8, 64)
}

impl Shell {
    /// The shell with a descriptor ring, `fusewire_shell`, with a bus as wide as the wider of the core's values, at
    /// least 64 and at most 512 bits.
    pub fn new(core: &Core) -> Self {
        Self::with_bus(core, fitting(core))
    }

    /// The shell with a descriptor ring and a bus of 8, 16, 32 or 64 bytes.
    ///
    /// # Panics
    ///
    /// If the bus has another width.
    pub fn with_bus(core: &Core, bus_bytes: u32) -> Self {
        Self::around(core, "fusewire_shell", SHELL, bus_bytes)
    }

    /// The shell for a DMA engine that brings its own descriptors, `fusewire_stream`, with a bus of 8, 16, 32 or 64
    /// bytes.
    ///
    /// # Panics
    ///
    /// If the bus has another width.
    pub fn stream(core: &Core, bus_bytes: u32) -> Self {
        Self::around(core, "fusewire_stream", STREAM, bus_bytes)
    }

    fn around(core: &Core, top: &'static str, text: &str, bus_bytes: u32) -> Self {
        assert!(matches!(bus_bytes, 8 | 16 | 32 | 64), "a bus of {bus_bytes} bytes");
        let name = core.name();
        let first = format!(
            "`define FUSEWIRE_CORE {name}\n`define FUSEWIRE_CORE_ID 64'h{:016x}\n`define FUSEWIRE_LATENCY 32'd{}\n\
            `define FUSEWIRE_IN_BYTES {}\n`define FUSEWIRE_OUT_BYTES {}\n`define FUSEWIRE_BUS_BYTES {bus_bytes}\n{text}",
            core.id(),
            core.latency(),
            core.netlist().input_bytes(),
            core.netlist().output_bytes(),
        );
        let files = vec![
            (format!("{top}.sv"), first),
            ("fusewire_pack.sv".to_owned(), PACK.to_owned()),
            ("fusewire_unpack.sv".to_owned(), UNPACK.to_owned()),
            (format!("{name}.sv"), core.verilog().to_owned()),
        ];
        Self { top, files, bus_bytes }
    }

    /// Its top module.
    pub const fn top(&self) -> &'static str {
        self.top
    }

    /// Its files, by name; the first holds the top.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// Bytes of a beat of its bus.
    pub const fn bus_bytes(&self) -> u32 {
        self.bus_bytes
    }
}
