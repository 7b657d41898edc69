#!/usr/bin/env python3
"""Tries the built product from outside, as a user has it: real processes, HTTP and signals.

    e2e.py [BINARY]

BINARY is the local runner (default: `local` where cargo has built it), with `scan` beside it. The
REST contract is played against it where callers need keys, and `scan` used; then a job left pending and one left cancelled have to outlive a restart.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import command_line
from product import SCRIPTS, Failure, Product, ask, built_binary, expect, make_key

JOB_S = 30


def main():
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else built_binary()
    with tempfile.TemporaryDirectory(prefix="e2e-") as folder:
        kept = Path(folder, "kept")
        with (
            Product(binary, Path(folder, "product"), AUTH_MODE="keys") as product,
            Product(binary, kept, WORKER="off") as held,
        ):
            key = make_key(product)
            play_contract(product, held, key)
            command_line.play(product.url, key)
            pending, cancelled = start(held), start(held)
            cancel(held, cancelled)
        with Product(binary, kept) as restarted:
            wait_for(restarted, pending, "completed")
            expect(status(restarted, cancelled) == "cancelled", "a cancelled job has moved")
    print("e2e: the contract holds, and jobs outlive a restart")


def play_contract(product, held, key):
    command = [sys.executable, SCRIPTS / "contract.py", product.url, "--held", held.url]
    played = subprocess.run(command, env={**os.environ, "KEY": key}, check=False)
    expect(played.returncode == 0, "the contract does not hold")


def start(product):
    return ask(product, "POST", "scan/start")["job_id"]


def cancel(product, job_id):
    ask(product, "POST", f"scan/cancel/{job_id}")


def status(product, job_id):
    return ask(product, "GET", f"scan/status/{job_id}")["status"]


def wait_for(product, job_id, wanted):
    deadline = time.monotonic() + JOB_S
    while (found := status(product, job_id)) != wanted:
        expect(time.monotonic() < deadline, f"{found}, not {wanted}, after {JOB_S} s")
        time.sleep(0.05)


if __name__ == "__main__":
    # Ended as by Ctrl-C, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"e2e: {error}")
