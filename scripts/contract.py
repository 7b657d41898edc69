#!/usr/bin/env python3
"""Plays openapi/seed-contract.json, the REST contract, step by step against a running product.

    contract.py [URL] [--held URL]

URL is the product (default http://127.0.0.1:8000). --held names a second one whose worker is off
(WORKER=off), where a job can be held at pending; without it the steps of such a job are skipped.
Where callers need keys, KEY and HELD_KEY in the environment are those that are shown to the two.

The steps are played twice, with and without the trailing slash. Beside what a step says itself:
a step that changes nothing answers alike in both spellings; HEAD answers as GET does, without the
body; every 4xx is application/problem+json with the member `error`; every 405 names its methods.
"""

import argparse
import http.client
import json
import os
import re
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONTRACT = Path(__file__).parent.parent / "openapi" / "seed-contract.json"
# Said in the contract's `not_kept`, and so no step of it.
OUR_ERRORS = [
    {
        "name": "an unknown path",
        "request": {"method": "GET", "path": "/api/v1/nothing/here/"},
        "expect": {"status": 404},
    },
    {
        "name": "a malformed request",
        "request": {"method": "POST", "path": "/api/v1/scan/start/", "json_text": '{"source": '},
        "expect": {"status": 400},
    },
]
# Headers that may differ between two answers to one question.
OF_ONE_ANSWER = {"date", "ratelimit", "retry-after", "x-request-id", "apigw-requestid", "x-amzn-trace-id"}
TIMEOUT_S = 30


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--held", metavar="URL", help="a product whose worker is off")
    arguments = parser.parse_args()

    steps = json.loads(CONTRACT.read_text(encoding="utf-8"))["steps"] + OUR_ERRORS
    tally = {"ok": 0, "FAIL": 0, "skip": 0}
    server = Server(arguments.url, os.environ.get("KEY"))
    held = arguments.held and Server(arguments.held, os.environ.get("HELD_KEY"))
    for spelling, spell in [("with slash", str), ("without slash", without_slash)]:
        play = Play(server, held, spell)
        for step in steps:
            outcome, complaints = play.step(step)
            tally[outcome] += 1
            print(f"{outcome:4} {step['name']} ({spelling})")
            for complaint in complaints:
                print(f"       {complaint}")

    skipped = f", {tally['skip']} skipped" if tally["skip"] else ""
    print(f"{tally['ok']} passed, {tally['FAIL']} failed{skipped}", flush=True)
    sys.exit(1 if tally["FAIL"] else 0)


class Play:
    """One pass through the steps, with what they saved."""

    def __init__(self, server, held, spell):
        self.server = server
        self.held = held
        self.spell = spell
        self.saved = {}
        # Where the saved job lives: later steps that name it go there.
        self.home = server

    def step(self, step):
        """What came of the step, and what is to be said about it."""
        if step.get("note") == "with the worker stopped":
            self.home = self.held
            server = self.held
        else:
            server = self.home if "{job_id}" in step["request"]["path"] else self.server
        if server is None:
            return "skip", ["needs a product whose worker is off: --held URL"]

        try:
            complaints = self.play(step, server)
        except (OSError, http.client.HTTPException) as error:
            complaints = [f"no answer: {error!r}"]
        return ("FAIL" if complaints else "ok"), complaints

    def play(self, step, server):
        expect = fill(step["expect"], self.saved)
        method = step["request"]["method"]
        written = fill(step["request"]["path"], self.saved)
        path = self.spell(written)
        body = step["request"].get("json_text")
        # A job on its way may differ from one look to the next.
        fluid = "<one of" in json.dumps(expect)

        answer = server.ask(method, path, body)
        patience = re.search(r"poll this step until it holds, (\d+) s", step.get("note", ""))
        deadline = time.monotonic() + (int(patience[1]) if patience else 0)
        while time.monotonic() < deadline and mismatches(step, expect, answer):
            time.sleep(0.1)
            answer = server.ask(method, path, body)

        complaints = mismatches(step, expect, answer)
        if complaints:
            return [f"{method} {path}: {complaint}" for complaint in complaints]

        if method == "GET" or answer.status >= 400:
            other = without_slash(written) if path == written else written
            twin = server.ask(method, other, body)
            complaints += differences(path, answer, other, twin, fluid)
        if method == "GET" and answer.status != 405:
            complaints += head_differences(path, answer, server.ask("HEAD", path), fluid)
        for name, pointer in step.get("save", {}).items():
            self.saved[name] = answer.json().get(pointer.removeprefix("/"), f"no {name}")
        return complaints


def mismatches(step, expect, answer):
    """What is wrong with the answer, seen from what this step expects."""
    accepted = {expect["status"]}
    if step.get("note", "").startswith("302 "):
        accepted.add(302)
    if answer.status not in accepted:
        return [f"status {answer.status} instead of {expect['status']}: {answer.excerpt()}"]
    if answer.status == 302:
        return []

    found = []
    if expect.get("content_type", answer.media_type()) != answer.media_type():
        found.append(f"{answer.media_type()} instead of {expect['content_type']}")
    if "json_superset" in expect:
        found += lacks(expect["json_superset"], answer.json(), "")
    return found + flaws(answer)


def flaws(answer):
    """What any answer may be blamed for, whatever was asked."""
    found = []
    if answer.status == 204 and answer.body:
        found.append("a 204 has a body")
    if answer.status == 405 and not answer.headers.get("allow"):
        found.append("a 405 without Allow")
    if 400 <= answer.status < 500:
        problem = answer.json()
        if answer.media_type() != "application/problem+json":
            found.append(f"an error as {answer.media_type()}, not application/problem+json")
        if not isinstance(problem, dict) or not isinstance(problem.get("error"), str):
            found.append(f"an error without the member `error`: {answer.excerpt()}")
    return found


def lacks(wanted, given, pointer):
    """Where `given` falls short of `wanted`: members may be added to objects, elsewhere nothing."""
    place = pointer or "the body"
    if isinstance(wanted, dict):
        if not isinstance(given, dict):
            return [f"{place} is {given!r}, not an object"]
        found = []
        for name, value in wanted.items():
            if name in given:
                found += lacks(value, given[name], f"{pointer}/{name}")
            else:
                found.append(f"{pointer}/{name} is missing")
        return found
    if isinstance(wanted, list):
        if not isinstance(given, list) or len(wanted) != len(given):
            return [f"{place} is {given!r}, not a list of {len(wanted)}"]
        pairs = enumerate(zip(wanted, given, strict=True))
        return [flaw for at, pair in pairs for flaw in lacks(*pair, f"{pointer}/{at}")]
    if isinstance(wanted, str) and wanted.startswith("<"):
        return [] if is_described_by(wanted, given) else [f"{place} is {given!r}, not {wanted}"]
    return [] if wanted == given else [f"{place} is {given!r} instead of {wanted!r}"]


def is_described_by(description, value):
    if not isinstance(value, str):
        return False
    if description == "<uuid>":
        try:
            return str(uuid.UUID(value)) == value
        except ValueError:
            return False
    if description == "<3.x>":
        return re.fullmatch(r"3\.\d+(\.\d+)?", value) is not None
    if description.startswith("<one of "):
        return value in description.removeprefix("<one of ").removesuffix(">").split(", ")
    raise ValueError(f"the contract describes a value in a way unknown here: {description}")


def differences(path, answer, other, twin, fluid):
    """How the answer to the other spelling of a path differs."""
    if twin.status != answer.status:
        return [f"{other} answers {twin.status}, {path} {answer.status}"]
    if not fluid and twin.body != answer.body:
        return [f"{other} has another body than {path}: {twin.excerpt()}, {answer.excerpt()}"]
    return []


def head_differences(path, get, head, fluid):
    """How HEAD differs from GET beyond having no body."""
    found = []
    if head.status != get.status:
        found.append(f"HEAD {path} answers {head.status}, GET {get.status}")
    if head.body:
        found.append(f"HEAD {path} has a body of {len(head.body)} bytes")
    names = set() if fluid else set(head.headers) | set(get.headers)
    for name in sorted(names - OF_ONE_ANSWER):
        here, there = head.headers.get(name), get.headers.get(name)
        if here != there:
            found.append(f"HEAD {path} has {name}: {here}, GET {name}: {there}")
    return found


def fill(value, saved):
    """The value with what was saved in the places of its {names}."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda name: saved.get(name[1], name[0]), value)
    if isinstance(value, dict):
        return {name: fill(member, saved) for name, member in value.items()}
    if isinstance(value, list):
        return [fill(member, saved) for member in value]
    return value


def without_slash(path):
    path, question, query = path.partition("?")
    return path.removesuffix("/") + question + query


class Server:
    """A product under its base address, and the key that it is shown, if any."""

    def __init__(self, url, key=None):
        self.base = urlsplit(url)
        self.key = key
        if self.base.scheme not in ("http", "https") or not self.base.hostname:
            sys.exit(f"contract: {url} is not an http or https address")

    def ask(self, method, path, body=None):
        kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        connection = kind[self.base.scheme](self.base.hostname, self.base.port, timeout=TIMEOUT_S)
        headers = {"Connection": "close"}
        if self.key:
            headers["X-Api-Key"] = self.key
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, self.base.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            # The library knows that HEAD has no body and reads none; here all that came is read.
            content = response.fp.read() if method == "HEAD" else response.read()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, content)
        finally:
            connection.close()


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def media_type(self):
        return self.headers.get("content-type", "no type").partition(";")[0].strip().lower()

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def excerpt(self):
        return self.body[:200].decode("utf-8", "replace")


if __name__ == "__main__":
    main()
