"""What a job asks of AWS, counted at the endpoints and compared with what is written."""

import json
import random
from collections import Counter
from difflib import unified_diff
from pathlib import Path

from deploy.stack import FUNCTIONS, eventually
from product import expect

WRITTEN = Path(__file__).resolve().parents[2] / "docs/counts.json"

# The parts of a job: a run of a function each.
PARTS = ("start", "work", "status", "result")
# Jobs of each size.
TIMES = 3
# Characters of a job's text: one for each way in which requests and results are kept.
SIZES = {"small": 64, "medium": 3_000, "large": 40_000}


def check_counts(stack, write):
    counter = CountsOf(stack)
    counted = {size: usual(counter, text(characters)) for size, characters in SIZES.items()}
    lines = list(counter.lines())
    counted["metrics"] = sorted(set().union(*map(metrics, lines)))
    runs = len(SIZES) * len(PARTS) * TIMES
    counted["log_bytes"] = sum(len(line.encode()) for line in lines) // runs
    new = json.dumps(counted, indent=1) + "\n"
    if write:
        WRITTEN.write_text(new, encoding="utf-8")
    old = WRITTEN.read_text(encoding="utf-8")
    difference = unified_diff(old.splitlines(), new.splitlines(), "written", "counted", n=30)
    expect(
        agree(counted, json.loads(old)),
        f"{WRITTEN} says otherwise. If what was counted is as it should be, write it with"
        " --write-counts, and the costs anew with scripts/cost.py.\n" + "\n".join(difference),
    )


def agree(counted, written):
    """Whether all is the same, but for bytes, which vary a little with what stands in them."""
    if isinstance(counted, dict):
        return counted.keys() == written.keys() and all(
            0.8 < counted[name] / written[name] < 1.25
            if name.endswith("_bytes")
            else agree(counted[name], written[name])
            for name in counted
        )
    return counted == written


def text(characters):
    """Text that cannot be packed well, with a thing to find; the same each time."""
    letters = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789 ", k=characters)
    return f"Write to a@test.com. {''.join(letters)}".encode()


def usual(counter, document):
    """What a job of this document asks for, but for what happens once a minute or once in 25
    requests: a look at the key and at the quotas, and the addition to what is used.
    """
    counts = [count(counter, document) for _ in range(TIMES)]

    def least(part):
        return min((each[part] for each in counts), key=lambda calls: sum(calls.values()))

    return {part: least(part) for part in PARTS}


def count(counter, document):
    """What each part of a job of this document asks for."""
    stack = counter.stack
    counter.take()
    # A worker that is faster than the start would look for the job's item more than once.
    with stack.worker_held():
        job_id = stack.start(document, extract="entities,text")
        counted = {"start": counter.take()}
    eventually("the worker does not end", lambda: counter.runs()["lambda worker"])
    counted["work"] = counter.take()
    for part in ("status", "result"):
        answer = stack.ask("GET", f"scan/{part}/{job_id}/")
        expect(answer.status == 200, f"no {part}: {answer}")
        counted[part] = counter.take()
    return counted


class CountsOf:
    """Counts what a stack asks for, from look to look."""

    def __init__(self, stack):
        self.stack = stack
        self.seen = Counter()
        self.take()
        self.first = {name: len(stack.logs(name)) for name in FUNCTIONS}

    def take(self):
        counts = self.stack.emulator.wire.take() + self.runs()
        self.seen += self.runs()
        return dict(sorted(counts.items()))

    def runs(self):
        """How often each function has run since the last look."""
        runs = {f"lambda {name.lower()}": self.stack.invocations(name) for name in FUNCTIONS}
        return Counter(runs) - self.seen

    def lines(self):
        """What the functions have logged since the first look, Lambda's own lines left out.

        The emulator may show a run's last line only with the next run.
        """
        for name in FUNCTIONS:
            for line in self.stack.logs(name)[self.first[name] :]:
                if not line.startswith(("START RequestId", "END RequestId", "REPORT RequestId")):
                    yield line


def metrics(line):
    """The metrics that a line in CloudWatch's embedded format tells of."""
    told = json.loads(line).get("_aws", {}) if line.startswith("{") else {}
    lists = [each["Metrics"] for each in told.get("CloudWatchMetrics", [])]
    return {metric["Name"] for each in lists for metric in each}
