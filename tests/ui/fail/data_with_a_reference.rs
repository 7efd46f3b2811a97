use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    x: &'static [i32],
}

fn main() {
    let _ = Row { x: &[] }.x;
}
