use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Nothing {}

fn main() {
    let _ = Nothing {};
}
