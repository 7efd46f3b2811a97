#!/usr/bin/env bash
# Everything of the GPU target that wants an NVIDIA device, in one command: the contract in both manners, every operation,
# graphs bit for bit, a device that is lost, the models, the main job's orders, and what batches cost. Exits with 77 where there is no
# device. What else it wants: the CUDA driver of 12.5 or later, and NVRTC (found, or fetched from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../targets/gpu"
# shellcheck source=.ci/gpu_parts
source ../../.ci/gpu_parts

if ! has_library libcuda.so.1; then
    echo "SKIPPED: CUDA: there is no NVIDIA driver (libcuda.so.1)"
    exit 77
fi
use_nvrtc
if ! adapter=$(cargo run -q --example adapter -- cuda); then
    echo "SKIPPED: CUDA: the driver is there and finds no device: $adapter"
    exit 77
fi
echo "$adapter"

log=$PWD/target/cuda_gpu.log
cargo test --no-fail-fast --lib --test cuda --test lost --test operations -- --show-output \
    --skip without_a_device_there_is_a_typed_error 2>&1 | tee "$log"
if grep 'SKIPPED.*\(CUDA\|Cuda\)' "$log"; then
    echo "a test of CUDA skipped itself although there is a device"
    exit 1
fi

# Both programs take CUDA where there is CUDA, and say so.
models=${FUSEWIRE_SHARED:-../../../shared}/data/models
if [[ -d $models ]]; then
    cargo run -q --release --example models -- --check
else
    echo "SKIPPED: models on CUDA: there is no $models"
fi
compare_orders
cargo bench -q --bench lane -- cuda
