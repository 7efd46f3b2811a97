//! `repeat` in a fused graph: a loop in the source.

use crate::graph::flow::Flow;
use crate::source::{Source, Taken};

/// A source whose every value is the last of `count` that a segment gives.
#[derive(Debug)]
pub struct Repeated<S, P, G> {
    source: S,
    parts: P,
    body: G,
    count: u64,
}

/// Repeats `body` over `source`.
pub const fn repeated<S, P, G, T, E>(source: S, parts: P, body: G, count: u64) -> Repeated<S, P, G>
where
    S: Source,
    G: Fn(&mut P, S::Value) -> Flow<T, E>,
{
    Repeated { source, parts, body, count }
}

impl<S, P, G, T, E> Source for Repeated<S, P, G>
where
    S: Source<Error: crate::completion::IntoError<E>>,
    G: Fn(&mut P, S::Value) -> Flow<T, E>,
{
    type Value = T;
    type Error = E;

    fn leave(&mut self) -> bool {
        self.source.leave()
    }

    #[inline]
    fn take(&mut self) -> Taken<T, E> {
        let mut last = None;
        // A turn without a value is none.
        let mut left = self.count;
        while left != 0 {
            let value = match self.source.take() {
                Taken::Value(value) => value,
                Taken::Error(error) => {
                    return Taken::Error(crate::completion::IntoError::into_error(error));
                }
                Taken::Empty | Taken::Ended => return Taken::Ended,
            };
            match (self.body)(&mut self.parts, value) {
                Flow::Next(value) => {
                    last = Some(value);
                    left -= 1;
                }
                Flow::Skip => {}
                Flow::Fail(error) => return Taken::Error(error),
                Flow::End => return Taken::Ended,
            }
        }
        last.map_or(Taken::Ended, Taken::Value)
    }
}
