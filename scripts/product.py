"""The built product as a user has it: a process of its own, on a free port, with a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
START_S = 30
STOP_S = 30
# Whatever proxy the environment names, it is not for this machine's own servers.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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
        capture_output=True,
        text=True,
        check=False,
    )
    expect(made.returncode == 0, f"no key: scan ended with {made.returncode}: {made.stderr}")
    return made.stdout.strip()


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
