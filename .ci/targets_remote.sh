#!/usr/bin/env bash
# Edges that leave the process, which are a workspace of its own, over every engine: lints, its tests with processes that are killed, and the example.
# Aeron's C sources come with the crate from the registry and want cmake 3.30, libclang and a C++ compiler; the first two come from
# PyPI into a folder below target/ where the machine's are too old or absent. Two minutes of tests, of which one is a soak of all engines with
# processes that are killed, behind three of building.
set -uo pipefail
cd "$(dirname "$0")/../targets/remote" || exit 1

skip() {
    echo "SKIPPED: remote edges: $*"
    exit 77
}

readonly TOOLS=$PWD/target/tools

has_cmake() {
    local version
    version=$(cmake --version 2>/dev/null | awk 'NR == 1 { print $3 }') || return 1
    [[ -n $version && $(printf '%s\n' 3.30 "$version" | sort -V | head -n 1) == 3.30 && ${version%%.*} -lt 4 ]]
}

# The folder of libclang, which bindgen loads: the machine's, or what came from PyPI.
libclang_folder() {
    local found
    for found in /usr/lib/llvm-*/lib/libclang.so* "$TOOLS"/lib/python3*/site-packages/clang/native/libclang.so; do
        [[ -e $found ]] && dirname "$found" && return
    done
    return 1
}

install_tools() { # install_tools PACKAGE..
    command -v python3 >/dev/null || skip "no python3 to install $* with"
    [[ -x $TOOLS/bin/pip ]] || python3 -m venv "$TOOLS" || skip "python3 cannot make a venv for $* (Debian: python3-venv)"
    timeout 180 "$TOOLS/bin/pip" install -q --disable-pip-version-check "$@" || skip "PyPI does not give $*"
}

# Aeron's crates ask the linker for these two by name, although nothing of them is used; without the -dev packages there is only
# a library with a number.
name_libraries() {
    local name found
    mkdir -p "$TOOLS/lib"
    for name in bsd uuid; do
        found=$(find /usr/lib /lib -name "lib$name.so.[0-9]" -print -quit 2>/dev/null)
        if [[ -n $found ]]; then
            ln -sf "$found" "$TOOLS/lib/lib$name.so"
        else
            ar rcs "$TOOLS/lib/lib$name.a"
        fi
    done
    export LIBRARY_PATH=$TOOLS/lib${LIBRARY_PATH:+:$LIBRARY_PATH}
}

command -v c++ >/dev/null || skip "no C++ compiler (Debian: g++)"
PATH=$TOOLS/bin:$PATH
has_cmake || install_tools 'cmake<4'
has_cmake || skip "no cmake from 3.30 to 3.x"
LIBCLANG_PATH=${LIBCLANG_PATH:-$(libclang_folder)} || { install_tools libclang && LIBCLANG_PATH=$(libclang_folder); } ||
    skip "no libclang (Debian: libclang-dev)"
export PATH LIBCLANG_PATH
name_libraries

set -e
cargo fmt --check
cargo clippy --all-features --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --all-features
FUSEWIRE_SOAK_SECONDS=60 cargo test --all-features --no-fail-fast -- --show-output
timeout 60 cargo run -q --all-features --example market_data_link
