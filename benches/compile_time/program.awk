# Writes a program of `graphs` graphs of `stages` stages: form=fused or hand, shape=once, run or hop.
#
# The stages are the same in both forms: plain functions of a few lines each, four kinds by turns, no
# two alike. `once` is one pass, `run` a loop on a thread, `hop` two loops joined by a ring. By hand it
# is what one would write: a function, one thread, two threads and the ring of this crate.

function kind(i) {
    return i % 8 == 1 ? "filter" : i % 8 == 3 ? "filter_map" : i % 8 == 5 ? "inspect_value" : "map"
}

function stage(g, i,    k, f) {
    k = kind(i)
    f = 2 * (g * 131 + i * 17) + 3
    if (k == "filter")
        return sprintf("fn %s(x: &Quote) -> bool {\n" \
            "    let spread = x.ask.saturating_sub(x.bid);\n" \
            "    match x.venue {\n        Venue::Lit => spread < %d,\n        Venue::Dark => spread %% %d != x.size %% 5,\n    }\n}", \
            name(g, i), f * 40, f)
    if (k == "filter_map")
        return sprintf("fn %s(x: Quote) -> Option<Quote> {\n" \
            "    let bid = x.bid.checked_mul(%d)?.checked_add(x.size)?;\n" \
            "    let ask = x.ask.checked_mul(%d)?.checked_sub(x.size / 2)?;\n" \
            "    (bid < ask || x.venue == Venue::Lit).then_some(Quote { bid, ask, ..x })\n}", name(g, i), f, f + 1)
    if (k == "inspect_value")
        return sprintf("fn %s(x: &Quote) {\n" \
            "    if x.ask - x.bid.min(x.ask) == %d {\n        SEEN.fetch_add(x.size, Relaxed);\n    } else if x.venue == Venue::Dark {\n        SEEN.fetch_max(x.bid, Relaxed);\n    }\n}", \
            name(g, i), f)
    return sprintf("fn %s(x: Quote) -> Quote {\n" \
        "    let spread = x.ask.saturating_sub(x.bid);\n" \
        "    let mid = x.bid / 2 + x.ask / 2;\n" \
        "    let size = match mid %% 4 {\n        0 => x.size / 2,\n        1 => x.size + %d,\n        2 if spread > %d => 1,\n        _ => x.size,\n    };\n" \
        "    let venue = if mid > %d { Venue::Lit } else { x.venue };\n" \
        "    Quote { bid: mid.saturating_sub(spread / 3), ask: mid.saturating_add(spread / 3), size, venue }\n}", \
        name(g, i), f, f + 5, f * 3)
}

function name(g, i) { return sprintf("g%d_s%d", g, i) }

# One stage by hand, on the local `x`; `skip` leaves the pass.
function by_hand(g, i, indent, skip,    k) {
    k = kind(i)
    if (k == "filter") return sprintf("%sif !%s(&x) {\n%s    %s;\n%s}\n", indent, name(g, i), indent, skip, indent)
    if (k == "filter_map") return sprintf("%slet Some(x) = %s(x) else { %s };\n", indent, name(g, i), skip)
    if (k == "inspect_value") return sprintf("%s%s(&x);\n", indent, name(g, i))
    return sprintf("%slet x = %s(x);\n", indent, name(g, i))
}

function chain(g, first, last, indent, skip,    i, out) {
    for (i = first; i < last; i++) out = out by_hand(g, i, indent, skip)
    return out
}

function links(g, first, last,    i, out) {
    for (i = first; i < last; i++) out = out sprintf("\n            .%s(%s)", kind(i), name(g, i))
    return out
}

function fused(g,    hop) {
    if (shape == "once")
        return sprintf("pub fn graph_%d(n: u64) -> Option<Quote> {\n    match block_on(fuse! {\n        just(quote(n))%s\n    }) {\n        Completion::Value(x) => Some(x),\n        _ => None,\n    }\n}", \
            g, links(g, 0, stages))
    hop = shape == "hop" ? "\n            .then(on(to.clone()))" : ""
    return sprintf("pub fn graph_%d(n: u64, home: &Cpu%s) -> (u64, u64) {\n    let graph = fuse! {\n        from_iter(0..n)\n            .map(quote)%s%s%s\n            .for_each(done)\n    };\n" \
        "    let report = Engine::on(home.clone()).run(graph).unwrap().join().unwrap();\n    (report.started, report.completed)\n}", \
        g, shape == "hop" ? ", to: &Cpu" : "", links(g, 0, int(stages / 2)), hop, links(g, int(stages / 2), stages))
}

function hand(g,    half) {
    half = int(stages / 2)
    if (shape == "once")
        return sprintf("pub fn graph_%d(n: u64) -> Option<Quote> {\n    let x = quote(n);\n%s    Some(x)\n}", \
            g, chain(g, 0, stages, "    ", "return None"))
    if (shape == "run")
        return sprintf("pub fn graph_%d(n: u64, stop: &Arc<AtomicBool>) -> (u64, u64) {\n    let stop = stop.clone();\n    let lane = thread::spawn(move || {\n" \
            "        let (mut started, mut completed) = (0, 0);\n        for n in 0..n {\n            if stop.load(Relaxed) {\n                break;\n            }\n            started += 1;\n            let x = quote(n);\n%s" \
            "            done(x);\n            completed += 1;\n        }\n        (started, completed)\n    });\n    lane.join().unwrap()\n}", \
            g, chain(g, 0, stages, "            ", "continue"))
    return sprintf("pub fn graph_%d(n: u64, stop: &Arc<AtomicBool>) -> (u64, u64) {\n" \
        "    let (mut to, mut from) = ring::<Quote, Auto>(1024).unwrap();\n    let (stop_first, stop_second) = (stop.clone(), stop.clone());\n" \
        "    let first = thread::spawn(move || {\n        let mut started = 0;\n        for n in 0..n {\n            while !to.has_room() {\n                if stop_first.load(Relaxed) || to.is_closed() {\n                    return started;\n                }\n                spin_loop();\n            }\n" \
        "            started += 1;\n            let x = quote(n);\n%s            to.push_reserved(x);\n        }\n        started\n    });\n" \
        "    let second = thread::spawn(move || {\n        let mut completed = 0;\n        while !stop_second.load(Relaxed) {\n            let closed = from.is_closed();\n            let Some(x) = from.try_pop() else {\n                if closed {\n                    break;\n                }\n                spin_loop();\n                continue;\n            };\n%s" \
        "            done(x);\n            completed += 1;\n        }\n        completed\n    });\n    (first.join().unwrap(), second.join().unwrap())\n}", \
        g, chain(g, 0, half, "            ", "continue"), chain(g, half, stages, "            ", "continue"))
}

BEGIN {
    print "use std::sync::atomic::{AtomicU64, Ordering::Relaxed};"
    if (form == "fused") print "use fusewire::prelude::*;"
    if (form == "fused" && shape != "once") print "use fusewire::context::cpu::Cpu;\nuse fusewire::engine::Engine;"
    if (form == "hand" && shape != "once") print "use std::sync::{Arc, atomic::AtomicBool};\nuse std::thread;"
    if (form == "hand" && shape == "hop") print "use fusewire::ring::{Auto, ring};\nuse std::hint::spin_loop;"
    print "\nstatic SEEN: AtomicU64 = AtomicU64::new(0);\n"
    print "#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum Venue {\n    Lit,\n    Dark,\n}\n"
    print "#[derive(Debug, Clone, Copy)]\npub struct Quote {\n    bid: u64,\n    ask: u64,\n    size: u64,\n    venue: Venue,\n}\n"
    print "fn quote(n: u64) -> Quote {\n    Quote { bid: n, ask: n * 3, size: n % 100, venue: if n % 3 == 0 { Venue::Dark } else { Venue::Lit } }\n}\n"
    if (shape != "once") print "fn done(x: Quote) {\n    SEEN.fetch_add(x.size, Relaxed);\n}\n"
    for (g = 0; g < graphs; g++) {
        for (i = 0; i < stages; i++) print stage(g, i) "\n"
        print (form == "fused" ? fused(g) : hand(g)) "\n"
    }
    print "fn main() {\n    let n = std::env::args().count() as u64;"
    if (shape != "once")
        print form == "fused" ? "    let home = Cpu::builder().build().unwrap();" : "    let home = Arc::new(AtomicBool::new(false));"
    if (shape == "hop" && form == "fused") print "    let to = Cpu::builder().build().unwrap();"
    for (g = 0; g < graphs; g++)
        printf "    println!(\"{:?}\", graph_%d(n%s));\n", g, shape == "once" ? "" : shape == "hop" && form == "fused" ? ", &home, &to" : ", &home"
    print "    println!(\"{}\", SEEN.load(Relaxed));\n}"
}
