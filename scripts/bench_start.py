#!/usr/bin/env python3
"""Measures how bootstraps start, between stubs of Lambda's runtime API and of AWS on loopback.

    bench_start.py [--repeats N | --sizes] NAME=BINARY…

A NAME that begins with api, preview, worker, reaper or notifier gets events of that function; any
other is taken for a program that answers whatever it gets and calls nobody. What is measured:

    binary, zip     their size in MB; the zip is what a deployment uploads
    memory          resident at the first poll, in MB
    CPU             used until the first poll, in ms
    first poll      from the start of the process until it asks for its first event, in ms
    first answer    until it has answered an event for which it needs no AWS
    first AWS call  until it has answered an event for which it calls AWS, over TLS

With --sizes nothing is started and only the first two are told. Times are medians, with the 90th percentile in brackets. The programs take turns, so that whatever
else the machine does is unfair to none of them.
"""

import argparse
import http.client
import http.server
import json
import os
import select
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from check_bootstraps import zipped_bytes

PATIENCE_S = 10
# Where the trusted roots are on Debian and its kin, and on Amazon Linux.
ROOTS = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
SIZES = ["binary", "  zip"]
STARTS = ["memory", "  CPU", "   first poll", " first answer", "first AWS call"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=30, metavar="N")
    parser.add_argument("--sizes", action="store_true", help="start nothing")
    parser.add_argument("binaries", nargs="+", metavar="NAME=BINARY")
    arguments = parser.parse_args()

    samples = [Sample(*named.rpartition("=")[::2]) for named in arguments.binaries]
    columns = SIZES if arguments.sizes else SIZES + STARTS
    if not arguments.sizes:
        measure(samples, arguments.repeats)

    width = max(len(sample.name) for sample in samples)
    print("  ".join([" " * width, *columns]))
    for sample in samples:
        cells = sample.sizes() + ([] if arguments.sizes else sample.times())
        aligned = [f"{cell:>{len(column)}}" for cell, column in zip(cells, columns)]
        print("  ".join([f"{sample.name:{width}}", *aligned]))


def measure(samples, repeats):
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        aws = Aws(Path(folder))
        # The first round brings the programs into the system's cache and does not count.
        for number in range(repeats + 1):
            for sample in samples:
                sample.run(aws, counts=number > 0)


class Sample:
    """A program, and what was measured of it."""

    def __init__(self, name, binary):
        self.name = name or Path(binary).name
        self.binary = Path(binary).resolve()
        expect(os.access(self.binary, os.X_OK), f"{binary} is not a program")
        self.events = events_for(self.name)
        self.starts = {kind: [] for kind in self.events}

    def run(self, aws, counts):
        for kind, (event, is_right) in self.events.items():
            calls = aws.calls
            start = Start(self.binary, aws.variables, event)
            expect(is_right(start.answer), f"{self.name} answers {kind} with {start.answer}")
            made = aws.calls - calls
            expect((made > 0) == (kind == "aws"), f"{self.name} called AWS {made} times for {kind}")
            if counts:
                self.starts[kind].append(start)

    def sizes(self):
        sizes = [self.binary.stat().st_size, zipped_bytes(self.binary)]
        return [f"{size / 1e6:.1f}" for size in sizes]

    def times(self):
        starts = sum(self.starts.values(), [])
        return [
            f"{statistics.median(start.memory_mb for start in starts):.1f}",
            f"{statistics.median(start.cpu_ms for start in starts):.1f}",
            spread(start.poll_ms for start in starts),
            spread(start.answer_ms for start in self.starts["plain"]),
            spread(start.answer_ms for start in self.starts.get("aws", [])),
        ]


class Start:
    """One process, from its start to its first answer."""

    def __init__(self, binary, variables, event):
        with RuntimeApi() as api:
            began = time.perf_counter()
            process = subprocess.Popen(
                [binary],
                env=variables | api.variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            try:
                polled = api.wait_for("/invocation/next")
                self.memory_mb, self.cpu_ms = memory_mb(process.pid), cpu_ms(process.pid)
                looked = time.perf_counter() - polled.at
                polled.answer(event)
                answered = api.wait_for("/response")
            finally:
                process.kill()
                process.wait()
        self.poll_ms = (polled.at - began) * 1000
        self.answer_ms = (answered.at - began - looked) * 1000
        self.answer = json.loads(answered.body)


class RuntimeApi:
    """A stub of what hands a function its events, just good enough for one of them."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.sockets = [self.listener]
        self.variables = {
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:{}".format(self.listener.getsockname()[1])
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.sockets:
            each.close()

    def wait_for(self, path):
        while True:
            ready, _, _ = select.select(self.sockets, [], [], PATIENCE_S)
            expect(ready, f"the program has not asked for {path} in {PATIENCE_S} s")
            at = time.perf_counter()
            if self.listener in ready:
                self.sockets.append(self.listener.accept()[0])
                continue
            request = Request(at, ready[0])
            if request.path is None:
                self.sockets.remove(ready[0])
                continue
            expect(request.path.endswith(path), f"{request.path} instead of {path}: {request.body}")
            return request


class Request:
    """What was asked of the runtime API, and when; no path if the connection has ended."""

    def __init__(self, at, connection):
        self.at = at
        self.connection = connection
        with connection.makefile("rb") as stream:
            words = stream.readline().split()
            self.path = words[1].decode() if words else None
            headers = http.client.parse_headers(stream)
            self.body = body_of(stream, headers)

    def answer(self, event):
        body = json.dumps(event).encode()
        deadline = int((time.time() + 30) * 1000)
        head = (
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: "
            "arn:aws:lambda:us-east-1:123456789012:function:bench\r\n"
            "Lambda-Runtime-Trace-Id: "
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n"
            "\r\n"
        )
        self.connection.sendall(head.encode() + body)


def body_of(stream, headers):
    if headers.get("Transfer-Encoding") != "chunked":
        return stream.read(int(headers.get("Content-Length", 0)))
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    return body


class Aws:
    """A stub of AWS: takes any call, over TLS, and has nothing to tell."""

    def __init__(self, folder):
        self.calls = 0
        roots = next((path for path in ROOTS if Path(path).exists()), None)
        expect(roots, "this machine has no bundle of trusted roots")
        certificate, key, trusted = make_certificate(folder, Path(roots))

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.variables = {
            # What Lambda sets,
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]bench",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "TZ": ":UTC",
            # what the template sets,
            "TABLE_NAME": "jobs",
            "BUCKET_NAME": "documents",
            "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
            "WEBHOOK_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks",
            "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
            "METRICS_NAMESPACE": "bench",
            "LOG": "info",
            # but for keys: this stub knows none, and an operation behind them would not be reached,
            "AUTH_MODE": "open",
            # and what makes this stub AWS. One bundle, as on Amazon Linux.
            "AWS_ENDPOINT_URL": f"https://localhost:{server.server_port}",
            "SSL_CERT_FILE": str(trusted),
        }

    def handler(self):
        aws = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer leaves in one piece, not its head first.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self):
                aws.calls += 1
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        return Handler


def make_certificate(folder, roots):
    """A certificate for localhost, its key, and a bundle of the system's roots and its issuer's."""
    expect(shutil.which("openssl"), "openssl is missing, which makes the stub's certificate")
    (folder / "names").write_text("subjectAltName = DNS:localhost\n", encoding="utf-8")
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    for command in [
        f"req -x509 {key} -keyout root.key -out root.pem -days 2 -subj /CN=bench",
        f"req {key} -keyout key.pem -out request.pem -subj /CN=localhost",
        "x509 -req -in request.pem -CA root.pem -CAkey root.key -set_serial 1 -days 2"
        " -extfile names -out certificate.pem",
    ]:
        subprocess.run(
            ["openssl", *command.split()], cwd=folder, check=True, stderr=subprocess.PIPE
        )
    trusted = folder / "trusted.pem"
    trusted.write_bytes(roots.read_bytes() + (folder / "root.pem").read_bytes())
    return folder / "certificate.pem", folder / "key.pem", trusted


def events_for(name):
    """Events by kind, each with what tells a right answer."""
    if name.startswith("api"):
        job = "01890a5d-ac96-774b-bcce-b302099a8057"
        return {
            "plain": (api_event("/api/v1/health/"), lambda answer: answer["statusCode"] == 200),
            "aws": (
                api_event(f"/api/v1/scan/status/{job}/"),
                lambda answer: answer["statusCode"] == 404,
            ),
        }
    if name.startswith("preview"):
        # Without a body: of the bundled sample.
        path = "/api/v1/extractors/preview/"
        return {"plain": (api_event(path, "POST"), lambda answer: answer["statusCode"] == 200)}
    if name.startswith("worker"):
        # A message that nobody understands is given back.
        return {
            "plain": ({"Records": []}, lambda answer: answer == {"batchItemFailures": []}),
            "aws": (sqs_event("?"), lambda answer: len(answer["batchItemFailures"]) == 1),
        }
    if name.startswith("reaper"):
        # A letter that nobody understands is kept in the table.
        return {
            "plain": ({"Records": []}, lambda answer: answer == {"batchItemFailures": []}),
            "aws": (sqs_event("?"), lambda answer: answer == {"batchItemFailures": []}),
        }
    if name.startswith("notifier"):
        # A notice that nobody understands is given back.
        return {
            "plain": ({"Records": []}, lambda answer: answer == {"batchItemFailures": []}),
            "aws": (sqs_event("?"), lambda answer: len(answer["batchItemFailures"]) == 1),
        }
    return {"plain": ({"Records": []}, lambda answer: True)}


def api_event(path, method="GET"):
    """A request as an HTTP API of API Gateway passes it on, payload format 2.0."""
    host = "0123456789.execute-api.us-east-1.amazonaws.com"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"accept": "*/*", "host": host, "user-agent": "bench"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "0123456789",
            "domainName": host,
            "domainPrefix": "0123456789",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "bench",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
    }


def sqs_event(body):
    record = {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1767225600000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1767225600001",
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:jobs",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}


def memory_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def cpu_ms(pid):
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="utf-8").split()[0]) for task in tasks) / 1e6


def spread(values):
    ordered = sorted(values)
    if not ordered:
        return "-"
    high = ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)]
    return f"{statistics.median(ordered):.1f} ({high:5.1f})"


def expect(holds, otherwise):
    if not holds:
        raise Failure(otherwise)


class Failure(Exception):
    """What was expected of a program and did not come true."""


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"bench_start: {error}")
