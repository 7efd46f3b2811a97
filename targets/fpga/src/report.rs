//! What cores take on a device, as the tools of synthesis counted it: the files that `report.sh` writes.
//!
//! [`export`] writes the cores of a program into a folder, `report.sh FOLDER FAMILY` has yosys and nextpnr work on them
//! and writes `resources.tsv` there, and a [`Report`] of that is what an [`Fpga`](crate::Fpga) shows in the inspection
//! of its graphs.

use std::fmt;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::core::Core;

/// What a core takes on a family of devices.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    /// The family: `ice40`, `ecp5` or `ultrascale_plus`.
    pub family: String,
    /// Look-up tables; a carry of ECP5 counts as two.
    pub luts: u64,
    /// Flip-flops.
    pub flip_flops: u64,
    /// Hard multipliers.
    pub dsps: u64,
    /// Blocks of memory.
    pub block_rams: u64,
    /// The maximum frequency after placing and routing, in MHz; `None` where there was no tool for that.
    pub fmax_mhz: Option<f64>,
    /// The tools, with their versions.
    pub tools: String,
}

impl fmt::Display for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { family, luts, flip_flops, dsps, block_rams, fmax_mhz, tools } = self;
        write!(
            f,
            "resources on {family}: {luts} LUTs, {flip_flops} flip-flops, {dsps} DSPs, {block_rams} block RAMs, "
        )?;
        match fmax_mhz {
            Some(mhz) => write!(f, "Fmax {mhz} MHz")?,
            None => f.write_str("not placed and routed")?,
        }
        write!(f, " ({tools})")
    }
}

/// Resources of cores, each known by its [`Core::id`], so that a report never speaks of another core.
#[derive(Debug, Clone, Default)]
pub struct Report {
    rows: Vec<(u64, Resources)>,
}

impl Report {
    /// Reads a file that `report.sh` wrote.
    ///
    /// # Errors
    ///
    /// When there is no such file, or a line of it is none of a report.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ReportError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| ReportError::File(path.to_owned(), error))?;
        Self::parse(&text).map_err(|error| match error {
            ReportError::Line { number, what, .. } => {
                ReportError::Line { file: Some(path.to_owned()), number, what }
            }
            other => other,
        })
    }

    /// Takes the text of such a file. Lines that begin with `#` and empty ones say nothing.
    ///
    /// # Errors
    ///
    /// When a line is none of a report.
    pub fn parse(text: &str) -> Result<Self, ReportError> {
        let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let numbered = (1..).zip(text.lines()).filter(|(_, line)| said(line));
        let row = |(number, line)| row(line).map_err(|what| ReportError::Line { file: None, number, what });
        Ok(Self { rows: numbered.map(row).collect::<Result<_, _>>()? })
    }

    /// What is known of a core, on each family that was asked for.
    pub fn of(&self, core: &Core) -> impl Iterator<Item = &Resources> {
        let id = core.id();
        self.rows.iter().filter(move |(of, _)| *of == id).map(|(_, resources)| resources)
    }

    /// The ids of the cores that it speaks of, one for each of its lines.
    pub fn cores(&self) -> impl Iterator<Item = u64> {
        self.rows.iter().map(|(core, _)| *core)
    }
}

/// One line: the core's id, its module, the family, the period in picoseconds, the latency, four counts, Fmax, the tools.
fn row(line: &str) -> Result<(u64, Resources), String> {
    let fields: Vec<_> = line.split('\t').collect();
    let &[core, _, family, _, _, luts, flip_flops, dsps, block_rams, fmax, tools] = &*fields else {
        return Err(format!("has {} fields and not 11", fields.len()));
    };
    let count = |what: &str, text: &str| {
        text.parse().map_err(|_| format!("says `{text}`, which is no count of {what}"))
    };
    let core =
        u64::from_str_radix(core, 16).map_err(|_| format!("says `{core}`, which is no id of a core"))?;
    let resources = Resources {
        family: family.to_owned(),
        luts: count("LUTs", luts)?,
        flip_flops: count("flip-flops", flip_flops)?,
        dsps: count("DSPs", dsps)?,
        block_rams: count("block RAMs", block_rams)?,
        fmax_mhz: fmax.parse().ok(),
        tools: tools.to_owned(),
    };
    Ok((core, resources))
}

/// Writes the modules of cores into a folder, for `report.sh` and for anybody's tools: `MODULE.sv` for each, and
/// `cores.tsv` with id, module, latency, and the period that was aimed at, in picoseconds.
///
/// # Errors
///
/// When files cannot be written.
pub fn export<'a>(
    cores: impl IntoIterator<Item = (&'a Core, u32)>,
    folder: impl AsRef<Path>,
) -> io::Result<()> {
    let folder = folder.as_ref();
    fs::create_dir_all(folder)?;
    let mut list = String::new();
    for (core, period) in cores {
        fs::write(folder.join(format!("{}.sv", core.name())), core.verilog())?;
        // Writing to a string does not fail.
        let _ = writeln!(list, "{:016x}\t{}\t{}\t{period}", core.id(), core.name(), core.latency());
    }
    fs::write(folder.join("cores.tsv"), list)
}

/// Why there is no [`Report`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// The file cannot be read.
    File(PathBuf, io::Error),
    /// A line is none of a report.
    Line {
        /// The file, if it was read from one.
        file: Option<PathBuf>,
        /// The line's number, from 1.
        number: usize,
        /// What is wrong.
        what: String,
    },
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "cannot read the report {}: {error}", path.display()),
            Self::Line { file, number, what } => {
                let file = file.as_deref().unwrap_or(Path::new("the text"));
                write!(
                    f,
                    "line {number} of {} is none of a report of resources: it {what}; make it with report.sh",
                    file.display()
                )
            }
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(_, error) => Some(error),
            Self::Line { .. } => None,
        }
    }
}
