//! The calls of `linux/vfio.h` that a driver of one card needs.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};

/// `_IO(';', 100 + number)`.
const fn call(number: libc::c_ulong) -> libc::c_ulong {
    ((b';' as libc::c_ulong) << 8) | (100 + number)
}

const SET_IOMMU: libc::c_ulong = call(2);
const GROUP_GET_STATUS: libc::c_ulong = call(3);
const GROUP_SET_CONTAINER: libc::c_ulong = call(4);
const GROUP_GET_DEVICE_FD: libc::c_ulong = call(6);
const DEVICE_GET_REGION_INFO: libc::c_ulong = call(8);
const DEVICE_RESET: libc::c_ulong = call(11);
const IOMMU_MAP_DMA: libc::c_ulong = call(13);
const IOMMU_UNMAP_DMA: libc::c_ulong = call(14);

/// `VFIO_TYPE1v2_IOMMU`.
const TYPE_1_V2: libc::c_ulong = 3;
/// `VFIO_GROUP_FLAGS_VIABLE`.
const VIABLE: u32 = 1;
/// `VFIO_REGION_INFO_FLAG_MMAP`.
const MAPPABLE: u32 = 4;
/// `VFIO_DMA_MAP_FLAG_READ` and `_WRITE`.
const READ_AND_WRITE: u32 = 3;
/// `VFIO_PCI_CONFIG_REGION_INDEX`: the region of PCI configuration space; those before it are the BARs.
pub(super) const CONFIGURATION: u32 = 7;

/// `struct vfio_group_status`.
#[repr(C)]
struct Status {
    size: u32,
    flags: u32,
}

/// `struct vfio_region_info`.
#[repr(C)]
pub(super) struct Region {
    argument_size: u32,
    flags: u32,
    index: u32,
    capabilities: u32,
    pub(super) size: u64,
    pub(super) offset: u64,
}

impl Region {
    pub(super) const fn is_mappable(&self) -> bool {
        self.flags & MAPPABLE != 0
    }
}

/// `struct vfio_iommu_type1_dma_map`.
#[repr(C)]
struct Map {
    size: u32,
    flags: u32,
    start: u64,
    address: u64,
    len: u64,
}

/// `struct vfio_iommu_type1_dma_unmap`.
#[repr(C)]
struct Unmap {
    size: u32,
    flags: u32,
    address: u64,
    len: u64,
}

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Whether nobody but VFIO drives devices of the group.
pub(super) fn is_viable(group: &File) -> io::Result<bool> {
    let mut status = Status { size: size_of::<Status>() as u32, flags: 0 };
    // SAFETY: the call writes a structure of this size, which it is told.
    checked(unsafe { libc::ioctl(group.as_raw_fd(), GROUP_GET_STATUS, &raw mut status) })?;
    Ok(status.flags & VIABLE != 0)
}

/// Puts the group into the container, which gets its IOMMU by that.
pub(super) fn join(group: &File, container: &File) -> io::Result<()> {
    let fd: RawFd = container.as_raw_fd();
    // SAFETY: the call reads a descriptor.
    checked(unsafe { libc::ioctl(group.as_raw_fd(), GROUP_SET_CONTAINER, &raw const fd) })?;
    // SAFETY: the call takes a number.
    checked(unsafe { libc::ioctl(container.as_raw_fd(), SET_IOMMU, TYPE_1_V2) })?;
    Ok(())
}

/// A new descriptor of the device with this address.
pub(super) fn device(group: &File, address: &str) -> io::Result<RawFd> {
    let address = CString::new(address)?;
    // SAFETY: the call reads a string that ends with a zero.
    checked(unsafe { libc::ioctl(group.as_raw_fd(), GROUP_GET_DEVICE_FD, address.as_ptr()) })
}

/// Resets the device, where it knows how.
pub(super) fn reset(device: &File) -> io::Result<()> {
    // SAFETY: the call takes nothing.
    checked(unsafe { libc::ioctl(device.as_raw_fd(), DEVICE_RESET) })?;
    Ok(())
}

/// Where a region of the device lies in its descriptor.
pub(super) fn region(device: &File, index: u32) -> io::Result<Region> {
    let argument_size = size_of::<Region>() as u32;
    let mut region = Region { argument_size, flags: 0, index, capabilities: 0, size: 0, offset: 0 };
    // SAFETY: the call writes a structure of this size, which it is told.
    checked(unsafe { libc::ioctl(device.as_raw_fd(), DEVICE_GET_REGION_INFO, &raw mut region) })?;
    Ok(region)
}

/// Shows the devices of the container `len` bytes of this process, from `start` on, at `address`.
pub(super) fn map(container: &File, start: u64, address: u64, len: u64) -> io::Result<()> {
    let map = Map { size: size_of::<Map>() as u32, flags: READ_AND_WRITE, start, address, len };
    // SAFETY: the call reads a structure of this size, which it is told; what devices do with the memory is for the
    // caller to say.
    checked(unsafe { libc::ioctl(container.as_raw_fd(), IOMMU_MAP_DMA, &raw const map) })?;
    Ok(())
}

/// Takes it from them.
pub(super) fn unmap(container: &File, address: u64, len: u64) -> io::Result<()> {
    let mut unmap = Unmap { size: size_of::<Unmap>() as u32, flags: 0, address, len };
    // SAFETY: the call reads and writes a structure of this size, which it is told.
    checked(unsafe { libc::ioctl(container.as_raw_fd(), IOMMU_UNMAP_DMA, &raw mut unmap) })?;
    Ok(())
}
