//! The graph behind the C++ program: what comes over one ring is priced on another core, and goes back over the other.

use fusewire::context::cpu::Cpu;
use fusewire::edge::shm::shm;
use fusewire::edge::{Overflow, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// `struct question` of `server.cpp`.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Question {
    pub(crate) id: u64,
    pub(crate) bid: i64,
    pub(crate) ask: i64,
    pub(crate) client: u64,
}

/// `struct answer` of `server.cpp`.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Answer {
    pub(crate) id: u64,
    pub(crate) middle: i64,
    pub(crate) client: u64,
}

#[stage]
fn is_sound(question: &Question) -> bool {
    question.bid <= question.ask
}

#[stage]
fn price(question: Question) -> Answer {
    let Question { id, bid, ask, client } = question;
    Answer { id, middle: bid + (ask - bid) / 2, client }
}

/// Answers what comes over the rings `name` until the other program closes them; how many it answered.
pub(crate) fn serve(name: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let questions = shm(format!("{name}-questions")).type_name("Question v1").receiver::<Question>()?;
    // An answer is a datagram: one for which there is no room is dropped and counted, and asked for again.
    let answers = shm(format!("{name}-answers")).type_name("Answer v1").policy(Overflow::DropNewest);
    let mut answers = answers.sender::<Answer>()?;
    if let Some(died) = questions.predecessor() {
        println!("the graph goes on where {died} died");
    }
    let (io, compute) = (Cpu::builder().name("io").build()?, Cpu::builder().name("compute").build()?);
    let graph = fuse! {
        recv(questions)
            .then(on(compute))
            .filter(is_sound)
            .map(price)
            .then(on(io.clone()))
            .for_each(move |answer: Answer| {
                if let Pushed::Ok = answers.push(answer) {
                    answers.wake();
                }
            })
    };
    Ok(Engine::on(io).run(graph)?.join()?.completed)
}
