//! One user of the library, against both of its insides.

use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::task::Task;

/// The user: this text is compiled against each.
macro_rules! user {
    ($library:ident) => {
        mod $library {
            use super::*;
            use task_boundary::$library::{Prices, Unknown, quote};

            // The interface by its types: a user may store it, and name what it gets.
            const QUOTE: fn(u32) -> Task<u64, Unknown> = quote;

            struct Basket {
                waiting: Vec<Task<u64, Unknown>>,
            }

            #[test]
            fn values_and_errors_come_out() {
                assert_eq!(block_on(QUOTE(4)), Completion::Value(400));
                assert_eq!(block_on(quote(5)), Completion::Error(Unknown(5)));
            }

            #[test]
            fn it_composes_as_any_sender_does() {
                let prices = Prices::default();
                let both = join(prices.price(2), prices.price(6)).map(|(one, other)| one + other);
                assert_eq!(block_on(both), Completion::Value(800));
                let fused = fuse! {
                    just(2).and(move |symbol| prices.price(symbol)).map(|price| price + 1)
                };
                assert_eq!(block_on(fused), Completion::Value(201));
            }

            #[test]
            fn it_may_be_stored_and_run_again_and_again() {
                let basket = Basket { waiting: (0..3).map(|n| quote(2 * n)).collect() };
                let sum = basket.waiting.into_iter().map(block_on).filter_map(Completion::value).sum::<u64>();
                assert_eq!(sum, 600);
                assert_eq!(block_on(quote(8).repeat(1_000)), Completion::Value(800));
            }

            #[test]
            fn it_runs_as_a_graph() {
                let engine = Engine::new();
                let (told, heard) = std::sync::mpsc::channel();
                let graph = quote(4).for_each(move |price| {
                    // Whoever listens has heard enough when this fails.
                    let _ = told.send(price);
                });
                let handle = engine.run(graph).unwrap();
                assert_eq!(heard.iter().take(3).collect::<Vec<_>>(), [400; 3]);
                handle.stop(fusewire::control::Stop::Drain);
                handle.join().unwrap();
            }
        }
    };
}

user!(first);
user!(later);
