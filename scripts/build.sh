#!/usr/bin/env bash
# Builds the bootstraps of all functions as they are deployed, into .aws-sam/build, checks them, and
# says how big they are and, where this machine can run them, how they start.
#   ARCH    what they are to run on: arm64 (the template's default) or x86_64
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${ARCH:-arm64}

main() {
    case $arch in
        arm64) triple=aarch64-unknown-linux-gnu machine=aarch64 ;;
        x86_64) triple=x86_64-unknown-linux-gnu machine=x86_64 ;;
        *) fail "ARCH=$arch is neither arm64 nor x86_64" ;;
    esac
    has_std || add_std

    # cargo lambda lies beside the other tools.
    PATH=$PWD/.tools/venv/bin:$PATH SAM_CLI_TELEMETRY=0 .tools/sam/bin/sam build --build-in-source \
        --parameter-overrides "Architecture=$arch"

    built=.aws-sam/build
    bootstraps=(
        "api=$built/ApiFunction/bootstrap"
        "preview=$built/PreviewFunction/bootstrap"
        "worker=$built/WorkerFunction/bootstrap"
        "reaper=$built/ReaperFunction/bootstrap"
        "notifier=$built/NotifierFunction/bootstrap"
    )
    scripts/check_bootstraps.py --release "${bootstraps[@]}"
    if [ "$(uname -m)" = "$machine" ]; then
        scripts/bench_start.py --repeats 10 "${bootstraps[@]}"
        echo 'build: times in ms; scripts/bench_start.py says what each is'
    else
        scripts/bench_start.py --sizes "${bootstraps[@]}"
        echo "build: how they start is not measured: this machine is no $arch"
    fi
}

has_std() {
    [ -d "$(rustc --print target-libdir --target "$triple")" ]
}

add_std() {
    command -v rustup >/dev/null && rustup target add "$triple" && has_std ||
        fail "Rust's standard library for $triple is missing and could not be installed." \
            "With ARCH=$(uname -m | sed s/aarch64/arm64/) the build is for machines like this one."
}

fail() {
    echo "build: $*" >&2
    exit 1
}

main
