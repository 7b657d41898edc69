#!/usr/bin/env python3
"""Checks that bootstraps are fit for Lambda, without running them.

    check_bootstraps.py [--release] NAME=BINARY…

Each has to start on Amazon Linux 2023: it asks for no symbol of a newer glibc, and for no library
that is not there. One whose NAME is api must not carry the extraction engine. With --release, for
bootstraps as they are deployed, each must also be as small as it is meant to be.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

GLIBC = (2, 34)
LIBRARIES = re.compile(r"(lib(c|dl|gcc_s|m|pthread|rt)|ld-linux-(aarch64|x86-64))\.so\.\d")
# Largest zip, in MB.
LIMITS = {"api": 6.8, "preview": 20, "worker": 20, "reaper": 6, "notifier": 7}
ROOT = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release", action="store_true", help="check the sizes, too")
    parser.add_argument("binaries", nargs="+", metavar="NAME=BINARY")
    arguments = parser.parse_args()

    complaints = []
    for named in arguments.binaries:
        name, _, binary = named.rpartition("=")
        found = flaws_on_lambda(binary)
        if name == "api":
            found += engine_in(binary)
        if arguments.release:
            found += oversize(name, binary)
        complaints += [f"{binary}: {flaw}" for flaw in found]
    for complaint in complaints:
        print(f"check_bootstraps: {complaint}", file=sys.stderr)
    if not complaints:
        print(f"check_bootstraps: {len(arguments.binaries)} checked, nothing found")
    sys.exit(1 if complaints else 0)


def flaws_on_lambda(binary):
    """What keeps a binary from starting on Amazon Linux 2023."""
    wanted = set(re.findall(r"Name: GLIBC_(\d[\d.]*)", readelf("--version-info", binary)))
    newer = sorted(version for version in wanted if numbers(version) > GLIBC)
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", readelf("--dynamic", binary))
    strange = [library for library in needed if not LIBRARIES.fullmatch(library)]
    return [f"needs GLIBC_{version}; there is {dotted(GLIBC)}" for version in newer] + [
        f"needs {library}, which is not there" for library in strange
    ]


def engine_in(binary):
    """Traces of the extraction engine: of its largest part in the binary, of itself in the tree."""
    found = []
    if b"hayro" in Path(binary).read_bytes():
        found.append("carries hayro")
    command = "cargo tree --locked --package api --edges normal --prefix none --format {p}"
    tree = subprocess.run(
        command.split(), cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    if re.search(r"^extract v", tree.stdout, re.MULTILINE):
        found.append("its package depends on `extract`")
    return found


def oversize(name, binary):
    if name not in LIMITS:
        return [f"no size is set for {name or 'a binary without a name'}"]
    size = zipped_bytes(binary) / 1e6
    if size < LIMITS[name]:
        return []
    return [f"the zip has {size:.1f} MB; it is to stay under {LIMITS[name]}"]


def zipped_bytes(binary):
    """Size of the zip that a deployment uploads."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(binary, "bootstrap")
        return file.tell()


def readelf(what, binary):
    done = subprocess.run(
        ["readelf", what, "--wide", binary],
        env=os.environ | {"LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    if done.returncode or not done.stdout.strip():
        sys.exit(f"check_bootstraps: {binary} cannot be read: {done.stderr.strip()}")
    return done.stdout


def numbers(version):
    return tuple(int(number) for number in version.split("."))


def dotted(version):
    return ".".join(str(number) for number in version)


if __name__ == "__main__":
    main()
