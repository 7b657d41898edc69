"""The wire between the functions and the emulated AWS. It counts what goes over it."""

import http.client
import json
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Of one connection, and so not passed on.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection"}
READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
TIMEOUT_S = 60


class Wire:
    """Passes requests on to the endpoint at `port`, which takes them for such that came by TLS."""

    def __init__(self, port):
        self.port = port
        self.lock = threading.Lock()
        self.counts = Counter()

        class Handler(Passing):
            wire = self

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def take(self):
        """What was counted since the last time: the calls of each kind, and the capacity units."""
        with self.lock:
            taken, self.counts = self.counts, Counter()
        return taken

    def count(self, method, path, headers, answer):
        with self.lock:
            self.counts.update(kinds(method, path, headers, answer))


def kinds(method, path, headers, answer):
    """What one call counts as."""
    service, _, operation = headers.get("X-Amz-Target", "").partition(".")
    if path.startswith("/_aws/execute-api/"):
        return {"http": 1}
    if service.startswith("DynamoDB"):
        side = "read_units" if operation in READS else "write_units"
        return {f"dynamodb {operation}": 1, side: units(answer)}
    if service.startswith("AmazonSQS"):
        return {f"sqs {operation}": 1}
    counts = {f"s3 {'LIST' if 'list-type=' in path else method}": 1}
    if method == "PUT":
        counts["s3_bytes"] = int(headers["Content-Length"])
    return counts


def units(answer):
    """The capacity units that an answer of DynamoDB speaks of; a refused write names none."""
    try:
        consumed = json.loads(answer).get("ConsumedCapacity", {})
    except ValueError:
        return 0
    return consumed.get("CapacityUnits", 0)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Says nothing of a client that has gone, as a killed function has."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Passing(BaseHTTPRequestHandler):
    """Passes one connection's requests on."""

    protocol_version = "HTTP/1.1"
    wire: Wire

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection("127.0.0.1", self.wire.port, timeout=TIMEOUT_S)
        try:
            # As it came, for it is signed; also the host.
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in passed(self.headers.items()):
                upstream.putheader(name, value)
            upstream.putheader("X-Forwarded-Proto", "https")
            upstream.endheaders(body)
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        # Counted before it is answered, so that whoever has the answer finds it counted.
        self.wire.count(self.command, self.path, self.headers, content)
        self.send_response_only(answer.status, answer.reason)
        for name, value in passed(answer.getheaders()):
            self.send_header(name, value)
        if self.command != "HEAD" and answer.getheader("Content-Length") is None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = pass_on

    def log_message(self, *_):
        """Says nothing: the emulator has a log of its own."""


def passed(headers):
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
