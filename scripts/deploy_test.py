#!/usr/bin/env python3
"""Deploys template.yaml to an emulated AWS and drives it, as a user and an operator would.

    .tools/sam/bin/python scripts/deploy_test.py [--built TEMPLATE] [--write-counts]

The functions are those of `make functions`; --built names what `sam build` has left instead
(.aws-sam/build/template.yaml). What a job asks of AWS is counted on the way, and
has to be what docs/counts.json says; --write-counts writes it there.
"""

import argparse
import base64
import hmac
import http.server
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

import command_line
from botocore.exceptions import ClientError
from deploy.counts import check_counts, text
from deploy.emulator import Emulator
from deploy.stack import FUNCTIONS, Stack, ask, build, eventually, package
from product import Failure, expect

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "shared/extract/fixtures"
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
PARAMETERS = {
    "Architecture": ARCHITECTURE,
    "DeletionProtection": "false",
    "WorkerBatch": "10",  # so that batches can be tried
}
# Stands in the documents, and so may stand nowhere else.
FOUND = "a@test.com"
# Time-out of a function that is to be killed: what it worked on comes back so much later.
SHORT_S = 10
BEGUN = time.monotonic()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--built", type=Path, metavar="TEMPLATE", help="what sam build has made")
    parser.add_argument("--write-counts", action="store_true", help="write docs/counts.json")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="deploy-") as name:
        folder = Path(name)
        template = arguments.built or ROOT / "template.yaml"
        versions = [build(template, folder / name, name) for name in ("first", "second")]
        with Emulator(folder) as emulator:
            stack, held = Stack(emulator, "product"), Stack(emulator, "held")
            try:
                drive(emulator, stack, held, versions, arguments.write_counts)
            except Exception:
                explain(emulator, [stack, held])
                raise
    print("deploy test: the deployed product does what it promises")


def drive(emulator, stack, held, versions, write_counts):
    first = package(emulator, versions[0])
    with ThreadPoolExecutor() as pool:
        held_up = pool.submit(deploy, held, first, DeletionProtection="true")
        deploy(stack, first)
        held_up.result()
    held.deliver(enabled=False)
    done("two stacks stand side by side")

    nobody_gets_in_without_a_key(stack)
    held.key = held.make_key()

    settings_are_kept(stack)
    only_encrypted_requests_are_taken(stack)
    roles_permit_no_more_than_is_needed(stack, held)
    check_counts(stack, write_counts)
    done("a job asks no more of AWS than is written")
    only_the_bad_messages_of_a_batch_come_back(stack)
    the_contract_holds(stack, held)
    documents_give_records_with_their_places(stack)
    previews_are_answered_at_once(stack)
    uploads_go_past_the_functions(stack)
    a_large_result_lies_behind_a_link(stack)
    the_command_line_works(stack)
    all_that_it_stands_on_is_reached(stack)
    the_end_of_a_job_is_told(stack)
    jobs_outlive_an_update(stack, package(emulator, versions[1]))
    functions_log_no_documents_and_not_for_ever(stack)
    expect(emulator.listens_on_loopback_only(), "the emulator can be reached from outside")
    a_protected_stack_is_not_deleted(held)
    nothing_remains(emulator, [stack, held])


def deploy(stack, template, **parameters):
    stack.deploy(template, **{**PARAMETERS, **parameters})


def nobody_gets_in_without_a_key(stack):
    """Also not to the preview, which is another function; and none gets into another stack."""
    preview = ("POST", "extractors/preview/", f"Write to {FOUND}.".encode(), "text/plain")
    for call in (("GET", "scan/"), preview):
        answer = stack.ask(*call)
        expect(answer.status == 401, f"{call[1]} without a key: {answer}")
    expect(stack.ask("GET", "health/").status == 200, "health needs a key")
    stack.key = stack.make_key()
    for call in (("GET", "scan/"), preview):
        answer = stack.ask(*call)
        expect(answer.status == 200, f"{call[1]} with a key: {answer}")
    made = stack.ask(
        "POST",
        "keys/",
        json.dumps({"name": "reads", "scopes": ["scan:read"]}).encode(),
        "application/json",
    )
    admin, stack.key = stack.key, made.json()["key"]
    expect(stack.ask("GET", "scan/").status == 200, "a key that reads does not read")
    answer = stack.ask("POST", "scan/start/")
    expect(answer.status == 403, f"a key that reads starts a job: {answer}")
    stack.key = admin
    gone = stack.ask("DELETE", f"keys/{made.json()['id']}/")
    expect(gone.status == 204, f"the key is not revoked: {gone}")
    done("nobody gets in without a key, and the first is made with the account's credentials")


def settings_are_kept(stack):
    """Those that the emulator knows; the others are asserted on the template."""
    jobs, dead = stack.queue("Queue"), stack.queue("DeadLetterQueue")
    redrive = json.loads(jobs["RedrivePolicy"])
    expect(redrive["deadLetterTargetArn"] == dead["QueueArn"], f"dead letters go to {redrive}")
    expect(int(redrive["maxReceiveCount"]) == 10, f"a dead letter after {redrive}")
    expect(jobs["VisibilityTimeout"] == "1800", f"visibility: {jobs}")
    days = [int(each["MessageRetentionPeriod"]) / 86_400 for each in (jobs, dead)]
    expect(days == [4, 14], f"messages are kept for {days} days")

    client = stack.emulator.client("dynamodb")
    table = client.describe_table(TableName=stack.resources["Table"])["Table"]
    keys = {each["AttributeName"]: each["KeyType"] for each in table["KeySchema"]}
    expect(keys == {"pk": "HASH", "sk": "RANGE"}, f"the table's keys: {keys}")
    expect(table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST", "capacity is bought")
    indexes = [each["IndexName"] for each in table["GlobalSecondaryIndexes"]]
    expect(indexes == ["ended"], f"the table's indexes: {indexes}")

    client = stack.emulator.client("lambda")
    for name in ("Worker", "Reaper", "Notifier"):
        mapping = client.get_event_source_mapping(UUID=stack.resources[f"{name}Mapping"])
        expect(
            mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"],
            f"the {name}'s mapping would repeat whole batches: {mapping}",
        )
    done("the settings are there")


def only_encrypted_requests_are_taken(stack):
    client = stack.emulator.client("sqs", secure=False)
    for name in ("Queue", "DeadLetterQueue", "WebhookQueue", "WebhookDeadLetterQueue"):
        try:
            client.get_queue_attributes(QueueUrl=stack.resources[name])
        except ClientError as error:
            expect(error.response["Error"]["Code"] == "AccessDenied", f"{name}: {error}")
        else:
            raise Failure(f"{name} answers without TLS")
    done("the queues answer by TLS only")


def roles_permit_no_more_than_is_needed(stack, other):
    """That they permit enough shows on the way, for the emulator asks them at each call."""
    permitted = {
        "Api": {"dynamodb:GetItem", "s3:GetObject", "s3:PutObject", "sqs:SendMessage"},
        "Preview": {"dynamodb:GetItem"},  # of keys alone, which the emulator does not look at
        "Worker": {"dynamodb:GetItem", "s3:GetObject", "sqs:SendMessage"},
        "Reaper": {"dynamodb:GetItem"},
        "Notifier": {"dynamodb:GetItem"},
    }
    for function, actions in permitted.items():
        found = permits(stack, function, stack)
        expect(found == actions, f"the {function}'s role permits {found}")
        found = permits(stack, function, other)
        expect(not found, f"the {function}'s role permits {found} on another stack")
    done("roles permit no more than is needed, and nothing on another stack")


def permits(stack, function, other):
    """What a function's role permits of some tempting calls on that other stack's resources."""
    queue = other.queue()["QueueArn"]
    place = queue.rpartition(":")[0].replace(":sqs:", ":dynamodb:")
    table = f"{place}:table/{other.resources['Table']}"
    bucket = f"arn:aws:s3:::{other.resources['Bucket']}"
    calls = {
        table: ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:DeleteTable"],
        f"{bucket}/jobs/any": ["s3:GetObject"],
        f"{bucket}/uploads/any": ["s3:PutObject"],
        bucket: ["s3:PutBucketPolicy", "s3:DeleteBucket"],
        queue: ["sqs:SendMessage", "sqs:PurgeQueue"],
    }
    client = stack.emulator.client("iam")
    role = client.get_role(RoleName=stack.resources[f"{function}FunctionRole"])["Role"]["Arn"]
    return {
        result["EvalActionName"]
        for resource, actions in calls.items()
        for result in client.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=actions, ResourceArns=[resource]
        )["EvaluationResults"]
        if result["EvalDecision"] == "allowed"
    }


def only_the_bad_messages_of_a_batch_come_back(stack):
    """A message that nobody understands, and one of a job that cannot be done, among good ones."""
    stack.receives(2)
    stack.rule("Worker", "Deny", "s3:GetObject")
    poison = json.dumps({"v": 1, "poison": True})
    with stack.worker_held():
        good = [stack.start() for _ in range(3)]
        doomed = stack.start(text(40_000))
        stack.emulator.client("sqs").send_message(
            QueueUrl=stack.resources["Queue"], MessageBody=poison
        )
    for job_id in good:
        stack.ends(job_id, "completed")
        attempts = stack.items(f"J#{job_id}")[0]["att"]["N"]
        expect(attempts == "1", f"the good job {job_id} was done {attempts} times")
    name = stack.queue()["QueueArn"].rpartition(":")[2]
    batch = f"processed 3 SQS messages from {name} (2 partial failures)"
    eventually("they were not one batch", lambda: batch in stack.emulator.output())
    done("only the bad messages of a batch come back")

    # Beside it lies the letter of the job that cannot be done, as soon as that is one.
    kept = eventually(
        "the message is not kept",
        lambda: next((it for it in stack.items("D#") if it["body"]["S"] == poison), None),
    )
    expect(kept["reason"]["S"], f"kept without a reason: {kept}")
    done("a message that nobody understands is kept for a person to look at")

    failed = stack.ends(doomed, "failed")
    kind = failed["error"]["type"]
    expect(kind == "urn:problem:storage_unavailable", f"failed for another reason: {failed}")
    eventually("bad messages stay in the queue", lambda: stack.messages() == 0)
    eventually("dead letters stay", lambda: stack.messages("DeadLetterQueue") == 0)
    done("a job whose message dies ends as failed, and says of what")

    stack.receives(10)
    stack.lift_rule("Worker", "Deny")
    answer = stack.ask("POST", f"scan/retry/{doomed}/")
    expect(answer.status < 300, f"not submitted again: {answer}")
    stack.ends(doomed, "completed")
    done("it can be submitted again when the fault is mended")


def the_contract_holds(stack, held):
    script = ROOT / "scripts/contract.py"
    command = [sys.executable, script, stack.url, "--held", held.url]
    shown = {**os.environ, "KEY": stack.key, "HELD_KEY": held.key}
    played = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=shown)
    expect(played.returncode == 0, f"the contract does not hold: {played.stdout}")
    done(f"the REST contract holds: {played.stdout.splitlines()[-1]}")


def documents_give_records_with_their_places(stack):
    page = b"<title>A</title><p>Call <b>+1 212-555-0142</b> or write to ann@example.com"
    bodies = {
        "application/pdf": (DATA / "pdf/invoice.pdf").read_bytes(),
        "message/rfc822": (DATA / "eml/mail.eml").read_bytes(),
        "text/html": page,
    }
    for media_type, body in bodies.items():
        job_id = stack.start(body, media_type, "entities,text,metadata,links,tables")
        stack.ends(job_id, "completed")
        result = stack.ask("GET", f"scan/result/{job_id}/").json()
        # Attachments follow the e-mail that they are from.
        documents = result["documents"]
        document = documents[0]
        expect(document["media_type"] == media_type, f"{media_type} was read as {document}")
        expect(result["records"], f"nothing was found in {document}")
        for record in result["records"]:
            place = record["source"]
            text = documents[place["document"]]["text"]
            found = text[place["start"] : place["end"]]
            expect(record["raw"] == found, f"{record} is not where it says, but {found}")
    done("documents give records with their places")


def previews_are_answered_at_once(stack):
    before = stack.invocations("Preview")
    for path in ("extractors/preview/", "extractors/preview"):
        answer = stack.ask("POST", path, f"Write to {FOUND}.".encode(), "text/plain")
        expect(answer.status == 200, f"no preview at {path}: {answer}")
        records = answer.json()["records"]
        expect(records[0]["email"] == FOUND, f"found in a preview: {records}")
    # By the function's own limit, not by the gateway's.
    answer = stack.ask("POST", "extractors/preview/", 300_000 * b"a", "text/plain")
    expect(answer.status == 413, f"a long document was previewed: {answer}")
    expect(stack.invocations("Preview") == before + 3, "another function answered")
    done("previews are answered at once, by a function of their own")


def uploads_go_past_the_functions(stack):
    document = f"Write to {FOUND}. ".encode() + 6_000_000 * b"."
    about = {"name": "a.txt", "bytes": len(document)}
    answer = stack.ask("POST", "uploads/", json.dumps(about).encode(), "application/json")
    expect(answer.status == 201, f"no upload: {answer}")
    upload = answer.json()
    request = {"source": {"upload": upload["upload"]}, "extract": ["entities"]}
    request = json.dumps(request).encode()
    early = stack.ask("POST", "scan/start/", request, "application/json")
    expect(early.status == 422, f"started before the bytes were there: {early}")

    link = urlsplit(upload["url"])
    sent = ask(link, "PUT", f"{link.path}?{link.query}", document, upload["headers"])
    expect(sent.status == 200, f"the bytes are not taken: {sent.status}")
    started = stack.ask("POST", "scan/start/", request, "application/json")
    expect(started.status == 202, f"not started: {started}")
    job_id = started.json()["job_id"]
    stack.ends(job_id, "completed")
    result = stack.ask("GET", f"scan/result/{job_id}/").json()
    expect(result["records"][0]["email"] == FOUND, f"found in an upload: {result['records']}")
    gone = stack.ask("DELETE", f"uploads/{upload['upload']}/")
    expect(gone.status == 204, f"not removed: {gone}")
    done("uploads go past the functions, and are read like other documents")


def a_large_result_lies_behind_a_link(stack):
    body = f"Write to {FOUND}. ".encode() + 4_300_000 * b"."
    job_id = stack.start(body, extract="entities,text")
    stack.ends(job_id, "completed")
    answer = stack.ask("GET", f"scan/result/{job_id}/")
    expect(answer.status == 303, f"no link: {answer.status}")
    link = urlsplit(answer.headers["Location"])
    linked = ask(link, "GET", f"{link.path}?{link.query}")
    records = linked.json()["records"]
    expect(records[0]["email"] == FOUND, f"found behind the link: {records}")
    unsigned = ask(link, "GET", link.path)
    expect(unsigned.status == 403, f"the result can be had without the link: {unsigned.status}")
    done("a large result lies behind a link, and is nobody's without it")


def the_command_line_works(stack):
    command_line.play(stack.url, stack.key)
    done("the command line sends documents and fetches results, past the functions where they are long")


def all_that_it_stands_on_is_reached(stack):
    system = stack.ask("GET", "system/").json()
    queues = system["queues"]
    expect(len(queues) == 4, f"it does not look at all queues: {system}")
    for name, part in {"table": system["table"], "storage": system["storage"], **queues}.items():
        expect(part["status"] == "ok", f"the {name} cannot be reached: {system}")
    done("the API reaches all that it stands on, and may count what waits")


def the_end_of_a_job_is_told(stack):
    told = SimpleQueue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.put((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        stack.allow("Notifier", address)
        made = stack.ask("POST", "webhooks/secrets/")
        expect(made.status == 201, f"no secret: {made}")
        request = {"source": {"text": FOUND}, "webhook": {"url": f"http://{address}/hook"}}
        answer = stack.ask("POST", "scan/start/", json.dumps(request), "application/json")
        expect(answer.status == 202, f"not started: {answer}")
        job_id = answer.json()["job_id"]
        headers, body = told.get(timeout=60)
        server.shutdown()

    event = json.loads(body)
    expect(event["data"]["job_id"] == job_id, f"told of another job: {event}")
    expect(event["type"] == "job.completed", f"told: {event}")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(made.json()["secret"].removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    expect(headers["webhook-signature"] == f"v1,{signature}", f"signed: {headers}")

    def delivery():
        log = stack.ask("GET", f"scan/webhooks/{job_id}/").json()
        return log["deliveries"][0]["status"] == "delivered"

    eventually("the log does not say that it was delivered", delivery)
    eventually("notices stay", lambda: stack.messages("WebhookQueue") == 0)
    done("the end of a job is told, signed, and the log says so")


def jobs_outlive_an_update(stack, template, level="debug"):
    """Jobs are submitted all the time while the functions are replaced under them.

    The emulator kills running functions at an update, where AWS lets them end. So some starts fail,
    and a worker may die: what it worked on comes back when its time would have been over.
    """
    before = versions_of(stack)
    stack.expect_deaths(SHORT_S)
    accepted, lost = [], []
    stop = threading.Event()

    def submit():
        while not stop.is_set():
            answer = stack.ask("POST", "scan/start/", FOUND.encode(), "text/plain")
            expect(answer.status == 202 or answer.status >= 500, f"a start was refused: {answer}")
            (accepted if answer.status == 202 else lost).append(answer)
            time.sleep(0.05)

    with ThreadPoolExecutor() as pool:
        submitting = pool.submit(submit)
        try:
            eventually("no job is accepted", lambda: len(accepted) > 10 or submitting.done())
            deploy(stack, template, LogLevel=level)
        finally:
            stop.set()
        submitting.result()
    for answer in accepted:
        stack.ends(answer.json()["job_id"], "completed")
    # The message of a start that was killed finds no job, and is dropped when it is a minute old.
    eventually("messages are left", lambda: stack.messages() <= len(lost))

    after = versions_of(stack)
    expect(all(before[name] != after[name] for name in before), f"not updated: {before}, {after}")
    done(f"{len(accepted)} jobs that were submitted during an update are done")


def versions_of(stack):
    """Code and configuration of each function."""
    client = stack.emulator.client("lambda")
    functions = {}
    for name in FUNCTIONS:
        function = stack.resources[f"{name}Function"]
        found = client.get_function_configuration(FunctionName=function)
        functions[name] = (found["CodeSha256"], found["Environment"]["Variables"]["LOG"])
    return functions


def functions_log_no_documents_and_not_for_ever(stack):
    for function in FUNCTIONS:
        lines = stack.logs(function)
        expect(stack.invocations(function) > 0, f"the {function} has not run, or not logged")
        told = [line for line in lines if FOUND in line]
        expect(not told, f"the {function} logs what was in a document: {told[:1]}")
    groups = stack.emulator.client("logs").describe_log_groups()["logGroups"]
    endless = [each["logGroupName"] for each in groups if not each.get("retentionInDays")]
    expect(not endless, f"kept for ever: {endless}")
    done("what functions log holds nothing of documents, and expires")


def a_protected_stack_is_not_deleted(stack):
    ended, output = stack.delete()
    expect(ended != 0 and "is protected" in output, f"not refused: {ended}, {output}")
    expect(stack.ask("GET", "health/").status == 200, "the API is gone")
    done("a protected stack is not deleted")
    stack.emulator.client("dynamodb").update_table(
        TableName=stack.resources["Table"], DeletionProtectionEnabled=False
    )


def nothing_remains(emulator, stacks):
    with ThreadPoolExecutor() as pool:
        for ended, output in pool.map(Stack.delete, stacks):
            expect(ended == 0, f"not deleted: {output}")
    left = remains(emulator)
    expect(not left, f"left behind: {left}")
    done("nothing remains of deleted stacks")


def remains(emulator):
    """What is in the account, but for the artifacts that were deployed."""
    client = emulator.client
    lambdas, cloudwatch = client("lambda"), client("cloudwatch")
    found = {
        "functions": lambdas.list_functions()["Functions"],
        "mappings": lambdas.list_event_source_mappings()["EventSourceMappings"],
        "roles": client("iam").list_roles()["Roles"],
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "tables": client("dynamodb").list_tables()["TableNames"],
        "apis": client("apigatewayv2").get_apis()["Items"],
        "log groups": client("logs").describe_log_groups()["logGroups"],
        "alarms": cloudwatch.describe_alarms()["MetricAlarms"],
        "dashboards": cloudwatch.list_dashboards()["DashboardEntries"],
        "buckets": [
            bucket["Name"]
            for bucket in client("s3").list_buckets()["Buckets"]
            if not bucket["Name"].startswith("aws-sam-cli-managed-default")
        ],
    }
    return {kind: each for kind, each in found.items() if each}


def explain(emulator, stacks):
    """Prints what may explain a failure."""
    own = [line for line in emulator.output().splitlines() if line.startswith("20")]
    print(f"--- the emulator\n{tail(own)}", file=sys.stderr)
    for stack in stacks:
        for function in FUNCTIONS:
            if f"{function}FunctionLogGroup" in stack.resources:
                lines = tail(stack.logs(function))
                print(f"--- {function} of {stack.name}\n{lines}", file=sys.stderr)


def tail(lines):
    return "\n".join([line for line in lines if '"DEBUG"' not in line][-40:])


def done(sentence):
    print(f"ok {time.monotonic() - BEGUN:4.0f} s  {sentence}", flush=True)


if __name__ == "__main__":
    # No account of somebody's is to be found by chance.
    for variable in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[variable]
    # Ended as by Ctrl-C, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"deploy test: {error}")
