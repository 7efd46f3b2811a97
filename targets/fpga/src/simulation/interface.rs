//! The pins of a module, as words that Rust and the simulated model share.

use std::fmt::Write;

/// A pin, or several with one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
}

impl Port {
    pub(crate) const fn new(name: &'static str, width: u32) -> Self {
        Self { name, width }
    }

    /// The 32-bit words that its value takes.
    pub(crate) const fn words(&self) -> usize {
        self.width.div_ceil(32) as usize
    }
}

/// A module's pins but its clock, `aclk`.
#[derive(Debug, Clone)]
pub(crate) struct Interface {
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
}

/// Where each port begins, in words, and the words of all.
pub(crate) fn places(ports: &[Port]) -> (Vec<usize>, usize) {
    let mut places = Vec::with_capacity(ports.len());
    let mut at = 0;
    for port in ports {
        places.push(at);
        at += port.words();
    }
    (places, at)
}

impl Interface {
    /// The C++ that Rust calls: make, step and delete a model of class `V<symbol>`.
    ///
    /// `step` is one period: the inputs are set and settle, the outputs are read, then the clock rises.
    pub(crate) fn shim(&self, symbol: &str) -> String {
        let (mut set, mut get) = (String::new(), String::new());
        for (port, at) in self.inputs.iter().zip(places(&self.inputs).0) {
            let _ = writeln!(set, "    put(model->{}, in + {at});", port.name);
        }
        for (port, at) in self.outputs.iter().zip(places(&self.outputs).0) {
            let _ = writeln!(get, "    take(model->{}, out + {at});", port.name);
        }
        format!(
            r#"#include "V{symbol}.h"
#include <cstdint>
#include <cstring>
template <class T> static void put(T &pin, const uint32_t *in) {{
    if constexpr (sizeof(T) == 8) {{ uint64_t word; std::memcpy(&word, in, 8); pin = word; }}
    else pin = (T)*in;
}}
template <std::size_t N> static void put(VlWide<N> &pin, const uint32_t *in) {{ std::memcpy(pin.data(), in, N * 4); }}
template <class T> static void take(const T &pin, uint32_t *out) {{
    if constexpr (sizeof(T) == 8) {{ const uint64_t word = pin; std::memcpy(out, &word, 8); }}
    else *out = (uint32_t)pin;
}}
template <std::size_t N> static void take(const VlWide<N> &pin, uint32_t *out) {{ std::memcpy(out, pin.data(), N * 4); }}
struct Simulated{symbol} {{ VerilatedContext context; V{symbol} *model; }};
extern "C" void *fusewire_{symbol}_new(uint32_t seed) {{
    auto *simulated = new Simulated{symbol};
    // Registers that no reset reaches begin with any value.
    simulated->context.randReset(2);
    simulated->context.randSeed((int)seed);
    simulated->model = new V{symbol}(&simulated->context, "{symbol}");
    simulated->model->aclk = 0;
    return simulated;
}}
extern "C" void fusewire_{symbol}_delete(void *of) {{
    auto *simulated = static_cast<Simulated{symbol} *>(of);
    simulated->model->final();
    delete simulated->model;
    delete simulated;
}}
extern "C" void fusewire_{symbol}_step(void *of, const uint32_t *in, uint32_t *out) {{
    V{symbol} *model = static_cast<Simulated{symbol} *>(of)->model;
    model->aclk = 0;
{set}    model->eval();
{get}    model->aclk = 1;
    model->eval();
}}
"#
        )
    }
}
