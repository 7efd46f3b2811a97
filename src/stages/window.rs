//! `window`: the last values together.

/// For `filter_map`: the last `N` values, the newest last, with each value from the `N`th on.
///
/// [`batch`](crate::adaptors::SenderExt::batch) gives each value once; this, `N` times.
/// **Costs** a move of the window per value.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::stages::window;
///
/// let mean = fuse! { from_iter([1.0, 2.0, 6.0]).filter_map(window()).map(|last: [f64; 3]| last.iter().sum::<f64>() / 3.0) };
/// assert_eq!(block_on(mean.repeat_until(|_| true)), Completion::Value(3.0));
/// ```
pub fn window<T: Copy + Send, const N: usize>() -> impl FnMut(T) -> Option<[T; N]> + Send + Clone {
    const { assert!(N > 0, "a window of no values: write how many, as in `window::<_, 4>()`") }
    let mut last: Option<[T; N]> = None;
    let mut have = 0;
    move |value| {
        let last = last.get_or_insert([value; N]);
        last.copy_within(1.., 0);
        last[N - 1] = value;
        have = N.min(have + 1);
        (have == N).then_some(*last)
    }
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn the_last_ones() {
        let mut stage = window::<_, 3>();
        assert_eq!([1, 2, 3, 4].map(&mut stage), [None, None, Some([1, 2, 3]), Some([2, 3, 4])]);
        let mut each = window::<_, 1>();
        assert_eq!(each(7), Some([7]));
    }
}
