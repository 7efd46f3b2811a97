//! What is drawn is what was made.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use super::{cpu, double};

#[test]
fn the_drawing_shows_lanes_edges_and_where_arms_meet() {
    let (a, b, c) = (cpu("a", Wait::Park), cpu("b", Wait::Park), cpu("c", Wait::Park));
    let (to_a, to_c) = (a.clone(), c.clone());
    let home = fuse! {
        from_iter(0..9u64).fork(|x| just(x).then(on(a)).map(double), |x| just(x).filter(|x| *x > 3)).for_each(drop)
    };
    let text = home.inspect().to_string();
    assert!(text.contains("2 lanes, 3 edges"), "{text}");
    assert!(text.contains("join  ") && text.contains("2 arms, where the fork is"), "{text}");
    let away = fuse! {
        from_iter(0..9u64)
            .then(on(b))
            .route(|x| x % 2 == 0, |x| just(x).then(on(to_a)).map(double), |x| just(x))
            .then(on(c))
            .for_each(drop)
    };
    let text = away.inspect().to_string();
    assert!(text.contains("4 lanes, 5 edges"), "{text}");
    assert!(text.contains("2 arms, where the next hop leads"), "{text}");
    assert!(text.contains("the arms meet on `c` already"), "{text}");
    let (a, b) = (cpu("a", Wait::Park), cpu("b", Wait::Park));
    let joined = fuse! {
        from_iter(0..9u64).then(on(a)).map(double).join(from_iter(0..9u64).then(on(b)).filter(|x| *x > 3)).for_each(drop)
    };
    let text = joined.inspect().to_string();
    eprintln!("{text}");
    assert!(text.contains("3 lanes, 3 edges"), "{text}");
    // While it runs, every edge counts what went over it.
    let values = Arc::new(Mutex::new(Vec::new()));
    let log = values.clone();
    let graph = fuse! {
        from_iter(0..9u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(to_c)).map(double), |x| just(x))
            .for_each(move |x| log.lock().unwrap().push(x))
    };
    let handle = Engine::new().run(graph).unwrap();
    assert!(handle.wait_for(Duration::from_secs(10)));
    let pushed: Vec<_> = handle.inspect().edges.iter().map(|edge| edge.counters.unwrap().pushed).collect();
    assert_eq!(pushed, [3, 9, 3, 6], "the hop of the arm, the ways, the ends of both arms");
    assert_eq!(*values.lock().unwrap(), [0, 1, 2, 6, 4, 5, 12, 7, 8]);
}
