//! What happens to a value for which the engine has no room.

/// The policy of an edge beyond the process, as its sender follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Overflow {
    #[default]
    Block,
    DropNewest,
    Fail,
}

impl Overflow {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::DropNewest => "drop-newest",
            Self::Fail => "fail",
        }
    }

    /// Whether it gives up a value for which there is no room.
    #[cfg(feature = "iceoryx2")]
    pub(crate) const fn loses(self) -> bool {
        !matches!(self, Self::Block)
    }
}

/// The words that say a policy, for a description with `with_overflow`.
macro_rules! policies {
    ($description:ty) => {
        crate::policy::policies!($description, Block, DropNewest, Fail);

        #[diagnostic::do_not_recommend]
        /// Refused when the edge is opened, with what to use instead: what an engine has taken cannot be taken out again.
        impl fusewire::edge::Policy<$description> for fusewire::edge::DropOldest {
            type Edge = $description;

            fn of(self, kind: $description) -> $description {
                kind.refused(crate::RemoteError::NoOldest)
            }
        }

        #[diagnostic::do_not_recommend]
        /// Of each key the latest value alone, as long as the engine has no room: see [`Keyed`](crate::Keyed).
        impl<F> fusewire::edge::Policy<$description> for fusewire::edge::Conflate<F> {
            type Edge = crate::Keyed<$description, F>;

            fn of(self, kind: $description) -> Self::Edge {
                crate::Keyed::new(kind, self.0)
            }
        }
    };
    ($description:ty, $($policy:ident),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl fusewire::edge::Policy<$description> for fusewire::edge::$policy {
                type Edge = $description;

                fn of(self, kind: $description) -> $description {
                    kind.with_overflow(crate::policy::Overflow::$policy)
                }
            }
        )*
    };
}

pub(crate) use policies;
