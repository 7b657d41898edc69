#!/usr/bin/env python3
"""Plays the REST contract against the functions under `cargo lambda watch`, on each AWS there is.

    smoke.py [docker|pip|embedded …]

Each is brought up as `make watch` does it, on free ports, and taken down again. The contract needs
a second product whose worker is off: a second watch.py on the same AWS, with a table and queues of
its own. Callers need keys there, which `scan` makes in the table; then it is used over HTTP. Beside it, a dead letter has to be taken by the reaper, and nothing may listen beyond
loopback. What cannot run here is skipped, and it is said why.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
sys.path.insert(0, str(SCRIPTS.parent / "localstack"))

import command_line  # noqa: E402
from emulator import (  # noqa: E402
    DIRECT,
    EMULATORS,
    Failure,
    clean_environment,
    guarded,
    local_binary,
    read_environment,
)

# A first start may install LocalStack or fetch its image, and compile.
START_S = 900
STOP_S = 60
# The reaper may have to be compiled.
REAPED_S = 120
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def main():
    unknown = set(sys.argv[1:]) - set(EMULATORS)
    if unknown:
        raise Failure(f"unknown: {', '.join(unknown)}; known are {', '.join(EMULATORS)}")
    tally = {"passed": 0, "skipped": 0}
    for kind in sys.argv[1:] or EMULATORS:
        if reason := EMULATORS[kind].missing():
            print(f"smoke: {kind}: skipped: {reason}", flush=True)
            tally["skipped"] += 1
        else:
            began = time.monotonic()
            smoke(kind)
            seconds = time.monotonic() - began
            print(f"smoke: {kind}: the contract holds ({seconds:.0f} s)", flush=True)
            tally["passed"] += 1
    print(f"smoke: {tally['passed']} passed, {tally['skipped']} skipped")


def smoke(kind):
    # The three ports of `local aws` follow LocalStack's.
    aws, port, held_port = free_ports(4), free_ports(1), free_ports(1)
    with tempfile.TemporaryDirectory(prefix="smoke-") as folder:
        own = ["--aws-port", str(aws), "--data", str(Path(folder, "data"))]
        log = Path(folder, "watch.log")
        with Watch(log, port, {}, "--on", kind, *own) as watch:
            environment = read_environment(log.read_text(encoding="utf-8"))
            theirs = {
                **{name: value for name, value in environment.items() if name.startswith("AWS_")},
                "STACK_NAME": "held",
                "WORKER": "off",
            }
            key = make_key(environment)
            log = Path(folder, "held.log")
            with Watch(log, held_port, theirs, "--on", "environment") as held:
                expect_loopback_alone([*range(aws, aws + 4), port, held_port])
                held_key = make_key(read_environment(log.read_text(encoding="utf-8")))
                play_contract(watch.url, held.url, KEY=key, HELD_KEY=held_key)
                command_line.play(watch.url, key)
            expect_dead_letters_reaped(environment)
    for each in [*range(aws, aws + 4), port, held_port]:
        expect(not listeners(each), f"after the end somebody still listens on port {each}")


class Watch:
    """A running watch.py. Leaving the block ends it by SIGTERM, which it has to obey cleanly."""

    def __init__(self, log, port, variables, *options):
        self.log = log
        self.url = f"http://127.0.0.1:{port}/lambda-url/api"
        script = [sys.executable, SCRIPTS / "watch.py", "--no-reload"]
        self.command = [*script, "--port", str(port), *options]
        own = {"STACK_NAME": "smoke", "AUTH_MODE": "keys"}
        self.variables = {**clean_environment(), **own, **variables}

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.wait_until_ready()
        except BaseException:
            print(self.output(), file=sys.stderr)
            self.stop()
            raise
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + START_S
        while not re.search(r"^ *Stop +Ctrl-C$", self.output(), re.MULTILINE):
            expect(self.process.poll() is None, "watch.py has ended at its start")
            expect(time.monotonic() < deadline, f"watch.py was not ready within {START_S} s")
            time.sleep(0.2)

    def __exit__(self, failure, *_):
        code = self.stop()
        if failure:
            print(f"--- log of {self.url}\n{self.output()}", file=sys.stderr)
        else:
            expect(code == 0, f"SIGTERM ended watch.py with {code}: {self.output()}")

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(STOP_S)
        os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")


def make_key(environment):
    """An admin's key, in the table of this environment."""
    command = [Path(local_binary()).with_name("scan"), "keys", "create", "--admin"]
    variables = {**clean_environment(), **environment}
    made = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    expect(made.returncode == 0, f"no key: {made.stderr}")
    return made.stdout.strip()


def play_contract(url, held, **keys):
    command = [sys.executable, SCRIPTS / "contract.py", url, "--held", held]
    variables = {**os.environ, **keys}
    played = subprocess.run(
        command, env=variables, stdout=subprocess.PIPE, text=True, check=False
    )
    lines = played.stdout.splitlines()
    complaints = [line for line in lines if not line.startswith("ok ")]
    print("\n".join(complaints), flush=True)
    expect(played.returncode == 0, "the contract does not hold")


def expect_dead_letters_reaped(environment):
    """The reaper takes even what belongs to no job."""
    queue = {"QueueUrl": environment["DEAD_LETTER_QUEUE_URL"]}
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs(environment, "SendMessage", {**queue, "MessageBody": "of no job"})
    deadline = time.monotonic() + REAPED_S
    while True:
        answer = sqs(environment, "GetQueueAttributes", {**queue, "AttributeNames": counts})
        if all(answer["Attributes"][count] == "0" for count in counts):
            return
        expect(time.monotonic() < deadline, f"a dead letter is still there after {REAPED_S} s")
        time.sleep(0.2)


def sqs(environment, operation, body):
    url = environment.get("AWS_ENDPOINT_URL_SQS") or environment["AWS_ENDPOINT_URL"]
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"AmazonSQS.{operation}",
        # Says for whom it is; nobody checks it.
        "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sqs/aws4_request,"
        " SignedHeaders=host, Signature=none",
    }
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with DIRECT.open(request, timeout=30) as answer:
        return json.load(answer)


def expect_loopback_alone(ports):
    """Nobody else on the network may reach what has no sign-in."""
    for port in ports:
        for address in listeners(port):
            expect(address in LOOPBACK, f"port {port} is open on {address}, beyond loopback")


def listeners(port):
    """Where somebody listens at this port, as Linux writes addresses; nothing on other systems."""
    found = []
    for table in [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]:
        if table.exists():
            rows = [line.split() for line in table.read_text().splitlines()[1:]]
            pairs = [row[1].split(":") for row in rows if row[3] == "0A"]
            found += [address for address, at in pairs if int(at, 16) == port]
    return found


def free_ports(count):
    """The first of so many free ports in a row."""
    while True:
        with contextlib.ExitStack() as probes:
            first = bind(probes, 0)
            with contextlib.suppress(OSError):
                for port in range(first + 1, first + count):
                    bind(probes, port)
                return first


def bind(probes, port):
    probe = probes.enter_context(socket.socket())
    probe.bind(("127.0.0.1", port))
    return probe.getsockname()[1]


def expect(holds, otherwise):
    if not holds:
        raise Failure(otherwise)


if __name__ == "__main__":
    guarded(main, "smoke")
