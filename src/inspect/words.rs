//! The phrases that all drawings share, so that one thing has one name in each of them.

use super::flow::Way;
use crate::graph::topology::{
    AsideRole, EdgeCounterValues, EdgeInfo, EdgePlace, HopDesc, StageDesc, StageKind, Topology,
};

/// A text on one line: runs of white space and control characters become one space.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// How many columns of a fixed-width font a text takes at most. Wide scripts count double.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|c| if c < '\u{1100}' || ('\u{2010}'..='\u{22ff}').contains(&c) { 1 } else { 2 }).sum()
}

/// A text of at most `limit` columns; what is cut off is marked by an ellipsis.
pub(super) fn clip(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let mut clipped = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += columns(c.encode_utf8(&mut [0; 4]));
        if taken > limit {
            break;
        }
        clipped.push(c);
    }
    clipped.push('…');
    clipped
}

/// The same with the front cut off, where the end says more: of a path.
fn clip_front(text: &str, limit: usize) -> String {
    let mut rest = text;
    while columns(rest) > limit {
        let mut chars = rest.chars();
        chars.next();
        rest = chars.as_str();
    }
    if rest.len() == text.len() { rest.to_owned() } else { format!("…{rest}") }
}

/// A text padded with spaces to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(columns(text)))
}

/// A type name without the paths: `alloc::vec::Vec<feed::Quote>` is `Vec<Quote>`.
pub(super) fn short_type(name: &str) -> String {
    let mut short = String::new();
    let mut word = String::new();
    let mut rest = one_line(name);
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("::") {
            // A path after `>` belongs to an associated type and says something; one after a word does not.
            if word.is_empty() {
                short.push_str("::");
            }
            word.clear();
            rest = after.to_owned();
            continue;
        }
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            short.push_str(&word);
            word.clear();
            short.push(c);
        }
        rest.drain(..c.len_utf8());
    }
    short + &word
}

/// The stage as a reader knows it: the argument that was written, for a hop the whole `on(..)`.
pub(super) fn stage_name(stage: &StageDesc) -> String {
    let name = one_line(stage.name);
    if stage.kind == StageKind::Hop && !name.starts_with("on(") { format!("on({name})") } else { name }
}

/// The same in one word for messages: `map(price)`.
pub(super) fn stage_call(stage: &StageDesc) -> String {
    format!("{}({})", one_line(stage.combinator), stage_name(stage))
}

/// Where a stage was written.
pub(super) fn stage_place(stage: &StageDesc) -> String {
    format!("{}:{}:{}", one_line(stage.file), stage.line, stage.column)
}

/// Why a hop is there, or where the one that is not there was written.
pub(super) fn hop_cause(topology: &Topology, hop: &HopDesc) -> String {
    let place = format!("{}:{}:{}", one_line(hop.file), hop.line, hop.column);
    match topology.desc.stages.get(usize::from(hop.stage)) {
        Some(stage) if stage.kind != StageKind::Hop => {
            format!("{} takes its inputs on {}, at {place}", stage_call(stage), one_line(hop.context))
        }
        _ => format!("then(on({})) at {place}", one_line(hop.context)),
    }
}

/// The same in a few words, for a label in a drawing whose title names the file: `on(compute), line 15`.
fn hop_cause_in_short(topology: &Topology, hop: &HopDesc) -> String {
    let context = clip(&one_line(hop.context), 24);
    let asked = match topology.desc.stages.get(usize::from(hop.stage)) {
        Some(stage) if stage.kind != StageKind::Hop => format!("{} on {context}", one_line(stage.combinator)),
        _ => format!("on({context})"),
    };
    if hop.file == topology.desc.file {
        return format!("{asked}, line {}", hop.line);
    }
    let file = one_line(hop.file);
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    format!("{asked}, {}:{}", clip(name, 24), hop.line)
}

/// What a label beside a hop says, one line each: why it is there, and what its edge is once it has one.
fn hop_label(topology: &Topology, hop: usize) -> Vec<String> {
    let mut lines: Vec<String> =
        topology.hops.get(hop).iter().map(|hop| hop_cause_in_short(topology, hop.desc)).collect();
    lines.extend(topology.edge_of_hop(hop).map(edge_label).unwrap_or_default());
    lines
}

/// The name of a lane; `outside` where an edge leads out of the graph.
pub(super) fn lane_name(topology: &Topology, lane: Option<usize>) -> String {
    lane.and_then(|lane| topology.lanes.get(lane))
        .map_or_else(|| "outside".to_owned(), |lane| one_line(&lane.name))
}

/// The ends of an edge: `io -> compute`.
pub(super) fn edge_ends(topology: &Topology, edge: &EdgeInfo) -> String {
    format!("{} -> {}", lane_name(topology, edge.from), lane_name(topology, edge.to))
}

/// Why an edge is there.
pub(super) fn edge_cause(topology: &Topology, edge: &EdgeInfo) -> String {
    let stage = |at: usize, does: &str| {
        topology.desc.stages.get(at).map_or_else(
            || format!("{does} a stage that the description does not have"),
            |stage| format!("{does} {} at {}", stage_call(stage), stage_place(stage)),
        )
    };
    match edge.place {
        EdgePlace::Hop(hop) => topology.hops.get(hop).map_or_else(
            || "a hop that the description does not have".to_owned(),
            |hop| hop_cause(topology, hop.desc),
        ),
        EdgePlace::Inlet(at) => stage(at, "comes from outside into"),
        EdgePlace::Back(at) => stage(at, "comes back from stages behind into"),
        EdgePlace::To(at, number) => {
            format!("{} {}", aside_name(topology, at, number), stage(at, "takes values from"))
        }
        EdgePlace::From(at, number) => match topology.aside(at, number) {
            Some(aside) if aside.role == AsideRole::Source => {
                format!(
                    "{}, which lives on a context of its own, {}",
                    aside_name(topology, at, number),
                    stage(at, "is merged in")
                )
            }
            _ => format!(
                "{} gives back what {}",
                aside_name(topology, at, number),
                stage(at, "it has made in")
            ),
        },
        EdgePlace::Past(at) => {
            stage(at, "says which shard each pass is with, so that they go on in order behind")
        }
    }
}

/// What an aside is called: `shard 0 of 4`.
fn aside_name(topology: &Topology, stage: usize, number: usize) -> String {
    topology.aside(stage, number).map_or_else(|| format!("number {number}"), |aside| one_line(&aside.name))
}

/// The slots of an edge, as far as it has said anything of them: `1,024 slots of 64 B`.
pub(super) fn slots(edge: &EdgeInfo) -> String {
    match (edge.capacity, edge.slot_bytes) {
        (0 | usize::MAX, 0) => "slots of its own".to_owned(),
        (0 | usize::MAX, bytes) => format!("slots of {bytes} B"),
        (capacity, 0) => count(capacity, "slot"),
        (capacity, bytes) => format!("{} of {bytes} B", count(capacity, "slot")),
    }
}

/// What a label says about an edge, one line each: kind and policy, the ring, the measured cost, what it has carried, who is at it.
pub(super) fn edge_label(edge: &EdgeInfo) -> Vec<String> {
    let mut kind = one_line(&edge.kind);
    if !edge.name.is_empty() {
        kind = format!("{kind} {}", clip_front(&one_line(&edge.name), 32));
    }
    let mut lines = vec![match edge.policy.is_empty() {
        true => kind,
        false => format!("{kind}, when full: {}", clip(&one_line(&edge.policy), 24)),
    }];
    lines.push(match edge.capacity {
        0 | usize::MAX => format!("values of {} B, {}", edge.payload_bytes, edge.layout),
        capacity => format!("{capacity} × {} B, {}", edge.payload_bytes, edge.layout),
    });
    if let Some(cost) = edge.cost {
        lines.push(format!("hop {} ns, p99 {} ns", cost.p50_ns, cost.p99_ns));
    }
    if let Some(counters) = edge.counters {
        lines.push(format!("{} pushed, {} popped", grouped(counters.pushed), grouped(counters.popped)));
        lines.push(format!("{} dropped, {} inside", grouped(counters.dropped), grouped(counters.depth)));
        let more = [(counters.stalls, "stalls"), (counters.spilled, "spilled")];
        let more = more.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(*n)));
        let more: Vec<_> = more.collect();
        if !more.is_empty() {
            lines.push(more.join(", "));
        }
    }
    lines.extend(edge.peers.iter().map(|peer| clip(&one_line(peer), 40)));
    lines
}

/// What was counted, in one line that adds up: `7 pushed = 4 popped + 1 dropped + 2 inside`.
pub(super) fn balance(counters: &EdgeCounterValues) -> String {
    let EdgeCounterValues { pushed, popped, dropped, stalls, high_water, depth, spilled } = *counters;
    let [pushed, popped, dropped, depth] = [pushed, popped, dropped, depth].map(grouped);
    let sum = match counters.balance() {
        true => format!("{pushed} pushed = {popped} popped + {dropped} dropped + {depth} inside"),
        // The ends went on between the readings.
        false => {
            format!("{pushed} pushed, {popped} popped, {dropped} dropped, {depth} inside, read in passing")
        }
    };
    let [stalls, spilled, high_water] = [stalls, spilled, high_water].map(grouped);
    format!("{sum}; {stalls} stalls, {spilled} spilled, high water {high_water}")
}

/// The label of an edge that enters the graph, or leads back in it.
pub(super) fn outside_label(edge: &EdgeInfo) -> Vec<String> {
    let direction = match edge.place {
        EdgePlace::Past(_) => "the order of the shards",
        EdgePlace::Back(_) => "fed back",
        _ => "from outside",
    };
    let mut lines = vec![direction.to_owned()];
    lines.extend(edge_label(edge));
    lines
}

/// What a label beside a link says, one line each.
pub(super) fn way_label(topology: &Topology, way: Way) -> Vec<String> {
    match way {
        Way::Hop(hop) => hop_label(topology, hop),
        Way::Edge(edge) => topology.edges.get(edge).map(edge_label).unwrap_or_default(),
        Way::Back(edge) => topology.edges.get(edge).map(outside_label).unwrap_or_default(),
    }
}

/// What an aside's box says: `shard 0 of 4`, `of shard`.
pub(super) fn aside_label(topology: &Topology, aside: usize) -> [String; 2] {
    let Some(aside) = topology.asides.get(aside) else { return [String::new(), String::new()] };
    let stage = topology.desc.stages.get(aside.stage);
    let of = stage.map_or_else(String::new, |stage| format!("of {}", one_line(stage.combinator)));
    [of, one_line(&aside.name)]
}

/// What is written where the passes of shards go on.
pub(super) fn meeting(topology: &Topology, stage: usize) -> &'static str {
    match topology.edge_at(EdgePlace::Past(stage)) {
        Some(_) => "passes go on in order",
        None => "passes go on as they come",
    }
}

/// A large number as people read it: `1,204,550`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 lane`, `2 lanes`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Everything a reader should reconsider or know, each a whole sentence: warnings, elided hops, notes on lanes.
pub(super) fn remarks(topology: &Topology) -> Vec<String> {
    let mut remarks = Vec::new();
    for edge in &topology.edges {
        if let Some(warning) = &edge.warning {
            remarks.push(format!("warning: {}: {}", edge_ends(topology, edge), one_line(warning)));
        }
    }
    for hop in &topology.hops {
        if let Some(reason) = &hop.elided {
            remarks.push(format!("elided: {}: {}", hop_cause(topology, hop.desc), one_line(reason)));
        }
    }
    for lane in &topology.lanes {
        for note in lane.remarks() {
            remarks.push(format!("lane {}: {}", one_line(&lane.name), one_line(&note)));
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_keeps_to_the_limit_and_says_so() {
        assert_eq!(clip("price", 5), "price");
        assert_eq!(clip("prices", 5), "pric…");
        assert_eq!(clip("価格計算", 5), "価格…");
        assert_eq!(columns(&clip("価格計算", 4)), 3);
    }

    #[test]
    fn type_names_lose_their_paths_only() {
        assert_eq!(short_type("alloc::vec::Vec<feed::Quote>"), "Vec<Quote>");
        assert_eq!(short_type("(u64, core::option::Option<a::b::C>)"), "(u64, Option<C>)");
        assert_eq!(short_type("<a::B as c::D>::E"), "<B as D>::E");
        assert_eq!(short_type("[u64; 6]"), "[u64; 6]");
        assert_eq!(short_type("preis::Größe"), "Größe");
    }

    #[test]
    fn digits_are_grouped_from_the_right() {
        assert_eq!([0, 999, 1000, 1_204_550].map(grouped), ["0", "999", "1,000", "1,204,550"]);
    }

    #[test]
    fn texts_of_several_lines_become_one() {
        assert_eq!(one_line("|q| {\n    q.bid\t\u{7} > 0\n}"), "|q| { q.bid > 0 }");
    }
}
