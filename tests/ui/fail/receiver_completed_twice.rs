// mistakes: 2
use std::pin::Pin;

use fusewire::completion::{Completion, Never};
use fusewire::receiver::{Receiver, complete_caught};

fn twice<R: Receiver<u8, Never>>(mut receiver: Pin<&mut R>) {
    receiver.as_mut().complete(Completion::Value(7));
    complete_caught(receiver, Completion::Value(7));
}

fn main() {}
