#!/usr/bin/env bash
# step.sh NAME COMMAND…: runs the command under a heading. With STEP_LOG set, a line with the
# outcome and the seconds it took is added to that file.
set -uo pipefail

name=$1
shift
printf '\n==> %s\n' "$name"
SECONDS=0
"$@"
status=$?
if [ "$status" = 0 ]; then outcome=ok; else outcome=FAILED; fi
printf '%-10s %-7s %5d s\n' "$name" "$outcome" "$SECONDS" >>"${STEP_LOG:-/dev/null}"
exit "$status"
