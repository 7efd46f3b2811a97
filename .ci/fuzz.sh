#!/usr/bin/env bash
# Builds the fuzz targets with libFuzzer, without cargo-fuzz, and runs each for FUSEWIRE_FUZZ_SECONDS (20). Exits with 77 where no
# nightly compiler is installed, or libFuzzer's crate cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

source .ci/nightly
nightly_with AddressSanitizer asan
[[ $(uname -s) == Linux ]] || { echo "SKIPPED: the fuzz targets are of Linux"; exit 77; }

export CARGO_TARGET_DIR=$PWD/target/fuzz CARGO_PROFILE_RELEASE_DEBUG=line-tables-only
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address \
-Cdebug-assertions -Coverflow-checks -Ccodegen-units=1 --cfg fuzzing"

if ! cargo +nightly fetch --manifest-path fuzz/Cargo.toml >target/fuzz-fetch.log 2>&1; then
    echo "SKIPPED: the fuzz targets: the crates that they need cannot be fetched, see target/fuzz-fetch.log"
    exit 77
fi
for target in shm_attach; do
    cargo +nightly build --release --manifest-path fuzz/Cargo.toml --target "$host" --bin "$target"
    mkdir -p "target/fuzz/corpus/$target"
    "target/fuzz/$host/release/$target" -max_total_time="${FUSEWIRE_FUZZ_SECONDS:-20}" -timeout=10 -max_len=400 -rss_limit_mb=2048 \
        -artifact_prefix=target/fuzz/ "target/fuzz/corpus/$target"
done
echo "no input made a fuzz target fail"
