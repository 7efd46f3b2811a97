// mistakes: 4
use std::time::{Duration, Instant};

use fusewire::context::timer::Timer;
use fusewire::prelude::*;
use fusewire::sources::Every;

struct Forgetful(Box<Timer>);

impl Source for Forgetful {
    type Value = ();
    type Error = Never;

    fn take(&mut self) -> Taken<(), Never> {
        Taken::Empty
    }

    fn timer(&mut self) -> Option<&mut Timer> {
        self.0 = Box::new(Timer::new());
        Some(&mut self.0)
    }

    fn deadline(&self) -> Option<Instant> {
        Some(Instant::now())
    }
}

struct Of(Every);

impl Source for Of {
    type Value = ();
    type Error = Never;

    fn take(&mut self) -> Taken<(), Never> {
        Taken::Empty
    }

    fn timer(&mut self) -> Option<&mut Timer> {
        self.0 = every(Duration::from_secs(1));
        self.0.timer()
    }
}

fn main() {}
