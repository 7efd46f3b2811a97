//! What names a stage where its code panics.

use proc_macro2::TokenStream;

/// Names stage `drawn` while what follows runs.
pub(crate) fn guard(drawn: usize) -> TokenStream {
    let guard = guard_of(drawn);
    code!(let __g = #guard;)
}

/// What names stage `drawn` if it is dropped, that is by a panic.
fn guard_of(drawn: usize) -> TokenStream {
    code!(::fusewire::__private::Guard::new(&__FUSEWIRE_GRAPH, #drawn))
}

/// Makes the guard of stage `drawn`, for what the library calls.
pub(crate) fn guards(drawn: usize) -> TokenStream {
    let guard = guard_of(drawn);
    code!(|| #guard)
}

/// The value of `call`, which runs code of stage `drawn`.
pub(crate) fn guarded(drawn: usize, call: &TokenStream) -> TokenStream {
    let guard = guard(drawn);
    code!({ #guard let __made = #call; ::core::mem::forget(__g); __made })
}
