#!/usr/bin/env bash
# Makes the README's table of ratios, fused against hand-written: `bash benches/table.sh [--write] [--seconds N]`.
#
# Prints markdown; with --write it replaces what stands between the two marks of README.md instead. N is
# the time for the round trips, the longest of the measurements; the others get their share of it. Best
# run while nothing else runs: slices in which a thread was switched out do not count.
set -euo pipefail
cd "$(dirname "$0")/.."

write=no seconds=60
while (($#)); do
    case $1 in
    --write) write=yes ;;
    --seconds) seconds=${2:?"--seconds wants a number"} && shift ;;
    *)
        echo "table.sh: unknown argument '$1'; it takes --write and --seconds N" >&2
        exit 2
        ;;
    esac
    shift
done

# What the shapes are called in the table, in its order.
readonly SHAPES='once=`once`: one pass by `block_on`
chain=`chain`: 8 stages in one lane
when_all=`when_all` of four senders, at once
and=`and`, four times, plain
and_fused=`and`, four times, fused
fork_join=`fork_join`: four arms in one lane
fan=`fan`: two arms on lanes of their own
hop_8=`hop`, 8 bytes, both sides
hop_56=`hop`, 56 bytes
hop_64=`hop`, 64 bytes
hop_256=`hop`, 256 bytes
pipeline=`pipeline`: packet to order bytes'

machine() {
    local model cores
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
    cores=$(nproc)
    printf '%s, %s cores, %s' "${model:-unknown processor}" "$cores" "$(rustc -V | cut -d ' ' -f 1-2)"
}

# Instructions per message, from the test that also holds them to their bounds. The counts depend on what
# the compiler inlines, so they are those of a build that is not incremental.
instructions() {
    local output
    if ! output=$(CARGO_INCREMENTAL=0 cargo test --release --test instructions -- --nocapture 2>&1); then
        printf '%s\n' "$output" >&2
        return 1
    fi
    if ! grep -q ' ratio ' <<<"$output"; then
        grep 'SKIPPED' <<<"$output" >&2
        return 1
    fi
    echo '| instructions per message | fused | by hand | ratio |'
    echo '|---|---|---|---|'
    local shape name
    while IFS='=' read -r shape name; do
        awk -v shape="$shape" -v name="$name" '
            $1 == shape { printf "| %s | %.1f | %.1f | %.2f |\n", name, $3, $5, $7 }' <<<"$output"
    done <<<"$SHAPES"
}

side_by_side() {
    cargo bench --quiet --bench shapes_time -- --side-by-side --markdown --seconds $((seconds / 4 + 1))
}

hops() {
    cargo bench --quiet --bench hop -- --markdown --seconds "$seconds"
}

table() {
    echo "$(machine). Instructions are counted by callgrind over \`benches/instructions.rs\`:"
    echo
    instructions
    echo
    echo 'Time per message in one lane, both forms alternating in slices of a millisecond (`benches/shapes_time.rs`):'
    echo
    side_by_side
    echo
    echo 'A value to another core and back, through fused lanes and through the best rings and loops that were'
    echo 'written by hand, and bursts one way; *to raw* is the ratio to one bare cache line each way'
    echo '(`benches/hop.rs`; near and far are the two ways in which the host places the cores):'
    echo
    hops
    echo
    echo '```sh'
    echo 'bash benches/table.sh --write    # makes this table'
    echo '```'
}

if [[ $write == no ]]; then
    table
    exit
fi

made=$(mktemp)
trap 'rm -f "$made" "$made.new"' EXIT
table >"$made"
for mark in '<!-- ratios -->' '<!-- /ratios -->'; do
    grep -qxF -- "$mark" README.md || { echo "table.sh: README.md has no line '$mark'" >&2; exit 1; }
done
awk -v made="$made" '
    $0 == "<!-- /ratios -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- ratios -->" { inside = 1; while ((getline line < made) > 0) print line }
' README.md >"$made.new"
cat "$made.new" >README.md
