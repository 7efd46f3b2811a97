#!/usr/bin/env bash
# The GPU target, which is a workspace of its own: lints, and its tests on whatever OpenCL device there is.
# Kernels are also compiled to PTX by NVRTC, which comes from PyPI and needs no device.
set -uo pipefail
cd "$(dirname "$0")/../targets/gpu" || exit 1

if ! ldconfig -p 2>/dev/null | grep -q 'libOpenCL\.so\.1'; then
    echo "SKIPPED: the GPU target: no OpenCL loader (Debian: ocl-icd-opencl-dev pocl-opencl-icd)"
    exit 77
fi

# Where NVRTC is; nothing if it cannot be had, and the tests that want it then say so.
nvrtc() {
    local folder=../../target/ci/nvrtc wheel
    if [[ ! -d $folder/nvidia/cuda_nvrtc/lib ]]; then
        mkdir -p "$folder"
        timeout 180 python3 -m pip download -q --no-deps --only-binary=:all: -d "$folder" \
            nvidia-cuda-nvrtc-cu12==12.9.86 >&2 || return
        for wheel in "$folder"/*.whl; do
            python3 -m zipfile -e "$wheel" "$folder" || return
        done
    fi
    (cd "$folder/nvidia/cuda_nvrtc/lib" && pwd)
}

if [[ $(uname -m) == x86_64 ]]; then
    library=$(nvrtc)
    export LD_LIBRARY_PATH="${library:+$library:}${LD_LIBRARY_PATH:-}"
fi

set -e
cargo fmt --check
cargo clippy --all-targets -- -D warnings
cargo test --no-fail-fast -- --show-output
