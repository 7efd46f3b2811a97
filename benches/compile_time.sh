#!/usr/bin/env bash
# How long graphs take to compile, against the same written by hand: `bash benches/compile_time.sh`.
#
# Programs of 10 graphs of 8 stages, and of one of 128, fused and by hand, are compiled by rustc against
# a fusewire that is built already, as `cargo check`, `cargo build` and `cargo build --release` would
# compile them, linking included. Both forms must print the same. What is reported is user CPU time,
# which other work on the machine disturbs least: the median of RUNS runs (default 5), the two forms
# taking turns. Exits with 1 if a program that is built for release takes more than its limit: 1.5 times
# the time of its twin for ten graphs, 3 times for the long one.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly RUNS=${RUNS:-5}
readonly OUT=target/compile_time
readonly DEPS=target/release/deps
mkdir -p "$OUT"

cargo build --release --quiet
lib=$(ls -t target/release/libfusewire.rlib)

compile() { # compile PROGRAM FLAGS..
    rustc --edition 2024 --crate-name program -L "dependency=$DEPS" --extern "fusewire=$lib" -o "$OUT/$1.out" "${@:2}" "$OUT/$1.rs"
}

# User CPU seconds of one compilation, in milliseconds.
cost() {
    local TIMEFORMAT=%U
    { time compile "$@" 2>"$OUT/errors"; } 2>&1 | awk '{ printf "%d\n", $1 * 1000 }'
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

flags() {
    case $1 in
    check) echo "--emit=metadata" ;;
    debug) echo "-Cdebuginfo=2" ;;
    release) echo "-Copt-level=3" ;;
    esac
}

failed=0
printf '%-6s %-8s %-8s %10s %10s %7s\n' shape graphs build 'fused ms' 'hand ms' ratio
for size in "10 8 150" "1 128 300"; do
    read -r graphs stages limit <<<"$size"
    for shape in once run hop; do
        for form in fused hand; do
            awk -v form=$form -v shape=$shape -v graphs="$graphs" -v stages="$stages" -f benches/compile_time/program.awk >"$OUT/$form.rs"
            compile $form -Copt-level=3
            "$OUT/$form.out" >"$OUT/$form.said"
        done
        cmp "$OUT/fused.said" "$OUT/hand.said" || { echo "$shape: the fused program and its twin print different things"; exit 1; }
        for build in check debug release; do
            read -r -a with <<<"$(flags $build)"
            : >"$OUT/fused.ms"
            : >"$OUT/hand.ms"
            for ((run = 0; run < RUNS; run++)); do
                cost fused "${with[@]}" >>"$OUT/fused.ms"
                cost hand "${with[@]}" >>"$OUT/hand.ms"
            done
            fused=$(median <"$OUT/fused.ms")
            hand=$(median <"$OUT/hand.ms")
            verdict=
            if [[ $build = release ]]; then
                verdict="(at most $(awk "BEGIN { printf \"%.1f\", $limit / 100 }"))"
                if ((fused * 100 > hand * limit)); then
                    failed=1
                    verdict="$verdict EXCEEDED"
                fi
            fi
            printf '%-6s %-8s %-8s %10d %10d %7s %s\n' $shape "${graphs}x$stages" $build "$fused" "$hand" \
                "$(awk "BEGIN { printf \"%.2f\", $fused / ($hand ? $hand : 1) }")" "$verdict"
        done
    done
done
exit $failed
