//! The compiler on tokens, outside of the compiler: plans, messages, and two expansions.
//!
//! `BLESS=1 cargo test -p fusewire-macros` writes the expected expansions anew.

use std::fs;
use std::path::Path;

use syn::Expr;

use crate::{accept, catalogue, check, fuse_tokens, lower, model, names, parse, text};

fn expression(source: &str) -> Expr {
    syn::parse_str(source).expect("the test's own chain parses")
}

fn chain(source: &str) -> crate::ast::Chain {
    parse::chain(&expression(source)).expect("the test's own chain has a source")
}

/// What the compiler says of `source`: the first line of each mistake.
fn mistakes(source: &str) -> Vec<String> {
    let report = match parse::chain(&expression(source)) {
        Err(report) => report,
        Ok(chain) => match accept(&chain) {
            Err(report) => report,
            Ok(_) => return Vec::new(),
        },
    };
    let messages = report.messages();
    for message in &messages {
        assert!(message.contains("\nhelp: "), "no help in {message}");
    }
    messages.iter().filter_map(|message| message.lines().next().map(str::to_owned)).collect()
}

/// Tokens without spaces: here they have no places, from which the compiler knows the user's own.
fn shown(tokens: &impl quote::ToTokens) -> String {
    text::display(tokens).replace(' ', "")
}

/// A plan in one line: lanes with their segments, and how each segment ends.
fn plan(source: &str) -> String {
    let graph = accept(&chain(source)).expect("the test's own chain is accepted");
    let plan = lower::plan(&graph, "test");
    let mut parts = Vec::new();
    for line in &plan.lines {
        let lower::Origin::Source(feed) = &line.origin else { continue };
        for (count, repeat) in feed.repeats.iter().enumerate() {
            parts.push(format!("repeat{count}({})", repeat.operations.len()));
        }
    }
    for segment in &plan.segments {
        let names: Vec<_> = segment.operations.iter().map(|operation| operation.combinator.name()).collect();
        let carries = if segment.carries { "!" } else { "" };
        let end = match &segment.joint {
            None => "end".to_owned(),
            Some(lower::Joint::Hop { context, .. }) => format!("hop {}", shown(*context)),
            Some(lower::Joint::Wait { operation }) => format!("wait {}", operation.combinator.name()),
            Some(lower::Joint::Fan(fan)) => format!("fan {}{:?}", fan.operation.combinator.name(), fan.arms),
        };
        parts.push(format!("{}:[{}]{carries} {end}", segment.lane, names.join(" ")));
    }
    for elided in &plan.elided {
        parts.push(format!("elided {}", shown(elided.context)));
    }
    let lanes: Vec<_> = plan
        .lanes
        .iter()
        .map(|lane| format!("{}{:?}", lane.context.map_or_else(|| "home".to_owned(), shown), lane.nodes))
        .collect();
    format!("{} | {}", parts.join(", "), lanes.join(" "))
}

#[test]
fn a_chain_is_one_segment() {
    assert_eq!(plan("just(4).map(f).filter(g)"), "0:[map filter] end | home[0]");
    assert_eq!(plan("(just(4).map(f)).filter(g)"), "0:[map filter] end | home[0]");
}

#[test]
fn a_hop_cuts_segments_and_lanes() {
    assert_eq!(plan("read(s).map(f).then(on(c)).map(g)"), "0:[map] hop c, 1:[map] end | home[0] c[1]");
}

#[test]
fn lanes_of_one_context_are_one_lane() {
    assert_eq!(
        plan("read(s).then(on(c.clone())).map(f).then(on(io)).map(g).then(on(c)).map(h)"),
        "0:[] hop c.clone(), 1:[map] hop io, 2:[map] hop c, 1:[map] end | home[0] c.clone()[1, 3] io[2]"
    );
}

#[test]
fn a_hop_to_where_the_pass_is_vanishes() {
    assert_eq!(
        plan("just(1).then(on(c)).map(f).then(on(c)).map(g)"),
        "0:[] hop c, 1:[map map] end, elided c | home[0] c[1]"
    );
    // Two calls may give two contexts.
    assert_eq!(
        plan("just(1).then(on(c())).map(f).then(on(c())).map(g)"),
        "0:[] hop c(), 1:[map] hop c(), 2:[map] end | home[0] c()[1] c()[2]"
    );
}

#[test]
fn errors_are_carried_to_the_stage_that_handles_them() {
    assert_eq!(
        plan("just(1).try_map(f).then(on(c)).map_err(g).then(on(d)).map(h)"),
        "0:[try_map]! hop c, 1:[map_err] hop d, 2:[map] end | home[0] c[1] d[2]"
    );
    assert_eq!(
        plan("just(1).try_map(f).and(g).map(h).or_else(i)"),
        "0:[try_map]! wait and, 0:[map]! wait or_else, 0:[] end | home[0]"
    );
}

#[test]
fn a_repeat_takes_what_is_before_it() {
    assert_eq!(plan("just(1).map(f).map(g).repeat(9).map(h)"), "repeat0(2), 0:[map] end | home[0]");
}

#[test]
fn synchronous_arms_are_inlined() {
    assert_eq!(plan("just(1).fork(|q| just(q).map(f), |q| just(q))"), "0:[fork] end | home[0]");
    assert_eq!(plan("just(1).fork(f, |q| just(q))"), "0:[] wait fork, 0:[] end | home[0]");
    assert_eq!(plan("just(1).fork(|q| just(q).and(f), |q| just(q))"), "0:[] wait fork, 0:[] end | home[0]");
    assert_eq!(plan("just(1).route(p, |q| just(q).scan(0, f), |q| just(q))"), "0:[route] end | home[0]");
}

#[test]
fn sources_that_hop_or_wait_are_joined_as_lines() {
    assert_eq!(plan("just(1).map(f).join(just(2).map(g)).map(h)"), "0:[map join map] end | home[0]");
    // The passes meet where those of the first source are.
    assert_eq!(
        plan("read(s).then(on(a)).map(f).join(read(t).map(g)).map(h)"),
        "0:[]! hop a, 1:[map]! end, 2:[map]! end, 1:[map] end | home[0] a[1] home[2]"
    );
    // What always has a value runs there too.
    assert_eq!(
        plan("just(1).then(on(a)).join(just(2).then(on(b)).map(g)).map(h)"),
        "0:[] hop a, 1:[] end, 1:[] hop b, 2:[map] end, 1:[map] end | home[0] a[1, 2] b[3]"
    );
    // A pass that is filtered, or fails, has a partner all the same.
    assert_eq!(
        plan("just(1).filter(f).join(just(2)).map(h)"),
        "0:[filter] end, 0:[] end, 0:[map] end | home[0, 1]"
    );
    assert_eq!(
        plan("just(1).try_map(e).join(just(2)).map_err(f)"),
        "0:[try_map]! end, 0:[] end, 0:[map_err] end | home[0, 1]"
    );
}

#[test]
fn arms_that_hop_are_lines_of_their_own() {
    // They meet where the fork is.
    assert_eq!(
        plan("read(s).fork(|q| just(q).then(on(a)).map(f), |q| just(q).map(g)).map(h)"),
        "0:[] fan fork[1, 2], 0:[] hop a, 1:[map] end, 0:[map] end, 0:[map] end | home[0, 4] a[2]"
    );
    // A hop behind the fork takes the arms along; its own edge vanishes.
    assert_eq!(
        plan("read(s).fork(|q| just(q).then(on(a)).map(f), |q| just(q)).then(on(a)).map(h)"),
        "0:[] fan fork[1, 2], 0:[] hop a, 1:[map] end, 0:[] end, 1:[] hop a, 1:[map] end | home[0] a[2, 5]"
    );
    assert_eq!(
        plan("read(s).then(on(c)).route(p, |q| just(q).then(on(a)).map(f), g).then(on(c)).map(h)"),
        "0:[] hop c, 1:[] fan route[1, 2], 1:[] hop a, 2:[map] end, 1:[]! wait and, 1:[]! end, 1:[map] end, \
         elided c | home[0] c[1, 6] a[3]"
    );
    // An error that is handled behind the arms goes past them.
    assert_eq!(
        plan("just(1).try_map(e).fork(|q| just(q).then(on(a)).map(f), |q| just(q)).map_err(g)"),
        "0:[try_map]! fan fork[1, 2], 0:[] hop a, 1:[map] end, 0:[] end, 0:[map_err] end | home[0, 4] a[2]"
    );
    // What an arm begins with is made anew for each value, but for a sender that has to be one.
    assert_eq!(
        plan("just(1).fork(|q| just(q).then(on(a)).scan(0, f), |q| just(q).join(just(2)))"),
        "0:[] fan fork[1, 2], 0:[] hop a, 1:[scan] end, 0:[join] end, 0:[] end | home[0, 4] a[2]"
    );
    assert_eq!(
        plan("just(1).fork(|q| just(q).then(on(a)).repeat(2), |q| just(q))"),
        "0:[] wait fork, 0:[] end | home[0]"
    );
}

#[test]
fn an_arm_that_uses_its_variable_later_is_not_taken_apart() {
    let waits = "0:[] wait fork, 0:[] end | home[0]";
    assert_eq!(plan("just(1).fork(|q| just(q).map(|x| x + q), |q| just(q))"), waits);
    assert_eq!(plan("just(1).fork(|(p, q)| just(p).map(|x| { let y = q; x + y }), |q| just(q))"), waits);
    assert_eq!(plan("just(1).fork(|q| just(q).map(|x| format!(\"{q}\")), |q| just(q))"), waits);
    assert_eq!(plan("just(1).fork(|q| just(q).map(|x| format!(r#\"{q}\"#)), |q| just(q))"), waits);
    assert_eq!(plan("just(1).fork(|q| just(q).map(|q| q + 1), |q| just(q))"), "0:[fork] end | home[0]");
}

#[test]
fn a_method_of_a_variable_is_a_source() {
    assert_eq!(plan("self.quotes().map(f)"), "0:[map] end | home[0]");
    assert_eq!(plan("self.feeds.first(3).map(f)"), "0:[map] end | home[0]");
}

#[test]
fn the_nearest_name_is_found() {
    for (wrong, right) in [
        ("mapp", "map"),
        ("filtr", "filter"),
        ("fliter", "filter"),
        ("filtermap", "filter_map"),
        ("foreach", "for_each"),
        ("tri_map", "try_map"),
        ("inspect", "inspect_value"),
        ("flat_map", "and"),
        ("continues_on", "then(on(..))"),
        ("zip", "join"),
        ("fold", "scan"),
    ] {
        assert_eq!(catalogue::nearest(wrong).as_deref(), Some(right), "for `{wrong}`");
    }
    assert_eq!(catalogue::nearest("frobnicate"), None);
}

#[test]
fn every_rule_speaks() {
    for (source, wrong) in [
        ("4.map(f)", "this graph has no source"),
        ("just(1).mapp(f)", "`mapp` is not a combinator of a graph"),
        ("just(1).map()", "`map` takes one argument, and has 0"),
        ("just(1).batch()", "`batch` needs to know how many passes it gathers"),
        ("just(1).batch::<0>()", "a batch of 0 passes never completes"),
        ("just(1).then(c)", "`then` takes a hop"),
        ("just(1).then(|x| x)", "`then` takes a hop"),
        ("just(1).for_each(f).map(g)", "`map` comes after `for_each`, which ends the graph"),
        ("just(1).map(|a, b| a)", "the stage of `map` takes 1 argument, and this one has 2"),
        ("just(1).scan(0, |a| a)", "the stage of `scan` takes 2 arguments, and this one has 1"),
        ("just(1).then(on(c)).repeat(2)", "a pass waits here, inside of what `repeat` repeats"),
        ("every(p).repeat(2)", "`every` may wait, inside of what `repeat` repeats"),
        (
            "just(1).fork(|x| just(x).then(on(c)).batch::<2>(), |x| just(x))",
            "an arm begins anew with each value, so that `batch` has one value to gather",
        ),
        (
            "just(1).fork(|x| just(x).then(on(c)), |x| just(x))",
            "this arm ends with a hop to `c` and does nothing there",
        ),
    ] {
        assert_eq!(mistakes(source), [wrong], "for {source}");
    }
    let waits = ".and(f)".repeat(check::MOST_STATES + 1);
    assert_eq!(
        mistakes(&format!("just(1){waits}")),
        ["a graph waits at most 15 times, and this is once more"]
    );
}

#[test]
fn mistakes_are_reported_together() {
    assert_eq!(mistakes("just(1).mapp(f).batch().then(7).map(|| 1)").len(), 3);
    assert_eq!(mistakes("just(1).batch::<0>().map(|| 1).for_each(f).map(g)").len(), 3);
}

#[test]
fn what_was_right_in_front_of_a_mistake_is_kept() {
    let right = |source: &str| shown(&crate::right(&chain(source)).as_plain());
    assert_eq!(right("just(1).map(f).mapp(g).map(h)"), "just(1).map(f)");
    assert_eq!(right("just(1).map(f).for_each(g).map(h)"), "just(1).map(f).for_each(g)");
    assert_eq!(right("just(1).mapp(f)"), "just(1)");
}

#[test]
fn graphs_do_not_change_once_built() {
    let chain = chain("just(1).map(f).then(on(c)).map(g)");
    let (first, second) = (model::graph(&chain), model::graph(&chain));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

#[test]
fn output_is_the_same_every_time() {
    let source =
        "read(s).map(f).then(on(c)).fork(|q| just(q).try_map(a), |q| just(q)).batch::<4>().and(send)";
    let expand = || fuse_tokens(source.parse().expect("tokens")).to_string();
    assert_eq!(expand(), expand());
}

/// Compares what `fuse!` makes of a chain with the expansion on file.
fn golden(name: &str, source: &str) {
    expands(name, source, &fuse_tokens(source.parse().expect("tokens")));
}

/// Compares an expansion, with a line break behind each `;`, `{` and `}`, with the one on file.
fn expands(name: &str, source: &str, expanded: &proc_macro2::TokenStream) {
    let expanded = expanded.to_string();
    let mut text = format!("// {source}\n");
    let mut depth = 0usize;
    for token in expanded.split(' ') {
        let closes = token.starts_with('}');
        if closes {
            depth = depth.saturating_sub(1);
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
        if text.ends_with('\n') {
            text.push_str(&"    ".repeat(depth));
        } else {
            text.push(' ');
        }
        text.push_str(token);
        if token == "{" {
            depth += 1;
        }
        if token == "{" || closes || token == ";" {
            text.push('\n');
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, &text).expect("the file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "BLESS=1 accepts the new expansion of {}", path.display());
}

#[test]
fn a_good_graph_expands_as_expected() {
    golden("chain.out.rs", "just(4).map(double).then(on(compute)).try_map(price)");
}

#[test]
fn a_refused_graph_expands_as_expected() {
    golden("refused.out.rs", "just(4).map(double).mapp(price)");
}

#[test]
fn a_kernel_expands_as_expected() {
    let source = "fn fee(quote: Quote, steps: &[u32]) -> u32 { \
        let mut sum = 0; \
        for i in 0..N { if quote.sizes[i] > 3 { sum += steps[i]; } } \
        match sum { 0 => 1, n @ (2..=9) => half(n), _ => sum.min(7) } }";
    expands(
        "kernel.out.rs",
        source,
        &crate::stage::expand(quote::quote!(kernel), source.parse().expect("tokens")),
    );
}

#[test]
fn a_refused_kernel_expands_as_expected() {
    let source = "fn fee(quote: Quote) -> u32 { while quote.live {} 1 }";
    let expanded = crate::stage::expand(quote::quote!(kernel), source.parse().expect("tokens"));
    expands("kernel_refused.out.rs", source, &expanded);
}

#[test]
fn data_expands_as_expected() {
    let source = "#[repr(C)] struct Quote { bid: u32, sizes: [u16; 4] }";
    expands("data.out.rs", source, &crate::kernel::derive(source.parse().expect("tokens")));
}

/// What is said of `source` as a kernel: the first line of each mistake.
fn kernel_mistakes(source: &str) -> Vec<String> {
    let function = syn::parse_str(source).expect("the test's own function parses");
    let (_, report) = crate::kernel::describe(&function);
    let messages = report.messages();
    for message in &messages {
        assert!(message.contains("\nhelp: "), "no help in {message}");
    }
    messages.iter().filter_map(|message| message.lines().next().map(str::to_owned)).collect()
}

#[test]
fn each_mistake_in_a_kernel_is_reported() {
    let source =
        "fn f(x: f64, t: &mut [u8]) -> String { while x { y? } loop {} println!(); a.sin(); &x; 'a' }";
    assert_eq!(
        kernel_mistakes(source),
        [
            "devices compute `f32`, not `f64`",
            "a table is read only",
            "a kernel has no heap",
            "a kernel's loops are bounded",
            "a kernel's loops are bounded",
            "a kernel calls no macros",
            "`sin` is not a method that devices have",
            "a kernel has no references",
            "a kernel has no text",
        ]
    );
}

#[test]
fn what_a_kernel_may_be_written_as() {
    for source in [
        "fn f(mut x: [u32; 4], t: &[i8], p: &Params) -> u32 { x[0] += t[p.at as usize] as u32; x[0] }",
        "fn f(Row { x, .. }: Row) -> u32 { let (a, b): (u8, _) = (1, -2); if a == 1 && !(b > 0) { return x } x + 1 }",
        "fn f(x: u8) -> u8 { for _ in (0..=N - 1).rev() { if x > 3 { break } else { continue } } match x { LOW.. => 1, -1..0 => 2, _ if x > 0 => 3, y => y } }",
        "fn f(x: f32) -> f32 { const HALF: f32 = 0.5; f32::from_bits(x.to_bits()).mul_add(HALF, 1e-3) + f32::from(3u8) }",
        "fn f(x: u64) -> Pair { let late; late = [x; 2]; Pair { a: late[0], ..Pair::ZERO } }",
        "fn f(x: i32) -> Fixed { Fixed(<i32>::min(x, i32::MAX) << 3 >> 1) }",
    ] {
        assert_eq!(kernel_mistakes(source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn a_method_may_call_a_function_of_its_name() {
    let fused = |item| crate::fuse_fn::expand(&proc_macro2::TokenStream::new(), item).to_string();
    let method = quote::quote! { fn quotes(&self) -> impl Graph { just(quotes(self.depth)).map(price) } };
    assert!(!fused(method).contains("contains itself"));
    let function = quote::quote! { fn quotes(depth: u32) -> impl Graph { just(quotes(depth)).map(price) } };
    assert!(fused(function).contains("contains itself"));
}

#[test]
fn what_a_format_string_names_is_used() {
    use syn::parse::Parser;
    let q = syn::Pat::parse_single.parse_str("q").expect("a name is a pattern");
    let uses = |text: &str| names::uses(&chain(&format!("just(5).map(|x| format!(\"{text}\"))")), &q);
    for text in ["{q}", "{q:?}", "{x:q$}", "{x:0q$}", "{x:>+q$}", "{x:.q$}", "{x:5.q$?}", "{{}} {q}"] {
        assert!(uses(text), "{text}");
    }
    for text in ["{x}", "{quantity}", "{x:5.2}"] {
        assert!(!uses(text), "{text}");
    }
}
