#!/usr/bin/env bash
# Installs what the make targets need, and says so; is done at once where it is there.
#   rustfmt and clippy                by rustup
#   a C compiler, python3-venv, ip,   by apt-get, with sudo unless root
#   Node.js, Chromium, jq, curl
#   the lists in requirements/        by pip (uv) and uv (all others), into .tools of this folder; those
#                                     that only some targets need (bench) if they are named
#   requirements/node                 by npm, into .tools/node
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
    command -v cargo >/dev/null || fail "Rust is missing: install it with rustup"
    cargo fmt --version >/dev/null 2>&1 || add_component rustfmt
    cargo clippy --version >/dev/null 2>&1 || add_component clippy

    command -v cc >/dev/null || install_package build-essential
    command -v python3 >/dev/null || install_package python3
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed; python3 is $(python3 --version)"
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_package python3-venv

    # For tests in a network namespace of their own.
    command -v unshare >/dev/null || install_package util-linux
    [[ -n $(PATH=$PATH:/usr/sbin:/sbin command -v ip) ]] || install_package iproute2

    # What the documentation's examples use.
    for command in curl jq openssl xxd; do
        command -v "$command" >/dev/null || install_package "$command"
    done

    # For what is checked and tested of the pages.
    command -v node >/dev/null || install_package nodejs
    command -v npm >/dev/null || install_package npm
    node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
        fail "Node.js 18 or newer is needed; node is $(node --version)"
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || install_package chromium

    environment uv with_pip uv
    environment tools with_uv venv
    environment sam with_uv sam
    environment checkov with_uv checkov
    environment docling with_uv docling
    environment clients with_uv clients
    for more in "$@"; do
        environment "$more" with_uv "$more"
    done
    node_packages
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

# Put there last, the copy of the lock file says that the install came to its end.
node_packages() {
    local list=scripts/requirements/node place=.tools/node
    if ! cmp -s "$list/package-lock.json" "$place/installed.json"; then
        echo "setup: installing into $place what $list/package.json names"
        rm -rf "$place"
        mkdir -p "$place"
        cp "$list"/package.json "$list"/package-lock.json "$list"/.npmrc "$place"
        (cd "$place" && npm ci --ignore-scripts --silent)
        cp "$list/package-lock.json" "$place/installed.json"
    fi
    # Where Node.js looks for what the console's sources and tests name.
    ln -sfn ../../../.tools/node/node_modules functions/api/console/node_modules
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
