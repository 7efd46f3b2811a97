use fusewire::edge::{DropOldest, shm};

fn main() {
    let _ = shm("quotes").policy(DropOldest);
}
