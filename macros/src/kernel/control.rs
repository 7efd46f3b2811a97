//! Blocks, branches, loops and assignments; and what is not in the subset.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop, ExprMatch, ExprRange, Item, Local, Pat, RangeLimits, Stmt};

use super::expression::{line, written};
use super::types::{self, Where};
use super::{Writer, option};

impl Writer {
    /// The body of the function, whose constants are declared anew beside its description.
    pub(super) fn function_body(&mut self, block: &Block) -> TokenStream {
        for statement in &block.stmts {
            match statement {
                Stmt::Item(item @ (Item::Const(_) | Item::Use(_))) => {
                    self.items.push(quote!(#[allow(unused, reason = "the kernel uses it")] #item));
                }
                Stmt::Item(item) => self.no_item(item),
                _ => {}
            }
        }
        let kind = self.block_of(block, true);
        written(line(block.span()), &kind)
    }

    fn no_item(&mut self, item: &Item) {
        self.refuse(
            item.span(),
            "a kernel declares nothing but constants",
            "write this item beside the kernel; constants may stand at the top of it",
        );
    }

    fn block(&mut self, block: &Block) -> TokenStream {
        let kind = self.block_of(block, false);
        written(line(block.span()), &kind)
    }

    fn block_of(&mut self, block: &Block, outermost: bool) -> TokenStream {
        let entered = self.scopes.enter();
        let mut statements = Vec::new();
        let mut value = None;
        for statement in &block.stmts {
            // What has a value, no semicolon and another statement behind it is of type `()`.
            if let Some(before) = value.take() {
                statements.push(run(&before));
            }
            match statement {
                Stmt::Local(local) => statements.push(self.local(local)),
                Stmt::Item(_) if outermost => {}
                Stmt::Item(item) => self.no_item(item),
                Stmt::Expr(expression, None) => value = Some(self.expression(expression)),
                Stmt::Expr(expression, Some(_)) => {
                    let expression = self.expression(expression);
                    statements.push(run(&expression));
                }
                Stmt::Macro(call) => self.no_macro(&call.mac),
            }
        }
        self.scopes.leave(entered);
        let value = option(value.map(|value| quote!(&#value)));
        quote!(::fusewire::kernel::tree::Kind::Block { statements: &[#(#statements),*], value: #value })
    }

    fn local(&mut self, local: &Local) -> TokenStream {
        let line = line(local.let_token.span) as u32;
        let (pattern, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&typed.ty)),
            pattern => (pattern, None),
        };
        if let Some((or, _)) = local.init.as_ref().and_then(|init| init.diverge.as_ref()) {
            self.refuse(or.span(), "a kernel has no `let .. else`", "write `match`");
        }
        let ty = option(ty.map(|ty| {
            types::check(ty, Where::Body, &mut self.report);
            let layout = self.layouts.of(ty);
            quote!(&#layout)
        }));
        // The value does not see what the pattern binds.
        let value = option(local.init.as_ref().map(|init| {
            let value = self.expression(&init.expr);
            quote!(&#value)
        }));
        let pattern = self.pattern(pattern);
        quote! {
            ::fusewire::kernel::tree::Statement::Let {
                line: #line,
                pattern: #pattern,
                ty: #ty,
                value: #value,
            }
        }
    }

    /// What is neither a value nor an operator.
    pub(super) fn control(&mut self, expression: &Expr) -> TokenStream {
        match expression {
            Expr::Block(block) => {
                if let Some(label) = &block.label {
                    self.refuse(
                        label.span(),
                        "a kernel has no labels",
                        "write the block as another kernel, and `return`",
                    );
                }
                self.block_of(&block.block, false)
            }
            Expr::If(branch) => {
                let condition = self.expression(&branch.cond);
                let then = self.block(&branch.then_branch);
                let otherwise = option(branch.else_branch.as_ref().map(|(_, otherwise)| {
                    let otherwise = self.expression(otherwise);
                    quote!(&#otherwise)
                }));
                quote! {
                    ::fusewire::kernel::tree::Kind::If {
                        condition: &#condition,
                        then: &#then,
                        otherwise: #otherwise,
                    }
                }
            }
            Expr::Match(choice) => self.choice(choice),
            Expr::ForLoop(each) => self.each(each),
            Expr::Assign(assign) => self.assign(&assign.left, &assign.right),
            // A label was refused where it is declared.
            Expr::Break(_) => quote!(::fusewire::kernel::tree::Kind::Break),
            Expr::Continue(_) => quote!(::fusewire::kernel::tree::Kind::Continue),
            Expr::Return(leave) => match &leave.expr {
                Some(value) => {
                    let value = self.expression(value);
                    quote!(::fusewire::kernel::tree::Kind::Return(&#value))
                }
                None => self.refused(leave.span(), "a kernel returns a value", "write `return value`"),
            },
            other => self.outside(other),
        }
    }

    fn choice(&mut self, choice: &ExprMatch) -> TokenStream {
        let value = self.expression(&choice.expr);
        let arms: Vec<_> = choice
            .arms
            .iter()
            .map(|arm| {
                let entered = self.scopes.enter();
                let pattern = self.pattern(&arm.pat);
                let guard = option(arm.guard.as_ref().map(|(_, guard)| {
                    let guard = self.expression(guard);
                    quote!(&#guard)
                }));
                let body = self.expression(&arm.body);
                self.scopes.leave(entered);
                quote!(::fusewire::kernel::tree::Arm { pattern: #pattern, guard: #guard, body: #body })
            })
            .collect();
        quote!(::fusewire::kernel::tree::Kind::Match { value: &#value, arms: &[#(#arms),*] })
    }

    fn each(&mut self, each: &ExprForLoop) -> TokenStream {
        if let Some(label) = &each.label {
            self.refuse(
                label.span(),
                "a kernel has no labels",
                "set a `bool`, and `break` of each loop by it",
            );
        }
        let (range, reversed) = range(&each.expr);
        let Some((from, to, inclusive)) = range.and_then(ends) else {
            return self.refused(
                each.expr.span(),
                "a kernel loops over a range with both ends",
                "write `for i in 0..N` or `for i in (0..N).rev()`",
            );
        };
        for end in [from, to] {
            if let Some(name) = self.local_in(end) {
                self.refuse(
                    end.span(),
                    format_args!("the bounds of a kernel's loop are constants, and `{name}` is not"),
                    "write the most turns there can be, and `break` when it is enough",
                );
            }
        }
        let (from, to) = (self.expression(from), self.expression(to));
        let entered = self.scopes.enter();
        let binding = match &*each.pat {
            Pat::Ident(name)
                if name.by_ref.is_none() && name.subpat.is_none() && name.mutability.is_none() =>
            {
                Some(self.scopes.bind(&types::unraw(&name.ident), false).tokens())
            }
            Pat::Wild(_) => None,
            other => {
                self.refuse(other.span(), "a kernel's loop has one plain variable", "write `for i in 0..N`");
                None
            }
        };
        let binding = option(binding);
        let body = self.block(&each.body);
        self.scopes.leave(entered);
        quote! {
            ::fusewire::kernel::tree::Kind::For {
                binding: #binding,
                from: &#from,
                to: &#to,
                inclusive: #inclusive,
                reversed: #reversed,
                body: &#body,
            }
        }
    }

    fn assign(&mut self, place: &Expr, value: &Expr) -> TokenStream {
        // The value is computed first, as in Rust.
        let value = self.expression(value);
        let Some(place) = self.place(place) else {
            return quote!(::fusewire::kernel::tree::Kind::Bool(false));
        };
        quote!(::fusewire::kernel::tree::Kind::Assign { place: &#place, value: &#value })
    }

    pub(super) fn update(&mut self, op: &str, place: &Expr, value: &Expr) -> TokenStream {
        let value = self.expression(value);
        let Some(place) = self.place(place) else {
            return quote!(::fusewire::kernel::tree::Kind::Bool(false));
        };
        let op = format_ident!("{op}");
        quote! {
            ::fusewire::kernel::tree::Kind::Update {
                op: ::fusewire::kernel::tree::Binary::#op,
                place: &#place,
                value: &#value,
            }
        }
    }

    fn place(&mut self, place: &Expr) -> Option<TokenStream> {
        match place {
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => Some(self.expression(place)),
            Expr::Paren(inner) => self.place(&inner.expr),
            Expr::Group(inner) => self.place(&inner.expr),
            other => {
                self.refuse(
                    other.span(),
                    "a kernel assigns to one place at a time",
                    "write one assignment for each variable, field or element",
                );
                None
            }
        }
    }

    /// The first local that `expression` reads, other than for its length.
    fn local_in(&self, expression: &Expr) -> Option<String> {
        struct Finder<'a> {
            writer: &'a Writer,
            found: Option<String>,
        }
        impl<'a> Visit<'a> for Finder<'_> {
            fn visit_expr(&mut self, expression: &'a Expr) {
                match expression {
                    Expr::MethodCall(call) if call.method == "len" => {}
                    Expr::Path(path) => {
                        let name = path.path.get_ident().map(types::unraw);
                        let local = name.filter(|name| self.writer.scopes.find(name).is_some());
                        self.found = self.found.take().or(local);
                    }
                    other => visit::visit_expr(self, other),
                }
            }
        }
        let mut finder = Finder { writer: self, found: None };
        finder.visit_expr(expression);
        finder.found
    }

    fn no_macro(&mut self, call: &syn::Macro) {
        self.refuse(
            call.span(),
            "a kernel calls no macros",
            "write plain expressions; a kernel cannot panic or print",
        );
    }

    /// Every expression that is in no subset, at the token that shows it.
    fn outside(&mut self, expression: &Expr) -> TokenStream {
        let (span, wrong, help) = match expression {
            Expr::Macro(call) => {
                self.no_macro(&call.mac);
                return quote!(::fusewire::kernel::tree::Kind::Bool(false));
            }
            Expr::While(each) => (
                each.while_token.span,
                "a kernel's loops are bounded",
                "write `for i in 0..N` and a condition inside",
            ),
            Expr::Loop(each) => {
                (each.loop_token.span, "a kernel's loops are bounded", "write `for i in 0..N` and `break`")
            }
            Expr::Closure(closure) => (
                closure.span(),
                "a kernel has no closures",
                "write the expression in place, or another kernel function",
            ),
            Expr::Reference(reference) => (reference.span(), "a kernel has no references", "copy the value"),
            Expr::Await(wait) => {
                (wait.span(), "a kernel does not wait", "do this in a stage before or after the device")
            }
            Expr::Async(wait) => {
                (wait.span(), "a kernel does not wait", "do this in a stage before or after the device")
            }
            Expr::Unsafe(block) => {
                (block.unsafe_token.span, "a kernel has no `unsafe`", "write it in the safe subset")
            }
            Expr::Try(question) => return self.no_enums(question.question_token.span()),
            Expr::Let(condition) => (condition.let_token.span, "a kernel has no `if let`", "write `match`"),
            Expr::Range(range) => {
                (range.span(), "a kernel has ranges in `for` only", "compare with both ends")
            }
            Expr::Const(block) => (
                block.const_token.span,
                "a kernel has no `const` block",
                "write a `const` beside the kernel, and its name here",
            ),
            other => {
                (other.span(), "a kernel has no such expression", "`docs/kernels.md` lists what there is")
            }
        };
        self.refused(span, wrong, help)
    }
}

fn run(expression: &TokenStream) -> TokenStream {
    quote!(::fusewire::kernel::tree::Statement::Run(#expression))
}

/// The range that a loop runs over, and whether it does so from its end.
fn range(expression: &Expr) -> (Option<&ExprRange>, bool) {
    match expression {
        Expr::Range(range) => (Some(range), false),
        Expr::Paren(inner) => range(&inner.expr),
        Expr::Group(inner) => range(&inner.expr),
        Expr::MethodCall(call) if call.method == "rev" && call.args.is_empty() => {
            let (range, reversed) = range(&call.receiver);
            (range, !reversed)
        }
        _ => (None, false),
    }
}

fn ends(range: &ExprRange) -> Option<(&Expr, &Expr, bool)> {
    let inclusive = matches!(range.limits, RangeLimits::Closed(_));
    Some((range.start.as_deref()?, range.end.as_deref()?, inclusive))
}
