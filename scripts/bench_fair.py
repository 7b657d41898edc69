"""Two tenants on the local runner: how long one's single jobs take while the other's flood the queue.

    python3 scripts/bench_fair.py [program] [jobs in the flood]

For each kind of job a product of its own: one tenant's jobs one by one on the idle system, then, beside
the jobs of another tenant that were queued before, the same again. Times are those that the jobs' own
status says, from `created_at` to `finished_at`. The ratio is that of the medians.
"""

import concurrent.futures
import datetime
import http.client
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

FIXTURES = pathlib.Path("shared/extract/fixtures")
SINGLE_JOBS = 20
WARMING_JOBS = 4  # first ones start the processes that read documents
STARTS_AT_ONCE = 16
JOB_END_S = 120  # a job that takes longer has been starved


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/release/local"
    flood = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    pdf = (FIXTURES / "pdf/overview.pdf").read_bytes()
    line = "Write to user{}@example.com by 9 March 2026, or pay 1,234.50 EUR to us.\n"
    report = "".join(line.format(number) for number in range(3_000)).encode()
    note = ("a line of text", "text/plain", b"Write to ann@example.com.")
    kinds = [
        note,
        ("a PDF of 43 KB", "application/pdf", pdf),
        (f"a text of {len(report) >> 10} KB", "text/plain", report),
    ]
    print(f"{flood} jobs of one tenant are queued; {SINGLE_JOBS} of another come one by one")
    for kind in kinds:
        measure(program, flood, kind, kind)


def measure(program, count, flood, single):
    with tempfile.TemporaryDirectory(prefix="bench-fair-") as data:
        with Runner(program, data) as runner:
            idle = times(runner, single)
    with tempfile.TemporaryDirectory(prefix="bench-fair-") as data:
        with Runner(program, data, worker=False) as runner:
            plant(runner, count, flood)
        with Runner(program, data) as runner:
            begun = time.monotonic()
            flooded = times(runner, single)
            seconds, done = time.monotonic() - begun, runner.completed("flood")
    assert done < count, f"the flood was over before the measurement was: queue more than {count}"
    print(
        f"{single[0]}, beside {flood[0]} each: idle {told(idle)}; flooded {told(flooded)}; "
        f"{statistics.median(flooded) / statistics.median(idle):.2f} times as long; "
        f"meanwhile {done / seconds:.0f} jobs of the flood a second",
        flush=True,
    )


def plant(runner, count, flood):
    with concurrent.futures.ThreadPoolExecutor(STARTS_AT_ONCE) as pool:
        for _ in pool.map(lambda _: runner.start("flood", flood), range(count)):
            pass


def times(runner, single):
    """Seconds from `created_at` to `finished_at`, job by job."""
    taken = [runner.done("single", single) for _ in range(WARMING_JOBS + SINGLE_JOBS)]
    return taken[WARMING_JOBS:]


def told(seconds):
    return f"{statistics.median(seconds) * 1000:.0f} ms, {max(seconds) * 1000:.0f} at most"


class Runner:
    """The local runner, in a process of its own."""

    def __init__(self, program, data, worker=True):
        self.port = free_port()
        environment = {
            **os.environ,
            "DATA_DIR": str(data),
            "LISTEN": f"127.0.0.1:{self.port}",
            "LOG": "warn",
            "WORKER": "on" if worker else "off",
        }
        self.connections = threading.local()
        self.process = subprocess.Popen(
            [program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self):
        for _ in range(600):
            try:
                self.call("GET", "/api/v1/health/", "single")
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise SystemExit("the runner does not answer")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def call(self, method, path, tenant, body=None, headers=()):
        """One request of this tenant's, on this thread's connection."""
        connection = getattr(self.connections, "open", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
        self.connections.open = None  # until it has answered
        connection.request(method, path, body, {"X-Tenant": tenant, **dict(headers)})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status < 300, told
        self.connections.open = connection
        return told

    def start(self, tenant, job):
        _, media_type, body = job
        path = "/api/v1/scan/start/?extract=entities"
        return self.call("POST", path, tenant, body, {"Content-Type": media_type})["job_id"]

    def done(self, tenant, job):
        started = self.start(tenant, job)
        end = time.monotonic() + JOB_END_S
        while time.monotonic() < end:
            status = self.call("GET", f"/api/v1/scan/status/{started}/", tenant)
            if status["status"] == "completed":
                created, finished = (at(status[name]) for name in ("created_at", "finished_at"))
                return (finished - created).total_seconds()
            time.sleep(0.02)
        raise SystemExit(f"not completed after {JOB_END_S} s: {status}")

    def completed(self, tenant):
        return self.call("GET", "/api/v1/usage/", tenant)["jobs"]["completed"]


def at(time):
    return datetime.datetime.fromisoformat(time)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    main()
