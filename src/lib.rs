//! Typed graphs, fused at compile time into one loop body per pinned core.
//!
//! A graph is written as a chain of senders. [`fuse!`](prelude::fuse!) turns it into the program
//! that one would have written by hand: one loop body for each context that the graph visits,
//! joined by lock-free rings whose slots carry the values that are alive at the crossing. No boxed
//! future, no waker, no allocation and no indirect call per message.
//!
//! ```
//! use fusewire::context::cpu::Cpu;
//! use fusewire::engine::Engine;
//! use fusewire::prelude::*;
//!
//! #[derive(Clone, Copy)]
//! struct Quote { bid: u64, ask: u64 }
//!
//! #[stage]
//! fn decode(packet: [u64; 2]) -> Option<Quote> {
//!     let [bid, ask] = packet;
//!     (bid < ask).then_some(Quote { bid, ask })
//! }
//!
//! #[stage]
//! fn price(quote: Quote) -> u64 {
//!     quote.bid + (quote.ask - quote.bid) / 2
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let (io, compute) = (Cpu::builder().name("io").build()?, Cpu::builder().name("compute").build()?);
//!     let (orders, sent) = std::sync::mpsc::channel();
//!
//!     let graph = fuse! {
//!         from_iter([[100, 104], [103, 101], [102, 108]])
//!             .filter_map(decode)
//!             .then(on(compute).capacity(64))
//!             .map(price)
//!             .then(on(io.clone()))
//!             .for_each(move |price: u64| orders.send(price).unwrap())
//!     };
//!     println!("{}", graph.inspect());
//!
//!     let report = Engine::on(io).run(graph)?.join()?;
//!     assert_eq!((report.started, report.completed), (3, 2));
//!     assert_eq!(sent.iter().collect::<Vec<_>>(), [102, 105]);
//!     Ok(())
//! }
//! ```
//!
//! What runs is two lanes and two rings:
//!
//! ```text
//!   io                                     compute
//!  ┌──────────────────────────────┐       ┌───────────────────────┐
//!  │ from_iter ▶ filter_map decode├─ring─▶│ map price             │
//!  │                              │       │                       │
//!  │ for_each ◀───────────────────┼─ring──┤                       │
//!  └──────────────────────────────┘       └───────────────────────┘
//! ```
//!
//! [`block_on`](consumers::block_on) runs one pass of the same graph, as a flat state machine.
//! Without `fuse!` the chain means the same; the plain senders are the reference semantics.
//!
//! # Words
//!
//! | word | meaning | C++26 |
//! |---|---|---|
//! | [sender] | an inert description of one pass, and of how it may complete | sender |
//! | [receiver] | what a pass completes into: value, error or stopped, exactly once | receiver |
//! | [operation] | a connected sender; pinned from `start` until it completes | operation state |
//! | [stage](macro@stage) | a named function of a graph: `#[stage]` makes it a zero-sized type | - |
//! | [source](sources), [adaptor](adaptors), [consumer](consumers) | senders that begin, transform and end | factories, adaptors, consumers |
//! | [context] | a place that runs lanes: a thread, its wait strategy, its I/O | execution context |
//! | [scheduler](context::Scheduler) | the small handle of a context, which [`on`](on::on) takes | scheduler |
//! | target | a family of contexts: inline, manual, cpu, io, and what users add | - |
//! | hop | an `on` that changes the context | `continues_on` |
//! | [edge] | the [ring] that carries a hop, with its capacity and overflow policy | - |
//! | segment | a maximal run of synchronous stages between two suspension points | - |
//! | [lane] | all segments of one graph that run on one context: one loop body | - |
//! | machine | the fused graph for one pass: states are suspension points, payload the live values | - |
//! | turn | one trip round a context's loop | - |
//! | [stop token](stop) | how a pass is asked to stop; *stopped* is a completion, not an error | `inplace_stop_token` |
//!
//! False friends: our `map` is C++26's `then`. Our `then(on(c))` is its `continues_on(c)`; `then`
//! in Rust's futures takes a function that returns a future, which is our `and`. Our `and(stage)`
//! *sequences* (like `let_value`); it does not join. `join` *joins* (like `when_all`).
//!
//! # Modules
//!
//! | to | look at |
//! |---|---|
//! | write a graph | [`prelude`], [`sources`], [`adaptors`], [`on`], [`net`] |
//! | run it | [`engine`], [`consumers`], [`control`], [`signal`] |
//! | own what nobody awaits | [`scope`], [`consumers`], [`alloc`] |
//! | hide a graph behind an interface | [`task`] |
//! | choose where | [`context`] ([`cpu`](context::cpu), [`io`](context::io), [`manual`](context::manual), [`inline`](context::inline), [`pool`](context::pool) for work that is split or needs no core of its own, and on top of them [`strand`](context::strand), [`prioritised`](context::prioritised), [`instrumented`](context::instrumented), [`seeded`](context::seeded)), [`wait`], [`affinity`] |
//! | look at it | [`inspect`], [`graph::topology`] |
//! | compute on a device | [`kernel`]; `docs/kernels.md` in the repository |
//! | hand values in from outside | [`edge`], [`recv`](sources::recv), [`loan`] |
//! | share a value, bound what is under way, hand values on from many to many | [`sync`] |
//! | write a sender | [`sender`], [`operation`], [`receiver`], [`completion`], [`env`](mod@env), [`source`], [`stop`] |
//! | write a target | [`context`], [`context::host`], [`lane`], [`work`], [`conformance`] |
//! | use the ring alone | [`ring`] |
//! | know what `fuse!` makes | [`graph`]; `src/ARCHITECTURE.md` in the repository |
//!
//! # Features
//!
//! There are none: everything is always there. [`signal`] exists on Unix. Receiving many datagrams
//! with one call, time stamps, real-time scheduling and pinned memory are Linux's; elsewhere
//! sockets receive one at a time, and what else is asked for is answered with a warning.
//!
//! What `fuse!`, `#[fuse]`, `#[stage]` and `#[derive(Data)]` write names the crate `::fusewire`: a dependency that is renamed in
//! `Cargo.toml` needs `extern crate its_name as fusewire;` in the crate's root.

#![warn(clippy::disallowed_types)]
#![cfg_attr(doctest, doc = include_str!("../README.md"))]

// Generated code names this crate by its own name, also inside of it.
extern crate self as fusewire;

#[doc(hidden)]
pub mod __private;
pub mod adaptors;
pub mod affinity;
pub mod alloc;
pub mod batch;
pub mod completion;
pub mod condition;
pub mod conformance;
pub mod consumers;
pub mod context;
pub mod control;
pub mod device;
pub mod edge;
pub mod engine;
pub mod env;
pub mod function;
pub mod future;
pub mod graph;
pub mod inspect;
pub mod kernel;
pub mod lane;
pub mod launch;
pub mod loan;
pub(crate) mod lock;
pub mod net;
pub mod on;
pub(crate) mod opaque;
pub mod operation;
pub mod panic_site;
pub mod prelude;
pub(crate) mod primitive;
pub mod receiver;
pub mod ring;
pub mod scope;
pub mod sender;
#[cfg(unix)]
pub mod signal;
pub mod source;
pub mod sources;
pub mod stage;
pub mod stages;
pub mod stop;
pub mod sync;
pub mod task;
pub mod wait;
pub mod work;

/// Fuses the chain that a function returns; as `fuse!` does with an expression.
///
/// The attribute is for graphs that have a name and arguments. It is written by its path,
/// `#[fusewire::fuse]`, or imported by name: the `fuse!` of the [`prelude`] is another macro, and
/// Rust has one namespace for both.
///
/// The function stays an ordinary function: what comes before the chain is left alone, and an
/// editor completes the chain while it is being typed. It returns
/// [`impl Graph`](graph::Graph), or `impl Graph<Value = T>`.
///
/// What may stand in the chain, and what is refused, is said at [`prelude::fuse!`].
///
/// # Examples
///
/// ```
/// use fusewire::context::Scheduler;
/// use fusewire::context::manual::Manual;
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
///
/// #[fusewire::fuse]
/// fn squares(up_to: u32, compute: impl Scheduler) -> impl Graph {
///     from_iter(1..=up_to).then(on(compute)).map(|n| n * n).filter(|n| n % 2 == 1)
/// }
///
/// let compute = Manual::new();
/// let report = Engine::new().run(squares(9, compute.clone()))?.join()?;
/// assert_eq!(report.completed, 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub use fusewire_macros::fuse_fn as fuse;

/// Makes a function a named stage of graphs.
///
/// The function stays as it is: it can be called, and passed wherever a function can. Beside it
/// comes a zero-sized type of the same name that implements [`Stage`](crate::stage::Stage), by which
/// `fuse!` knows the stage's name, file and line, for drawings and for the report of a panic.
///
/// **Costs** nothing.
///
/// - `#[stage(blocking)]` marks a function that may block. `fuse!` refuses it on a context that
///   never blocks, such as an io context.
/// - `#[stage(kernel)]` marks a function in the subset that devices can run: values and tables in,
///   a value out, no heap, no generics. The subset is checked, and the type beside the function
///   describes it: see [`kernel`].
///
/// A stage may be generic, may fail (`try_map` takes a `Result`, `filter_map` an `Option`) and may
/// be asynchronous (`and` takes a function that returns a sender). One that is declared inside of a
/// function body works, but is known to `fuse!` by its text only, and its `blocking` is not checked.
/// There is none in an `impl` block, where a type has no place: call the method from a function.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::stage::Stage;
///
/// #[stage]
/// fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// fn main() {
///     assert_eq!(double(4), 8);
///     assert_eq!(<double as Stage>::NAME, "double");
///     assert_eq!(block_on(fuse! { just(21).map(double) }), Completion::Value(42));
/// }
/// ```
pub use fusewire_macros::stage;
