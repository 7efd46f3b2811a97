//! Cards behind AMD's XDMA, by the character devices of its Linux driver.
//!
//! The bitstream has the XDMA with its streams ("AXI4-Stream interface"), and [`Shell::stream`] between them. The kernel
//! driver gives a device for each stream: a write to `/dev/xdma0_h2c_0` is a packet to the card, a read from
//! `/dev/xdma0_c2h_0` waits for one from it. Both wait, so each has a thread; the lane on the context never does.
//! `/dev/xdma0_user` maps the registers of our shell, `/dev/xdma0_control` those of the XDMA itself.
//!
//! **Not run on a card.** It is written to the interface that the XDMA product guide (PG195) and its driver document, and
//! tested with plain files for the registers and pipes for the streams, behind which the simulated shell works.

mod channels;
mod events;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use channels::Channels;
pub use events::Events;

use crate::core::Core;
use crate::driver::mapped::MappedBar;
use crate::driver::{Bar, Card, CardError, Cards, Identity, OpenError, Shape, registers};
use crate::shell::Shell;

/// The registers of ours that are mapped.
const USER_BYTES: usize = 4096;

/// The registers of the XDMA that are mapped.
const CONTROL_BYTES: usize = 64 * 1024;

/// Where the XDMA says what its first channel to the card is, and its first to the host.
const H2C_IDENT: usize = 0x0000;
const C2H_IDENT: usize = 0x1000;

/// The files of one card, and the channels that are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Registers of the XDMA; not looked at if there is none.
    pub control: Option<PathBuf>,
    /// Registers of our shell.
    pub user: PathBuf,
    /// The stream to the card.
    pub h2c: PathBuf,
    /// The stream to the host.
    pub c2h: PathBuf,
}

impl Paths {
    /// Those of the card of this number, channel 0.
    pub fn of(card: u32) -> Self {
        let device = |what: &str| PathBuf::from(format!("/dev/xdma{card}_{what}"));
        Self {
            control: Some(device("control")),
            user: device("user"),
            h2c: device("h2c_0"),
            c2h: device("c2h_0"),
        }
    }
}

/// A card behind an XDMA. It has one stream each way, and is opened once at a time.
#[derive(Debug, Clone)]
pub struct Xdma {
    paths: Paths,
}

impl Xdma {
    /// The card of this number. Nothing is opened yet.
    pub fn card(number: u32) -> Self {
        Self::at(Paths::of(number))
    }

    /// The card with these files. Nothing is opened yet.
    pub const fn at(paths: Paths) -> Self {
        Self { paths }
    }
}

impl Cards for Xdma {
    type Card = XdmaCard;

    fn open(&self, core: &Core, shape: Shape) -> Result<XdmaCard, OpenError> {
        Ok(XdmaCard::open(&self.paths, &Identity::of(core), shape)?)
    }

    fn name(&self) -> String {
        format!("xdma at {}", self.paths.user.display())
    }
}

/// A card behind an XDMA that has been opened.
#[derive(Debug)]
pub struct XdmaCard {
    identity: Identity,
    shape: Shape,
    channels: Channels,
    name: String,
}

impl XdmaCard {
    /// Looks what the card is, and starts a thread for each of its streams.
    ///
    /// # Errors
    ///
    /// When a file is not there or may not be used, the XDMA has no streams, the card holds another core, or the
    /// system has no memory or no threads.
    pub fn open(paths: &Paths, wanted: &Identity, shape: Shape) -> Result<Self, CardError> {
        if shape.rows == 0 || shape.window == 0 || u32::try_from(shape.rows).is_err() {
            let what = format!("batches of {} rows in a window of {} slots", shape.rows, shape.window);
            return Err(CardError::Misused { what });
        }
        if let Some(control) = &paths.control {
            check_control(&mut MappedBar::open(control, CONTROL_BYTES)?)?;
        }
        let mut user = MappedBar::open(&paths.user, USER_BYTES)?;
        let identity = registers::identify(&mut user)?;
        if identity != *wanted {
            return Err(CardError::OtherCore { wanted: wanted.core, found: identity.core });
        }
        let bus = user.read(registers::BUS_BYTES)? as usize;
        if !matches!(bus, 8 | 16 | 32 | 64) {
            return Err(CardError::Foreign { what: format!("its bus has {bus} bytes") });
        }
        let h2c = open(&paths.h2c, OpenOptions::new().write(true))?;
        let c2h = open(&paths.c2h, OpenOptions::new().read(true))?;
        let channels = Channels::start(h2c, c2h, &identity, shape, bus)?;
        Ok(Self { identity, shape, channels, name: format!("xdma at {}", paths.user.display()) })
    }
}

fn open(path: &Path, options: &OpenOptions) -> Result<File, CardError> {
    options.open(path).map_err(|error| CardError::unreachable(path.display().to_string(), &error))
}

/// Looks whether it is an XDMA with streams. An identifier is 0x1fc, the kind of the channel, and a bit that says stream.
fn check_control(control: &mut MappedBar) -> Result<(), CardError> {
    for (offset, kind) in [(H2C_IDENT, 0x1fc0), (C2H_IDENT, 0x1fc1)] {
        let ident = control.read(offset)?;
        if ident >> 16 != kind {
            let what = format!("{} reads {ident:#010x} at {offset:#x}, which is no XDMA", control.describe());
            return Err(CardError::Foreign { what });
        }
        if ident & 1 << 15 == 0 {
            let what = format!(
                "the XDMA of {} moves memory and no streams; build the bitstream with its AXI4-Stream interface",
                control.describe()
            );
            return Err(CardError::Foreign { what });
        }
    }
    Ok(())
}

impl Card for XdmaCard {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        self.channels.input(slot)
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), CardError> {
        self.channels.submit(slot, rows)
    }

    fn poll(&mut self) -> Result<usize, CardError> {
        self.channels.poll()
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        self.channels.output(slot)
    }

    fn notes(&self) -> Vec<String> {
        vec![self.name.clone()]
    }
}

/// The bitstream's part of this crate: what goes between the streams of an XDMA with a bus of so many bytes.
///
/// # Panics
///
/// If the bus has not 8, 16, 32 or 64 bytes.
pub fn shell(core: &Core, bus_bytes: u32) -> Shell {
    Shell::stream(core, bus_bytes)
}
