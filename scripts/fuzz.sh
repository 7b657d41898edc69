#!/usr/bin/env bash
# Fuzzes readers and selector parsers, beginning from the corpus: each target for FUZZ_SECONDS (60), all of them unless some are
# named. What is found stays in shared/extract/fuzz/artifacts; what was learnt, in .tools/fuzz-corpus.
#     fuzz.sh [TARGET…]
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.13.2
fuzz=shared/extract/fuzz
export PATH=$PWD/.tools/cargo/bin:$PATH CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/fuzz

if ! cargo fuzz --version 2>/dev/null | grep -qF "$version"; then
    cargo install --quiet --locked "cargo-fuzz@$version" --root .tools/cargo
fi
command -v c++ >/dev/null || {
    echo "fuzz: libFuzzer needs a C++ compiler: install g++" >&2
    exit 1
}

targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list --fuzz-dir $fuzz)
failed=()
for target in "${targets[@]}"; do
    learnt=.tools/fuzz-corpus/$target
    mkdir -p "$learnt"
    find shared/extract/fixtures -name "*.$target" -exec cp {} "$learnt" \;
    echo "==> $target"
    # Without a sanitizer a stable compiler does: memory is Rust's affair here, and what is looked for are panics, hangs and
    # memory without end.
    cargo fuzz run --fuzz-dir $fuzz --sanitizer none --release "$target" "$learnt" -- \
        -max_total_time="${FUZZ_SECONDS:-60}" -timeout=60 -rss_limit_mb=4096 -max_len=1000000 -verbosity=0 ||
        failed+=("$target")
done
[ ${#failed[@]} -eq 0 ] || {
    echo "fuzz: found something in: ${failed[*]}" >&2
    exit 1
}
