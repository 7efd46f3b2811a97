//! What a ring says of itself, looked at once and then never believed again.

use super::error::{Foreign, ShmError};
use super::layout::{
    AT_BYTE_ORDER, AT_CAPACITY, AT_ELEMENT_ALIGN, AT_ELEMENT_SIZE, AT_FINGERPRINT, AT_MAGIC, AT_SLOTS,
    AT_START, AT_STRIDE, AT_TOTAL, AT_TYPE_NAME, AT_VERSION, BYTE_ORDER, MAGIC, MOST_BYTES, MOST_SLOTS,
    Shape, TYPE_NAME_BYTES, VERSION, fingerprint,
};

/// What a process wants of a ring.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) size: usize,
    pub(super) align: usize,
    pub(super) capacity: Option<usize>,
    pub(super) default_capacity: usize,
    pub(super) start: u64,
    pub(super) name: String,
    pub(super) fingerprint: Option<u64>,
}

/// The numbers of a header that was found good: our own copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) size: usize,
    pub(super) align: usize,
    pub(super) capacity: u64,
    pub(super) start: u64,
    pub(super) fingerprint: u64,
    pub(super) shape: Shape,
    pub(super) total: usize,
}

impl Wanted {
    /// The end of the name, as far as there is room for it.
    pub(super) fn type_name(&self) -> &str {
        let mut from = self.name.len().saturating_sub(TYPE_NAME_BYTES);
        while !self.name.is_char_boundary(from) {
            from += 1;
        }
        &self.name[from..]
    }

    fn fingerprint(&self) -> u64 {
        self.fingerprint.unwrap_or_else(|| fingerprint(self.size, self.align, &self.name))
    }

    /// The header of a new ring.
    pub(super) fn header(&self) -> Result<Header, ShmError> {
        if self.size == 0 {
            return Err(ShmError::NoBytes);
        }
        if self.size as u64 > MOST_BYTES {
            return Err(ShmError::ManyBytes { bytes: self.size });
        }
        let asked = self.capacity.unwrap_or(self.default_capacity);
        let refused = ShmError::Capacity { capacity: asked };
        let Some(capacity) = asked.checked_next_power_of_two().filter(|_| asked != 0) else {
            return Err(refused);
        };
        let (capacity, shape) = (capacity as u64, Shape::of(self.size));
        let Some(total) = shape.total(capacity) else { return Err(refused) };
        let (fingerprint, start) = (self.fingerprint(), self.start);
        Ok(Header { size: self.size, align: self.align, capacity, start, fingerprint, shape, total })
    }

    /// Whether a ring that somebody else made carries what is wanted.
    pub(super) fn agrees(&self, found: &Header, bytes: &[u8; AT_SLOTS], path: &str) -> Result<(), ShmError> {
        let own = self.header()?;
        let mismatch = |what, has, asked| Err(ShmError::Mismatch { path: path.to_owned(), what, has, asked });
        if found.size != own.size {
            return mismatch("values of size", found.size as u64, own.size as u64);
        }
        if found.align != own.align {
            return mismatch("values of alignment", found.align as u64, own.align as u64);
        }
        if found.fingerprint != own.fingerprint {
            let has = name_in(bytes);
            if has == self.type_name() {
                return mismatch("the fingerprint", found.fingerprint, own.fingerprint);
            }
            return Err(ShmError::Type { path: path.to_owned(), has, asked: self.name.clone() });
        }
        if self.capacity.is_some() && found.capacity != own.capacity {
            return mismatch("the capacity", found.capacity, own.capacity);
        }
        Ok(())
    }
}

/// The name of the type, for a message; it may hold anything.
fn name_in(bytes: &[u8; AT_SLOTS]) -> String {
    let name = &bytes[AT_TYPE_NAME..AT_TYPE_NAME + TYPE_NAME_BYTES];
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    String::from_utf8_lossy(&name[..end]).into_owned()
}

impl Header {
    /// Looks at the bytes of a header, and at the length of its file.
    pub(super) fn read(bytes: &[u8; AT_SLOTS], length: u64) -> Result<Self, Foreign> {
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            u64::from_ne_bytes(word)
        };
        if bytes[AT_MAGIC..AT_MAGIC + 8] != MAGIC {
            return Err(Foreign::Magic);
        }
        if word(AT_BYTE_ORDER) != BYTE_ORDER {
            return Err(Foreign::ByteOrder { found: word(AT_BYTE_ORDER) });
        }
        if word(AT_VERSION) != VERSION {
            return Err(Foreign::Version { found: word(AT_VERSION) });
        }
        let number = |what, at| Foreign::Number { what, found: word(at) };
        let size = word(AT_ELEMENT_SIZE);
        if !(1..=MOST_BYTES).contains(&size) {
            return Err(number("values of size", AT_ELEMENT_SIZE));
        }
        let align = word(AT_ELEMENT_ALIGN);
        if !align.is_power_of_two() || align > size || !size.is_multiple_of(align) {
            return Err(number("values of alignment", AT_ELEMENT_ALIGN));
        }
        let shape = Shape::of(size as usize);
        if word(AT_STRIDE) != shape.stride as u64 {
            return Err(number("slots of size", AT_STRIDE));
        }
        let capacity = word(AT_CAPACITY);
        if !capacity.is_power_of_two() || capacity > MOST_SLOTS {
            return Err(number("a capacity of", AT_CAPACITY));
        }
        let Some(total) = shape.total(capacity) else { return Err(number("a capacity of", AT_CAPACITY)) };
        if word(AT_TOTAL) != total as u64 {
            return Err(number("a length of", AT_TOTAL));
        }
        if length != total as u64 {
            return Err(Foreign::Length { bytes: length, asked: total as u64 });
        }
        Ok(Self {
            size: size as usize,
            align: align as usize,
            capacity,
            start: word(AT_START),
            fingerprint: word(AT_FINGERPRINT),
            shape,
            total,
        })
    }

    /// The bytes of a new header, before anybody attached.
    pub(super) fn bytes(&self, type_name: &str) -> Vec<u8> {
        let mut bytes = vec![0; AT_SLOTS];
        bytes[AT_MAGIC..AT_MAGIC + 8].copy_from_slice(&MAGIC);
        let words = [
            (AT_BYTE_ORDER, BYTE_ORDER),
            (AT_VERSION, VERSION),
            (AT_ELEMENT_SIZE, self.size as u64),
            (AT_ELEMENT_ALIGN, self.align as u64),
            (AT_CAPACITY, self.capacity),
            (AT_STRIDE, self.shape.stride as u64),
            (AT_START, self.start),
            (AT_FINGERPRINT, self.fingerprint),
            (AT_TOTAL, self.total as u64),
        ];
        for (at, word) in words {
            bytes[at..at + 8].copy_from_slice(&word.to_ne_bytes());
        }
        bytes[AT_TYPE_NAME..AT_TYPE_NAME + type_name.len()].copy_from_slice(type_name.as_bytes());
        bytes
    }
}
