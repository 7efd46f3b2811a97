use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    x: [f64; 26],
}

fn main() {
    let _ = Row { x: [0.0; 26] }.x;
}
