//! From the name of a function to the `#[stage]` type of that name, if there is one.
//!
//! A path such as `price` may be a `#[stage]`, a plain function or a local variable, and the macro
//! cannot know which. The stage's type has the function's name, in the other namespace. So the
//! name is looked up as a type in a block that sees the user's module through a glob import, inside
//! a block that provides an empty type of the same name: the inner scope wins if it has one.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, Path};

/// A function's name, as it may name a stage type.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// What to import from: the path in front of the name, or the module of the graph.
    scope: TokenStream,
    pub(crate) ident: Ident,
}

impl Name {
    /// `tokens`, where the name is a type that implements `Stage` whatever it is outside.
    pub(crate) fn in_scope(&self, tokens: &TokenStream) -> TokenStream {
        let (scope, ident) = (&self.scope, &self.ident);
        code! {
            {
                #[allow(non_camel_case_types, unused, reason = "stands in for a function that is no stage")]
                mod __names {
                    #[derive(Debug)]
                    pub struct #ident {}
                    impl ::fusewire::__private::Stage for #ident {
                        const NAME: &'static str = "";
                        const FILE: &'static str = "";
                        const LINE: u32 = 0;
                        type Blocking = ::fusewire::__private::DoesNotBlock;
                        const KERNEL: bool = false;
                    }
                }
                #[allow(unused_imports, reason = "used if the inner scope has no such type")]
                use __names::*;
                {
                    #[allow(unused_imports, reason = "used if it has such a type")]
                    use #scope::*;
                    #tokens
                }
            }
        }
    }
}

/// The name of the stage that an expression may be: `price`, `stages::price`, `ema(0.5)`, and `margin` of
/// `margin::with(nodes)`.
pub(crate) fn stage(expression: &Expr) -> Option<Name> {
    let path = match expression {
        Expr::Path(path) if path.qself.is_none() => &path.path,
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if super::kernels::bind(expression).is_some() => {
                let mut stage = path.path.clone();
                stage.segments.pop();
                stage.segments.pop_punct();
                return of_path(&stage);
            }
            Expr::Path(path) if path.qself.is_none() => &path.path,
            _ => return None,
        },
        _ => return None,
    };
    of_path(path)
}

fn of_path(path: &Path) -> Option<Name> {
    let mut segments: Vec<_> = path.segments.iter().map(|segment| &segment.ident).collect();
    let ident = segments.pop()?.clone();
    if !is_lower(&ident) || ident == "self" {
        return None;
    }
    let scope = match segments.last() {
        None => code!(self),
        Some(last) if is_lower(last) && !PRIMITIVES.contains(&last.to_string().as_str()) => {
            let leading = path.leading_colon;
            code!(#leading #(#segments)::*)
        }
        Some(_) => return None,
    };
    Some(Name { scope, ident })
}

/// Modules and functions begin with a small letter, types and variants do not.
fn is_lower(ident: &Ident) -> bool {
    ident.to_string().trim_start_matches("r#").starts_with(|first: char| first.is_lowercase() || first == '_')
}

const PRIMITIVES: &[&str] = &[
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
    "isize", "f32", "f64",
];
