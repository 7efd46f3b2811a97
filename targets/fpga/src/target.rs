//! The scheduler: a context with a thread, whose lanes compute on cards.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use fusewire::affinity::{PinError, pin};
use fusewire::context::host::{Host, HostSettings, ThreadPark};
use fusewire::context::thread::HostThread;
use fusewire::context::{ContextRef, OnDevice, Scheduler};
use fusewire::device::{Batching, Device, DeviceError};
use fusewire::kernel::Program;
use fusewire::wait::Wait;

use crate::core::Core;
use crate::driver::{CardError, Cards, OpenError, Shape};
use crate::lower::netlist;
use crate::queue::FpgaQueue;
use crate::report::{Report, ReportError};
use crate::schedule::Timing;
use crate::simulation::{Simulation, ToolError};

/// The variable of the environment that names a report of resources.
const REPORT: &str = "FUSEWIRE_FPGA_REPORT";

/// A context whose lanes compute on an FPGA: on simulated cards, or on real ones.
///
/// Behind `then(on(fpga))` a graph runs kernels. Each lane of a graph has a card of its own, with a core made of the
/// lane's kernels; the context's thread stages values and polls. Clones are handles of the same context.
///
/// # Examples
///
/// ```no_run
/// use fusewire_fpga::Fpga;
///
/// let fpga = Fpga::simulated().rows(64).build()?;
/// # Ok::<(), fusewire_fpga::FpgaError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fpga<C: Cards = Simulation> {
    inner: Arc<Inner<C>>,
}

#[derive(Debug)]
struct Inner<C> {
    thread: HostThread,
    cards: C,
    batching: Batching,
    timing: Timing,
    report: Report,
}

impl Fpga {
    /// A context whose cards are simulated, cycle by cycle, on its own thread.
    pub fn simulated() -> FpgaBuilder<Simulation> {
        Self::on_cards(Simulation::new())
    }

    /// A context with these cards.
    pub fn on_cards<C: Cards>(cards: C) -> FpgaBuilder<C> {
        FpgaBuilder::new(cards)
    }
}

impl<C: Cards> Fpga<C> {
    /// The core that a program becomes on this context's cards.
    ///
    /// **Costs** time and memory in proportion to the program with its loops unrolled.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Unsupported`], with stage and line, if the program computes with `f32`.
    pub fn core(&self, program: &Program) -> Result<Core, DeviceError> {
        core_of(program, &self.inner.timing).map_err(|error| self.unsupported(&error))
    }

    /// Ends the context now, whoever still uses it, and joins its thread (unless this is it).
    ///
    /// Graphs that run on it end with [`RunError::ContextEnded`](fusewire::control::RunError::ContextEnded).
    pub fn end(&self) {
        self.inner.thread.end();
    }

    /// What people should know of a core, before a card has it and after.
    fn words(&self, core: &Core) -> Vec<String> {
        let clock = f64::from(self.inner.timing.period);
        let mut words = vec![
            core.to_string(),
            format!(
                "a clock of {} MHz is aimed at: a row takes {} ns through the core, and one follows each {} ns",
                1e6 / clock,
                f64::from(core.latency()) * clock / 1e3,
                clock / 1e3
            ),
        ];
        words.extend(self.inner.report.of(core).map(ToString::to_string));
        if words.len() == 2 {
            words.push(format!(
                "resources: not synthesised (no report of the core {:016x}; report.sh makes one, {REPORT} or FpgaBuilder::report names it)",
                core.id()
            ));
        }
        words
    }

    fn unsupported(&self, error: &crate::lower::Unsupported) -> DeviceError {
        DeviceError::Unsupported {
            device: self.inner.cards.name(),
            stage: error.kernel.to_owned(),
            file: error.file.to_owned(),
            line: error.line,
            what: format!("{}; help: {}", error.what, error.help),
        }
    }
}

/// The core that a program becomes. Its module is called after the program's stages.
///
/// # Errors
///
/// As [`netlist`].
pub fn core_of(program: &Program, timing: &Timing) -> Result<Core, crate::lower::Unsupported> {
    let mut name = String::from("kernel");
    for stage in program.stages() {
        name.push('_');
        name.push_str(program.routine(*stage).name);
    }
    name.truncate(60);
    Ok(Core::new(name, netlist(program)?, timing))
}

impl<C: Cards> Scheduler for Fpga<C> {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.inner.thread.context()
    }
}

impl<C: Cards> Device for Fpga<C> {
    type Queue = FpgaQueue<C::Card>;

    fn open(&self, program: &Program) -> Result<Self::Queue, DeviceError> {
        let core = self.core(program)?;
        let Batching { rows, window, .. } = self.inner.batching;
        let name = self.inner.cards.name();
        match self.inner.cards.open(&core, Shape { rows, window }) {
            Ok(card) => Ok(FpgaQueue::new(card, self.inner.batching, name, self.words(&core))),
            Err(OpenError::Tools(error @ ToolError::Failed { .. })) => Err(DeviceError::build(name, error)),
            Err(OpenError::Card(CardError::OutOfMemory { asked, there })) => {
                let why =
                    format!("there are {there} that its cards can reach; use fewer rows or a smaller window");
                Err(DeviceError::out_of_memory(name, asked as u64, why))
            }
            Err(error) => Err(DeviceError::no_device(name, error)),
        }
    }

    fn batching(&self) -> Batching {
        self.inner.batching
    }

    fn describe(&self, program: &Program) -> Vec<String> {
        self.core(program).map_or_else(|error| vec![error.to_string()], |core| self.words(&core))
    }
}

/// Makes an [`Fpga`].
#[derive(Debug, Clone)]
#[must_use = "nothing is started before `build`"]
pub struct FpgaBuilder<C> {
    cards: C,
    name: Option<String>,
    core: Option<usize>,
    wait: Wait,
    batching: Batching,
    timing: Timing,
    report: Option<Report>,
}

impl<C: Cards> FpgaBuilder<C> {
    fn new(cards: C) -> Self {
        let batching = Batching { rows: 64, within: Duration::from_micros(20), window: 4 };
        let timing = Timing::ultrascale_plus(4_000);
        Self { cards, name: None, core: None, wait: Wait::default(), batching, timing, report: None }
    }

    /// The name of the context and of its thread; else `fpga`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Pins the thread to this core of the host; else the system moves it about.
    pub const fn core(mut self, core: usize) -> Self {
        self.core = Some(core);
        self
    }

    /// How the thread waits; else [`Wait::spin_then_park`].
    pub const fn wait(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    /// The most values in a batch; else 64.
    pub const fn rows(mut self, rows: usize) -> Self {
        self.batching.rows = rows;
        self
    }

    /// How long the first value of a batch waits for others; else 20 microseconds.
    pub const fn within(mut self, within: Duration) -> Self {
        self.batching.within = within;
        self
    }

    /// The most batches in flight; else 4.
    pub const fn window(mut self, window: usize) -> Self {
        self.batching.window = window;
        self
    }

    /// The delays and the clock that cores are made for; else an UltraScale+ at 250 MHz.
    pub const fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// What the tools of synthesis counted, for the inspection of graphs; else the file that the variable
    /// `FUSEWIRE_FPGA_REPORT` names, if it is set.
    pub fn report(mut self, report: Report) -> Self {
        self.report = Some(report);
        self
    }

    /// Starts the thread. Cards are opened by the graphs that need them.
    ///
    /// # Errors
    ///
    /// When a batch would have no row or no slot, there is no such core, the system refuses it or the thread, or the
    /// report that the environment names cannot be read.
    pub fn build(self) -> Result<Fpga<C>, FpgaError> {
        let Self { cards, name, core, wait, batching, timing, report } = self;
        if batching.rows == 0 || batching.window == 0 {
            return Err(FpgaError::NoBatch);
        }
        let report = match (report, std::env::var_os(REPORT)) {
            (Some(report), _) => report,
            (None, Some(path)) => Report::read(path).map_err(FpgaError::Report)?,
            (None, None) => Report::default(),
        };
        let name = name.unwrap_or_else(|| "fpga".to_owned());
        let (parker, unpark) = ThreadPark::new();
        let (_, host) = Host::new(HostSettings { name, kind: "fpga", core, wait }, unpark);
        let prepare = move || -> Result<_, FpgaError> {
            if let Some(core) = core {
                pin(core)?;
            }
            Ok((parker, ()))
        };
        let (thread, ()) = HostThread::spawn(host, prepare)?;
        Ok(Fpga { inner: Arc::new(Inner { thread, cards, batching, timing, report }) })
    }
}

/// Why an [`Fpga`] could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum FpgaError {
    /// The builder asks for batches of no rows, or for no slots.
    NoBatch,
    /// The thread could not be pinned.
    Pin(PinError),
    /// The system refused a thread.
    Thread(io::Error),
    /// The report of resources that the environment names cannot be read.
    Report(ReportError),
}

impl fmt::Display for FpgaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBatch => f.write_str("an fpga context needs at least one row in a batch and one slot"),
            Self::Pin(error) => error.fmt(f),
            Self::Report(error) => error.fmt(f),
            Self::Thread(error) => write!(f, "the system refused a thread for an fpga context: {error}"),
        }
    }
}

impl std::error::Error for FpgaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoBatch => None,
            Self::Pin(error) => Some(error),
            Self::Report(error) => Some(error),
            Self::Thread(error) => Some(error),
        }
    }
}

impl From<PinError> for FpgaError {
    fn from(error: PinError) -> Self {
        Self::Pin(error)
    }
}

impl From<io::Error> for FpgaError {
    fn from(error: io::Error) -> Self {
        Self::Thread(error)
    }
}
