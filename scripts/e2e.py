#!/usr/bin/env python3
"""Tries the built product from outside, as a user has it: real processes, HTTP and signals.

    e2e.py [BINARY]

BINARY is the local runner (default: `local` where cargo has built it), with `scan` beside it. The
REST contract is played against it where callers need keys; then a job left pending and one left cancelled have to outlive a restart.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
START_S = 30
STOP_S = 30
JOB_S = 30
# Whatever proxy the environment names, it is not for this machine's own servers.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main():
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else built_binary()
    with tempfile.TemporaryDirectory(prefix="e2e-") as folder:
        kept = Path(folder, "kept")
        with (
            Product(binary, Path(folder, "product"), AUTH_MODE="keys") as product,
            Product(binary, kept, WORKER="off") as held,
        ):
            play_contract(product, held, make_key(product))
            pending, cancelled = start(held), start(held)
            cancel(held, cancelled)
        with Product(binary, kept) as restarted:
            wait_for(restarted, pending, "completed")
            expect(status(restarted, cancelled) == "cancelled", "a cancelled job has moved")
    print("e2e: the contract holds, and jobs outlive a restart")


def built_binary():
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    metadata = json.loads(subprocess.check_output(command, cwd=SCRIPTS.parent))
    return Path(metadata["target_directory"], "debug", "local")


class Product:
    """A running product. Leaving the block ends it by SIGTERM, which it has to obey cleanly."""

    def __init__(self, binary, data, **variables):
        self.binary = binary
        self.url = f"http://127.0.0.1:{free_port()}"
        self.folder = data.with_suffix(".run")
        self.variables = {
            "PATH": os.environ["PATH"],
            "LISTEN": self.url.removeprefix("http://"),
            "DATA_DIR": str(data),
            **variables,
        }

    def __enter__(self):
        # A folder of its own, so that no .env of the working tree counts.
        self.folder.mkdir(exist_ok=True)
        self.log = Path(self.folder, "log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.binary],
                cwd=self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_until_healthy()
        except BaseException:
            self.kill()
            raise
        return self

    def wait_until_healthy(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            expect(self.process.poll() is None, f"{self.binary} has ended: {self.output()}")
            try:
                return ask(self, "GET", "health")
            except OSError:
                time.sleep(0.05)
        raise Failure(f"no health within {START_S} s: {self.output()}")

    def __exit__(self, failure, *_):
        try:
            if failure is None:
                self.stop()
            else:
                print(f"--- log of {self.url}\n{self.output()}", file=sys.stderr)
        finally:
            self.kill()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"still there {STOP_S} s after SIGTERM: {self.output()}") from None
        expect(code == 0, f"SIGTERM ended it with {code}: {self.output()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")


def make_key(product):
    """An admin's key, made beside the product while it runs."""
    command = [product.binary.with_name("scan"), "keys", "create", "--admin"]
    made = subprocess.run(
        command,
        cwd=product.folder,
        env=product.variables,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    expect(made.returncode == 0, f"no key: scan ended with {made.returncode}")
    return made.stdout.strip()


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


def ask(product, method, path):
    request = urllib.request.Request(f"{product.url}/api/v1/{path}", method=method)
    with DIRECT.open(request, timeout=10) as answer:
        return json.load(answer)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def expect(holds, otherwise):
    if not holds:
        raise Failure(otherwise)


class Failure(Exception):
    """What was expected of the product and did not come true."""


if __name__ == "__main__":
    # Ended as by Ctrl-C, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"e2e: {error}")
