use fusewire::kernel;

#[derive(Clone, Copy)]
struct Price(u32);

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    x: Price,
}

fn main() {
    let _ = Row { x: Price(1) }.x.0;
}
