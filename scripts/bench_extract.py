#!/usr/bin/env python3
"""Measures the engine beside its peers: processor time for one document, and the most memory that it takes.

    bench_extract.py [--documents FOLDER] [--only WORD]

Each is a process of its own that reads one file again and again; what one more time costs is the difference between many times and few, so
that neither starting nor warming up counts. They take turns, and the least of three runs is taken. Memory is what
the first time takes beyond a process that has read nothing. Ours is built with `cargo build --release`, and extracts text,
tables and metadata; `bare calamine` is Rust's usual reader of spreadsheets, alone, which walks all cells. The rest are packages
of Python, called as their documentation says.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
OURS = [str(TARGET / "release/examples/repeat")]
CALAMINE = [str(TARGET / "peers/release/calamine-alone")]
RUNS = 3
# Processor seconds that the many times shall take, about.
ENOUGH_S = 0.7

PEERS = {
    "kreuzberg": "import kreuzberg\ndef work(path): return kreuzberg.extract_file_sync(path).content",
    "pymupdf": "import pymupdf\ndef work(path):\n with pymupdf.open(path) as it: return ''.join(page.get_text() for page in it)",
    "selectolax": "from selectolax.lexbor import LexborHTMLParser\n"
    "def work(path): return LexborHTMLParser(open(path, 'rb').read()).body.text(separator=' ')",
}
# The fastest library for a format, and how many times as long as it we may take.
GOALS = {".pdf": ("pymupdf", 1.5), ".html": ("selectolax", 1.5), ".xlsx": ("bare calamine", 1.2)}
LOOP = "\nimport sys\nfor _ in range(int(sys.argv[1])): done = work(sys.argv[2])\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=Path, default=ROOT / ".tools/bench-documents")
    parser.add_argument("--only", default="", metavar="WORD", help="documents with this in their names")
    arguments = parser.parse_args()
    documents = sorted(arguments.documents.iterdir(), key=lambda path: (path.suffix, path.stat().st_size))
    print(f"{'document':24} {'KB':>6} | {'ours ms':>8} {'MB':>6} | kreuzberg ms | fastest library ms | verdict")
    worst = 0
    for path in documents:
        if arguments.only in path.name:
            worst = max(worst, compare(path))
    sys.exit(worst)


def compare(path):
    """Measures one document; says how it went."""
    rivals = {"ours": OURS, "kreuzberg": peer("kreuzberg")}
    best, factor = GOALS.get(path.suffix, (None, None))
    if best:
        rivals[best] = CALAMINE if best == "bare calamine" else peer(best)
    times = {name: [] for name in rivals}
    for _ in range(RUNS):
        for name, command in rivals.items():
            try:
                times[name].append(processor_ms(command, path))
            except subprocess.CalledProcessError:
                times[name].append(None)
    least = {name: min((it for it in found if it is not None), default=None) for name, found in times.items()}
    if least["ours"] is None:
        print(f"{path.name:24} cannot be read by us", flush=True)
        return 1
    memory = memory_mb(OURS, path)
    size = path.stat().st_size
    verdict = []
    if least["kreuzberg"] is not None and least["ours"] > least["kreuzberg"]:
        verdict.append("slower than kreuzberg")
    if best and least[best] is not None and least["ours"] > factor * least[best]:
        verdict.append(f"{least['ours'] / least[best]:.2f} times {best}, not {factor}")
    if memory > 5 * size / 1e6 + 30:
        verdict.append(f"more memory than {5 * size / 1e6 + 30:.0f} MB")
    print(
        f"{path.name:24} {size / 1000:6.0f} | {least['ours']:8.2f} {memory:6.1f} | {shown(least['kreuzberg']):>12} |"
        f" {shown(least[best]) + ' ' + best if best else '':>18} | {'; '.join(verdict) or 'ok'}",
        flush=True,
    )
    return 1 if verdict else 0


def shown(ms):
    return "cannot" if ms is None else f"{ms:.2f}"


def peer(name):
    return [sys.executable, "-c", PEERS[name] + LOOP]


def processor_ms(command, path):
    few, many = 2, 4
    before = used_s(command, few, path)
    while True:
        after = used_s(command, many, path)
        if after - before > ENOUGH_S or many > 20_000:
            return (after - before) * 1000 / (many - few)
        many = few + min(10 * (many - few), round((many - few) * 1.3 * ENOUGH_S / max(after - before, 0.01)) + 1)


def used_s(command, times, path):
    """Processor seconds, of user and system together, of one process and its children."""
    usage = run(command, times, path)
    return usage.ru_utime + usage.ru_stime


def memory_mb(command, path):
    """What the process says itself: what the system says of a child counts what it was before it became that program."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as empty:
        empty.write(b"nothing")
        empty.flush()
        nothing = peak_kb(command, Path(empty.name))
    return (peak_kb(command, path) - nothing) / 1000


def peak_kb(command, path):
    said = subprocess.run([*command, "1", str(path)], check=True, capture_output=True, text=True).stdout
    return int(said.splitlines()[-1].removesuffix(" KB"))


def run(command, times, path):
    process = subprocess.Popen(
        [*command, str(times), str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage


if __name__ == "__main__":
    main()
