use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    x: (u32, u32),
}

fn main() {
    let _ = Row { x: (1, 2) }.x;
}
