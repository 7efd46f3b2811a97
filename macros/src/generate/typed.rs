//! One statement per stage: its function is checked against the tag of the stage before.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use super::drawing::Drawn;
use super::kernels::{self, Element, Obstacle, TypedKernels};
use super::names;
use super::{call, library, local, located};
use crate::catalogue::SourceKind;
use crate::check::arms_of;
use crate::lower::{Fan, Joint, Plan};
use crate::model::{Body, Branch, Kind, Operation};

/// Every stage with the names that the generated code uses for it.
#[derive(Debug)]
pub(crate) struct Typed<'g> {
    /// The statements that make stages and tags.
    pub(crate) statements: TokenStream,
    pub(crate) source: Ident,
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

fn ends(arms: &[TypedArm<'_>]) -> Vec<Ident> {
    arms.iter().map(|arm| arm.end.clone()).collect()
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
    };
    let (source, tag) = namer.source(plan);
    let mut typed = Typed {
        statements: TokenStream::new(),
        source: source.clone(),
        segments: Vec::new(),
        lines: plan.lines.iter().map(|_| TypedLine::default()).collect(),
        drawn: Vec::new(),
        causes: vec![0; plan.edges.len()],
    };
    typed.lines[0].parts.push(code!(#source));
    let place = if plan.source.kind == SourceKind::Io { Place::Io } else { Place::Free };
    namer.line(&mut typed, 0, tag, &[], place);
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

    fn source(&mut self, plan: &Plan<'g>) -> (Ident, Ident) {
        let expression = &plan.source.expression;
        let id = self.fresh();
        let (mut source, mut tag) = (local("source", id), local("tag", id));
        let make = match plan.source.kind {
            SourceKind::Opaque => call("opaque", expression.span(), &[quote!(#expression)]),
            _ => code!(#expression),
        };
        let tagged = located(code!(::fusewire::__private::source_tag(&#source)), expression.span());
        self.statements.extend(code! {
            let #source = #make;
            let #tag = #tagged;
        });
        self.draw(Drawn::source(plan.source));
        for repeat in &plan.repeats {
            let id = self.fresh();
            let mut slots = Vec::new();
            let start = tag.clone();
            let stages = self.stages(&repeat.operations, &mut tag, &mut slots, &[]);
            let (tuple, body, rest) = (local("repeated", id), local("turn", id), local("rest", id));
            let (longer, longer_tag) = (local("source", id), local("tag", id));
            let flow = super::flow::body(&stages, &tag, false, super::flow::Input::Value);
            let count = repeat.count;
            let repeated = library("repeated", repeat.span);
            self.statements.extend(code! {
                let #tuple = (#(#slots,)*);
                let (#body, #rest) = ::fusewire::__private::segment(
                    #start, &#tuple, move |__p, __v| #flow, ::fusewire::__private::no_rest,
                );
                let #longer = #repeated(#source, #tuple, #body, #count);
                let #longer_tag = ::fusewire::__private::source_tag(&#longer);
            });
            self.draw(Drawn::repeat(repeat));
            (source, tag) = (longer, longer_tag);
        }
        (source, tag)
    }

    /// Names the segments of a line, and of the arms that it goes through; the tag behind it.
    fn line(
        &mut self,
        typed: &mut Typed<'g>,
        line: usize,
        mut tag: Ident,
        path: &[u8],
        mut place: Place,
    ) -> Ident {
        let plan = self.plan;
        for &index in &plan.lines[line].segments {
            self.segment = index;
            self.meeting(typed, index, path);
            for elided in plan.elided.iter().filter(|elided| elided.segment == index) {
                self.draw(Drawn::operation(elided.operation, index, path));
            }
            let segment = &plan.segments[index];
            let start = tag.clone();
            let mut slots = Vec::new();
            let begin = plan.begins(index).and_then(|branch| self.begin(branch, &mut tag, &mut slots, path));
            let behind = kernels::obstacle(plan, index);
            self.binds = matches!(behind, Some(Ok(())));
            let mut stages = self.stages(&segment.operations, &mut tag, &mut slots, path);
            self.binds = false;
            if let Some(Joint::Fan(fan)) = &segment.joint
                && fan.ways.is_some()
            {
                stages.push(self.choice(fan.operation, &mut tag, &mut slots, path));
            }
            let kernels = match (behind, &place) {
                (Some(Ok(())), Place::Hop(hop)) => {
                    Some(self.kernels(index, &stages, hop, (&start, &tag), &mut slots))
                }
                (Some(Err(obstacle)), Place::Hop(hop)) => {
                    self.on_host(&obstacle, hop);
                    None
                }
                _ => None,
            };
            let tuple = local("stages", index);
            self.statements.extend(code!(let #tuple = (#(#slots,)*);));
            typed.lines[line].parts.push(code!(#tuple));
            let part = typed.lines[line].parts.len() - 1;
            let end = tag.clone();
            for operation in segment.operations.iter().filter(|_| kernels.is_none()) {
                self.check_operation(operation, &place);
            }
            typed.segments.push(TypedSegment {
                start,
                end,
                begin,
                stages,
                part,
                tuple,
                joint: None,
                kernels,
            });
            let Some(joint) = &segment.joint else { continue };
            let (element, joint) = match joint {
                Joint::Fan(fan) => self.fan(typed, index, fan, &tag, path, &place),
                _ => self.joint(typed, joint, &tag, segment.carries, path),
            };
            tag = joint.tag.clone();
            match &segment.joint {
                Some(Joint::Hop { .. }) => place = Place::Hop(joint.stage.clone()),
                Some(Joint::Wait { operation }) => self.check_operation(operation, &place),
                _ => {}
            }
            typed.lines[line].parts.push(element);
            let part = typed.lines[line].parts.len() - 1;
            typed.segments[index].joint = Some(TypedJoint { part, ..joint });
        }
        tag
    }

    /// Draws where the arms of a fan meet in front of segment `index`.
    fn meeting(&mut self, typed: &mut Typed<'g>, index: usize, path: &[u8]) {
        let plan = self.plan;
        let Some(before) = plan.segments[index].before else { return };
        let Some(Joint::Fan(fan)) = &plan.segments[before].joint else { return };
        let drawn = self.draw(Drawn::meeting(fan, index, path));
        for &edge in fan.ends.iter().chain(&fan.ways) {
            typed.causes[edge] = drawn;
        }
    }

    /// What makes the first value of an arm; nothing if the arm is a function.
    fn begin(
        &mut self,
        branch: &Branch,
        tag: &mut Ident,
        slots: &mut Vec<Ident>,
        path: &[u8],
    ) -> Option<TypedBegin> {
        let Body::Chain { pattern, start, .. } = &branch.body else { return None };
        let id = self.fresh();
        let (first, function) = (local("tag", id), local("stage", id));
        let begin = call("map", branch.span, &[quote!(#tag), code!(move |#pattern| #start)]);
        self.statements.extend(code!(let (#function, #first) = #begin;));
        let slot = slots.len();
        slots.push(function);
        let drawn = self.draw(Drawn::arm(branch, self.segment, path));
        *tag = first;
        Some(TypedBegin { slot, drawn })
    }

    /// The choice of a route whose arms have lanes of their own: a stage that gives itself and the
    /// value.
    fn choice(
        &mut self,
        operation: &'g Operation,
        tag: &mut Ident,
        slots: &mut Vec<Ident>,
        path: &[u8],
    ) -> TypedStage<'g> {
        let Kind::Route { choose, .. } = &operation.kind else { unreachable!("only a route has ways") };
        let drawn = self.draw(Drawn::operation(operation, self.segment, path));
        let id = self.fresh();
        let (stage, behind) = (local("stage", id), local("tag", id));
        let before = located(quote!(#tag), operation.span());
        let check = call("choose", operation.span(), &[before, quote!(#choose)]);
        self.statements.extend(code!(let (#stage, #behind) = #check;));
        let slot = slots.len();
        slots.push(stage.clone());
        *tag = behind.clone();
        TypedStage {
            operation,
            name: stage,
            tag: behind,
            slot,
            drawn,
            bound: false,
            arms: Vec::new(),
            chooses: true,
        }
    }

    /// Names the arms of a fan. The element of the parts is made later, of their bodies.
    fn fan(
        &mut self,
        typed: &mut Typed<'g>,
        index: usize,
        fan: &Fan<'g>,
        tag: &Ident,
        path: &[u8],
        place: &Place,
    ) -> (TokenStream, TypedJoint) {
        let span = fan.operation.span();
        let id = self.fresh();
        let (stage, behind, given) = (local("stage", id), local("tag", id), local("given", id));
        // What is before the fork: a route's choice goes with the value.
        let value = match typed.segments[index].stages.last() {
            Some(choice) if choice.chooses => {
                let way = code!(::fusewire::__private::OneWay);
                self.statements.extend(code! {
                    let #stage = #way;
                    let #given = ::fusewire::__private::without_choice(#tag);
                });
                given.clone()
            }
            _ => {
                self.draw(Drawn::operation(fan.operation, index, path));
                let fork = call("fork", span, &[located(quote!(#tag), span)]);
                self.statements.extend(code!(let (#stage, #given) = #fork;));
                given.clone()
            }
        };
        let mut tags = vec![value.clone()];
        for (number, &line) in (0u8..).zip(&fan.arms) {
            let front = local("front", self.fresh());
            self.statements.extend(code!(let #front = ::fusewire::__private::arm(#value);));
            typed.lines[line].front = Some(front.clone());
            let path = [path, &[number]].concat();
            let end = self.line(typed, line, front, &path, place.clone());
            let crosses = call("crosses", span, &[located(quote!(#end), span)]);
            self.statements.extend(code!(#crosses;));
            tags.push(end);
        }
        let meet = if fan.ways.is_some() {
            let unite = unite(&stage);
            let both = &tags[1..];
            let same = located(code!(::fusewire::__private::same(#(#both),*)), span);
            self.statements.extend(code!(let #unite = #same;));
            "meet_route".to_owned()
        } else {
            format!("meet{}", fan.arms.len())
        };
        self.meet(&meet, span, tags, &stage, &behind);
        let joint = local("joint", index);
        (code!(#joint), TypedJoint { part: 0, tag: behind, stage })
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
        let before = located(quote!(#tag), span);
        let mut arms = Vec::new();
        let mut bound = false;
        match &operation.kind {
            Kind::Stage(function) => {
                let check = match kernels::bind(function).filter(|_| self.binds) {
                    Some(kernel) => {
                        bound = true;
                        call("bound", span, &[before, quote!(#kernel)])
                    }
                    None => call(name, span, &[before, quote!(#function)]),
                };
                self.statements.extend(code!(let (#stage, #behind) = #check;));
                slots.push(stage.clone());
            }
            Kind::Scan { state, step } => {
                let check = call(name, span, &[before, quote!(#state), quote!(#step)]);
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
                let check = call(name, span, &[before, quote!(#choose)]);
                let unite = unite(&stage);
                self.statements.extend(code!(let #stage = #check;));
                slots.push(stage.clone());
                arms = self.arms(branches, tag, slots, arm);
                let both = ends(&arms);
                let same = located(code!(::fusewire::__private::same(#(#both),*)), span);
                self.statements.extend(code!(let #unite = #same;));
                self.meet("meet_route", span, [tag.clone()].into_iter().chain(both), &stage, &behind);
            }
            Kind::Join(other) => {
                let expression = &other.source.expression;
                let front = local("tag", self.fresh());
                let start = located(code!(::fusewire::__private::source_tag(&#stage)), expression.span());
                self.statements.extend(code! {
                    let #stage = #expression;
                    let #front = #start;
                });
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
            Kind::Hop { .. } | Kind::Repeat { .. } => {
                unreachable!("`lower` cuts segments at hops and takes repeats out")
            }
        }
        *tag = behind.clone();
        TypedStage { operation, name: stage, tag: behind, slot, drawn, bound, arms, chooses: false }
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
        let tags: Vec<_> = tags.into_iter().map(|tag| located(quote!(#tag), at)).collect();
        let (meet, junction) = (call(name, at, &tags), junction(stage));
        self.statements.extend(code!(let (#junction, #behind) = #meet;));
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
            let (begins, first, function) = (local("front", id), local("tag", id), local("stage", id));
            let begin = call("map", branch.span, &[quote!(#begins), code!(move |#pattern| #start)]);
            self.statements.extend(code! {
                let #begins = ::fusewire::__private::arm(#front);
                let (#function, #first) = #begin;
            });
            let slot = slots.len();
            slots.push(function);
            let path = [path, &[index]].concat();
            let drawn = self.draw(Drawn::arm(branch, self.segment, &path));
            let mut end = first.clone();
            let operations: Vec<_> = operations.iter().collect();
            let stages = self.stages(&operations, &mut end, slots, &path);
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
                let (name, function) = waiting(operation);
                (operation, name, function)
            }
            Joint::Fan(_) => unreachable!("the arms of a fan are named before what is behind it"),
        };
        let drawn = self.draw(Drawn::operation(operation, self.segment, path));
        if let Joint::Hop { edge: Some(edge), .. } = joint {
            typed.causes[*edge] = drawn;
        }
        let tag = located(quote!(#tag), operation.span());
        let check = call(name, operation.span(), &[tag, function]);
        self.statements.extend(code!(let (#stage, #behind) = #check;));
        (code!(#stage), TypedJoint { part: 0, tag: behind, stage })
    }

    /// What a device needs of a segment behind the hop `hop`: its kernels, and a slot for single passes.
    fn kernels(
        &mut self,
        index: usize,
        stages: &[TypedStage<'_>],
        hop: &Ident,
        (start, end): (&Ident, &Ident),
        slots: &mut Vec<Ident>,
    ) -> TypedKernels {
        let (mut lookup, mut found) = (names::Lookup::default(), Vec::new());
        let list = stages.iter().map(|stage| {
            let Kind::Stage(function) = &stage.operation.kind else {
                unreachable!("an operation of another kind is an obstacle")
            };
            if kernels::bind(function).is_some() {
                return Element::Bound(stage.slot);
            }
            let Some(name) = names::stage(function) else { unreachable!("as is a function without a name") };
            let (ident, span) = (&name.ident, name.ident.span());
            let kernel = local("kernel", self.fresh());
            let check = library("kernel_of", span);
            let check = located(code!(#check(&#hop, ::core::marker::PhantomData::<#ident>)), span);
            let (block, _) = lookup.add(&name, check);
            found.push((block, kernel.clone()));
            Element::Plain(kernel)
        });
        let list = list.collect();
        for (number, block) in lookup.blocks(|_, checks| code!((#(#checks,)*))).enumerate() {
            let kernels = found.iter().filter(|(at, _)| *at == number).map(|(_, kernel)| kernel);
            self.statements.extend(code!(let (#(#kernels,)*) = #block;));
        }
        let pass = local("pass", self.fresh());
        let before = self.plan.segments[index].before.map(|before| &self.plan.segments[before].joint);
        let at = match before {
            Some(Some(Joint::Hop { operation, .. })) => operation.span(),
            _ => start.span(),
        };
        let make = located(code!(::fusewire::__private::pass(&#hop, #start, #end)), at);
        self.statements.extend(code!(let #pass = #make;));
        slots.push(pass);
        TypedKernels { list, pass: slots.len() - 1 }
    }

    /// Refuses a device in front of what it cannot run.
    fn on_host(&mut self, obstacle: &Obstacle, hop: &Ident) {
        let (check, at) = match obstacle {
            Obstacle::Operation(at) => (code!(check), *at),
            Obstacle::Error(at) => (code!(check_errors), *at),
        };
        let check = located(code!(::fusewire::__private::HostOnly(&#hop).#check();), at);
        self.statements.extend(code!({
            #[allow(unused_imports, reason = "used for a host")]
            use ::fusewire::__private::OnHost as _;
            #check
        }));
    }

    fn check_operation(&mut self, operation: &Operation, place: &Place) {
        let functions: Vec<&Expr> = match &operation.kind {
            Kind::Stage(function) => vec![function],
            Kind::Scan { step, .. } => vec![step],
            Kind::Route { choose, .. } => vec![choose],
            _ => vec![],
        };
        for function in functions {
            let Some(name) = names::stage(function) else { continue };
            let span = name.ident.span();
            let ident = &name.ident;
            let check = match place {
                Place::Free => continue,
                Place::Hop(on) => {
                    let check = library("runs_on", span);
                    located(code!(#check(&#on, ::core::marker::PhantomData::<#ident>)), span)
                }
                Place::Io => {
                    let check = library("runs_on_io", span);
                    located(code!(#check(::core::marker::PhantomData::<#ident>)), span)
                }
            };
            self.checks.add(&name, code!(#check;));
        }
        for branch in arms_of(operation) {
            for operation in branch.operations() {
                self.check_operation(operation, place);
            }
        }
    }
}

/// Where stages run, as far as it says what they may do.
#[derive(Clone)]
enum Place {
    /// Where this hop leads.
    Hop(Ident),
    /// On the home of a socket.
    Io,
    /// Anywhere.
    Free,
}

/// The function of an asynchronous stage; a fork or route whose arms wait runs through the protocol.
fn waiting(operation: &Operation) -> (&'static str, TokenStream) {
    match &operation.kind {
        Kind::Stage(function) => (operation.combinator.name(), code!(#function)),
        Kind::Fork(branches) => {
            let arms = branches.iter().map(|branch| whole_arm(&branch.body));
            let method = Ident::new(operation.combinator.name(), operation.span());
            (
                "and",
                code!(move |__v| ::fusewire::__private::SenderExt::#method(::fusewire::__private::just(__v), #(#arms),*)),
            )
        }
        Kind::Route { choose, arms } => {
            let arms = arms.iter().map(|branch| whole_arm(&branch.body));
            (
                "and",
                code!(move |__v| ::fusewire::__private::SenderExt::route(::fusewire::__private::just(__v), #choose, #(#arms),*)),
            )
        }
        _ => unreachable!("only these suspend"),
    }
}

fn whole_arm(body: &Body) -> TokenStream {
    match body {
        Body::Opaque(operation) => match &operation.kind {
            Kind::Stage(function) => code!(#function),
            _ => unreachable!("a function is one stage"),
        },
        Body::Chain { pattern, start, operations } => {
            let mut chain = code!(::fusewire::__private::just(#start));
            for operation in operations {
                chain = link(chain, operation);
            }
            code!(move |#pattern| #chain)
        }
    }
}

fn link(chain: TokenStream, operation: &Operation) -> TokenStream {
    let method = Ident::new(operation.combinator.name(), operation.span());
    let arguments = match &operation.kind {
        Kind::Stage(function) => code!(#function),
        Kind::Scan { state, step } => code!(#state, #step),
        Kind::Batch { count } => {
            return code!(::fusewire::__private::SenderExt::batch::<{ #count }>(#chain));
        }
        Kind::Hop { on, .. } => code!(#on),
        Kind::Fork(branches) => {
            let arms = branches.iter().map(|branch| whole_arm(&branch.body));
            code!(#(#arms),*)
        }
        Kind::Route { choose, arms } => {
            let arms = arms.iter().map(|branch| whole_arm(&branch.body));
            code!(#choose, #(#arms),*)
        }
        Kind::Join(other) => {
            let mut joined = {
                let source = &other.source.expression;
                code!(#source)
            };
            for operation in &other.operations {
                joined = link(joined, operation);
            }
            joined
        }
        Kind::Repeat { count } => code!(#count),
    };
    code!(::fusewire::__private::SenderExt::#method(#chain, #arguments))
}
