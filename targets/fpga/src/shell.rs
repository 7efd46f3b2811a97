//! The shell: what stands between a core and the host, as text for every tool.

use crate::core::Core;

const SHELL: &str = include_str!("../rtl/fusewire_shell.sv");
const PACK: &str = include_str!("../rtl/fusewire_pack.sv");
const UNPACK: &str = include_str!("../rtl/fusewire_unpack.sv");

/// A core in its shell: the module `fusewire_shell` and what it is made of.
#[derive(Debug, Clone)]
pub struct Shell {
    files: Vec<(String, String)>,
    bus_bytes: u32,
}

impl Shell {
    /// The shell of a core, with a bus as wide as the wider of its values, at least 64 and at most 512 bits.
    pub fn new(core: &Core) -> Self {
        let netlist = core.netlist();
        let widest = netlist.input_bytes().max(netlist.output_bytes());
        Self::with_bus(core, widest.next_power_of_two().clamp(8, 64))
    }

    /// The shell of a core with a bus of 8, 16, 32 or 64 bytes.
    ///
    /// # Panics
    ///
    /// If the bus has another width.
    pub fn with_bus(core: &Core, bus_bytes: u32) -> Self {
        assert!(matches!(bus_bytes, 8 | 16 | 32 | 64), "a bus of {bus_bytes} bytes");
        let name = core.name();
        let shell = format!(
            "`define FUSEWIRE_CORE {name}\n`define FUSEWIRE_CORE_ID 64'h{:016x}\n`define FUSEWIRE_LATENCY 32'd{}\n\
            `define FUSEWIRE_IN_BYTES {}\n`define FUSEWIRE_OUT_BYTES {}\n`define FUSEWIRE_BUS_BYTES {bus_bytes}\n{SHELL}",
            core.id(),
            core.latency(),
            core.netlist().input_bytes(),
            core.netlist().output_bytes(),
        );
        let files = vec![
            ("fusewire_shell.sv".to_owned(), shell),
            ("fusewire_pack.sv".to_owned(), PACK.to_owned()),
            ("fusewire_unpack.sv".to_owned(), UNPACK.to_owned()),
            (format!("{name}.sv"), core.verilog().to_owned()),
        ];
        Self { files, bus_bytes }
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
