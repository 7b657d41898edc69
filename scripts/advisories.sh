#!/usr/bin/env bash
# Looks up Cargo.lock in the RustSec advisory database. ADVISORY_DB names a copy of it, a folder or
# a .tar.gz of one, for a machine that cannot fetch it; without it cargo-audit fetches the newest.
set -euo pipefail
cd "$(dirname "$0")/.."

audit() {
    .tools/venv/bin/cargo-audit audit --deny unsound --deny yanked "$@"
}

if [ -z "${ADVISORY_DB:-}" ]; then
    audit && exit
    echo "audit: failed; if the database could not be fetched, name a copy by ADVISORY_DB" >&2
    exit 1
fi

database=$ADVISORY_DB
if [ -f "$database" ]; then
    database=$(mktemp -d)
    trap 'rm -rf "$database"' EXIT
    tar -xzf "$ADVISORY_DB" -C "$database"
fi
audit --db "$database" --no-fetch --stale
