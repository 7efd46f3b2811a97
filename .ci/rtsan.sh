#!/usr/bin/env bash
# Runs the loops of lanes under RealtimeSanitizer, which ends a program that allocates or waits inside
# a function marked as nonblocking. Exits with 77 where no nightly compiler is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

source .ci/nightly
nightly_with RealtimeSanitizer rtsan

export RUSTFLAGS="-Zsanitizer=realtime --cfg fusewire_rtsan"
export CARGO_TARGET_DIR=target/rtsan
export RTSAN_OPTIONS="halt_on_error=true"

build=(cargo +nightly test --release --target "$host" --test rtsan)
"${build[@]}" --no-run

# planted OPTION CALL: the program with this fault must be ended because of such a call.
planted() {
    local log=target/rtsan/planted$1.log
    if "${build[@]}" -- "$1" >"$log" 2>&1; then
        echo "the planted fault $1 was not reported: the sanitizer is not at work"
        exit 1
    fi
    grep -qE "RealtimeSanitizer: unsafe-library-call" "$log" && grep -qE "function \`?($2)" "$log" || {
        echo "the run with the planted fault $1 failed for another reason:"
        cat "$log"
        exit 1
    }
    echo "the planted fault $1 was reported"
}
planted --planted-allocation 'malloc|posix_memalign|aligned_alloc|calloc'
planted --planted-wait 'usleep'

"${build[@]}"
