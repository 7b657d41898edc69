#!/usr/bin/env bash
# Installs what `make test` and `make audit` need, and says so; is done at once where it is there.
#   rustfmt and clippy               by rustup
#   a C compiler and python3-venv    by apt-get, with sudo unless root
#   the tools of requirements.txt    by pip, into .tools/venv of this folder
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
    command -v cargo >/dev/null || fail "Rust is missing: install it with rustup"
    cargo fmt --version >/dev/null 2>&1 || add_component rustfmt
    cargo clippy --version >/dev/null 2>&1 || add_component clippy

    command -v cc >/dev/null || install_package build-essential
    command -v python3 >/dev/null || install_package python3
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        fail "Python 3.10 or newer is needed; python3 is $(python3 --version)"
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_package python3-venv

    tools_are_current || install_tools
}

# The copy of the lock file is put there last, so an install that was cut short is done again.
tools_are_current() {
    cmp -s scripts/requirements.txt .tools/venv/requirements.txt &&
        .tools/venv/bin/python -c '' 2>/dev/null
}

install_tools() {
    echo "setup: installing into .tools/venv: $(grep -v '^#' scripts/requirements.in | xargs)"
    rm -rf .tools/venv
    python3 -m venv .tools/venv
    .tools/venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes --requirement scripts/requirements.txt
    cp scripts/requirements.txt .tools/venv/requirements.txt
}

install_package() {
    command -v apt-get >/dev/null || fail "$1 is missing: install it with your package manager"
    echo "setup: installing $1 with apt-get"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes "$1" >/dev/null
}

add_component() {
    command -v rustup >/dev/null || fail "$1 is missing: install it beside your cargo"
    echo "setup: installing $1 with rustup"
    rustup component add "$1"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

fail() {
    echo "setup: $1" >&2
    exit 1
}

main
