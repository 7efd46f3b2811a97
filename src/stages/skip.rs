//! `skip`: not the first ones.

/// For `filter`: drops the first `count` values.
///
/// **Costs** one comparison per value.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::stages::skip;
///
/// let sum = fuse! { from_iter(1..=4).filter(skip(2)).scan(0, |sum, n| { *sum += n; *sum }).repeat(2) };
/// assert_eq!(block_on(sum), Completion::Value(3 + 4));
/// ```
pub fn skip<T>(count: u64) -> impl FnMut(&T) -> bool + Send + Clone {
    let mut left = count;
    move |_| {
        let done = left == 0;
        left = left.saturating_sub(1);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::skip;

    #[test]
    fn none_of_the_first() {
        for count in 0..5 {
            let mut stage = skip(count);
            assert_eq!((0..5).filter(|n| stage(n)).count() as u64, 5 - count);
        }
    }
}
