#!/usr/bin/env bash
# Runs the loops of lanes under RealtimeSanitizer, which ends a program that allocates or waits inside
# a function marked as nonblocking. Exits with 77 where no nightly compiler is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "SKIPPED: RealtimeSanitizer needs a nightly compiler (rustup toolchain install nightly)"
    exit 77
fi
if ! ls "$(rustc +nightly --print sysroot)/lib/rustlib/$host/lib/"*rustc*_rt.rtsan.a >/dev/null 2>&1; then
    echo "SKIPPED: the nightly compiler has no RealtimeSanitizer runtime for $host"
    exit 77
fi

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
