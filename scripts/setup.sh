#!/usr/bin/env bash
# Installs what the make targets need, and says so; is done at once where it is there.
#   rustfmt and clippy                by rustup
#   a C compiler, python3-venv, ip    by apt-get, with sudo unless root
#   the lists in requirements/        by pip (uv) and uv (all others), into .tools of this folder; those
#                                     that only some targets need (bench) if they are named
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

    # For tests in a network namespace of their own.
    command -v unshare >/dev/null || install_package util-linux
    [[ -n $(PATH=$PATH:/usr/sbin:/sbin command -v ip) ]] || install_package iproute2

    environment uv with_pip uv
    environment tools with_uv venv
    environment sam with_uv sam
    environment checkov with_uv checkov
    environment docling with_uv docling
    for more in "$@"; do
        environment "$more" with_uv "$more"
    done
}

# The list $1, installed by $2 into .tools/$3, unless it is there. The copy of the lock file is put
# there last, so an install that was cut short is done again.
environment() {
    local lock=scripts/requirements/$1.txt place=.tools/$3
    if cmp -s "$lock" "$place/requirements.txt" && "$place/bin/python" -c '' 2>/dev/null; then
        return
    fi
    echo "setup: installing into $place: $(grep -v '^#' "scripts/requirements/$1.in" | xargs)"
    rm -rf "$place"
    "$2" "$lock" "$place"
    cp "$lock" "$place/requirements.txt"
}

with_pip() {
    python3 -m venv "$2"
    "$2/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes --requirement "$1"
}

# Several times as quick as pip, and what it has fetched once it does not copy again.
with_uv() {
    .tools/uv/bin/uv venv --quiet --python "$(command -v python3)" "$2"
    .tools/uv/bin/uv pip install --quiet --python "$2" --require-hashes --requirement "$1"
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

main "$@"
