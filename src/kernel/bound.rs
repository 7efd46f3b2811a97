//! A kernel together with its tables.

use std::fmt;
use std::sync::Arc;

use super::data::{Data, store};
use super::layout::Layout;
use super::tree::Function;
use crate::stage::Stage;

/// A function of the subset: every `#[stage(kernel)]` is one, and kernels may call it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kernel",
    label = "not a kernel",
    note = "help: put `#[stage(kernel)]` above the function"
)]
pub trait Described: Stage {
    /// Its description, the same one at every call.
    fn function() -> &'static Function;
}

/// The types of a kernel that takes one value, besides its tables, as they are written.
///
/// `#[stage(kernel)]` implements it for the type that it makes beside the function. [`Kernel`] says
/// that the types are data as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kernel that takes one value",
    label = "not a kernel of one value",
    note = "help: a kernel in a graph has one parameter that is no reference: make a struct of several"
)]
pub trait Mapping: Described {
    /// What it takes.
    type In;
    /// What it gives.
    type Out;
    /// Its tables, shared: a tuple of `Arc<[T]>` and `Arc<T>`, in the order of the parameters.
    type Tables: Clone + Send + Sync + 'static;

    /// Calls the function, here and now.
    fn call(tables: &Self::Tables, value: Self::In) -> Self::Out;

    /// The bytes of its tables, in the order of the parameters.
    fn tables(tables: &Self::Tables) -> Vec<Table>;
}

/// A kernel that takes one value, besides its tables: one that may stand in a graph.
///
/// Every [`Mapping`] of data to data is one.
pub trait Kernel: Mapping<In: Data, Out: Data> {}

#[diagnostic::do_not_recommend]
impl<K: Mapping<In: Data, Out: Data>> Kernel for K {}

/// A kernel with its tables; what `kernel::bind(..)` of a stage's type gives.
///
/// A host calls it; a device takes what is in [`erased`](Self::erased).
pub struct Bound<K: Mapping> {
    tables: K::Tables,
}

impl<K: Mapping> Bound<K> {
    /// `K` with `tables`.
    pub const fn new(tables: K::Tables) -> Self {
        Self { tables }
    }

    /// Calls the function, here and now. **Costs** what the function costs.
    #[inline(always)]
    pub fn call(&self, value: K::In) -> K::Out {
        K::call(&self.tables, value)
    }

    /// Its description and the bytes of its tables, without its type. **Costs** a copy of the tables.
    pub fn erased(&self) -> BoundFunction {
        BoundFunction { function: K::function(), tables: K::tables(&self.tables) }
    }
}

impl<K: Mapping> Clone for Bound<K> {
    fn clone(&self) -> Self {
        Self { tables: self.tables.clone() }
    }
}

impl<K: Mapping> fmt::Debug for Bound<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("kernel", &K::NAME).finish_non_exhaustive()
    }
}

/// A kernel's description with its tables; what a [`Program`](super::Program) is made of.
#[derive(Debug, Clone)]
pub struct BoundFunction {
    function: &'static Function,
    tables: Vec<Table>,
}

impl BoundFunction {
    /// `function` with `tables`, in the order of its table parameters.
    pub const fn new(function: &'static Function, tables: Vec<Table>) -> Self {
        Self { function, tables }
    }

    /// The description.
    pub const fn function(&self) -> &'static Function {
        self.function
    }

    /// The tables, in the order of the parameters.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }
}

/// Read-only values that a kernel looks up, as bytes that a device can be given.
#[derive(Clone, PartialEq, Eq)]
pub struct Table {
    element: &'static Layout,
    len: usize,
    bytes: Arc<[u8]>,
}

impl Table {
    /// The table of `values`. Padding is zero.
    pub fn new<T: Data>(values: &[T]) -> Self {
        let mut bytes = vec![0; size_of_val(values)];
        for (value, bytes) in values.iter().zip(bytes.chunks_exact_mut(size_of::<T>().max(1))) {
            store(value, bytes);
        }
        Self { element: &T::LAYOUT, len: values.len(), bytes: bytes.into() }
    }

    /// The layout of an element.
    pub const fn element(&self) -> &'static Layout {
        self.element
    }

    /// How many elements there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements, one behind the other as in a Rust slice.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("element", self.element).field("len", &self.len).finish_non_exhaustive()
    }
}
