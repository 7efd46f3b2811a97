//! From the name of a function to the `#[stage]` type of that name, if there is one.
//!
//! A path such as `price` may be a `#[stage]`, a plain function or a local variable, and the macro
//! cannot know which. The stage's type has the function's name, in the other namespace. So the
//! name is looked up as a type in a block that sees the user's module through a glob import, inside
//! a block that provides a stand-in of the same name: the inner scope wins if it has one.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, Path};

/// A function's name, as it may name a stage type.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// What to import from: the path in front of the name, or the module of the graph.
    scope: TokenStream,
    pub(crate) ident: Ident,
}

/// Names that are looked up together: the compiler pays for each block that sees a whole module.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    scopes: Vec<Scope>,
}

#[derive(Debug)]
struct Scope {
    from: TokenStream,
    key: String,
    names: Vec<Ident>,
    uses: Vec<TokenStream>,
}

impl Lookup {
    /// Looks up `name` for `uses`, in which it is a type that implements `Stage` whatever it is
    /// outside. Gives the number of the block that it will be in, and of the name in that block.
    pub(crate) fn add(&mut self, name: &Name, uses: TokenStream) -> (usize, usize) {
        let key = name.scope.to_string();
        let at = self.scopes.iter().position(|scope| scope.key == key).unwrap_or_else(|| {
            let from = name.scope.clone();
            self.scopes.push(Scope { from, key, names: Vec::new(), uses: Vec::new() });
            self.scopes.len() - 1
        });
        let scope = &mut self.scopes[at];
        scope.uses.push(uses);
        let known = scope.names.iter().position(|known| *known == name.ident);
        let position = known.unwrap_or_else(|| {
            scope.names.push(name.ident.clone());
            scope.names.len() - 1
        });
        (at, position)
    }

    /// How many names each block has.
    pub(crate) fn counts(&self) -> impl Iterator<Item = usize> {
        self.scopes.iter().map(|scope| scope.names.len())
    }

    /// One block per module: `body` of the names and of their uses, where the names are types.
    pub(crate) fn blocks<B>(&self, body: B) -> impl Iterator<Item = TokenStream>
    where
        B: Fn(&[Ident], &[TokenStream]) -> TokenStream,
    {
        self.scopes.iter().map(move |Scope { from, names, uses, .. }| {
            let body = body(names, uses);
            code! {
                {
                    #[allow(non_camel_case_types, unused, reason = "stand in for functions that are no stages")]
                    mod __names {
                        #(pub type #names = ::fusewire::__private::NoStage;)*
                    }
                    #[allow(unused_imports, reason = "used if the inner scope has no such type")]
                    use __names::*;
                    {
                        #[allow(unused_imports, reason = "used if it has such a type")]
                        use #from::*;
                        #body
                    }
                }
            }
        })
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
