//! A sender that the macro cannot look into as an input of a lane: passes, of which not each has a value.

use std::time::Instant;

use crate::completion::{Completion, StopReason};
use crate::control::RunError;
use crate::device::lost_device;
use crate::graph::input::{Input, Nothing, OpenInput};
use crate::graph::tail::LaneState;
use crate::source::Source;

/// What a lane takes of a pass.
pub trait Takes<V, E>: Send {
    /// What it takes.
    type Item;

    /// Of one that completed with a value.
    fn value(&self, value: V) -> Self::Item;

    /// Of one that failed; or what is reported of an error that ends the graph.
    ///
    /// # Errors
    ///
    /// The error, if no stage of the lane handles it.
    fn error(&self, error: E) -> Result<Self::Item, RunError>;

    /// Of one that was filtered out, if that must not be missed.
    fn filtered(&self) -> Option<Self::Item>;
}

/// Takes values; the function makes of an error what is reported.
#[derive(Debug)]
pub struct Values<F>(pub F);

impl<V, E, F: Fn(E) -> RunError + Send> Takes<V, E> for Values<F> {
    type Item = V;

    #[inline(always)]
    fn value(&self, value: V) -> V {
        value
    }

    fn error(&self, error: E) -> Result<V, RunError> {
        Err((self.0)(error))
    }

    #[inline(always)]
    fn filtered(&self) -> Option<V> {
        None
    }
}

/// Takes values, and errors that a later stage handles.
#[derive(Debug)]
pub struct Results;

impl<V, E> Takes<V, E> for Results {
    type Item = Result<V, E>;

    #[inline(always)]
    fn value(&self, value: V) -> Result<V, E> {
        Ok(value)
    }

    #[inline(always)]
    fn error(&self, error: E) -> Result<Result<V, E>, RunError> {
        Ok(Err(error))
    }

    #[inline(always)]
    fn filtered(&self) -> Option<Result<V, E>> {
        None
    }
}

/// Takes every pass, for a join: one without a value takes one from the other source too.
#[derive(Debug)]
pub struct Every;

impl<V, E> Takes<V, E> for Every {
    type Item = Option<Result<V, E>>;

    #[inline(always)]
    fn value(&self, value: V) -> Self::Item {
        Some(Ok(value))
    }

    #[inline(always)]
    fn error(&self, error: E) -> Result<Self::Item, RunError> {
        Ok(Some(Err(error)))
    }

    #[inline(always)]
    fn filtered(&self) -> Option<Self::Item> {
        Some(None)
    }
}

/// The passes of a source as an input.
///
/// One that was filtered out counts as begun, as it does in a chain that is not fused.
#[derive(Debug)]
pub struct PassInput<S, T> {
    source: S,
    takes: T,
    why: Why,
}

/// Why there was nothing to take the last time.
#[derive(Debug)]
enum Why {
    /// The pass has not completed.
    UnderWay,
    /// The pass was filtered out.
    Filtered,
    /// There will be no more, for this reason.
    Stopped(StopReason),
    /// The pass failed, and that ends the graph; the error until the lane is told.
    Failed(Option<Box<RunError>>),
}

impl<S, T> PassInput<S, T> {
    /// Takes from `source` what `takes` says.
    pub const fn new(source: S, takes: T) -> Self {
        Self { source, takes, why: Why::UnderWay }
    }
}

impl<S: Source + Send, T: Takes<S::Value, S::Error>> Input for PassInput<S, T> {
    type Item = T::Item;
    type Open<'i>
        = &'i mut Self
    where
        Self: 'i;
    const SOURCE: bool = true;
    const BURSTS: bool = S::BURSTS;

    #[inline(always)]
    fn open(&mut self) -> &mut Self {
        self
    }

    fn leave(&mut self) -> bool {
        self.source.leave()
    }

    fn drain(&mut self) -> bool {
        self.source.drain()
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

impl<S: Source, T: Takes<S::Value, S::Error>> OpenInput for &mut PassInput<S, T> {
    type Item = T::Item;

    #[inline(always)]
    fn take(&mut self) -> Option<T::Item> {
        let why = match self.source.pass() {
            Some(Completion::Value(value)) => return Some(self.takes.value(value)),
            Some(Completion::Error(error)) => match self.takes.error(error) {
                Ok(taken) => return Some(taken),
                Err(error) => Why::Failed(Some(Box::new(error))),
            },
            Some(Completion::Stopped(StopReason::Filtered)) => match self.takes.filtered() {
                Some(taken) => return Some(taken),
                None => Why::Filtered,
            },
            Some(Completion::Stopped(reason)) => Why::Stopped(reason),
            None => Why::UnderWay,
        };
        self.why = why;
        None
    }

    fn nothing(&mut self, lane: &mut LaneState) -> Nothing {
        match &mut self.why {
            Why::UnderWay => return Nothing::Yet,
            Why::Filtered => {
                lane.more += 1;
                return Nothing::Late;
            }
            Why::Failed(error) => {
                if let Some(error) = error.take() {
                    lane.fail(*error);
                }
            }
            Why::Stopped(StopReason::DeviceFailed) => {
                lane.device_failed(lost_device());
            }
            Why::Stopped(StopReason::Panicked) => {
                lane.panicked();
            }
            Why::Stopped(reason @ StopReason::NoMemory) => {
                lane.fail(RunError::failed(*reason));
            }
            Why::Stopped(StopReason::Filtered | StopReason::Ended | StopReason::Requested) => {}
        }
        Nothing::Ever
    }
}
