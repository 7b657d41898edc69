"""Runs the examples of a page against a product that is started for it, in a folder of its own."""

import contextlib
import json
import shutil
import socket
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from compare import differences, parse, text_matches
from pages import ROOT, RUN, blocks, check
from product import DIRECT, Failure, Product, free_port, make_key
from shell import CURL_REFUSED, Shell, as_json, commands

FIXTURES = ROOT / "shared/extract/fixtures"
# Files that pages speak of as the reader's own.
SAMPLES = {
    "invoice.pdf": "pdf/invoice.pdf",
    "report.pdf": "pdf/overview.pdf",
    "a.pdf": "pdf/columns.pdf",
    "b.eml": "eml/mail.eml",
    "page.html": "html/article.html",
    "ledger.csv": "csv/people.csv",
    "invoices/2024-17.pdf": "pdf/invoice.pdf",
}
JOB_S = 60
LISTENS_S = 20
FINAL = {"completed", "failed", "cancelled"}
BUCKET = "documents"


class Tally:
    """What was run, what was not and why, and what is wrong."""

    def __init__(self):
        self.ran = 0
        self.compared = 0
        self.shown = 0
        self.not_run = Counter()
        self.wrong = []

    def note(self, block, what):
        self.wrong.append(f"{block.place}: {what}")


def run_page(page, binary, tally):
    found = blocks(page)
    for block in found:
        if what := check(block):
            tally.note(block, what)
    with tempfile.TemporaryDirectory(prefix="book-") as folder, ExitStack() as ends:
        run = Run(binary, Path(folder), ends, tally)
        for block in found:
            try:
                run.block(block)
            except (Failure, OSError, ValueError) as error:
                tally.note(block, error)
        run.no_refusal()


class Run:
    """The state in which the next block of a page is run."""

    def __init__(self, binary, folder, ends, tally):
        self.binary, self.folder, self.ends, self.tally = binary, folder, ends, tally
        self.products = 0
        self.product = self.shell = None
        self.variables = {}
        self.file = None
        self.answer = None
        self.named = {}
        self.open_jobs = []
        self.refused = None

    def block(self, block):
        if block.role not in ("answer", "problem"):
            self.no_refusal()
        if block.language == "product":
            self.variables = dict(word.split("=", 1) for word in block.words)
            self.product = None
        elif block.role == "not-run":
            self.tally.not_run[block.reason] += 1
        elif block.is_file:
            self.start()
            self.file = self.place / block.role
            self.file.write_text(self.addressed(block.text), encoding="utf-8")
        elif block.language in RUN:
            self.start()
            self.settle(block)
            self.run(block)
        elif block.role == "extract":
            self.start()
            form = [f"-F file=@{self.file.name}", "-F 'extract=<extract.json'"]
            (self.place / "extract.json").write_text(block.text, encoding="utf-8")
            self.preview(block, form)
        elif block.role == "request":
            self.start()
            (self.place / "request.json").write_text(block.text, encoding="utf-8")
            self.preview(block, ["-H 'Content-Type: application/json'", "-d @request.json"])
        elif block.role == "records":
            self.compare(block, json.dumps((as_json(self.answer) or {}).get("records")))
        elif block.role in ("answer", "problem"):
            if bool(self.refused) != (block.role == "problem"):
                self.tally.note(block, f"what came was {'' if self.refused else 'not '}refused")
            self.refused = None
            self.compare(block, self.answer)
        else:
            self.tally.shown += 1
            if block.language == "json":
                parse(block.text)

    def start(self):
        """A product and a shell, unless they are there."""
        if self.product:
            return
        self.products += 1
        self.place = self.folder / f"{self.products}"
        self.place.mkdir()
        (self.place / "shared").symlink_to(ROOT / "shared")
        for name, fixture in SAMPLES.items():
            (self.place / name).parent.mkdir(exist_ok=True)
            shutil.copy(FIXTURES / fixture, self.place / name)
        data = self.folder / f"{self.products}.data"
        self.fill_bucket(data)
        self.web = serve(self.place, self.ends)
        # Where pages let a server of their own listen.
        self.beside = str(free_port())
        settings = {
            "SOURCE_BUCKETS": BUCKET,
            "FETCH_ALLOW": f"{self.web},127.0.0.1:{self.beside}",
            **{name: value.replace("8081", self.beside) for name, value in self.variables.items()},
        }
        self.product = self.ends.enter_context(Product(self.binary, data, **settings))
        self.key = make_key(self.product) if "keys" in settings.get("AUTH_MODE", "") else None
        variables = {
            "PATH": f"{self.binary.parent}:{self.product.variables['PATH']}",
            "DATA_DIR": str(data),
            "URL": self.product.url,
            "SCAN_URL": self.product.url,
        }
        if self.key:
            variables["KEY"] = self.key
        self.shell = self.ends.enter_context(Shell(self.place, variables))

    def fill_bucket(self, data):
        """The product's own storage has a bucket as a folder."""
        documents = data / "s3" / BUCKET / "in"
        documents.mkdir(parents=True)
        for name in ("a.txt", "b.txt"):
            (documents / name).write_text(f"Write to {name[0]}@test.com.\n", encoding="utf-8")

    def run(self, block):
        texts = [block.text] if block.language == "python" else commands(block.text)
        for number, text in enumerate(texts):
            if number:
                self.settle(block)
            if block.language == "python":
                (self.place / "example.py").write_text(self.filled(text), encoding="utf-8")
                text = "python3 example.py"
            self.command(block, text)
        self.tally.ran += 1

    def command(self, block, text):
        self.no_refusal()
        status, out, err = self.shell.run(self.filled(text))
        self.answer = self.unfilled(out)
        self.refused = (block, text) if status == CURL_REFUSED else None
        if status and not self.refused:
            self.tally.note(block, f"ended with {status}: {text}\n    {(out + err).strip()[:500]}")
        if text.endswith("&"):
            wait_for_port(self.beside)
        self.learn(out)

    def no_refusal(self):
        """A refusal that no block shows as a problem is a fault."""
        if self.refused:
            block, text = self.refused
            self.tally.note(block, f"was refused: {text}\n    {self.answer[:500]}")
        self.refused = None

    def preview(self, block, arguments):
        self.command(block, " ".join(["curl", *arguments, "localhost:8000/api/v1/extractors/preview/"]))
        self.tally.ran += 1

    def compare(self, block, came):
        self.tally.compared += 1
        if came is None:
            self.tally.note(block, "there is nothing that it could be the answer of")
            return
        if block.language == "json":
            for line in json_differences(block.text, came):
                self.tally.note(block, line)
        elif not text_matches(block.text.strip(), came.strip()):
            self.tally.note(block, f"this came:\n{came.strip()[:3000]}")

    def filled(self, text):
        """A command as it is run: with our addresses, and what was answered in the place of names."""
        for name, value in self.named.items():
            text = text.replace(f"<{name}>", value)
        text = self.addressed(text)
        return text.replace("https://example.org", f"http://{self.web}")

    def addressed(self, text):
        for address in ("localhost:8000", "127.0.0.1:8000"):
            text = text.replace(address, self.product.url.removeprefix("http://"))
        return text.replace("8081", self.beside)

    def unfilled(self, text):
        text = text.replace(self.product.url.removeprefix("http://"), "127.0.0.1:8000")
        return text.replace(f"http://{self.web}", "https://example.org")

    def learn(self, out):
        """Remembers the members of an answer, and the job that it speaks of if that is not final."""
        answer = as_json(out)
        if not isinstance(answer, dict):
            return
        self.named |= {name: value for name, value in answer.items() if isinstance(value, str)}
        job = answer.get("job_id") or answer.get("task_id")
        if job and answer.get("status", answer.get("task_status")) not in FINAL:
            self.open_jobs.append(job)

    def settle(self, block):
        """A reader takes longer than a job."""
        if self.product.variables.get("WORKER") == "off":
            return
        for job in self.open_jobs:
            headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
            url = f"{self.product.url}/api/v1/scan/status/{job}/?wait=20"
            for _ in range(JOB_S // 20):
                try:
                    with DIRECT.open(urllib.request.Request(url, headers=headers)) as answer:
                        if json.load(answer)["status"] in FINAL:
                            break
                except urllib.request.HTTPError:
                    break
            else:
                self.tally.note(block, f"the job {job} does not end")
        self.open_jobs = []


def json_differences(shown, came):
    """One JSON text or several, a line each."""
    value = as_json(came)
    if value is not None:
        return differences(parse(shown), value)
    lines = [as_json(line) for line in came.splitlines() if line.strip()]
    if not lines or None in lines:
        return [f"this is no JSON: {came[:1000]}"]
    return differences([parse(line) for line in shown.splitlines() if line.strip()], lines)


def wait_for_port(port):
    deadline = time.monotonic() + LISTENS_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port))):
            return
        time.sleep(0.05)
    raise Failure(f"nothing listens after {LISTENS_S} s")


class Web(SimpleHTTPRequestHandler):
    """Plays the web: the files of the page's folder, and receivers of webhooks."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def serve(folder, ends):
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *arguments: Web(*arguments, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ends.callback(server.server_close)
    ends.callback(server.shutdown)
    return f"127.0.0.1:{server.server_port}"
