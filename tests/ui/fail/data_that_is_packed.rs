use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C, packed)]
struct Row {
    x: [i32; 26],
}

fn main() {
    let row = Row { x: [0; 26] };
    let _ = { row.x };
}
