//! Cards by Linux's VFIO: registers mapped from the device, and memory that its IOMMU lets the card reach, from user space.
//!
//! The card is bound to `vfio-pci` first (`driver_override` in sysfs); who may open `/dev/vfio/GROUP` may then drive it, and
//! the IOMMU keeps the card from all memory but what [`Vfio::memory`] gave. With [`RingCard`](super::ring::RingCard) that is
//! the whole driver of a PCIe card with our shell.

mod abi;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::mapped::MappedBar;
use super::{CardError, Memory};

/// The first address that cards see memory at; those below are for whoever expects a mistake there to be a fault.
const FIRST: u64 = 0x0010_0000;
/// Behind the last: x86 has addresses of interrupts from here on.
const LAST: u64 = 0xfee0_0000;
/// What the IOMMU maps at least.
const PAGE: usize = 4096;
/// PCI configuration space: the command register, and its bits for memory and for bus mastering.
const COMMAND: (u64, u16) = (0x04, 0b110);

/// A PCI device that is bound to `vfio-pci`. Clones are the same device.
#[derive(Debug, Clone)]
pub struct Vfio {
    inner: Arc<Inner>,
}

// The fields are closed in this order: the device before its group, and that before the container of its mappings.
#[derive(Debug)]
struct Inner {
    device: File,
    _group: File,
    container: File,
    name: String,
    /// Where the next memory goes.
    next: AtomicU64,
}

impl Vfio {
    /// Opens the device with this address, such as `0000:00:02.0`, resets it if it can be, and lets it be master of the bus.
    ///
    /// # Errors
    ///
    /// When there is no such device, it is not bound to `vfio-pci`, this process may not open its group, or others than
    /// `vfio-pci` drive devices of the same group.
    pub fn open(address: &str) -> Result<Self, CardError> {
        let sysfs = Path::new("/sys/bus/pci/devices").join(address);
        let failed =
            |what: &str, error: &io::Error| CardError::unreachable(format!("{address}: {what}"), error);
        sysfs.symlink_metadata().map_err(|error| failed("there is no such PCI device", &error))?;
        let group = sysfs.join("iommu_group").read_link().map_err(|error| {
            failed(
                "it has no IOMMU group; switch the IOMMU on in the firmware and by the kernel's command line",
                &error,
            )
        })?;
        let number = group.file_name().unwrap_or_default();
        let open = |path: &Path| OpenOptions::new().read(true).write(true).open(path);
        let path = Path::new("/dev/vfio").join(number);
        let group = open(&path).map_err(|error| {
            failed(&format!("cannot open {}; bind the device to vfio-pci", path.display()), &error)
        })?;
        let container =
            open(Path::new("/dev/vfio/vfio")).map_err(|error| failed("/dev/vfio/vfio", &error))?;
        if !abi::is_viable(&group).map_err(|error| failed("the group's status", &error))? {
            let why = io::Error::new(io::ErrorKind::ResourceBusy, "bind them to vfio-pci, or to nothing");
            return Err(failed("a driver of the kernel has another device of its IOMMU group", &why));
        }
        abi::join(&group, &container).map_err(|error| failed("its group cannot be used", &error))?;
        let device =
            abi::device(&group, address).map_err(|error| failed("its group does not give it", &error))?;
        // SAFETY: the call gave a descriptor of its own, which nobody else has.
        let device = unsafe { File::from_raw_fd(device) };
        // Not every device can be reset.
        let _ = abi::reset(&device);
        let next = AtomicU64::new(FIRST);
        let inner = Arc::new(Inner { device, _group: group, container, name: address.to_owned(), next });
        let vfio = Self { inner };
        vfio.master().map_err(|error| failed("it cannot be made master of the bus", &error))?;
        Ok(vfio)
    }

    /// Lets the device answer to memory accesses and make its own.
    fn master(&self) -> io::Result<()> {
        let config = abi::region(&self.inner.device, abi::CONFIGURATION)?;
        let (at, bits) = COMMAND;
        let mut command = [0; 2];
        self.inner.device.read_exact_at(&mut command, config.offset + at)?;
        let command = u16::from_le_bytes(command) | bits;
        self.inner.device.write_all_at(&command.to_le_bytes(), config.offset + at)
    }

    /// The first `len` bytes of a base address register, 0 to 5, as registers.
    ///
    /// # Errors
    ///
    /// When the device has no such register, it is shorter, or the system cannot map it.
    pub fn bar(&self, number: u32, len: usize) -> Result<MappedBar, CardError> {
        let name = format!("BAR {number} of {}", self.inner.name);
        let failed = |error: io::Error| CardError::unreachable(name.clone(), &error);
        let region = abi::region(&self.inner.device, number.min(5)).map_err(failed)?;
        if number > 5 || region.size < len as u64 {
            let what = if number > 5 { 0 } else { region.size };
            let why = format!("it has {what} bytes and not {len}");
            return Err(failed(io::Error::new(io::ErrorKind::UnexpectedEof, why)));
        }
        if !region.is_mappable() {
            return Err(failed(io::Error::new(io::ErrorKind::Unsupported, "the system does not map it")));
        }
        MappedBar::map(&self.inner.device, region.offset, len, name.into())
    }

    /// Zeroed memory that the card can reach, so many bytes up to the next page, locked by the system.
    ///
    /// # Errors
    ///
    /// When the process may lock no more (`ulimit -l`), or the addresses below 4 GiB are used up: they are not given again.
    pub fn memory(&self, bytes: usize) -> Result<VfioMemory, CardError> {
        let none = || CardError::OutOfMemory { asked: bytes, there: 0 };
        let len = bytes.max(1).checked_next_multiple_of(PAGE).ok_or_else(none)?;
        // ORDERING: relaxed, because the counter gives distinct numbers and publishes nothing.
        let address = self.inner.next.fetch_add(len as u64, Ordering::Relaxed);
        if address.checked_add(len as u64).is_none_or(|end| end > LAST) {
            return Err(none());
        }
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping at an address of the system's choice touches no memory of this process.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), len, protection, flags, -1, 0) };
        let start =
            (start != libc::MAP_FAILED).then(|| NonNull::new(start.cast())).flatten().ok_or_else(none)?;
        let mut memory = VfioMemory { start, len, address, mapped: false, vfio: self.clone() };
        abi::map(&self.inner.container, start.as_ptr() as u64, address, len as u64).map_err(|error| {
            let what =
                format!("{}: cannot be given {len} bytes of memory (is `ulimit -l` lower?)", self.inner.name);
            CardError::unreachable(what, &error)
        })?;
        memory.mapped = true;
        Ok(memory)
    }
}

/// Memory of this process that one card can reach. The card loses it when this is dropped.
#[derive(Debug)]
pub struct VfioMemory {
    start: NonNull<u8>,
    len: usize,
    address: u64,
    mapped: bool,
    vfio: Vfio,
}

// SAFETY: the mapping is the process's, and no thread is tied to it.
unsafe impl Send for VfioMemory {}

impl Drop for VfioMemory {
    fn drop(&mut self) {
        if self.mapped {
            // A mapping that is there can be taken away; were it not, the memory must stay.
            let Ok(()) = abi::unmap(&self.vfio.inner.container, self.address, self.len as u64) else {
                return;
            };
        }
        // SAFETY: mapped by `memory` with this length; its only owner is dropped, and the card cannot reach it any more.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

// SAFETY: the mapping has these bytes until drop, nobody else was told of it, and the IOMMU shows it to the card at this
// address, whole.
unsafe impl Memory for VfioMemory {
    fn start(&self) -> NonNull<u8> {
        self.start
    }

    fn len(&self) -> usize {
        self.len
    }

    fn address(&self) -> u64 {
        self.address
    }
}
