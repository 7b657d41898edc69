#!/usr/bin/env bash
# Whether the console's sources are formatted, agree with the OpenAPI document by type, and are what
# dist/ was made of.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$PWD/.tools/node/node_modules/.bin
console=functions/api/console

mkdir -p target/console
"$bin/openapi-typescript" openapi/openapi.json --output target/console/openapi.d.ts >/dev/null
(cd "$console" && "$bin/prettier" --check --log-level warn .)
"$bin/tsc" --project "$console"
node "$console/build.js" --check
