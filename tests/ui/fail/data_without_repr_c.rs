use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
struct Row {
    x: [i32; 26],
}

fn main() {
    let _ = Row { x: [0; 26] }.x;
}
