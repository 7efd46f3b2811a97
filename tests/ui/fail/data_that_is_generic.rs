use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Pair<T> {
    left: T,
    right: T,
}

fn main() {
    let pair = Pair { left: 1, right: 2 };
    let _ = (pair.left, pair.right);
}
