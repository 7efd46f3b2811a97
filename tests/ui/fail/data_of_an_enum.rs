use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
enum Side {
    Buy,
    Sell,
}

fn main() {
    let _ = (Side::Buy, Side::Sell);
}
