"""A stack of the product in the emulated AWS."""

import http.client
import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_dump, yaml_parse

from product import built_binary, expect

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / ".aws-sam" / "dev"
FUNCTIONS = ("Api", "Preview", "Worker", "Reaper", "Notifier")
TIMEOUT_S = 60


def build(template, folder, version):
    """What the emulator can deploy of a template, in this folder.

    The bootstraps are those that `sam build` has put beside the template, or else those that
    `make functions` has made for the tests.
    """
    content = yaml_parse(template.read_text(encoding="utf-8"))
    for name, resource in content["Resources"].items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Serverless::Function":
            code = folder / name
            code.mkdir(parents=True)
            built = template.parent / properties["CodeUri"] / "bootstrap"
            if built.exists():
                shutil.copy(built, code)
            else:
                binary = DEV / resource["Metadata"]["BuildProperties"]["Binary"] / "bootstrap"
                expect(binary.exists(), f"{binary} is missing: `make functions` builds it")
                # Debug information is most of it, and would have to be packed and sent.
                subprocess.run(["strip", "-o", code / "bootstrap", binary], check=True)
            (code / "version").write_text(version, encoding="utf-8")
            properties["CodeUri"] = name
            resource.pop("Metadata", None)
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in properties:
            properties.update(plain_metric(properties.pop("Metrics")))
    path = folder / "template.yaml"
    path.write_text(yaml_dump(content), encoding="utf-8")
    return path


def plain_metric(expression):
    """The first metric of an alarm on several: the emulator knows no others, and judges none."""
    first = next(each["MetricStat"] for each in expression if "MetricStat" in each)
    statistic = {"Statistic": first["Stat"], "Period": first["Period"]}
    return {**first["Metric"], **statistic}


def package(emulator, built):
    """Uploads the functions of a built template: the template that names what was uploaded."""
    packaged = built.with_name("packaged.yaml")
    emulator.sam(
        *("package", "--template-file", built, "--output-template-file", packaged),
        *("--resolve-s3", "--no-progressbar"),
    )
    return packaged


class Stack:
    """A stack, seen by a client of its API and by an operator of its account."""

    def __init__(self, emulator, name):
        self.emulator = emulator
        self.name = name
        self.resources = {}
        self.key = None  # what this client shows

    def deploy(self, template, **parameters):
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        self.emulator.sam(
            *("deploy", "--template-file", template, "--stack-name", self.name),
            *("--no-progressbar", "--parameter-overrides", *overrides),
        )
        cloudformation = self.emulator.client("cloudformation")
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        self.resources = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }
        api = self.resources["HttpApi"]
        self.url = f"{self.emulator.url}/_aws/execute-api/{api}/$default"
        self.make_up()

    def make_up(self):
        """Makes up for what the emulator has otherwise than AWS."""
        # A number that came by a parameter is a text to it, which stops its polling of all queues.
        client = self.emulator.client("lambda")
        for name in ("WorkerMapping", "NotifierMapping"):
            mapping = self.resources[name]
            found = client.get_event_source_mapping(UUID=mapping)
            client.update_event_source_mapping(
                UUID=mapping,
                BatchSize=int(found["BatchSize"]),
                ScalingConfig={"MaximumConcurrency": int(found["ScalingConfig"]["MaximumConcurrency"])},
            )
        # On AWS sqs:ChangeMessageVisibility permits the batch too.
        for function in ("Worker", "Reaper", "Notifier"):
            self.rule(function, "Allow", "sqs:ChangeMessageVisibilityBatch")

    def make_key(self):
        """An admin's key, made as by whoever has just deployed: with the account's credentials."""
        command = [built_binary().with_name("scan"), "keys", "create", "--admin"]
        ended, output = self.emulator.run([*command, "--table", self.resources["Table"]])
        expect(ended == 0, f"no key: {output}")
        return re.search("dx_[0-9a-f]{16}_[0-9a-f]{72}", output).group()

    def delete(self):
        """Deletes the stack as `make delete` does: exit status and output."""
        return self.emulator.run([sys.executable, ROOT / "scripts/delete.py", "--yes", self.name])

    # As a client of the API

    def ask(self, method, path, body=None, media_type="application/octet-stream"):
        base = urlsplit(self.url)
        headers = {} if body is None else {"Content-Type": media_type}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        return ask(base, method, f"{base.path}/api/v1/{path}", body, headers)

    def start(self, body=b"Write to a@test.com.", media_type="text/plain", extract="entities"):
        answer = self.ask("POST", f"scan/start/?extract={extract}", body, media_type)
        expect(answer.status == 202, f"not started: {answer}")
        return answer.json()["job_id"]

    def status(self, job_id):
        return self.ask("GET", f"scan/status/{job_id}/").json()

    def ends(self, job_id, wanted, patience_s=60):
        """The job's status when it has ended, which it has to do in this way."""
        found = eventually(
            f"the job {job_id} does not end",
            lambda: last if (last := self.status(job_id)).get("status") in FINAL else None,
            patience_s,
        )
        expect(found["status"] == wanted, f"the job {job_id} has not {wanted}: {found}")
        return found

    # As an operator

    def queue(self, name="Queue"):
        """The attributes of a queue of this stack."""
        answer = self.emulator.client("sqs").get_queue_attributes(
            QueueUrl=self.resources[name], AttributeNames=["All"]
        )
        return answer["Attributes"]

    def messages(self, name="Queue"):
        """How many messages a queue of this stack holds, visible or not."""
        attributes = self.queue(name)
        kinds = ("", "NotVisible", "Delayed")
        return sum(int(attributes[f"ApproximateNumberOfMessages{kind}"]) for kind in kinds)

    def items(self, sort_key):
        """The items of the table whose sort key begins so."""
        answer = self.emulator.client("dynamodb").scan(
            TableName=self.resources["Table"],
            FilterExpression="begins_with(sk, :sk)",
            ExpressionAttributeValues={":sk": {"S": sort_key}},
        )
        return answer["Items"]

    @contextmanager
    def worker_held(self):
        """Nothing is delivered to the worker inside this block."""
        self.deliver(enabled=False)
        try:
            yield
        finally:
            self.deliver(enabled=True)

    def deliver(self, enabled):
        self.emulator.client("lambda").update_event_source_mapping(
            UUID=self.resources["WorkerMapping"], Enabled=enabled
        )

    def rule(self, function, effect, action):
        """Adds to what the role of a function permits."""
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        self.emulator.client("iam").put_role_policy(
            RoleName=self.resources[f"{function}FunctionRole"],
            PolicyName=effect,
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
        )

    def lift_rule(self, function, effect):
        self.emulator.client("iam").delete_role_policy(
            RoleName=self.resources[f"{function}FunctionRole"], PolicyName=effect
        )

    def allow(self, function, address):
        """Lets a function reach this `host:port`, wherever it lies."""
        client = self.emulator.client("lambda")
        name = self.resources[f"{function}Function"]
        found = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**found, "FETCH_ALLOW": address}}
        )

    def expect_deaths(self, seconds):
        """Shortens the worker's time, so that what a killed one held comes back soon."""
        self.emulator.client("lambda").update_function_configuration(
            FunctionName=self.resources["WorkerFunction"], Timeout=seconds
        )
        # For one that dies before it can say when its messages are to be seen again.
        self.emulator.client("sqs").set_queue_attributes(
            QueueUrl=self.resources["Queue"], Attributes={"VisibilityTimeout": str(2 * seconds)}
        )

    def receives(self, most):
        """Sets how often the queue delivers a message before it is a dead letter."""
        policy = json.loads(self.queue()["RedrivePolicy"]) | {"maxReceiveCount": most}
        self.emulator.client("sqs").set_queue_attributes(
            QueueUrl=self.resources["Queue"], Attributes={"RedrivePolicy": json.dumps(policy)}
        )

    def logs(self, function):
        """What a function has logged, in order, with Lambda's own lines."""
        group = self.resources[f"{function}FunctionLogGroup"]
        try:
            pages = self.emulator.client("logs").get_paginator("filter_log_events")
            found = pages.paginate(logGroupName=group)
            return [event["message"] for page in found for event in page["events"]]
        except ClientError as error:
            return [str(error)]

    def invocations(self, function):
        return sum(line.startswith("START RequestId") for line in self.logs(function))


FINAL = {"completed", "failed", "cancelled"}


def ask(url, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def eventually(otherwise, look, patience_s=60):
    """What `look` finds, as soon as it finds anything."""
    deadline = time.monotonic() + patience_s
    while not (found := look()):
        expect(time.monotonic() < deadline, f"{otherwise} within {patience_s} s")
        time.sleep(0.1)
    return found
