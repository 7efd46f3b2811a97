#!/usr/bin/env bash
# Drives a PCIe device from user space: boots a virtual machine with QEMU's `edu` behind an IOMMU and runs examples/edu in it.
#
# Needs qemu-system-x86_64, busybox (static) and a kernel of Debian's (apt-get install qemu-system-x86 busybox-static; the kernel
# is downloaded by apt-get and unpacked, not installed). Without them it exits with 77. QEMU emulates the processor (TCG), for
# KVM may be missing where this runs, or not take this; a boot takes seconds.
set -euo pipefail
cd "$(dirname "$0")"
readonly OUT=$PWD/target/qemu LIMIT=${FUSEWIRE_QEMU_LIMIT:-300}

skip() { echo "SKIPPED: the driver on a PCIe device in QEMU: $1"; exit 77; }
[[ $(uname -m) == x86_64 ]] || skip "the script knows x86-64 alone"
for tool in qemu-system-x86_64 busybox ldd; do
    command -v "$tool" >/dev/null || skip "there is no $tool (Debian: apt-get install qemu-system-x86 busybox-static)"
done
mkdir -p "$OUT"
if ! compgen -G "$OUT/kernel/boot/vmlinuz-*" >/dev/null; then
    command -v apt-get >/dev/null || skip "no apt-get to download a kernel with"
    # The newest that the archive has; a name may be in the lists and the file gone, which is a reason to skip.
    package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends: linux-image/ { print $2; exit }')
    [[ -n $package ]] || skip "apt knows no linux-image-cloud-amd64 (apt-get update)"
    (cd "$OUT" && rm -f ./*.deb && apt-get download -qq "$package") >/dev/null 2>"$OUT/apt.log" || skip "apt-get download $package failed: $(tail -1 "$OUT/apt.log")"
    rm -rf "$OUT/kernel"
    dpkg -x "$OUT"/*.deb "$OUT/kernel"
fi

cargo build -q --example edu
program=target/debug/examples/edu
root=$OUT/root
rm -rf "$root"
mkdir -p "$root"/{bin,dev,proc,sys,modules}
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$program" "$root/bin/edu"
# The program is linked dynamically: its libraries go where its loader looks for them.
ldd "$program" | grep -oE '/[^ ]+' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
modules=(irqbypass vfio_virqfd vfio vfio_iommu_type1 vfio-pci-core vfio-pci)
for module in "${modules[@]}"; do
    find "$OUT/kernel/lib/modules" -name "$module.ko" -exec cp {} "$root/modules/" \;
done
cat >"$root/init" <<INIT
#!/bin/busybox sh
b=/bin/busybox
\$b mount -t proc proc /proc
\$b mount -t sysfs sysfs /sys
\$b mount -t devtmpfs dev /dev
for module in ${modules[*]}; do
    [ ! -f /modules/\$module.ko ] || \$b insmod /modules/\$module.ko || echo "insmod \$module: \$?"
done
for device in /sys/bus/pci/devices/*; do
    if [ "\$(\$b cat \$device/vendor):\$(\$b cat \$device/device)" = "0x1234:0x11e8" ]; then
        address=\$(\$b basename \$device)
        echo vfio-pci > \$device/driver_override
        echo \$address > /sys/bus/pci/drivers_probe
        /bin/edu \$address
        echo "exit \$?"
    fi
done
\$b poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$OUT/initramfs.gz"

log=$OUT/console.log
timeout "$LIMIT" qemu-system-x86_64 -accel tcg -machine q35 -m 256M -smp 2 -display none -no-reboot -nodefaults \
    -device intel-iommu,intremap=on -device edu \
    -kernel "$OUT"/kernel/boot/vmlinuz-* -initrd "$OUT/initramfs.gz" -append "console=ttyS0 quiet intel_iommu=on panic=-1" \
    -serial "file:$log" </dev/null || { tail -30 "$log"; echo "the virtual machine did not end by itself within $LIMIT s"; exit 1; }
tr -d '\r' <"$log" | grep -vE '^\[ ' || true
grep -q "edu: all is well" "$log" || { echo "the driver failed on the edu device: see $log"; exit 1; }
