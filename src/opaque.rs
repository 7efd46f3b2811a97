//! `Debug` for types that hold functions.

/// Implements `Debug` without asking it of the type's parameters: prints the name and, if it is
/// given, the sender that comes before.
macro_rules! opaque {
    ($name:ident<$($parameter:ident),*>) => {
        impl<$($parameter),*> ::std::fmt::Debug for $name<$($parameter),*> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
    ($name:ident<$sender:ident, $($parameter:ident),*> after sender) => {
        impl<$sender: ::std::fmt::Debug, $($parameter),*> ::std::fmt::Debug for $name<$sender, $($parameter),*> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).field("sender", &self.sender).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use opaque;
