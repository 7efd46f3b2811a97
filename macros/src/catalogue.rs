//! The words that the macro knows, and the nearest one to a word that it does not.

/// A combinator of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combinator {
    Map,
    TryMap,
    Filter,
    FilterMap,
    Scan,
    InspectValue,
    MapErr,
    ForEach,
    Batch,
    Then,
    And,
    OrElse,
    Fork,
    Fork3,
    Fork4,
    Broadcast,
    Broadcast3,
    Broadcast4,
    Join,
    Route,
    Shard,
    ShardUnordered,
    Repeat,
}

const COMBINATORS: &[(&str, Combinator, usize)] = &[
    ("map", Combinator::Map, 1),
    ("try_map", Combinator::TryMap, 1),
    ("filter", Combinator::Filter, 1),
    ("filter_map", Combinator::FilterMap, 1),
    ("scan", Combinator::Scan, 2),
    ("inspect_value", Combinator::InspectValue, 1),
    ("map_err", Combinator::MapErr, 1),
    ("for_each", Combinator::ForEach, 1),
    ("batch", Combinator::Batch, 0),
    ("then", Combinator::Then, 1),
    ("and", Combinator::And, 1),
    ("or_else", Combinator::OrElse, 1),
    ("fork", Combinator::Fork, 2),
    ("fork3", Combinator::Fork3, 3),
    ("fork4", Combinator::Fork4, 4),
    ("broadcast", Combinator::Broadcast, 2),
    ("broadcast3", Combinator::Broadcast3, 3),
    ("broadcast4", Combinator::Broadcast4, 4),
    ("join", Combinator::Join, 1),
    ("route", Combinator::Route, 3),
    ("shard", Combinator::Shard, 3),
    ("shard_unordered", Combinator::ShardUnordered, 3),
    ("repeat", Combinator::Repeat, 1),
];

/// Adaptors of any sender, which take the chain before them as one machine; see `wrap`.
const WRAPPING: &[&str] = &[
    "bulk",
    "bulk_chunked",
    "bulk_each",
    "bulk_each_chunked",
    "bulk_unchunked",
    "deadline",
    "debounce",
    "dematerialize",
    "finally",
    "inspect_error",
    "into_result",
    "materialize",
    "merge_each",
    "or_stopped",
    "repeat_until",
    "retry",
    "retry_when",
    "sequence",
    "stop_when",
    "stopped_as_error",
    "stopped_as_none",
    "take",
    "take_while",
    "timeout",
    "unless_stop_requested",
    "unstoppable",
    "upon_error",
    "upon_stopped",
    "with_env",
    "with_stop",
];

/// Whether the link of this name wraps what stands before it.
pub(crate) fn wraps(name: &str) -> bool {
    WRAPPING.contains(&name)
}

impl Combinator {
    /// Whether it gives its value to arms that end by themselves.
    pub(crate) const fn is_broadcast(self) -> bool {
        matches!(self, Self::Broadcast | Self::Broadcast3 | Self::Broadcast4)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        COMBINATORS.iter().find(|(known, ..)| *known == name).map(|&(_, combinator, _)| combinator)
    }

    pub(crate) fn arguments(self) -> usize {
        COMBINATORS.iter().find(|(_, known, _)| *known == self).map_or(0, |&(.., count)| count)
    }

    pub(crate) fn name(self) -> &'static str {
        COMBINATORS.iter().find(|(_, known, _)| *known == self).map_or("", |&(name, ..)| name)
    }
}

/// Words of neighbouring libraries, and ours for the same thing.
const FOREIGN: &[(&str, &str)] = &[
    ("continues_on", "then(on(..))"),
    ("on", "then(on(..))"),
    ("transfer", "then(on(..))"),
    ("hop", "then(on(..))"),
    ("let_value", "and"),
    ("and_then", "try_map"),
    ("flat_map", "and"),
    ("let_error", "or_else"),
    ("let_stopped", "or_stopped"),
    ("stopped_as_optional", "stopped_as_none"),
    ("write_env", "with_env"),
    ("when_all", "join"),
    ("zip", "join"),
    ("inspect", "inspect_value"),
    ("tap", "inspect_value"),
    ("fold", "scan"),
    ("chunks", "batch"),
    ("buffer_unordered", "merge_each"),
];

/// What to write instead of `name`: a synonym, or the combinator that is spelled most like it.
pub(crate) fn nearest(name: &str) -> Option<String> {
    if let Some((_, ours)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        return Some((*ours).to_owned());
    }
    let known = COMBINATORS.iter().map(|(known, ..)| *known).chain(WRAPPING.iter().copied());
    let best = known.map(|known| (distance(name, known), known)).min()?;
    (best.0 <= (name.len() / 2).max(1)).then(|| best.1.to_owned())
}

/// Every combinator, for a message.
pub(crate) fn all() -> String {
    COMBINATORS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

/// Levenshtein distance with transpositions counted as one edit (Damerau, restricted form).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// How the macro treats the function that begins a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SourceKind {
    /// Always has a value or has ended; it belongs to no context.
    Ready,
    /// May have to wait.
    Waiting,
    /// As `Waiting`, on an io context.
    Io,
    /// Some other sender, run through the protocol.
    Opaque,
}

/// Whether the function of this name makes one source of those in its arguments.
pub(crate) fn merges(name: &str) -> bool {
    matches!(name, "merge" | "merge_by_priority" | "merge3" | "merge4")
}

pub(crate) fn source_kind(name: &str) -> SourceKind {
    match name {
        "just" | "just_error" | "just_stopped" | "from_iter" | "from_fn" => SourceKind::Ready,
        "recv" | "fed_back" | "every" | "after" | "poll_fn" | "source" | "from_stream" => SourceKind::Waiting,
        "read" | "framed" | "accept" => SourceKind::Io,
        _ => SourceKind::Opaque,
    }
}
