#!/usr/bin/env bash
# What needs features: lints and tests of the bridges to tokio and to the futures crates, and the example against
# what it is expected to print.
set -euo pipefail
cd "$(dirname "$0")/.."

features=(--features futures,tokio)
cargo clippy --all-targets "${features[@]}" -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps "${features[@]}"
cargo test "${features[@]}" --test future --test future_bridges --test future_alloc
cargo test "${features[@]}" --doc future
diff <(cargo run --quiet "${features[@]}" --example tokio_bridge) examples/expected/tokio_bridge.txt
# Fewer connections than by default, so that unoptimised code is done in seconds.
timeout 60 cargo run --quiet "${features[@]}" --example echo -- 500 1
echo "tokio_bridge prints what is expected"
