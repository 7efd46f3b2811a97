#!/usr/bin/env bash
# The FPGA target: lints, all its tests on simulated cards, models, the main job, and a PCIe device in QEMU. Exits with 77 where Verilator is not installed.
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

# The main job, its rows scored on a simulated card: the orders of the cpu, byte for byte.
orders=$PWD/target/orders
for compute in cpu fpga; do
    cargo run --example tick_to_trade -- --compute "$compute" --engine fused --leaves exact --source memory --rate max \
        --packets 2000 --rounds 1 --orders "$orders.$compute.csv" --scores "$orders.$compute.scores.csv"
done
cmp "$orders.cpu.csv" "$orders.fpga.csv"
cmp "$orders.cpu.scores.csv" "$orders.fpga.scores.csv"
(($(wc -l <"$orders.fpga.csv") > 100)) || { echo "the main job gave too few orders to compare: $(wc -l <"$orders.fpga.csv")"; exit 1; }
echo "tick_to_trade: $(wc -l <"$orders.fpga.csv") orders, cpu's and fpga's equal"

# The driver on a PCIe device, if there is a QEMU; it says so itself if there is none.
./qemu.sh || (($? == 77))
