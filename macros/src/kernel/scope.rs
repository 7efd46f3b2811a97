//! Which binding a name stands for.

use proc_macro2::TokenStream;
use quote::quote;

/// What a name stands for: a number within the function.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    name: String,
    id: u32,
    pub(crate) is_table: bool,
}

impl Binding {
    pub(crate) fn tokens(&self) -> TokenStream {
        let Self { name, id, .. } = self;
        quote!(::fusewire::kernel::tree::Binding { id: #id, name: #name })
    }
}

/// The names in sight, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    visible: Vec<Binding>,
    count: u32,
}

impl Scopes {
    pub(crate) fn bind(&mut self, name: &str, is_table: bool) -> Binding {
        let binding = Binding { name: name.to_owned(), id: self.count, is_table };
        self.count += 1;
        self.visible.push(binding.clone());
        binding
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Binding> {
        self.visible.iter().rev().find(|binding| binding.name == name)
    }

    /// How many names are in sight, to [`leave`](Self::leave) to.
    pub(crate) fn enter(&self) -> usize {
        self.visible.len()
    }

    pub(crate) fn leave(&mut self, to: usize) {
        self.visible.truncate(to);
    }
}
