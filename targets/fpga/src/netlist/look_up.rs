//! Tables and choices by an index.

use super::{Builder, Id, Op, Table, bits};

impl Builder {
    /// The index, or that of the last of `length` entries if it is beyond it.
    ///
    /// # Panics
    ///
    /// If there is no entry.
    pub fn clamped(&mut self, index: Id, length: usize) -> Id {
        let last = length.checked_sub(1).expect("a table has entries") as u128;
        if self.range(index).high <= last {
            return index;
        }
        let width = self.width(index);
        let last = self.constant(last, width);
        let beyond = self.below(last, index);
        self.select(beyond, last, index)
    }

    /// The entry of a table; an index beyond it gives the last.
    ///
    /// Only the entries that the index can reach are kept.
    pub fn look_up(&mut self, table: &Table, index: Id) -> Id {
        let index = self.clamped(index, table.entries.len());
        let range = self.range(index);
        let (first, last) = (range.low as usize, range.high as usize);
        let reached = &table.entries[first..=last];
        let width = table.width;
        if reached.iter().all(|entry| *entry == reached[0]) {
            return self.constant(reached[0], width);
        }
        let start = self.constant(range.low, self.width(index));
        let index = self.subtract(index, start);
        let need = bits((last - first) as u128);
        let index = self.slice(index, 0, need);
        if let [no, yes] = *reached {
            let (no, yes) = (self.constant(no, width), self.constant(yes, width));
            return self.select(index, yes, no);
        }
        let table = Table { width, entries: reached.to_vec() };
        let table = match self.known_tables.get(&table) {
            Some(&known) => known,
            None => {
                self.tables.push(table.clone());
                self.known_tables.insert(table, self.tables.len() - 1);
                self.tables.len() - 1
            }
        };
        self.push(Op::LookUp { table, index }, width)
    }

    /// One of several nodes of one width; an index beyond them gives the last.
    ///
    /// # Panics
    ///
    /// If there is none to choose from.
    pub fn choose(&mut self, from: &[Id], index: Id) -> Id {
        let index = self.clamped(index, from.len());
        let range = self.range(index);
        let need = bits(range.high);
        let index = self.slice(index, 0, need);
        let last = (range.high as usize).min(from.len() - 1);
        self.choose_by_bits(&from[..=last], index, need)
    }

    /// A tree of selections, the highest bit of the index at its root.
    fn choose_by_bits(&mut self, from: &[Id], index: Id, bits: u32) -> Id {
        let [first, .., last] = *from else { return from[0] };
        let Some(bit) = bits.checked_sub(1) else { return first };
        let half = 1usize << bit;
        if half >= from.len() {
            return self.choose_by_bits(from, index, bit);
        }
        if from.iter().all(|id| *id == first) {
            return last;
        }
        let high = self.slice(index, bit, 1);
        let yes = self.choose_by_bits(&from[half..], index, bit);
        let no = self.choose_by_bits(&from[..half], index, bit);
        self.select(high, yes, no)
    }
}
