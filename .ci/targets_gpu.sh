#!/usr/bin/env bash
# The GPU target, which is a workspace of its own: lints, its tests on whatever OpenCL device there is, and the main job's orders.
# Kernels are also compiled to PTX by NVRTC, which comes from PyPI and needs no device. `cuda_gpu.sh` is for a machine with an NVIDIA device.
set -uo pipefail
cd "$(dirname "$0")/../targets/gpu" || exit 1
# shellcheck source=.ci/gpu_parts
source ../../.ci/gpu_parts

if ! has_library libOpenCL.so.1; then
    echo "SKIPPED: the GPU target: no OpenCL loader (Debian: ocl-icd-opencl-dev pocl-opencl-icd)"
    exit 77
fi
use_nvrtc

set -e
cargo fmt --check
cargo clippy --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps
cargo test --no-fail-fast -- --show-output

# What follows takes the device for granted: a loader alone has none.
if ! cargo run -q --example adapter; then
    echo "SKIPPED: the models and the main job on a GPU: there is no device"
    exit 0
fi
models=${FUSEWIRE_SHARED:-../../../shared}/data/models
if [[ -d $models ]]; then
    cargo run -q --example models -- --check --first 200
else
    echo "SKIPPED: models on a GPU: there is no $models"
fi
compare_orders
