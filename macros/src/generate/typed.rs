//! One statement per stage: its function is checked against the tag of the stage before.

mod anew;
mod checks;
mod line;
mod plain;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use self::plain::waiting;
use super::drawing::Drawn;
use super::kernels::{self, TypedKernels};
use super::names;
use super::{call, first, here, library, local, located};
use crate::catalogue::{Combinator, SourceKind};
use crate::lower::{Feed, Joint, Plan};
use crate::model::{Body, Branch, Kind, Operation};

/// Every stage with the names that the generated code uses for it.
#[derive(Debug)]
pub(crate) struct Typed<'g> {
    /// The statements that make stages and tags.
    pub(crate) statements: TokenStream,
    pub(crate) segments: Vec<TypedSegment<'g>>,
    /// As the lines of the plan.
    pub(crate) lines: Vec<TypedLine>,
    pub(crate) drawn: Vec<Drawn>,
    /// The drawn stage that causes each edge.
    pub(crate) causes: Vec<usize>,
}

/// One line: its stages are a tuple of parts, those of an arm a part of the fan.
#[derive(Debug, Default)]
pub(crate) struct TypedLine {
    /// The elements of the tuple.
    pub(crate) parts: Vec<TokenStream>,
    /// The tag that an arm is given.
    pub(crate) front: Option<Ident>,
    /// The first of the parts, of which the line is made: a source, or the two lines that meet.
    pub(crate) origin: Option<Ident>,
    /// The stage of a join, for the name of its junction.
    pub(crate) stage: Option<Ident>,
    /// Position of its source in the description, if it has one.
    pub(crate) drawn: usize,
}

/// One segment: its stages are one element of the parts, its joint may be another.
#[derive(Debug)]
pub(crate) struct TypedSegment<'g> {
    pub(crate) start: Ident,
    pub(crate) end: Ident,
    pub(crate) begin: Option<TypedBegin>,
    pub(crate) stages: Vec<TypedStage<'g>>,
    /// Position of the stages' tuple in the parts.
    pub(crate) part: usize,
    pub(crate) tuple: Ident,
    pub(crate) joint: Option<TypedJoint>,
    /// What a device needs, if it may be one's.
    pub(crate) kernels: Option<TypedKernels>,
}

/// What makes an arm's first value, in front of the stages of its first segment.
#[derive(Debug)]
pub(crate) struct TypedBegin {
    pub(crate) slot: usize,
    pub(crate) drawn: usize,
}

#[derive(Debug)]
pub(crate) struct TypedJoint {
    /// Position in the parts.
    pub(crate) part: usize,
    pub(crate) tag: Ident,
    /// The stage of a fan: its way or its choice, and the name of its junction.
    pub(crate) stage: Ident,
    /// Position in the description.
    pub(crate) drawn: usize,
}

/// One operation: the tag behind it and where its function is.
#[derive(Debug)]
pub(crate) struct TypedStage<'g> {
    pub(crate) operation: &'g Operation,
    pub(crate) name: Ident,
    pub(crate) tag: Ident,
    /// Position in the segment's tuple.
    pub(crate) slot: usize,
    /// Position in the description.
    pub(crate) drawn: usize,
    /// Whether it is a kernel with its tables.
    pub(crate) bound: bool,
    pub(crate) arms: Vec<TypedArm<'g>>,
    /// Whether it is the choice of a route, which goes on with the value.
    pub(crate) chooses: bool,
    /// Whether what it begins with is made anew for each value.
    pub(crate) anew: bool,
}

/// An arm: how it begins, and its stages.
#[derive(Debug)]
pub(crate) struct TypedArm<'g> {
    /// Position of the closure that makes the arm's first value.
    pub(crate) slot: usize,
    pub(crate) drawn: usize,
    pub(crate) end: Ident,
    pub(crate) stages: Vec<TypedStage<'g>>,
}

/// The local that makes the values of a route's arms one.
pub(crate) fn unite(route: &Ident) -> Ident {
    Ident::new(&format!("{route}_unite"), route.span())
}

/// The local that knows how errors of a stage's arms become one.
pub(crate) fn junction(stage: &Ident) -> Ident {
    Ident::new(&format!("{stage}_junction"), stage.span())
}

/// The local that has a type if the errors of a stage's arms become one.
pub(crate) fn gate(stage: &Ident) -> Ident {
    Ident::new(&format!("{stage}_gate"), stage.span())
}

fn ends(arms: &[TypedArm<'_>]) -> Vec<Ident> {
    arms.iter().map(|arm| arm.end.clone()).collect()
}

impl Typed<'_> {
    /// The local of the source of a line.
    pub(crate) fn source(&self, line: usize) -> TokenStream {
        let source = &self.lines[line].origin;
        code!(#source)
    }
}

/// Names everything and writes the statements.
pub(crate) fn graph<'g>(plan: &Plan<'g>) -> Typed<'g> {
    let mut namer = Namer {
        plan,
        statements: TokenStream::new(),
        checks: names::Lookup::default(),
        drawn: Vec::new(),
        next: 0,
        segment: 0,
        binds: false,
        in_arm: false,
    };
    let mut typed = Typed {
        statements: TokenStream::new(),
        segments: Vec::new(),
        lines: plan.lines.iter().map(|_| TypedLine::default()).collect(),
        drawn: Vec::new(),
        causes: vec![0; plan.edges.len()],
    };
    namer.whole(&mut typed, 0, &[]);
    namer.statements.extend(namer.checks.blocks(|_, checks| code!(#(#checks)*)));
    typed.statements = namer.statements;
    typed.drawn = namer.drawn;
    typed
}

struct Namer<'p, 'g> {
    plan: &'p Plan<'g>,
    statements: TokenStream,
    /// What is asked of stages by the names of their functions.
    checks: names::Lookup,
    drawn: Vec<Drawn>,
    next: usize,
    segment: usize,
    /// Whether `path::with(..)` is a kernel with its tables.
    binds: bool,
    /// Whether the stages are those of an arm.
    in_arm: bool,
}

impl<'g> Namer<'_, 'g> {
    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn draw(&mut self, drawn: Drawn) -> usize {
        self.drawn.push(drawn);
        self.drawn.len() - 1
    }

    fn source(&mut self, feed: &Feed<'g>, path: &[u8]) -> (Ident, Ident) {
        let expression = &feed.source.expression;
        let id = self.fresh();
        let (mut source, mut tag) = (local("source", id), local("tag", id));
        let make = match feed.source.kind {
            SourceKind::Opaque => call("opaque", expression.span(), &[quote!(#expression)]),
            _ => code!(#expression),
        };
        let tagged = located(code!(::fusewire::__private::source_tag(&#source)), expression.span());
        self.statements.extend(code! {
            let #source = #make;
            let #tag = #tagged;
        });
        self.draw(Drawn::joined(feed.source, self.segment, path));
        for repeat in &feed.repeats {
            let id = self.fresh();
            let mut slots = Vec::new();
            let start = tag.clone();
            let stages = self.stages(&repeat.operations, &mut tag, &mut slots, path);
            let (tuple, turn) = (local("repeated", id), local("turn", id));
            let (longer, longer_tag) = (local("source", id), local("tag", id));
            let flow = super::flow::body(&stages, &tag, false, super::flow::Input::Value);
            let rest = super::flow::rest(&stages, &tag);
            let count = repeat.count;
            let repeated = library("repeated", repeat.span);
            self.statements.extend(code! {
                let #tuple = (#(#slots,)*);
                let #turn = ::fusewire::__private::segment(
                    #start, &#tuple, #[inline(always)] move |__p, __v| #flow, #rest,
                );
                let #longer = #repeated(#source, #tuple, #turn, #count);
                let #longer_tag = ::fusewire::__private::source_tag(&#longer);
            });
            self.draw(Drawn::repeat(repeat, self.segment, path));
            (source, tag) = (longer, longer_tag);
        }
        (source, tag)
    }

    /// The function of an operation as it is checked: in an arm one that makes it with each pass, if it may remember.
    fn function(&self, operation: &Operation, function: &Expr) -> TokenStream {
        if self.in_arm && anew::is_made(function) {
            anew::each_pass(operation, function)
        } else {
            quote!(#function)
        }
    }

    fn stages(
        &mut self,
        operations: &[&'g Operation],
        tag: &mut Ident,
        slots: &mut Vec<Ident>,
        arm: &[u8],
    ) -> Vec<TypedStage<'g>> {
        operations.iter().map(|operation| self.stage(operation, tag, slots, arm)).collect()
    }

    fn stage(
        &mut self,
        operation: &'g Operation,
        tag: &mut Ident,
        slots: &mut Vec<Ident>,
        arm: &[u8],
    ) -> TypedStage<'g> {
        // What is joined is drawn before the join; everything else before what it contains.
        let mut drawn = match &operation.kind {
            Kind::Join(_) => 0,
            _ => self.draw(Drawn::operation(operation, self.segment, arm)),
        };
        let id = self.fresh();
        let (stage, behind) = (local("stage", id), local("tag", id));
        let slot = slots.len();
        let span = operation.span();
        let name = operation.combinator.name();
        let before = match operation.combinator {
            Combinator::And | Combinator::Fork | Combinator::Fork3 | Combinator::Fork4 => here(tag, span),
            _ => located(quote!(#tag), span),
        };
        let mut arms = Vec::new();
        let mut bound = false;
        match &operation.kind {
            Kind::Stage(function) => {
                let check = match kernels::bind(function).filter(|_| self.binds) {
                    Some(kernel) => {
                        bound = true;
                        call("bound", span, &[before, quote!(#kernel)])
                    }
                    None => call(name, span, &[before, self.function(operation, function)]),
                };
                self.statements.extend(code!(let (#stage, #behind) = #check;));
                slots.push(stage.clone());
            }
            Kind::Scan { state, step } => {
                let (name, state) =
                    if self.in_arm { ("scan_anew", code!(move || #state)) } else { (name, quote!(#state)) };
                let check = call(name, span, &[before, state, self.function(operation, step)]);
                self.statements.extend(code!(let (#stage, #behind) = #check;));
                slots.push(stage.clone());
            }
            Kind::Batch { count } => {
                let batch = library(name, span);
                self.statements.extend(code!(let (#stage, #behind) = #batch::<_, _, { #count }>(#tag);));
                slots.push(stage.clone());
            }
            Kind::Fork(branches) => {
                let fork = call("fork", span, &[before]);
                let front = local("tag", self.fresh());
                self.statements.extend(code!(let (#stage, #front) = #fork;));
                arms = self.arms(branches, &front, slots, arm);
                let name = format!("meet{}", arms.len());
                self.meet(&name, span, [tag.clone()].into_iter().chain(ends(&arms)), &stage, &behind);
            }
            Kind::Route { choose, arms: branches } => {
                let check = call(name, span, &[before, self.function(operation, choose)]);
                let unite = unite(&stage);
                self.statements.extend(code!(let #stage = #check;));
                slots.push(stage.clone());
                arms = self.arms(branches, tag, slots, arm);
                let both = ends(&arms);
                let same = call("same", span, &[here(&both[0], span), here(&both[1], span)]);
                self.statements.extend(code!(let #unite = #same;));
                self.meet("meet_route", span, [tag.clone()].into_iter().chain(both), &stage, &behind);
            }
            Kind::Join(other) => {
                let expression = &other.source.expression;
                let front = local("tag", self.fresh());
                if self.in_arm {
                    let made = call("source_anew", expression.span(), &[code!(move || #expression)]);
                    self.statements.extend(code!(let (#stage, #front) = #made;));
                } else {
                    let start = located(code!(::fusewire::__private::source_tag(&#stage)), expression.span());
                    self.statements.extend(code! {
                        let #stage = #expression;
                        let #front = #start;
                    });
                }
                slots.push(stage.clone());
                let path = [arm, &[0]].concat();
                let inner_drawn = self.draw(Drawn::joined(&other.source, self.segment, &path));
                let mut end = front.clone();
                let operations: Vec<_> = other.operations.iter().collect();
                let stages = self.stages(&operations, &mut end, slots, &path);
                drawn = self.draw(Drawn::operation(operation, self.segment, arm));
                self.meet("meet_join", span, [tag.clone(), end.clone()], &stage, &behind);
                arms.push(TypedArm { slot, drawn: inner_drawn, end, stages });
            }
            Kind::Hop { .. } | Kind::Shard { .. } | Kind::Repeat { .. } => {
                unreachable!("`lower` cuts segments at hops and shards, and takes repeats out")
            }
        }
        *tag = behind.clone();
        let anew = self.in_arm;
        TypedStage { operation, name: stage, tag: behind, slot, drawn, bound, arms, chooses: false, anew }
    }

    /// Makes the junction of `stage` and the tag behind it, of the tags that meet there.
    fn meet(
        &mut self,
        name: &str,
        at: Span,
        tags: impl IntoIterator<Item = Ident>,
        stage: &Ident,
        behind: &Ident,
    ) {
        let tags: Vec<_> = tags.into_iter().map(|tag| here(&tag, at)).collect();
        let all = local("tags", self.fresh());
        let meet = call(name, at, &[here(&all, at)]);
        let (junction, gate) = (junction(stage), gate(stage));
        self.statements.extend(code! {
            let #all = (#(#tags),*);
            let ((#junction, #gate), #behind) = #meet;
        });
    }

    fn arms(
        &mut self,
        branches: &'g [Branch],
        front: &Ident,
        slots: &mut Vec<Ident>,
        path: &[u8],
    ) -> Vec<TypedArm<'g>> {
        let mut arms = Vec::new();
        for (index, branch) in (0u8..).zip(branches) {
            let Body::Chain { pattern, start, operations } = &branch.body else {
                unreachable!("`lower` leaves forks with opaque arms to the protocol")
            };
            let id = self.fresh();
            let (begins, front_tag, function) = (local("front", id), local("tag", id), local("stage", id));
            let begin = first(&begins, branch.span, pattern, start);
            self.statements.extend(code! {
                let #begins = ::fusewire::__private::arm(#front);
                let (#function, #front_tag) = #begin;
            });
            let slot = slots.len();
            slots.push(function);
            let path = [path, &[index]].concat();
            let drawn = self.draw(Drawn::arm(branch, self.segment, &path));
            let mut end = front_tag.clone();
            let operations: Vec<_> = operations.iter().collect();
            let in_arm = std::mem::replace(&mut self.in_arm, true);
            let stages = self.stages(&operations, &mut end, slots, &path);
            self.in_arm = in_arm;
            arms.push(TypedArm { slot, drawn, end, stages });
        }
        arms
    }

    /// The element of the parts for what is between two segments, and its names.
    fn joint(
        &mut self,
        typed: &mut Typed<'g>,
        joint: &Joint<'g>,
        tag: &Ident,
        carries: bool,
        path: &[u8],
    ) -> (TokenStream, TypedJoint) {
        let id = self.fresh();
        let (stage, behind) = (local("stage", id), local("tag", id));
        let (operation, name, function) = match joint {
            Joint::Hop { operation, on, .. } => {
                (operation, if carries { "hop_carrying" } else { "hop" }, quote!(#on))
            }
            Joint::Wait { operation } => {
                let (name, function) = match &operation.kind {
                    Kind::Stage(function) => {
                        (operation.combinator.name(), self.function(operation, function))
                    }
                    _ => waiting(operation),
                };
                (operation, name, function)
            }
            Joint::Fan(_) => unreachable!("the arms of a fan are named before what is behind it"),
        };
        let drawn = self.draw(Drawn::operation(operation, self.segment, path));
        if let Joint::Hop { edge: Some(edge), .. } = joint {
            typed.causes[*edge] = drawn;
        }
        let check = match joint {
            Joint::Hop { .. } => super::hop(name, tag, operation.span(), &function),
            _ => call(name, operation.span(), &[here(tag, operation.span()), function]),
        };
        self.statements.extend(code!(let (#stage, #behind) = #check;));
        (code!(#stage), TypedJoint { part: 0, tag: behind, stage, drawn })
    }
}
