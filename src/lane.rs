//! A lane: all segments of one graph that run on one context, as one loop body.

use std::time::Instant;

use crate::primitive::{AtomicBool, Ordering};

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// At least one pass moved on.
    Busy,
    /// There was nothing to do.
    Idle,
    /// The lane has ended; it is to be dropped and not called again.
    Done,
}

/// What a context hosts: it calls [`run`](Self::run) in its loop until the lane is done.
///
/// A lane is driven by one thread, the context's own. It never blocks: whether to spin, yield or
/// park after an idle turn is the context's decision.
pub trait Lane: Send {
    /// Called once, on the context's thread, before the first turn.
    fn start(&mut self) {}

    /// One trip round the lane's loop body.
    ///
    /// Mark it `#[inline(always)]` where every nanosecond counts: it is called from
    /// [`run`](Self::run) and [`burst`](Self::burst), and a compiler that sees two callers may make
    /// both call it instead.
    fn turn(&mut self) -> Turn;

    /// Turns until `attention` is raised, the lane is done, or `idle` turns in a row were idle.
    ///
    /// The provided loop is monomorphised with [`turn`](Self::turn), so that a context makes one
    /// indirect call for many turns and none per message.
    fn run(&mut self, attention: &Attention, idle: u32) -> Turn {
        let mut left = idle;
        let mut busy = false;
        while !attention.raised() {
            match self.turn() {
                Turn::Busy => {
                    busy = true;
                    left = idle;
                }
                Turn::Idle => {
                    left -= 1;
                    if left == 0 {
                        break;
                    }
                }
                Turn::Done => return Turn::Done,
            }
        }
        if busy { Turn::Busy } else { Turn::Idle }
    }

    /// At most `turns` turns, and none after one that was idle.
    ///
    /// What a context calls in its round when it hosts several lanes; monomorphised as
    /// [`run`](Self::run) is.
    fn burst(&mut self, turns: u32) -> Turn {
        for turn in 0..turns {
            match self.turn() {
                Turn::Busy => {}
                Turn::Idle if turn == 0 => return Turn::Idle,
                Turn::Idle => break,
                Turn::Done => return Turn::Done,
            }
        }
        Turn::Busy
    }

    /// Called on the context's thread after attention was raised: the lane looks whether its graph
    /// was asked to stop.
    fn check(&mut self) {}

    /// When the lane wants a turn although nothing else has happened: its next timer.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Called instead of further turns after a panic in this lane or when the context ends: the
    /// lane gives up what it holds and tells its graph.
    fn abandon(&mut self, why: Abandoned);
}

/// Why a context gave up a lane.
#[derive(Debug)]
pub enum Abandoned {
    /// A stage panicked; see [`PanicReport`].
    Panicked(PanicReport),
    /// The context ended.
    ContextEnded,
}

/// Where and with which message a stage panicked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PanicReport {
    /// The stage, as written in the graph, if it is known.
    pub stage: Option<String>,
    /// The source file of the panic.
    pub file: String,
    /// The line of the panic.
    pub line: u32,
    /// The panic's message.
    pub message: String,
    /// The stages that the pass had gone through, the one that panicked last; empty where no fused stage is known.
    pub chain: Vec<Frame>,
}

/// One stage of the chain that a pass has gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The combinator that holds it: `"map"`.
    pub combinator: &'static str,
    /// The stage as it is written in the graph.
    pub stage: &'static str,
    /// The source file where the graph mentions it.
    pub file: &'static str,
    /// The line there.
    pub line: u32,
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { combinator, stage, file, line } = self;
        // What a closure is written over several lines with is one line here.
        let stage = stage.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{combinator}({stage}) at {file}:{line}")
    }
}

/// Asks a context's loop to leave its lane and look round.
///
/// Raised by whoever posts a task or asks a graph to stop; reading it costs one relaxed load per
/// turn.
#[derive(Debug, Default)]
pub struct Attention {
    raised: AtomicBool,
}

impl Attention {
    /// Not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether somebody asked.
    #[inline(always)]
    pub fn raised(&self) -> bool {
        // ORDERING: relaxed, the flag is a hint; `lower` synchronises.
        self.raised.load(Ordering::Relaxed)
    }

    /// Asks.
    pub fn raise(&self) {
        // ORDERING: release pairs with the acquire of `lower`; a swap, so that of several raises
        // before one `lower` each is seen.
        self.raised.swap(true, Ordering::Release);
    }

    /// Answers: what was written before the last `raise` is visible afterwards.
    pub fn lower(&self) -> bool {
        // ORDERING: acquire pairs with the release of `raise`.
        self.raised.swap(false, Ordering::Acquire)
    }
}
