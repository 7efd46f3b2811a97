//! Classic pcap: the MoldUDP64 datagrams of a capture, with their times.
//!
//! Either byte order, microseconds or nanoseconds; Ethernet (with VLAN tags), Linux cooked, raw IP and loopback
//! frames; IPv4 and IPv6. The first UDP destination whose datagrams are MoldUDP64 is the feed. Other destinations
//! are taken along while they carry the feed's session (the second line of the same feed) and skipped otherwise.

use std::path::Path;

use super::super::input::{self, BadInput};
use super::super::mold::{self, Header};
use super::Tape;

const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
/// Far above any frame; a longer record means that the bytes are no record.
const LONGEST: usize = 1 << 20;

/// Reads a capture, gzip or not.
///
/// # Errors
/// One sentence with the offset: no pcap, cut inside a record or a packet, no MoldUDP64 in it, or a packet of the
/// feed that is damaged.
pub fn read(path: &Path) -> Result<Tape, BadInput> {
    let bytes = input::read(path)?;
    let name = path.display();
    let format = Format::of(&bytes).map_err(|what| BadInput::new(format!("{name}: {what}")))?;
    let mut tape = Tape::default();
    let mut feed: Option<Feed> = None;
    let mut first_refusal = None;
    let (mut other_udp, mut no_udp) = (0_u64, 0_u64);
    let mut at = FILE_HEADER;
    while at < bytes.len() {
        let bad = |at: usize, what: String| BadInput::new(format!("{name}: at offset {at}, {what}"));
        let (record, frame) = match format.record(&bytes, at) {
            Ok(record) => record,
            // That the capture is cut matters less than that it is a foreign one.
            Err(_) if tape.is_empty() && first_refusal.is_some() => break,
            Err(what) => return Err(bad(at, what)),
        };
        let frame_at = at + RECORD_HEADER;
        at = frame_at + frame.len();
        let Some(udp) = find_udp(frame, format.link) else {
            no_udp += 1;
            continue;
        };
        let datagram_at = frame_at + udp.at;
        let datagram = &frame[udp.at..(udp.at + udp.len).min(frame.len())];
        let ours = feed.as_ref().is_some_and(|feed| feed.to == udp.to);
        if datagram.len() < udp.len {
            let what = format!("the packet is cut: {} bytes of {} were captured", datagram.len(), udp.len);
            if ours {
                return Err(bad(datagram_at, what));
            }
            first_refusal.get_or_insert((datagram_at, what));
            other_udp += 1;
            continue;
        }
        if feed.as_ref().is_some_and(|feed| !ours && !feed.same_session(datagram)) {
            other_udp += 1;
            continue;
        }
        match tape.push(datagram, record) {
            Ok(()) => {
                let session = Header::read(datagram).map(|header| header.session);
                match &mut feed {
                    Some(feed) if ours => feed.session = session,
                    Some(_) => {}
                    None => feed = Some(Feed { to: udp.to, session }),
                }
            }
            Err((inside, what)) if ours => return Err(bad(datagram_at + inside, what)),
            Err((inside, what)) => {
                first_refusal.get_or_insert((datagram_at + inside, what));
                other_udp += 1;
            }
        }
    }
    if tape.is_empty() {
        return Err(BadInput::new(match first_refusal {
            Some((at, what)) => {
                format!("{name}: no MoldUDP64 packet of ITCH 5.0 in this capture: at offset {at}, {what}")
            }
            None if no_udp > 0 => {
                format!("{name}: no UDP packet in this capture, only {no_udp} of other kinds")
            }
            None => format!(
                "{name}: no packet in this capture: it ends after its header, at offset {FILE_HEADER}"
            ),
        }));
    }
    if other_udp > 0 {
        tape.note(format!("{other_udp} UDP packets are not of the feed and are skipped"));
    }
    if no_udp > 0 {
        tape.note(format!("{no_udp} packets are not UDP and are skipped"));
    }
    Ok(tape)
}

/// The destination that the feed goes to, and the session it is in.
struct Feed {
    to: Destination,
    session: Option<[u8; 10]>,
}

impl Feed {
    fn same_session(&self, datagram: &[u8]) -> bool {
        mold::check(datagram).is_ok_and(|header| Some(header.session) == self.session)
    }
}

/// An address (IPv4 in the first 4 bytes) and a port.
type Destination = ([u8; 16], u16);

/// What the file header says.
struct Format {
    big_endian: bool,
    nanoseconds: bool,
    link: u32,
}

impl Format {
    fn of(bytes: &[u8]) -> Result<Format, String> {
        let Some(magic) = bytes.first_chunk::<4>() else {
            return Err(format!("this is no pcap capture: it has {} bytes", bytes.len()));
        };
        let (big_endian, nanoseconds) = match *magic {
            [0xD4, 0xC3, 0xB2, 0xA1] => (false, false),
            [0x4D, 0x3C, 0xB2, 0xA1] => (false, true),
            [0xA1, 0xB2, 0xC3, 0xD4] => (true, false),
            [0xA1, 0xB2, 0x3C, 0x4D] => (true, true),
            [0x0A, 0x0D, 0x0D, 0x0A] => {
                return Err("this is a pcapng capture; convert it: editcap -F nsecpcap IN OUT".into());
            }
            [a, b, c, d] => {
                return Err(format!(
                    "this is no pcap capture: at offset 0 it has {a:02x}{b:02x}{c:02x}{d:02x}"
                ));
            }
        };
        if bytes.len() < FILE_HEADER {
            return Err(format!("the file header is cut: {} bytes of {FILE_HEADER} are there", bytes.len()));
        }
        let mut format = Format { big_endian, nanoseconds, link: 0 };
        // The upper bits of the link type hold the length of a frame check sequence, which does no harm.
        format.link = format.u32_at(bytes, 20) & 0x0FFF_FFFF;
        if ![0, 1, 12, 14, 101, 108, 113, 228, 229, 276].contains(&format.link) {
            return Err(format!(
                "at offset 20, the link type is {}; Ethernet, Linux cooked, raw IP and loopback are known",
                format.link
            ));
        }
        Ok(format)
    }

    fn u32_at(&self, bytes: &[u8], at: usize) -> u32 {
        let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        if self.big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    }

    /// The time and the frame of the record at `at`.
    fn record<'a>(&self, bytes: &'a [u8], at: usize) -> Result<(u64, &'a [u8]), String> {
        let rest = &bytes[at..];
        if rest.len() < RECORD_HEADER {
            return Err(format!(
                "the capture ends inside the header of a record: {} bytes of {RECORD_HEADER}",
                rest.len()
            ));
        }
        let len = self.u32_at(rest, 8) as usize;
        if len > LONGEST {
            return Err(format!("a record says that it has {len} bytes, which no frame has"));
        }
        let Some(frame) = rest.get(RECORD_HEADER..RECORD_HEADER + len) else {
            return Err(format!(
                "the capture ends inside a record: {} bytes of {len} are there",
                rest.len() - RECORD_HEADER
            ));
        };
        let scale = if self.nanoseconds { 1 } else { 1_000 };
        let time = u64::from(self.u32_at(rest, 0)) * 1_000_000_000 + u64::from(self.u32_at(rest, 4)) * scale;
        Ok((time, frame))
    }
}

/// A UDP payload in a frame; `at + len` may lie beyond a frame that was cut.
struct Udp {
    to: Destination,
    at: usize,
    len: usize,
}

/// Finds the UDP payload; `None` if the frame is something else, or a later fragment.
fn find_udp(frame: &[u8], link: u32) -> Option<Udp> {
    let u16_at = |at: usize| Some(u16::from_be_bytes([*frame.get(at)?, *frame.get(at + 1)?]));
    let (mut kind, mut at) = match link {
        1 => (u16_at(12)?, 14),
        113 => (u16_at(14)?, 16),
        276 => (u16_at(0)?, 20),
        // Loopback frames begin with an address family of 4 bytes, in either byte order; IP follows.
        0 | 108 => (0, 4),
        _ => (0, 0),
    };
    while matches!(kind, 0x8100 | 0x88A8 | 0x9100) {
        kind = u16_at(at + 2)?;
        at += 4;
    }
    let version = frame.get(at)? >> 4;
    if kind == 0 {
        kind = if version == 6 { 0x86DD } else { 0x0800 };
    }
    let mut address = [0; 16];
    let udp_at = match (kind, version) {
        (0x0800, 4) => {
            let header = usize::from(frame[at] & 15) * 4;
            let fragment_offset = u16_at(at + 6)? & 0x1FFF;
            if header < 20 || *frame.get(at + 9)? != 17 || fragment_offset != 0 {
                return None;
            }
            address[..4].copy_from_slice(frame.get(at + 16..at + 20)?);
            at + header
        }
        (0x86DD, 6) => {
            if *frame.get(at + 6)? != 17 {
                return None;
            }
            address.copy_from_slice(frame.get(at + 24..at + 40)?);
            at + 40
        }
        _ => return None,
    };
    let len = usize::from(u16_at(udp_at + 4)?).checked_sub(8)?;
    let port = u16_at(udp_at + 2)?;
    if frame.len() < udp_at + 8 {
        return None;
    }
    Some(Udp { to: (address, port), at: udp_at + 8, len })
}
