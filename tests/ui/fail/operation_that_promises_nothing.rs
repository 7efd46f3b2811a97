use std::pin::Pin;

use fusewire::completion::{Completion, Never, Started};
use fusewire::operation::Operation;
use fusewire::receiver::Receiver;

struct Seven<R>(Pin<Box<R>>);

impl<R: Receiver<u8, Never>> Operation for Seven<R> {
    type Value = u8;
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<u8, Never> {
        Started::Inline(Completion::Value(7))
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.get_mut().0.as_mut()
    }
}

fn main() {}
