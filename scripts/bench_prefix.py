"""One job over a prefix of many documents, on the local runner: memory, progress, cancel, result.

    python3 scripts/bench_prefix.py [documents] [program]

Puts the documents straight into a data folder of its own, starts the runner on it, and says how many
documents a second are done, what the runner's process and its children hold meanwhile, whether the
merged result is whole, and how long a second job takes to stop once it is cancelled.
"""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BUCKET = "documents"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    program = sys.argv[2] if len(sys.argv) > 2 else "target/release/local"
    data = pathlib.Path(tempfile.mkdtemp(prefix="bench-prefix-"))
    try:
        put(data, count)
        port = free_port()
        with Runner(program, data, port) as runner:
            whole(runner, count)
            cancelled(runner)
    finally:
        shutil.rmtree(data)


def put(data, count):
    folder = data / "s3" / BUCKET / "in"
    for number in range(count):
        place = folder / f"{number // 1000:03}"
        if number % 1000 == 0:
            place.mkdir(parents=True)
        (place / f"{number:06}.txt").write_text(f"Write to user{number}@example.com.")


def whole(runner, count):
    """A job over all documents, to its end."""
    begun = time.monotonic()
    job = runner.start()
    memory, told = [], 0
    while True:
        status = runner.status(job)
        memory.append(runner.memory_mb())
        progress = status.get("progress", {})
        seconds = time.monotonic() - begun
        if seconds >= told:
            told = seconds + 10
            print(f"{seconds:6.0f} s  {progress}  {memory[-1]} MB", flush=True)
        if status["status"] in ("completed", "failed", "cancelled"):
            break
        time.sleep(0.5)
    assert status["status"] == "completed", status
    manifest = json.loads(runner.get(f"/api/v1/scan/result/{job}/"))
    lines = runner.get(f"/api/v1/scan/result/{job}/", "application/x-ndjson")
    assert hashlib.sha256(lines).hexdigest() == manifest["result"].get("sha256"), "checksum"
    for number, line in enumerate(lines.splitlines()):
        result = json.loads(line)
        assert result["number"] == number, (number, result["number"])
        assert result["records"][0]["email"] == f"user{number}@example.com", result
    assert number + 1 == count == manifest["documents"] == manifest["done"]
    third = len(memory) // 3
    print(
        f"{count} documents in {seconds:.0f} s, {count / seconds:.0f} a second; "
        f"{len(lines)} bytes, {len(manifest['parts'])} parts; memory of runner and children "
        f"{max(memory[:third] or memory)} MB at most in the first third, {max(memory[-third:])} MB in the last"
    )


def cancelled(runner):
    """A job that is cancelled while its parts are under way."""
    job = runner.start()
    while not runner.status(job).get("progress", {}).get("done"):
        time.sleep(0.2)
    begun = time.monotonic()
    runner.post(f"/api/v1/scan/cancel/{job}/")
    answered = time.monotonic() - begun
    assert runner.status(job)["status"] == "cancelled"
    quiet = time.monotonic()
    last = runner.cpu_seconds()
    while time.monotonic() - quiet < 2:
        time.sleep(0.25)
        now = runner.cpu_seconds()
        if now - last > 0.05:
            quiet = time.monotonic()
        last = now
    print(f"cancel answered after {answered:.3f} s, nothing runs any more after {quiet - begun:.1f} s")


class Runner:
    """The local runner, in a process of its own."""

    def __init__(self, program, data, port):
        environment = {
            **os.environ,
            "DATA_DIR": str(data),
            "LISTEN": f"127.0.0.1:{port}",
            "SOURCE_BUCKETS": BUCKET,
            "AUTH_MODE": "open",
        }
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self):
        for _ in range(600):
            try:
                self.get("/api/v1/health/")
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise SystemExit("the runner does not answer")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def get(self, path, accept="application/json"):
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def post(self, path, body=None):
        data = json.dumps(body).encode() if body else b""
        headers = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(self.url + path, data, headers, method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def start(self):
        body = {"collection": {"s3": f"s3://{BUCKET}/in/"}, "extract": ["entities"]}
        return self.post("/api/v1/scan/start/", body)["job_id"]

    def status(self, job):
        return json.loads(self.get(f"/api/v1/scan/status/{job}/"))

    def processes(self):
        first = self.process.pid
        tasks = pathlib.Path(f"/proc/{first}/task").glob("*/children")
        return [first, *(int(child) for task in tasks for child in task.read_text().split())]

    def memory_mb(self):
        pages = 0
        for process in self.processes():
            try:
                pages += int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1])
            except OSError:
                pass
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20

    def cpu_seconds(self):
        ticks = 0
        for process in self.processes():
            try:
                fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
            except OSError:
                pass
        return ticks / os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    main()
