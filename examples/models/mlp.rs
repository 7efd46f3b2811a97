//! A small neural network: 26 features, two hidden layers with ReLU, three classes.
//!
//! [`logits`] is a kernel. Its loops go over inputs outside and over outputs inside, so that vectors hold outputs and
//! every sum is made in the order of the inputs: the same float32 operations wherever it runs, so the same bits.

#![allow(clippy::needless_range_loop, reason = "a kernel's loops are over ranges")]

#[path = "mlp/read.rs"]
pub mod read;

use fusewire::kernel;
use fusewire::prelude::*;

pub use read::BadNet;

/// The features of a row.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Features {
    /// As `FEATURES.md` of the models lists them.
    pub x: [f32; 26],
}

/// What the network says of the classes down, flat and up.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Logits {
    /// Softmax makes probabilities of them.
    pub y: [f32; 3],
}

/// The weights; those of a layer by input, then by output.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Net {
    /// What is taken from a feature.
    pub mean: [f32; 26],
    /// By what the rest is multiplied.
    pub scale: [f32; 26],
    /// How far from zero the product may be.
    pub clip: f32,
    /// The first hidden layer.
    pub weights1: [[f32; 32]; 26],
    /// Its biases.
    pub biases1: [f32; 32],
    /// The second hidden layer.
    pub weights2: [[f32; 16]; 32],
    /// Its biases.
    pub biases2: [f32; 16],
    /// The outputs.
    pub weights3: [[f32; 3]; 16],
    /// Their biases.
    pub biases3: [f32; 3],
}

/// The logits of a row.
#[stage(kernel)]
#[inline(always)]
pub fn logits(row: Features, net: &Net) -> Logits {
    let mut hidden1 = net.biases1;
    for i in 0..26 {
        let x = ((row.x[i] - net.mean[i]) * net.scale[i]).max(-net.clip).min(net.clip);
        for o in 0..32 {
            hidden1[o] += x * net.weights1[i][o];
        }
    }
    let mut hidden2 = net.biases2;
    for i in 0..32 {
        let x = hidden1[i].max(0.0);
        for o in 0..16 {
            hidden2[o] += x * net.weights2[i][o];
        }
    }
    let mut y = net.biases3;
    for i in 0..16 {
        let x = hidden2[i].max(0.0);
        for o in 0..3 {
            y[o] += x * net.weights3[i][o];
        }
    }
    Logits { y }
}

/// The same by the widest vectors that the processor has. The operations are the same, so the bits are.
pub fn logits_here(row: Features, net: &Net) -> Logits {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx512vl")]
        fn avx512(row: Features, net: &Net) -> Logits {
            logits(row, net)
        }
        #[target_feature(enable = "avx2")]
        fn avx2(row: Features, net: &Net) -> Logits {
            logits(row, net)
        }
        if is_x86_feature_detected!("avx512vl") {
            // SAFETY: the processor has what the function asks for.
            return unsafe { avx512(row, net) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has what the function asks for.
            return unsafe { avx2(row, net) };
        }
    }
    logits(row, net)
}
