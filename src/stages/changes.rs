//! `changes`: what differs from the value before.

/// For `filter`: lets a value through if it differs from the one before it, and the first.
///
/// **Costs** one comparison and one clone per value that differs.
///
/// RxJS, Rx.NET: `distinctUntilChanged`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::stages::changes;
///
/// let moves = from_iter([5, 5, 6, 6, 5]).filter(changes()).scan(0, |sum, n: i32| { *sum += n; *sum });
/// assert_eq!(block_on(moves.repeat(5)), Completion::Stopped(StopReason::Ended));
/// ```
pub fn changes<T: PartialEq + Clone + Send>() -> impl FnMut(&T) -> bool + Send + Clone {
    let mut before: Option<T> = None;
    move |value| {
        let differs = before.as_ref() != Some(value);
        if differs {
            before = Some(value.clone());
        }
        differs
    }
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn the_first_and_what_differs() {
        let mut stage = changes();
        assert_eq!([1, 1, 2, 1, 1].map(|n| stage(&n)), [true, false, true, true, false]);
    }
}
