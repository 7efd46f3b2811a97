use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: [u32; 4]) -> u32 {
    let mut sum = 0;
    'rows: for i in 0..4 {
        for j in 0..4 {
            if x[j] == x[i] {
                continue 'rows;
            }
        }
        sum += x[i];
    }
    sum
}

fn main() {
    let _ = price([1; 4]);
}
