use std::pin::Pin;

use fusewire::adaptors::link::Link;
use fusewire::completion::{Completion, Never, Started};
use fusewire::receiver::Receiver;

struct Past<R>(Pin<Box<R>>);

impl<R: Receiver<u8, Never>> Receiver<u8, Never> for Past<R> {
    unsafe fn complete(self: Pin<&mut Self>, _: Completion<u8, Never>) {}
}

impl<R: Receiver<u8, Never>> Link<u8, Never> for Past<R> {
    type Value = u8;
    type Error = Never;
    type Next = R;

    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<u8, Never>) -> Started<u8, Never> {
        Started::Inline(arrived)
    }

    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.get_mut().0.as_mut()
    }
}

fn main() {}
