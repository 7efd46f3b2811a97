#!/usr/bin/env bash
# Edges between processes over iceoryx2, which are Rust alone: lints, the tests with processes that are killed, a short soak, the example.
# `targets_remote.sh` soaks all engines together. Two minutes, most of them building.
set -euo pipefail
cd "$(dirname "$0")/../targets/remote"

readonly FEATURES=(--no-default-features --features iceoryx2)
cargo clippy "${FEATURES[@]}" --all-targets -- -D warnings
cargo test "${FEATURES[@]}" --no-fail-fast -- --show-output
timeout 60 cargo run -q "${FEATURES[@]}" --example feed_between_processes
