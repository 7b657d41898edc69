#!/usr/bin/env python3
"""Tries `scan` as a user has it, against a running product wherever that is.

    command_line.py URL

URL is what stands before /api/v1/; KEY in the environment is what its callers are known by, if they
are asked. `scan` is the one that cargo has built. What is made there is removed again.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from product import built_binary, expect

FOUND = "a@test.com"
TAG = "made-by=command-line"
# Longer than what a function takes, so that it has to go straight into the storage; and so is its result.
LONG_BYTES = 6_000_000


def main():
    play(sys.argv[1], os.environ.get("KEY"))
    print("command line: documents go in, and results come out")


def play(url, key):
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        scan = Scan(url, key, Path(folder))
        scan.write("in/short.txt", f"Write to {FOUND}.")
        scan.write("in/deep/long.txt", f"Write to {FOUND}. " + LONG_BYTES * ".")
        submit = ["submit", "in", "-r", "-e", "entities,text", "--tag", TAG, "-o", "out", "--json"]
        try:
            first = [json.loads(line) for line in scan.run(0, *submit).splitlines()]
            expect({it["status"] for it in first} == {"done"}, f"not all is done: {first}")
            for name in ("short.txt", "deep/long.txt"):
                result = json.loads(scan.read(f"out/in/{name}.json"))
                found = result["records"][0]["value"]
                expect(found == FOUND, f"found in {name}: {found}")
            again = [json.loads(line) for line in scan.run(0, *submit).splitlines()]
            ids = {it["job_id"] for it in again}
            expect({it["status"] for it in again} == {"was_done"}, f"done twice: {again}")
            listed = scan.run(0, "list", "--tag", TAG, "--ids").split()
            expect(set(listed) == ids and len(listed) == 2, f"listed: {listed}, submitted: {ids}")
            for form, begins in (("csv", "kind,value"), ("text", "Write to"), ("json", "{")):
                written = scan.run(0, "result", listed[0], "--format", form)
                expect(written.startswith(begins), f"as {form}: {written[:80]}")
            watched = scan.run(0, "watch", *listed)
            expect(watched.count(" completed") == 2, f"watched: {watched}")
        finally:
            made = scan.run(0, "list", "--tag", TAG, "--all", "--ids")
            if made:
                scan.run(0, "remove", "--yes", "-", given=made)
        scan.run(4, "status", listed[0])
        if key:
            Scan(url, None, Path(folder)).run(5, "list")


class Scan:
    """The command, told where the API is by its environment, and nothing else."""

    def __init__(self, url, key, folder):
        self.binary = built_binary().with_name("scan")
        self.folder = folder
        self.environment = {"SCAN_URL": url}
        if key:
            self.environment["SCAN_KEY"] = key

    def run(self, expected, *arguments, given=""):
        """What it writes to standard output, ending as expected."""
        ended = subprocess.run(
            [self.binary, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        wrong = f"`scan {' '.join(arguments)}` ended with {ended.returncode}: {ended.stderr}"
        expect(ended.returncode == expected, wrong)
        return ended.stdout

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
