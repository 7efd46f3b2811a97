//! One face for the queues that are compared; every call is inlined away.

use std::sync::Arc;

use crossbeam_queue::ArrayQueue;
use fusewire::ring::{Count, ManyConsumer, ManyProducer, ManySettings, One, Several};
use thingbuf::ThingBuf;

/// What travels: `WORDS` words, the first of which says who sent it and which one it is.
pub type Payload<const WORDS: usize> = [u64; WORDS];

pub trait Push<T>: Send + 'static {
    fn push(&mut self, value: T) -> bool;
    /// As many of them as there is room for, if the queue has a way to push several.
    #[inline(always)]
    fn push_some(&mut self, values: &[T]) -> usize
    where
        T: Copy,
    {
        usize::from(self.push(values[0]))
    }
}

pub trait Pop<T>: Send + 'static {
    fn pop(&mut self) -> Option<T>;
    /// Every value that is there, if the queue has a way to pop several.
    #[inline(always)]
    fn pop_some(&mut self, mut each: impl FnMut(T)) -> usize {
        self.pop().map_or(0, |value| {
            each(value);
            1
        })
    }
}

/// The ends of a queue.
pub struct Ends<P, C> {
    pub producers: Vec<P>,
    pub consumers: Vec<C>,
}

impl<T: Send + 'static, P: Count, C: Count> Push<T> for ManyProducer<T, P, C> {
    #[inline(always)]
    fn push(&mut self, value: T) -> bool {
        self.try_push(value).is_ok()
    }
    #[inline(always)]
    fn push_some(&mut self, values: &[T]) -> usize
    where
        T: Copy,
    {
        self.push_slice(values)
    }
}

impl<T: Send + 'static, P: Count, C: Count> Pop<T> for ManyConsumer<T, P, C> {
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        self.try_pop()
    }
    #[inline(always)]
    fn pop_some(&mut self, each: impl FnMut(T)) -> usize {
        self.pop_batch(64, each)
    }
}

pub fn mpsc<T: Send + 'static>(capacity: usize, producers: usize) -> Ends<impl Push<T>, impl Pop<T>> {
    let (producer, consumer) = ManySettings::<Several, One>::new(capacity).open().expect("a ring");
    let producers = (1..producers).map(|_| producer.clone()).chain([producer.clone()]).collect();
    Ends { producers, consumers: vec![consumer] }
}

pub fn mpmc<T: Send + 'static>(
    capacity: usize,
    producers: usize,
    consumers: usize,
) -> Ends<impl Push<T>, impl Pop<T>> {
    let (producer, consumer) = ManySettings::<Several, Several>::new(capacity).open().expect("a ring");
    let producers = (0..producers).map(|_| producer.clone()).collect();
    Ends { producers, consumers: (0..consumers).map(|_| consumer.clone()).collect() }
}

pub fn spmc<T: Send + 'static>(capacity: usize, consumers: usize) -> Ends<impl Push<T>, impl Pop<T>> {
    let (producer, consumer) = ManySettings::<One, Several>::new(capacity).open().expect("a ring");
    Ends { producers: vec![producer], consumers: (0..consumers).map(|_| consumer.clone()).collect() }
}

pub struct Crossbeam<T>(Arc<ArrayQueue<T>>);

impl<T: Send + 'static> Push<T> for Crossbeam<T> {
    #[inline(always)]
    fn push(&mut self, value: T) -> bool {
        self.0.push(value).is_ok()
    }
}

impl<T: Send + 'static> Pop<T> for Crossbeam<T> {
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }
}

pub fn crossbeam<T: Send + 'static>(
    capacity: usize,
    producers: usize,
    consumers: usize,
) -> Ends<Crossbeam<T>, Crossbeam<T>> {
    let queue = Arc::new(ArrayQueue::new(capacity));
    let ends = |count| (0..count).map(|_| Crossbeam(Arc::clone(&queue))).collect();
    Ends { producers: ends(producers), consumers: ends(consumers) }
}

pub struct Thing<T>(Arc<ThingBuf<T>>);

impl<T: Default + Clone + Send + Sync + 'static> Push<T> for Thing<T> {
    #[inline(always)]
    fn push(&mut self, value: T) -> bool {
        self.0.push(value).is_ok()
    }
}

impl<T: Default + Clone + Send + Sync + 'static> Pop<T> for Thing<T> {
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }
}

pub fn thingbuf<T: Default + Clone + Send + Sync + 'static>(
    capacity: usize,
    producers: usize,
    consumers: usize,
) -> Ends<Thing<T>, Thing<T>> {
    let queue = Arc::new(ThingBuf::new(capacity));
    let ends = |count| (0..count).map(|_| Thing(Arc::clone(&queue))).collect();
    Ends { producers: ends(producers), consumers: ends(consumers) }
}
