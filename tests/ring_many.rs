//! Rings with several ends and broadcasts against naive queues, on one thread and on several.

#[path = "ring_many/against_model.rs"]
mod against_model;
#[path = "ring_many/drops.rs"]
mod drops;
#[path = "ring_many/threads.rs"]
mod threads;

/// With several threads on each side.
mod on_threads {
    #[test]
    fn several_to_one() {
        super::threads::several_to_one();
    }

    #[test]
    fn one_to_several() {
        super::threads::one_to_several();
    }

    #[test]
    fn several_to_several() {
        super::threads::several_to_several();
    }

    #[test]
    fn oldest_out() {
        super::threads::oldest_out();
    }

    #[test]
    fn broadcasts() {
        super::threads::broadcasts();
    }

    #[test]
    fn lossy_broadcasts() {
        super::threads::lossy_broadcasts();
    }
}
