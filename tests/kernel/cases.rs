//! Kernels by hand: every operator and method at every width, and each form of the subset.

#![allow(
    clippy::all,
    clippy::pedantic,
    reason = "kernels are written in every way that Rust allows, not in the best one"
)]

#[path = "cases/casts.rs"]
mod casts;
#[path = "cases/constants.rs"]
mod constants;
#[path = "cases/control.rs"]
mod control;
#[path = "cases/floats.rs"]
mod floats;
#[path = "cases/integers.rs"]
mod integers;
#[path = "cases/layouts.rs"]
mod layouts;
#[path = "cases/tables.rs"]
mod tables;

use crate::harness::Case;

pub(crate) fn all() -> Vec<Case> {
    let all = [
        integers::cases(),
        casts::cases(),
        floats::cases(),
        layouts::cases(),
        control::cases(),
        constants::cases(),
        tables::cases(),
    ];
    all.into_iter().flatten().collect()
}
