use fusewire::kernel;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
union Word {
    number: u32,
    real: f32,
}

fn main() {
    let _ = (Word { number: 1 }, Word { real: 1.0 });
}
