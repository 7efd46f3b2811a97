use fusewire::prelude::*;

fn main() {
    let scope = fusewire::scope::Scope::new();
    let _ = fusewire::consumers::spawn(&scope.token(), just_error::<(), _>("no"));
}
