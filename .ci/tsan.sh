#!/usr/bin/env bash
# Runs ring, edge and what passes wait for under ThreadSanitizer. Exits with 77 where no nightly compiler is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

source .ci/nightly
nightly_with ThreadSanitizer tsan

# The standard library is not instrumented, hence the exemption from the ABI check.
export RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer --cfg fusewire_tsan"
export CARGO_TARGET_DIR=target/tsan
export TSAN_OPTIONS="halt_on_error=1 exitcode=66 suppressions=$PWD/.ci/tsan.suppressions"

build=(cargo +nightly test --release --target "$host" --test tsan)
"${build[@]}" --no-run

if "${build[@]}" -- --planted >target/tsan/planted.log 2>&1; then
    echo "the planted race was not reported: the sanitizer is not at work"
    exit 1
fi
grep -q "ThreadSanitizer: data race" target/tsan/planted.log || {
    echo "the run with the planted race failed for another reason:"
    cat target/tsan/planted.log
    exit 1
}
echo "the planted race was reported"

"${build[@]}"
