//! The description of the graph: a `static` half, and a closure that completes it.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

use super::kernels;
use super::lanes::{self, Carried};
use super::names::{self, Lookup, Name};
use super::typed::Typed;
use super::{local, placed};
use crate::catalogue::{Combinator, SourceKind};
use crate::lower::{Fan, Joint, Origin, Plan, Repeat};
use crate::model::{Body, Branch, Kind, Operation, Source};
use crate::text::display;

/// One drawn stage.
#[derive(Debug)]
pub(crate) struct Drawn {
    name: String,
    combinator: String,
    kind: &'static str,
    span: Span,
    stage: Option<Name>,
    segment: usize,
    arm: Vec<u8>,
    arms: u8,
    /// Whether it is a source that takes what is fed back.
    feeds_back: bool,
}

impl Drawn {
    pub(crate) fn source(source: &Source) -> Self {
        let kind = if source.kind == SourceKind::Opaque { "Subgraph" } else { "Source" };
        let feeds_back = mentions(source.expression.to_token_stream(), "fed_back");
        let (combinator, name) = match &source.expression {
            Expr::Call(call) if source.kind != SourceKind::Opaque => {
                (source.name.clone(), call.args.iter().map(display).collect::<Vec<_>>().join(", "))
            }
            other => ("source".to_owned(), display(other)),
        };
        Self {
            name: short(&name),
            combinator,
            kind,
            span: source.span(),
            stage: None,
            segment: 0,
            arm: Vec::new(),
            arms: 0,
            feeds_back,
        }
    }

    pub(crate) fn joined(source: &Source, segment: usize, arm: &[u8]) -> Self {
        Self { segment, arm: arm.to_vec(), ..Self::source(source) }
    }

    pub(crate) fn repeat(repeat: &Repeat<'_>, segment: usize, arm: &[u8]) -> Self {
        Self {
            name: short(&display(repeat.count)),
            combinator: "repeat".to_owned(),
            kind: "Repeat",
            span: repeat.span,
            stage: None,
            segment,
            arm: arm.to_vec(),
            arms: 0,
            feeds_back: false,
        }
    }

    pub(crate) fn arm(branch: &Branch, segment: usize, arm: &[u8]) -> Self {
        let name = match &branch.body {
            Body::Chain { start, .. } => display(start),
            Body::Opaque(operation) => stage_name_of(operation),
        };
        Self {
            name: short(&name),
            combinator: "just".to_owned(),
            kind: "Map",
            span: branch.span,
            stage: None,
            segment,
            arm: arm.to_vec(),
            arms: 0,
            feeds_back: false,
        }
    }

    pub(crate) fn operation(operation: &Operation, segment: usize, arm: &[u8]) -> Self {
        let (name, stage, arms) = match &operation.kind {
            Kind::Stage(function) => (stage_name(function), names::stage(function), 0),
            Kind::Scan { step, .. } => (stage_name(step), names::stage(step), 0),
            Kind::Batch { count } => (display(count), None, 0),
            Kind::Hop { context, .. } => (display(context), None, 0),
            Kind::Fork(arms) => (String::new(), None, arms.len()),
            Kind::Route { choose, .. } => (stage_name(choose), names::stage(choose), 2),
            Kind::Shard { key, on, .. } => (format!("{} on {}", stage_name(key), display(on)), None, 0),
            Kind::Join(_) => (String::new(), None, 2),
            Kind::Repeat { count } => (display(count), None, 0),
        };
        Self {
            name: short(&name),
            combinator: operation.combinator.name().to_owned(),
            kind: kind(operation.combinator),
            span: operation.span(),
            stage,
            segment,
            arm: arm.to_vec(),
            arms: u8::try_from(arms).unwrap_or(u8::MAX),
            feeds_back: false,
        }
    }

    /// Where the arms of a fan meet, and by which rule there.
    pub(crate) fn meeting(fan: &Fan<'_>, segment: usize, arm: &[u8]) -> Self {
        let place = if fan.meets_at_hop { "where the next hop leads" } else { "where the fork is" };
        let (combinator, place) = match fan.ways {
            Some(_) => ("merge", place.replace("fork", "route")),
            None => ("join", place.to_owned()),
        };
        Self {
            name: format!("{} arms, {place}", fan.arms.len()),
            combinator: combinator.to_owned(),
            kind: "Join",
            span: fan.operation.span(),
            stage: None,
            segment,
            arm: arm.to_vec(),
            arms: 0,
            feeds_back: false,
        }
    }

    fn tokens(&self, lookup: &mut Lookup) -> TokenStream {
        let Self { name, combinator, segment, arm, arms, .. } = self;
        let kind = proc_macro2::Ident::new(self.kind, Span::call_site());
        let (line, column) = place(self.span);
        let segment = u16::try_from(*segment).unwrap_or(u16::MAX);
        let defined = match &self.stage {
            None => code!(::core::option::Option::None),
            Some(name) => {
                let (block, position) = lookup.add(name, TokenStream::new());
                let defined = local("DEFINED", block);
                code!(#defined[#position])
            }
        };
        code! {
            ::fusewire::__private::StageDesc {
                name: #name,
                combinator: #combinator,
                kind: ::fusewire::__private::StageKind::#kind,
                file: __FILE,
                line: #line,
                column: #column,
                defined: #defined,
                segment: #segment,
                arm: &[#(#arm),*],
                arms: #arms,
            }
        }
    }
}

/// Whether `word` is among the tokens.
fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        _ => false,
    })
}

fn kind(combinator: Combinator) -> &'static str {
    match combinator {
        Combinator::Map | Combinator::TryMap | Combinator::Scan => "Map",
        Combinator::Filter | Combinator::FilterMap => "Filter",
        Combinator::InspectValue => "Tap",
        Combinator::MapErr | Combinator::OrElse => "Recover",
        Combinator::ForEach => "Consumer",
        Combinator::Batch => "Batch",
        Combinator::Then => "Hop",
        Combinator::And => "Await",
        Combinator::Fork
        | Combinator::Fork3
        | Combinator::Fork4
        | Combinator::Broadcast
        | Combinator::Broadcast3
        | Combinator::Broadcast4 => "Fork",
        Combinator::Join => "Join",
        Combinator::Route | Combinator::Shard | Combinator::ShardUnordered => "Route",
        Combinator::Repeat => "Repeat",
    }
}

fn stage_name_of(operation: &Operation) -> String {
    match &operation.kind {
        Kind::Stage(function) => stage_name(function),
        _ => operation.combinator.name().to_owned(),
    }
}

fn stage_name(function: &Expr) -> String {
    match function {
        Expr::Closure(closure) => {
            let inputs: Vec<_> = closure
                .inputs
                .iter()
                .map(|input| match input {
                    syn::Pat::Type(typed) => display(&typed.pat),
                    other => display(other),
                })
                .collect();
            let body = display(&closure.body);
            let body = if body.len() > 24 || body.contains('{') { "..".to_owned() } else { body };
            format!("|{}| {body}", inputs.join(", "))
        }
        other => display(other),
    }
}

fn short(name: &str) -> String {
    const MOST: usize = 44;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(MOST - 2).collect();
    cut.push_str("..");
    cut
}

/// Line and column of a token, both from 1; zeros outside of the compiler.
pub(crate) fn place(span: Span) -> (u32, u32) {
    if !proc_macro::is_available() {
        return (0, 0);
    }
    let span = span.unwrap();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    (number(span.line()), number(span.column()))
}

/// `static __FUSEWIRE_GRAPH`
pub(crate) fn graph(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let name = &plan.name;
    let (line, _) = place(plan.source.span());
    let mut lookup = Lookup::default();
    let stages: Vec<_> = typed.drawn.iter().map(|drawn| drawn.tokens(&mut lookup)).collect();
    let defined = lookup
        .blocks(|names, _| code!([#(::fusewire::__private::defined::<#names>()),*]))
        .zip(lookup.counts())
        .enumerate()
        .map(|(block, (lookup, count))| {
            let name = local("DEFINED", block);
            code!(const #name: [::fusewire::__private::Defined; #count] = #lookup;)
        });
    let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    let segments = plan.segments.iter().enumerate().map(|(index, segment)| {
        let context = plan.context(segment.lane);
        let lane = number(segment.lane);
        let of = |drawn: &(usize, &Drawn)| drawn.1.segment == index;
        let first = number(typed.drawn.iter().enumerate().find(of).map_or(0, |(at, _)| at));
        let last = number(typed.drawn.iter().enumerate().rfind(of).map_or(0, |(at, _)| at));
        code!(::fusewire::__private::SegmentDesc { context: #context, lane: #lane, first: #first, last: #last })
    });
    let hops = plan
        .edges
        .iter()
        .zip(&typed.causes)
        .map(|(edge, &cause)| hop(cause, edge.operation, &edge.context, (edge.from, edge.to), None));
    let met = plan.segments.iter().enumerate().filter_map(|(index, segment)| match &segment.joint {
        Some(Joint::Hop { operation, context, edge: None, .. }) => {
            let reason = format!("the arms meet on `{}` already", display(context));
            Some((*operation, display(context), index, reason))
        }
        _ => None,
    });
    let elided = plan.elided.iter().map(|elided| {
        let context = display(elided.context);
        let reason = format!("the pass is on `{context}` already");
        (elided.operation, context, elided.segment, reason)
    });
    let elided = elided.chain(met).map(|(operation, context, segment, reason)| {
        hop(cause(typed, operation), operation, &context, (segment, segment), Some(&reason))
    });
    let hops: Vec<_> = hops.chain(elided).collect();
    let states = state_names(plan);
    code! {
        const __FILE: &str = ::core::file!();
        #(#defined)*
        static __FUSEWIRE_GRAPH: ::fusewire::__private::GraphDesc = ::fusewire::__private::GraphDesc {
            name: #name,
            file: __FILE,
            line: #line,
            stages: &[#(#stages),*],
            segments: &[#(#segments),*],
            hops: &[#(#hops),*],
            states: &[#(#states),*],
        };
    }
}

/// The drawn stage of a hop.
fn cause(typed: &Typed<'_>, operation: &Operation) -> usize {
    let at = place(operation.span());
    typed.drawn.iter().position(|drawn| drawn.kind == "Hop" && place(drawn.span) == at).unwrap_or(0)
}

fn hop(
    cause: usize,
    operation: &Operation,
    context: &str,
    (from, to): (usize, usize),
    elided: Option<&str>,
) -> TokenStream {
    let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    let (line, column) = place(operation.span());
    let (stage, from, to) = (number(cause), number(from), number(to));
    let elided = match elided {
        Some(reason) => code!(::core::option::Option::Some(#reason)),
        None => code!(::core::option::Option::None),
    };
    code! {
        ::fusewire::__private::HopDesc {
            stage: #stage, from: #from, to: #to, context: #context,
            file: __FILE, line: #line, column: #column, elided: #elided,
        }
    }
}

fn state_names(plan: &Plan<'_>) -> Vec<String> {
    let mut states = vec!["idle".to_owned()];
    match &plan.lines[0].origin {
        Origin::Join(_) => states.push("in the graphs that are joined".to_owned()),
        _ if plan.arrives(0) => states.push(format!("waits for {}", plan.source.name)),
        _ => {}
    }
    for &index in &plan.lines[0].segments {
        match &plan.segments[index].joint {
            None => {}
            Some(Joint::Fan(fan)) => {
                states.push(format!("in the arms of {}", fan.operation.combinator.name()));
            }
            Some(Joint::Hop { context, .. }) => states.push(format!("on its way to {}", display(context))),
            Some(Joint::Wait { operation }) => {
                states.push(format!("waits for {}", short(&stage_name_of(operation))));
            }
        }
    }
    states
}

/// The closure that completes the description.
pub(crate) fn closure(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let parts = parts(plan, typed, 0);
    let mut statements = lanes::unpacked(plan, 0, &|line, name| {
        let parts = self::parts(plan, typed, line);
        code!(let (#(#parts,)*) = #name.parts();)
    });
    for (lane, planned) in plan.lanes.iter().enumerate() {
        let of_lane = plan.segments.iter().enumerate().filter(|(_, segment)| segment.lane == lane);
        let segments: Vec<_> = of_lane.map(|(index, _)| u16::try_from(index).unwrap_or(u16::MAX)).collect();
        let context = match planned.hop {
            Some(hop) => {
                let hop = local("joint", hop);
                code!(::core::option::Option::Some(::fusewire::__private::scheduler_context(#hop)))
            }
            None => {
                let source = typed.source(planned.source.unwrap_or_default());
                code!(::fusewire::__private::Source::home(#source).as_ref())
            }
        };
        statements.extend(code!(__drawing.lane(#context, &[#(#segments),*]);));
    }
    for (number, edge) in plan.edges.iter().enumerate() {
        let end = &typed.segments[edge.from].end;
        let hop = match lanes::hop_of(plan, number) {
            Some(segment) => local("joint", segment).into_token_stream(),
            None => code!(&::fusewire::__private::to_the_join()),
        };
        let drawn = match lanes::carried(plan, number) {
            Carried::Values => code!(__drawing.hop(#number, #end, #hop);),
            Carried::Results => code!(__drawing.hop_of_results(#number, #end, #hop);),
            Carried::Marked => code!(__drawing.hop_of_marked(#number, #end, #hop);),
            Carried::MarkedResults => code!(__drawing.hop_of_marked_results(#number, #end, #hop);),
            Carried::Ways => code!(__drawing.hop_of_ways(#number, #hop);),
            Carried::Past => code!(__drawing.hop_of_past(#number, #end, #hop);),
        };
        // So that an edge which does not carry the value is one error, at the hop.
        statements.extend(placed(drawn, edge.operation.span()));
    }
    for index in (0..plan.segments.len()).filter(|&index| plan.shards(index).is_some()) {
        let (Some(operation), Some(joint)) = (plan.shards(index), &typed.segments[index].joint) else {
            continue;
        };
        let (shards, end, behind, stage) =
            (local("joint", index), &typed.segments[index].end, &joint.tag, joint.drawn);
        let next = plan.segments[index].next.and_then(|next| u16::try_from(next).ok()).unwrap_or(u16::MAX);
        let ordered = operation.combinator != Combinator::ShardUnordered;
        statements.extend(code!(__drawing.shards(#stage, #next, (#end, #behind), #shards, #ordered);));
    }
    for (line, planned) in plan.lines.iter().enumerate() {
        if let Origin::Source(_) = planned.origin {
            let (stage, source) = (typed.lines[line].drawn, typed.source(line));
            statements.extend(code!(__drawing.source(#stage, #source);));
        }
    }
    // Only what is fed back has stages that push it.
    if typed.drawn.iter().any(|drawn| drawn.feeds_back) {
        for (index, segment) in typed.segments.iter().enumerate() {
            let tuple = &typed.segments[index].tuple;
            for stage in &segment.stages {
                let (drawn, slot) = (stage.drawn, syn::Index::from(stage.slot));
                statements.extend(code!(__drawing.pushes_back(#drawn, &#tuple.#slot);));
            }
        }
    }
    let devices: TokenStream =
        (0..plan.segments.len()).map(|index| kernels::draw(plan, typed, index)).collect();
    code! {
        #[allow(unused_variables, clippy::all, reason = "not every graph hops")]
        move |__parts, __drawing| {
            let (#(#parts,)*) = __parts;
            #statements
            #devices
        }
    }
}

/// The pattern of a line's parts that names its joints.
fn parts(plan: &Plan<'_>, typed: &Typed<'_>, line: usize) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    if let Some(origin) = &typed.lines[line].origin {
        parts.push(code!(#origin));
    }
    for &index in &plan.lines[line].segments {
        let segment = &typed.segments[index];
        let tuple = &segment.tuple;
        let named = segment.kernels.is_some() || typed.drawn.iter().any(|drawn| drawn.feeds_back);
        parts.push(if named { code!(#tuple) } else { code!(_) });
        if plan.segments[index].joint.is_some() {
            let joint = local("joint", index);
            parts.push(code!(#joint));
        }
    }
    parts
}
