#!/usr/bin/env python3
"""Reckons what the product costs on AWS, into docs/costs.md, from what was counted (docs/counts.json).

    .tools/sam/bin/python scripts/cost.py [--check]

With --check it writes nothing and fails where docs/costs.md says something else.
"""

import json
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
COSTS = ROOT / "docs/costs.md"
COUNTS = json.loads((ROOT / "docs/counts.json").read_text(encoding="utf-8"))
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))

# US dollars in us-east-1, on demand, in the first tier, without any free tier. From the price pages
# of the services (aws.amazon.com/<service>/pricing), as known at this date.
PRICED = "2025"
MILLION = 1e6
PRICES = {
    "HTTP API, a request": 1.00 / MILLION,
    "Lambda, an invocation": 0.20 / MILLION,
    "Lambda on arm64, a GB-second": 0.0000133334,
    "DynamoDB on demand, a write unit": 0.625 / MILLION,
    "DynamoDB on demand, a read unit": 0.125 / MILLION,
    "DynamoDB, a GB kept for a month": 0.25,
    "DynamoDB, a GB with point-in-time recovery for a month": 0.20,
    "SQS, a request": 0.40 / MILLION,
    "S3, a PUT": 5.00 / MILLION,
    "S3, a GET": 0.40 / MILLION,
    "S3, a GB kept for a month": 0.023,
    "CloudWatch, a GB of logs": 0.50,
    "CloudWatch, a metric of an alarm for a month": 0.10,
    "CloudWatch, a dashboard for a month": 3.00,
    "CloudWatch, a metric of our own for a month": 0.30,
}

# What no count tells. Times are those of a warm function, calls one after the other.
CALL_MS = {"dynamodb": 6, "sqs": 10, "s3": 30}
OWN_MS = {"api": 5, "worker": 5}
LAMBDA_LOG_BYTES = 320  # START, END and REPORT of an invocation
ACCESS_LOG_BYTES = 500  # one line of the HTTP API
MAPPING_CALLS = 2  # of a batch: one receives it, one deletes it
FINISHED_DAYS, OBJECT_DAYS, MONTH_DAYS = 7, 30, 30
POLLERS, POLL_S = 5, 20  # of a mapping that has nothing to do: long polls, side by side

GB = 1e9
KB = 1e3


def main():
    text = document()
    if "--check" not in sys.argv[1:]:
        COSTS.write_text(text, encoding="utf-8")
    elif not COSTS.exists() or COSTS.read_text(encoding="utf-8") != text:
        sys.exit(f"cost: {COSTS} is not what {Path(__file__).name} writes: run it without --check")
    print(f"cost: {COSTS.relative_to(ROOT)} is what the counts and prices say")


def document():
    columns = {
        "small": costs("small"),
        "medium": costs("medium"),
        "large": costs("large"),
        "small, in tens": costs("small", batch=10),
    }
    return DOCUMENT.format(
        priced=PRICED,
        jobs=table(columns),
        poll=dollars(MILLION * sum(part_costs("small", "status", 1).values())),
        result=dollars(MILLION * sum(part_costs("small", "result", 1).values())),
        counts=count_table(),
        idle=idle_table(),
        metric=dollars(PRICES["CloudWatch, a metric of our own for a month"]),
        metrics=len(COUNTS["metrics"]),
        metrics_cost=dollars(
            len(COUNTS["metrics"]) * PRICES["CloudWatch, a metric of our own for a month"]
        ),
        api_memory=memory("api"),
        worker_memory=memory("worker"),
        dynamodb_ms=CALL_MS["dynamodb"],
        sqs_ms=CALL_MS["sqs"],
        s3_ms=CALL_MS["s3"],
        own_ms=OWN_MS["api"],
        log_bytes=COUNTS["log_bytes"],
        lambda_log=LAMBDA_LOG_BYTES,
        access_log=ACCESS_LOG_BYTES,
        prices="\n".join(f"| {name} | {price(each)} |" for name, each in PRICES.items()),
    )


def costs(size, batch=1):
    """Dollars of a million jobs of this size, by service: start, work, one status, one result."""
    parts = [part_costs(size, part, batch) for part in ("start", "work", "status", "result")]
    lines = [*parts, keeping(size)]
    return {name: MILLION * sum(line.get(name, 0) for line in lines) for name in LINES}


LINES = (
    "HTTP API",
    "Lambda, invocations",
    "Lambda, time",
    "DynamoDB, writes",
    "DynamoDB, reads",
    "SQS",
    "S3",
    "Logs",
    "Keeping it",
)


def part_costs(size, part, batch):
    """Dollars of one part of one job."""
    counts = COUNTS[size][part]
    # A batch of the worker's shares its invocation, and the calls that are for all its messages.
    share = 1 / batch if part == "work" else 1
    calls = sum_of(counts, "sqs ChangeMessageVisibilityBatch") * share
    calls += sum_of(counts, "sqs SendMessage")
    if part == "work":
        calls += MAPPING_CALLS * share
    function = "worker" if part == "work" else "api"
    seconds = milliseconds(counts, function, share) / 1000
    log_bytes = COUNTS["log_bytes"] + LAMBDA_LOG_BYTES * share
    log_bytes += ACCESS_LOG_BYTES * counts.get("http", 0)
    return {
        "HTTP API": counts.get("http", 0) * PRICES["HTTP API, a request"],
        "Lambda, invocations": share * PRICES["Lambda, an invocation"],
        "Lambda, time": seconds * memory(function) / 1024 * PRICES["Lambda on arm64, a GB-second"],
        "DynamoDB, writes": counts.get("write_units", 0) * PRICES["DynamoDB on demand, a write unit"],
        "DynamoDB, reads": counts.get("read_units", 0) * PRICES["DynamoDB on demand, a read unit"],
        "SQS": calls * PRICES["SQS, a request"],
        "S3": counts.get("s3 PUT", 0) * PRICES["S3, a PUT"]
        + counts.get("s3 GET", 0) * PRICES["S3, a GET"],
        "Logs": log_bytes / GB * PRICES["CloudWatch, a GB of logs"],
    }


def milliseconds(counts, function, share):
    """How long an invocation takes, one job's share of it."""
    waiting = sum(
        CALL_MS[service] * sum_of(counts, service) for service in CALL_MS if service != "sqs"
    )
    shared = CALL_MS["sqs"] * sum_of(counts, "sqs")
    return waiting + shared * share + OWN_MS[function]


def sum_of(counts, kind):
    """The calls of a kind: `service` or `service operation`."""
    return sum(n for name, n in counts.items() if name == kind or name.startswith(f"{kind} "))


def keeping(size):
    """Dollars for what lies there until it expires."""
    start, work = COUNTS[size]["start"], COUNTS[size]["work"]
    # All that is written stays, but for the item's two updates by the worker.
    kilobytes = start["write_units"] + work["write_units"] - 2
    of_table = PRICES["DynamoDB, a GB kept for a month"]
    of_table += PRICES["DynamoDB, a GB with point-in-time recovery for a month"]
    objects = start.get("s3_bytes", 0) + work.get("s3_bytes", 0)
    of_bucket = PRICES["S3, a GB kept for a month"]
    return {
        "Keeping it": kilobytes * KB / GB * of_table * FINISHED_DAYS / MONTH_DAYS
        + objects / GB * of_bucket * OBJECT_DAYS / MONTH_DAYS
    }


def memory(function):
    return TEMPLATE["Parameters"][f"{function.title()}Memory"]["Default"]


def table(columns):
    rows = [
        "| | " + " | ".join(columns) + " |",
        "| --- |" + " ---: |" * len(columns),
    ]
    for line in LINES:
        cells = " | ".join(dollars(column[line]) for column in columns.values())
        rows.append(f"| {line} | {cells} |")
    cells = " | ".join(f"**{dollars(sum(column.values()))}**" for column in columns.values())
    return "\n".join([*rows, f"| **all** | {cells} |"])


def count_table():
    """What was counted for a small job, a column for each part."""
    parts = ("start", "work", "status", "result")
    rows = ["| | " + " | ".join(parts) + " |", "| --- |" + " ---: |" * len(parts)]
    for name in sorted({name for part in parts for name in COUNTS["small"][part]}):
        cells = " | ".join(f"{COUNTS['small'][part].get(name, 0):g}" for part in parts)
        rows.append(f"| {name.replace('_', ' ')} | {cells} |")
    return "\n".join(rows)


def idle_table():
    """Dollars of a month in which nobody calls."""
    of_type = {}
    for resource in TEMPLATE["Resources"].values():
        of_type.setdefault(resource["Type"], []).append(resource["Properties"])
    alarms = of_type["AWS::CloudWatch::Alarm"]
    judged = sum(
        sum("MetricStat" in each for each in alarm.get("Metrics", [])) or 1 for alarm in alarms
    )
    dashboards = len(of_type.get("AWS::CloudWatch::Dashboard", []))
    mappings = len(of_type["AWS::Lambda::EventSourceMapping"])
    polls = mappings * POLLERS * MONTH_DAYS * 86_400 / POLL_S
    lines = {
        f"{len(alarms)} alarms on {judged} metrics": judged
        * PRICES["CloudWatch, a metric of an alarm for a month"],
        f"{dashboards} dashboard": dashboards * PRICES["CloudWatch, a dashboard for a month"],
        f"{mappings} queues that Lambda asks, {polls:,.0f} requests": polls
        * PRICES["SQS, a request"],
    }
    rows = ["| | USD a month |", "| --- | ---: |"]
    rows += [f"| {name} | {dollars(each)} |" for name, each in lines.items()]
    return "\n".join([*rows, f"| **all** | **{dollars(sum(lines.values()))}** |"])


def dollars(amount):
    return f"{amount:.2f}"


def price(amount):
    if amount < 1e-3:
        return f"{amount * MILLION:.4g} a million"
    return f"{amount:.4g}"


DOCUMENT = """\
# Costs

Written by `scripts/cost.py` from what was counted ([counts.json](counts.json)), the prices below and `template.yaml`; `make test` fails where
it differs. US dollars in us-east-1, as known in {priced}, without free tiers: check the current price list.

## A million jobs

Each with its start, one status and one result. **small**: request and result fit into the job's item. **medium**: a few KB, items of their own. **large**: some 30 KB
packed, objects. The last column: a busy queue with `WorkerBatch=10`, so that ten messages come as one batch. By default each message comes alone,
so that no tenant waits for another's jobs: the dearest case.

{jobs}

One more look at the status costs {poll} a million, one more at the result {result}. So let clients heed `Retry-After`.

## What was counted

A small job on the deployed stack, at its endpoints. The deploy test counts it anew each time, and fails where it differs.

{counts}

Each run of a function logs some {log_bytes} bytes.

Not in the counts, because no emulator shows it: the {lambda_log} bytes that Lambda itself logs of an invocation and the {access_log} of the HTTP API's access log; the two requests to
SQS by which Lambda receives and deletes a batch; and the time, for which stand {dynamodb_ms} ms for a call to DynamoDB, {sqs_ms} ms to SQS, {s3_ms} ms to S3, and {own_ms} ms of
own work, with {api_memory} MB for the API and {worker_memory} MB for the worker. A document that takes a second to extract adds 1 s of the worker:
look at `extraction_*` on the dashboard for yours.

Callers cost little beside: a key in use one read a minute and instance and one write a day, its tenant's quotas one read more, what was used one write unit with every 25 requests, and requests beyond a tenant's share of a
second one write for each second's worth.

Sometimes a job costs more: a worker that is faster than the start finds no item yet, which costs a write unit for the refused claim and some read units until it is there; each failed attempt
costs two write units; a job that fails or is cancelled is written to the index `ended` as well.

## A month of nothing

{idle}

Besides: the table with its backups and the bucket, by what lies there (a GB costs 0.45 and 0.02 a month). The product's own metrics cost {metric} each for a month in which they have a value in each hour; a
service that only extracts text has {metrics} of them, {metrics_cost} a month. The first 10 metrics and alarms and 3 dashboards of an account are free.

## Prices

| | USD |
| --- | ---: |
{prices}
"""


if __name__ == "__main__":
    main()
