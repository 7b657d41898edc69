#!/usr/bin/env bash
# Measures how the bootstraps of `make build` start, beside the least function that there can be.
#   REPEATS    how often each is started with each event (default 30)
set -euo pipefail
cd "$(dirname "$0")/.."

built=.aws-sam/build
if [ ! -x $built/ApiFunction/bootstrap ]; then
    echo "bench_start: nothing is built: ARCH=$(uname -m | sed s/aarch64/arm64/) make build" >&2
    exit 1
fi

PATH=$PWD/.tools/venv/bin:$PATH cargo lambda build --release --package service --example hello \
    --lambda-dir .aws-sam/bench
scripts/bench_start.py --repeats "${REPEATS:-30}" \
    hello=.aws-sam/bench/hello/bootstrap \
    api=$built/ApiFunction/bootstrap \
    preview=$built/PreviewFunction/bootstrap \
    worker=$built/WorkerFunction/bootstrap \
    reaper=$built/ReaperFunction/bootstrap \
    notifier=$built/NotifierFunction/bootstrap
