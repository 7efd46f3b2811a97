#!/usr/bin/env bash
# The FPGA target: lints, and all its tests on simulated cards. Exits with 77 where Verilator is not installed.
set -euo pipefail
cd "$(dirname "$0")/../targets/fpga"

missing=()
for tool in verilator c++ iverilog yosys; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
if [[ " ${missing[*]-} " == *" verilator "* || " ${missing[*]-} " == *" c++ "* ]]; then
    echo "SKIPPED: the FPGA target is tested on simulated cards, and there is no ${missing[*]} (Debian: apt-get install verilator g++ iverilog yosys)"
    exit 77
fi
((${#missing[@]} == 0)) || echo "SKIPPED: a part of the lints of generated Verilog, for want of ${missing[*]}"

# Nothing of an earlier run is taken for a simulation of this one.
export FUSEWIRE_FPGA_CACHE=$PWD/target/simulations
cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace
cargo test --workspace -- --show-output

# A real model, bit-equal to its kernel on the cpu.
models=${FUSEWIRE_SHARED:-../../../shared}/data/models
if [[ -f $models/xgb_logit_64_d4.json ]]; then
    cargo run --example models -- --check --first 200 \
        --model "$models/xgb_logit_64_d4.json" --rows "$models/open_esh4_20231225.features.f32"
else
    echo "SKIPPED: no models in $models"
fi
