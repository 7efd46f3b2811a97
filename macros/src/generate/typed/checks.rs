//! What is asked of stages by where they run: a host must not be blocked, a device runs kernels.

use proc_macro2::{Ident, Span};
use syn::Expr;

use super::{Namer, TypedStage};
use crate::check::arms_of;
use crate::generate::kernels::{self, Element, TypedKernels};
use crate::generate::{library, local, located, names, placed};
use crate::lower::Joint;
use crate::model::{Kind, Operation};

/// Where stages run, as far as it says what they may do.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Where this hop leads.
    Hop(Ident),
    /// On the home of a socket.
    Io,
    /// Anywhere.
    Free,
}

impl Namer<'_, '_> {
    /// What a device needs of a segment behind the hop `hop`: its kernels, and a slot for single passes.
    pub(super) fn kernels(
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
            let check = placed(
                code!(::fusewire::__private::kernel_of(&#hop, ::core::marker::PhantomData::<#ident>)),
                span,
            );
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
        let make = placed(code!(::fusewire::__private::pass(&#hop, #start, #end)), at);
        self.statements.extend(code!(let #pass = #make;));
        slots.push(pass);
        TypedKernels { list, pass: slots.len() - 1 }
    }

    /// Refuses a device in front of what it cannot run, the user's token `obstacle`.
    pub(super) fn on_host(&mut self, obstacle: Span, hop: &Ident) {
        let check = placed(code!(::fusewire::__private::HostOnly(&#hop).check();), obstacle);
        self.statements.extend(code!({
            #[allow(unused_imports, reason = "used for a host")]
            use ::fusewire::__private::OnHost as _;
            #check
        }));
    }

    pub(super) fn check_operation(&mut self, operation: &Operation, place: &Place) {
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
                Place::Hop(on) => placed(
                    code!(::fusewire::__private::runs_on(&#on, ::core::marker::PhantomData::<#ident>)),
                    span,
                ),
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
