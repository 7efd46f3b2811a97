//! Errors for the user, collected before they are returned.

use proc_macro2::{Span, TokenStream};

/// What is wrong, at the user's tokens, in the user's words.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
}

impl From<syn::Error> for Report {
    fn from(error: syn::Error) -> Self {
        Self { errors: vec![error] }
    }
}

impl Report {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds one mistake: what is wrong, and what to write instead.
    pub(crate) fn add(&mut self, span: Span, wrong: impl std::fmt::Display, help: impl std::fmt::Display) {
        self.errors.push(syn::Error::new(span, format!("{wrong}\nhelp: {help}")));
    }

    pub(crate) fn one(span: Span, wrong: impl std::fmt::Display, help: impl std::fmt::Display) -> Self {
        let mut report = Self::new();
        report.add(span, wrong, help);
        report
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.errors.extend(other.errors);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// `value`, if nothing is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.errors.is_empty() { Ok(value) } else { Err(self) }
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> Vec<TokenStream> {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }

    /// What each mistake says.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.errors.iter().map(ToString::to_string).collect()
    }
}
