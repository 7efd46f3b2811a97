//! Where the value of an index lies: several small ones to a line.

use std::marker::PhantomData;

use super::super::layout::values_in_a_line;

/// Positions of values of a type: a line has a power of two of them, of which the first few are values. So line and place are bits
/// of a position, the next one is one further or at the next line, and positions wrap around as indices do.
///
/// ```text
///  line 0: number, 7 words      line 1
///  positions 0 1 2 3 4 5 6 (7)  8 9 10 ...
/// ```
///
/// A type of which one value fills a line has the positions that its indices are.
pub(super) struct Positions<T>(PhantomData<T>);

impl<T> Positions<T> {
    /// Values of a line.
    pub(super) const VALUES: usize = values_in_a_line::<T>();

    /// Positions of a line.
    const SPAN: usize = if Self::VALUES == 1 { 1 } else { (Self::VALUES + 1).next_power_of_two() };

    /// The first position of the line in which it is.
    pub(super) const fn first_of_line(position: usize) -> usize {
        position & !(Self::SPAN - 1)
    }

    /// The first position of the line after that in which it is.
    #[inline(always)]
    pub(super) const fn next_line(position: usize) -> usize {
        Self::first_of_line(position).wrapping_add(Self::SPAN)
    }

    /// The position of the value after that of `position`.
    #[inline(always)]
    pub(super) const fn next(position: usize) -> usize {
        Self::at_value(position.wrapping_add(1))
    }

    /// The position itself, or that of the next line's first value if it is the one behind a line's last.
    #[inline(always)]
    pub(super) const fn at_value(position: usize) -> usize {
        if Self::SPAN > 1 && position & (Self::SPAN - 1) == Self::VALUES {
            return position.wrapping_add(Self::SPAN - Self::VALUES);
        }
        position
    }

    /// The line, counted from position 0, and the place in it.
    #[inline(always)]
    pub(super) const fn place(position: usize) -> (usize, usize) {
        (position / Self::SPAN, position & (Self::SPAN - 1))
    }

    /// How many values are from the first position of a line to one that is so many positions further.
    pub(super) const fn count(further: usize) -> usize {
        further / Self::SPAN * Self::VALUES + further % Self::SPAN
    }

    /// How many positions further than the first of a line the value is that so many are before.
    pub(super) const fn after(count: usize) -> usize {
        count / Self::VALUES * Self::SPAN + count % Self::VALUES
    }

    /// Lines for so many values, a power of two.
    pub(super) const fn lines(capacity: usize) -> usize {
        capacity.div_ceil(Self::VALUES).next_power_of_two()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Positions;

    fn counts<T>(values: usize) {
        type Of<T> = Positions<T>;
        assert_eq!(Of::<T>::VALUES, values);
        for start in [0, usize::MAX - 100] {
            let start = Of::<T>::first_of_line(start);
            let mut position = start;
            for count in 0..200 {
                let further = position.wrapping_sub(start);
                assert_eq!(Of::<T>::count(further), count);
                assert_eq!(Of::<T>::after(count), further);
                assert!(Of::<T>::place(position).1 < values);
                position = Of::<T>::next(position);
            }
        }
    }

    #[test]
    fn positions_and_values_are_counted_alike() {
        counts::<u8>(56);
        counts::<u32>(14);
        counts::<u64>(7);
        counts::<[u64; 2]>(3);
        counts::<[u64; 3]>(2);
        counts::<[u64; 4]>(1);
        counts::<Box<u8>>(1);
        counts::<()>(1);
    }
}
