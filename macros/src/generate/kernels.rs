//! Segments that a device may run: every operation is `.map(path)` or `.map(path::with(tables))`, right behind
//! a hop that the user wrote.
//!
//! The macro knows neither whether the hop leads to a device nor whether a path is a kernel. It
//! emits both forms, and the traits of `graph/places.rs` and `graph/kernels.rs` of fusewire choose.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Index};

use super::typed::{Typed, TypedSegment};
use super::{local, located};
use crate::catalogue::Combinator;
use crate::lower::{Joint, Plan};
use crate::model::{Kind, Operation};

/// A segment that a device may run.
#[derive(Debug)]
pub(crate) struct TypedKernels {
    /// One for each stage, in their order.
    pub(crate) list: Vec<Element>,
    /// Where the segment's tuple holds what single passes need.
    pub(crate) pass: usize,
}

/// How a stage is given to a device.
#[derive(Debug)]
pub(crate) enum Element {
    /// By the local that `kernel_of` gave.
    Plain(Ident),
    /// With its tables, at this position of the segment's tuple.
    Bound(usize),
}

/// `path::bind(tables)`, if a stage is `path::with(tables)`.
pub(crate) fn bind(function: &Expr) -> Option<Expr> {
    let Expr::Call(call) = function else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let last = path.path.segments.last()?;
    if path.qself.is_some()
        || path.path.segments.len() < 2
        || last.ident != "with"
        || !last.arguments.is_none()
    {
        return None;
    }
    let mut call = call.clone();
    let Expr::Path(path) = &mut *call.func else { return None };
    let last = path.path.segments.last_mut()?;
    last.ident = Ident::new("bind", last.ident.span());
    Some(Expr::Call(call))
}

/// Whether an operation may be a kernel.
fn may_be_kernel(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Stage(function) if operation.combinator == Combinator::Map => {
            let named = super::names::stage(function).is_some();
            named && (matches!(function, Expr::Path(_)) || bind(function).is_some())
        }
        _ => false,
    }
}

/// Whether segment `index` begins behind a hop, and what there keeps it from being a device's: it is no kernel.
pub(crate) fn obstacle(plan: &Plan<'_>, index: usize) -> Option<Result<(), Span>> {
    let before = &plan.segments[plan.segments[index].before?];
    let Some(Joint::Hop { operation: hop, .. }) = &before.joint else { return None };
    let segment = &plan.segments[index];
    let other = segment.operations.iter().find(|operation| !may_be_kernel(operation));
    let obstacle = match (other, &segment.joint) {
        (Some(operation), _) => operation.span(),
        (None, Some(Joint::Wait { operation })) => operation.span(),
        (None, _) if segment.operations.is_empty() => hop.span(),
        (None, Some(Joint::Fan(fan))) if fan.ways.is_some() => fan.operation.span(),
        (None, None | Some(Joint::Hop { .. } | Joint::Fan(_))) => return Some(Ok(())),
    };
    Some(Err(obstacle))
}

/// Whether segment `index` may be a device's, which errors go past.
pub(crate) fn carries(plan: &Plan<'_>, index: usize) -> bool {
    let before = plan.segments[index].before.is_some_and(|before| plan.segments[before].carries);
    before && matches!(obstacle(plan, index), Some(Ok(())))
}

/// The kernels of a segment as a list, its tuple being `tuple`.
fn list(kernels: &TypedKernels, tuple: &TokenStream) -> TokenStream {
    kernels.list.iter().rev().fold(code!(()), |rest, element| match element {
        Element::Plain(kernel) => code!((#kernel, #rest)),
        Element::Bound(slot) => {
            let slot = Index::from(*slot);
            code!((&#tuple.#slot, #rest))
        }
    })
}

/// What the calls of the library have in common: the hop's local, and both tags of the segment.
struct Common<'t> {
    kernels: &'t TypedKernels,
    segment: &'t TypedSegment<'t>,
    hop: Ident,
    at: Span,
}

fn common<'t>(plan: &Plan<'_>, typed: &'t Typed<'_>, index: usize) -> Option<Common<'t>> {
    let segment = &typed.segments[index];
    let kernels = segment.kernels.as_ref()?;
    let before = plan.segments[index].before?;
    let Some(Joint::Hop { operation, .. }) = &plan.segments[before].joint else { return None };
    Some(Common { kernels, segment, hop: local("joint", before), at: operation.span() })
}

/// In the launch: `let opened = ..;`, if segment `index` may be a device's.
pub(crate) fn open(plan: &Plan<'_>, typed: &Typed<'_>, index: usize) -> TokenStream {
    let Some(Common { kernels, segment, hop, at }) = common(plan, typed, index) else { return code!() };
    let (opened, tuple) = (opened(index), &segment.tuple);
    let list = list(kernels, &code!(#tuple));
    let number = u16::try_from(index).unwrap_or(u16::MAX);
    let (start, end) = (&segment.start, &segment.end);
    located(
        code!(let #opened = ::fusewire::__private::open(__launch, #number, &#hop, #start, #end, || #list)?;),
        at,
    )
}

/// The local that `open` made.
pub(crate) fn opened(index: usize) -> Ident {
    local("opened", index)
}

/// In the launch: segment `index`, on its device or as the function `body`, and what follows it.
pub(crate) fn tail(
    plan: &Plan<'_>,
    typed: &Typed<'_>,
    index: usize,
    next: &TokenStream,
) -> Option<TokenStream> {
    let segment = &typed.segments[index];
    segment.kernels.as_ref()?;
    let (opened, body, tuple, start) =
        (opened(index), local("segment", index), &segment.tuple, &segment.start);
    Some(if carries(plan, index) {
        code!(#opened.tail_carrying(#start, #tuple, #body, #next))
    } else if plan.segments[index].marked.0 {
        code!(#opened.tail_marked(#tuple, #body, #next))
    } else {
        code!(#opened.tail(#tuple, #body, #next))
    })
}

/// In the machine: what is done before a pass sets out to segment `index`, if that may be a device's.
pub(crate) fn begin(plan: &Plan<'_>, typed: &Typed<'_>, index: usize) -> Option<TokenStream> {
    let Common { kernels, segment, .. } = common(plan, typed, index)?;
    let hop = Index::from(typed.segments[plan.segments[index].before?].joint.as_ref()?.part);
    let (part, pass) = (Index::from(segment.part), Index::from(kernels.pass));
    let (start, end) = (&segment.start, &segment.end);
    Some(code!(::fusewire::__private::begin_pass(&__parts.#hop, #start, #end, &mut __parts.#part.#pass);))
}

/// In the machine: what segment `index` makes of `__v`, which has come over the hop of the suspension
/// point `number`.
pub(crate) fn arrived(plan: &Plan<'_>, typed: &Typed<'_>, index: usize, number: u32) -> Option<TokenStream> {
    let Common { kernels, segment, at, .. } = common(plan, typed, index)?;
    let part = Index::from(segment.part);
    let hop = Index::from(typed.segments[plan.segments[index].before?].joint.as_ref()?.part);
    let pass = Index::from(kernels.pass);
    let list = list(kernels, &code!(__parts.#part));
    let body = local("segment", index);
    let (start, end) = (&segment.start, &segment.end);
    let stay = Ident::new(&format!("stay_{number}"), Span::mixed_site());
    let arrived = code! {
        ::fusewire::__private::arrived(__v, &__parts.#hop, #start, #end, &mut __parts.#part.#pass, || #list)
    };
    let arrived = located(arrived, at);
    let carries = carries(plan, index);
    let stays = if carries { code!(::core::result::Result::Ok(__v)) } else { code!(__v) };
    let made = code! {
        match #arrived {
            ::fusewire::__private::Arrived::Host(__v) => #body(&mut __parts.#part, __v),
            ::fusewire::__private::Arrived::Made(__v) => __v,
            ::fusewire::__private::Arrived::Waits(__v, __deadline) => {
                __state.as_mut().#stay(
                    ::fusewire::__private::Crossing::new(#stays),
                    ::fusewire::__private::scheduler_context(&__parts.#hop),
                    __deadline,
                    __entry,
                );
                return ::fusewire::__private::Started::Later;
            }
            ::fusewire::__private::Arrived::Failed => return ::fusewire::__private::device_failed(),
        }
    };
    if !carries {
        return Some(made);
    }
    Some(code! {
        match __v {
            ::core::result::Result::Ok(__v) => ::core::result::Result::Ok(#made),
            ::core::result::Result::Err(__e) => ::core::result::Result::Err(__e),
        }
    })
}

/// In the drawing: the device of segment `index`, if it may have one.
pub(crate) fn draw(plan: &Plan<'_>, typed: &Typed<'_>, index: usize) -> TokenStream {
    let Some(Common { kernels, segment, hop, at }) = common(plan, typed, index) else { return code!() };
    let tuple = &segment.tuple;
    let list = list(kernels, &code!(#tuple));
    let number = u16::try_from(index).unwrap_or(u16::MAX);
    let (start, end) = (&segment.start, &segment.end);
    located(code!(::fusewire::__private::draw_device(__drawing, #number, #hop, #start, #end, || #list);), at)
}
