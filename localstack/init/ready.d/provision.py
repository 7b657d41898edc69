#!/usr/bin/env python3
"""Makes the table, the queues and the bucket of template.yaml in an emulated AWS.

There is no second definition of them: this reads the template's own. It prints the environment that
the template gives its functions, with the names and addresses that hold here, as lines for a shell.
All of it may be repeated: what exists stays, with its content, and gets today's settings.

LocalStack in a container runs this by itself when it is ready; elsewhere scripts/watch.py does. It
needs boto3 and PyYAML, which LocalStack brings along.

  TEMPLATE                                 the template (default: where the container has it)
  UPLOAD_ORIGINS                           origins of pages that may follow links into the bucket
  STACK_NAME                               what the names begin with (default: local)
  AWS_ENDPOINT_URL[_DYNAMODB, _SQS, _S3]   where AWS is (default: http://localhost:4566)
  AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY   as AWS SDKs know them
"""

import json
import os
import re

import boto3
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError

# Properties that go into a call as they are. One that is neither known here nor without effect is
# an error, so that none is lost unnoticed.
TABLE_PROPERTIES = {
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
}
QUEUE_ATTRIBUTES = {
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "VisibilityTimeout",
}
NAME_PROPERTY = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
}
CORS_NAMES = {"ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
LIFECYCLE_NAMES = {"Id": "ID"}
# What means nothing where nobody bills, backs up, encrypts at rest or comes from outside.
WITHOUT_EFFECT = {
    "AWS::DynamoDB::Table": {
        "ContributorInsightsSpecification",
        "OnDemandThroughput",
        "PointInTimeRecoverySpecification",
        "SSESpecification",
        "TableClass",
        "Tags",
    },
    "AWS::SQS::Queue": {
        "KmsDataKeyReusePeriodSeconds",
        "KmsMasterKeyId",
        "RedriveAllowPolicy",
        "SqsManagedSseEnabled",
        "Tags",
    },
    "AWS::S3::Bucket": {
        "BucketEncryption",
        "LoggingConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "VersioningConfiguration",
    },
}


def main():
    path = os.environ.get("TEMPLATE") or "/etc/localstack/template.yaml"
    with open(path, encoding="utf-8") as file:
        template = yaml.load(file, Loader=TemplateLoader)
    stack = Stack(template, os.environ.get("STACK_NAME") or "local", Aws())
    stack.make()
    for name, value in sorted(stack.environment().items()):
        print(f"export {name}={value}", flush=True)


class Aws:
    """Clients of the three services, wherever the environment says that they are."""

    def __init__(self):
        self.region = os.environ.get("AWS_REGION") or "us-east-1"
        self.dynamodb = self.client("dynamodb")
        self.sqs = self.client("sqs")
        self.s3 = self.client("s3")

    def client(self, service):
        endpoint = (
            os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
            or os.environ.get("AWS_ENDPOINT_URL")
            or "http://localhost:4566"
        )
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=self.region,
            aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID") or "test",
            aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY") or "test",
            config=Config(connect_timeout=3, read_timeout=60, s3={"addressing_style": "path"}),
        )


class Stack:
    """What of a template can be made here."""

    def __init__(self, template, name, aws):
        self.name = name
        self.aws = aws
        self.resources = template["Resources"]
        self.globals = template.get("Globals", {})
        self.conditions = template.get("Conditions", {})
        parameters = template.get("Parameters", {})
        self.values = {
            "AWS::AccountId": "000000000000",
            "AWS::Partition": "aws",
            "AWS::Region": aws.region,
            "AWS::StackName": name,
            "AWS::URLSuffix": "amazonaws.com",
            **{name: default(parameter) for name, parameter in parameters.items()},
            # There is no gateway here: this only stands in the origin of its pages.
            "HttpApi": name,
        }
        if origins := os.environ.get("UPLOAD_ORIGINS"):
            self.values["UploadOrigins"] = origins.split(",")
        # By logical id and attribute; the empty one is what `Ref` yields.
        self.attributes = {}

    def make(self):
        # Names first, for the settings of one may name another.
        for logical_id in self.of_type("AWS::SQS::Queue"):
            self.name_queue(logical_id)
        for logical_id in self.of_type("AWS::DynamoDB::Table") + self.of_type("AWS::S3::Bucket"):
            self.attributes[logical_id, ""] = self.physical_name(logical_id)
        for logical_id in self.of_type("AWS::DynamoDB::Table"):
            self.make_table(logical_id)
        for logical_id in self.of_type("AWS::SQS::Queue"):
            self.set_up_queue(logical_id)
        for logical_id in self.of_type("AWS::S3::Bucket"):
            self.make_bucket(logical_id)

    def environment(self):
        """What the functions are told, all of them together."""
        found = {}
        shared = self.globals.get("Function", {}).get("Environment", {}).get("Variables", {})
        for logical_id in self.of_type("AWS::Serverless::Function"):
            own = self.resources[logical_id]["Properties"].get("Environment", {})
            variables = self.resolve({**shared, **own.get("Variables", {})}, logical_id)
            for name, value in variables.items():
                if found.setdefault(name, value) != value:
                    raise TemplateError(f"{name} differs from function to function")
        return found

    def of_type(self, kind):
        return [
            logical_id
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
            and ("Condition" not in resource or self.holds(resource["Condition"]))
        ]

    def properties(self, logical_id, translated):
        """A resource's properties, resolved, without those that have no effect here."""
        resource = self.resources[logical_id]
        resolved = self.resolve(resource.get("Properties", {}), logical_id)
        ignored = WITHOUT_EFFECT[resource["Type"]] | {NAME_PROPERTY[resource["Type"]]}
        for name in resolved:
            if name not in translated and name not in ignored:
                raise TemplateError(f"{logical_id}: the property {name} is not known here")
        return {name: value for name, value in resolved.items() if name not in ignored}

    def physical_name(self, logical_id):
        """The name that the template gives, or one made up as CloudFormation makes one up."""
        resource = self.resources[logical_id]
        given = resource.get("Properties", {}).get(NAME_PROPERTY[resource["Type"]])
        if given is not None:
            return self.resolve(given, logical_id)
        words = re.findall(r"[A-Z][a-z0-9]*", logical_id)
        return "-".join([self.name, *words]).lower()

    def make_table(self, logical_id):
        wanted = self.properties(logical_id, TABLE_PROPERTIES | {"TimeToLiveSpecification"})
        name = self.attributes[logical_id, ""]
        time_to_live = wanted.pop("TimeToLiveSpecification", None)
        dynamodb = self.aws.dynamodb
        try:
            dynamodb.create_table(TableName=name, **wanted)
        except dynamodb.exceptions.ResourceInUseException:
            self.expect_same_keys(name, wanted)
        dynamodb.get_waiter("table_exists").wait(
            TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
        if time_to_live:
            found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            if found.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
                dynamodb.update_time_to_live(
                    TableName=name, TimeToLiveSpecification=time_to_live
                )

    def expect_same_keys(self, name, wanted):
        found = self.aws.dynamodb.describe_table(TableName=name)["Table"]
        if keys(found) != keys(wanted):
            raise TemplateError(
                f"the table {name} was made from another template: remove the emulator's data"
            )

    def name_queue(self, logical_id):
        sqs = self.aws.sqs
        name = self.physical_name(logical_id)
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self.attributes[logical_id, ""] = url
        self.attributes[logical_id, "Arn"] = found["Attributes"]["QueueArn"]
        self.attributes[logical_id, "QueueName"] = name

    def set_up_queue(self, logical_id):
        wanted = self.properties(logical_id, QUEUE_ATTRIBUTES)
        attributes = {name: as_text(value) for name, value in wanted.items()}
        if attributes:
            url = self.attributes[logical_id, ""]
            self.aws.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def make_bucket(self, logical_id):
        known = {"CorsConfiguration", "LifecycleConfiguration"}
        wanted = self.properties(logical_id, known)
        name = self.attributes[logical_id, ""]
        s3 = self.aws.s3
        try:
            s3.create_bucket(Bucket=name)
        except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
            pass
        if cors := wanted.get("CorsConfiguration"):
            rules = [renamed(rule, CORS_NAMES) for rule in cors["CorsRules"]]
            unless_missing(
                s3.put_bucket_cors, Bucket=name, CORSConfiguration={"CORSRules": rules}
            )
        if lifecycle := wanted.get("LifecycleConfiguration"):
            rules = [lifecycle_rule(rule) for rule in lifecycle["Rules"]]
            unless_missing(
                s3.put_bucket_lifecycle_configuration,
                Bucket=name,
                LifecycleConfiguration={"Rules": rules},
            )

    def resolve(self, value, place):
        """The value without intrinsic functions; members that are AWS::NoValue are gone."""
        if isinstance(value, list):
            resolved = [self.resolve(member, place) for member in value]
            return [member for member in resolved if member is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (next(iter(value)).startswith("Fn::") or "Ref" in value):
            ((function, argument),) = value.items()
            return self.call(function, argument, place)
        resolved = {name: self.resolve(member, place) for name, member in value.items()}
        return {name: member for name, member in resolved.items() if member is not NO_VALUE}

    def call(self, function, argument, place):
        if function == "Ref":
            return self.reference(argument, "", place)
        if function == "Fn::GetAtt":
            parts = argument.split(".", 1) if isinstance(argument, str) else argument
            return self.reference(*parts, place)
        if function == "Fn::If":
            condition, then, otherwise = argument
            return self.resolve(then if self.holds(condition) else otherwise, place)
        if function == "Fn::Join":
            separator, parts = argument
            return separator.join(as_text(part) for part in self.resolve(parts, place))
        if function == "Fn::Sub":
            text, own = (argument, {}) if isinstance(argument, str) else argument
            own = self.resolve(own, place)
            return re.sub(
                r"\$\{([^!}][^}]*)\}",
                lambda found: as_text(
                    own[found[1]]
                    if found[1] in own
                    else self.reference(*(found[1].split(".", 1) + [""])[:2], place)
                ),
                text,
            ).replace("${!", "${")
        raise TemplateError(f"{place}: {function} is not understood here")

    def reference(self, name, attribute, place):
        if name == "AWS::NoValue":
            return NO_VALUE
        if (name, attribute) in self.attributes:
            return self.attributes[name, attribute]
        if not attribute and self.values.get(name) is not None:
            return self.values[name]
        what = f"{name}.{attribute}" if attribute else name
        raise TemplateError(f"{place}: what {what} refers to is not there here")

    def holds(self, condition):
        """Whether a condition holds, given by its name or as an expression."""
        if isinstance(condition, str):
            return self.holds(self.conditions[condition])
        ((function, argument),) = condition.items()
        if function == "Condition":
            return self.holds(argument)
        if function == "Fn::Equals":
            left, right = self.resolve(argument, "Conditions")
            return as_text(left) == as_text(right)
        if function == "Fn::Not":
            return not self.holds(argument[0])
        if function == "Fn::And":
            return all(self.holds(member) for member in argument)
        if function == "Fn::Or":
            return any(self.holds(member) for member in argument)
        raise TemplateError(f"Conditions: {function} is not understood here")


def default(parameter):
    value = parameter.get("Default")
    is_list = parameter["Type"].startswith(("CommaDelimitedList", "List<"))
    return value.split(",") if is_list and value is not None else value


def keys(table):
    """The keys of a table and of its indexes, wherever they are described."""
    indexes = table.get("GlobalSecondaryIndexes", []) + table.get("LocalSecondaryIndexes", [])
    return {
        None: table["KeySchema"],
        **{index["IndexName"]: index["KeySchema"] for index in indexes},
    }


def lifecycle_rule(rule):
    rule = renamed(rule, LIFECYCLE_NAMES)
    rule["Filter"] = {"Prefix": rule.pop("Prefix", "")}
    if "ExpirationInDays" in rule:
        rule["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
    return rule


def renamed(members, names):
    return {names.get(name, name): value for name, value in members.items()}


def unless_missing(call, **arguments):
    """Makes the call, unless the emulator says that it does not know it."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotImplemented":
            raise


def as_text(value):
    """A value as attributes and joined strings have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


class TemplateError(Exception):
    """Something in the template that this cannot make."""


NO_VALUE = object()


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref Queue` is `{"Ref": "Queue"}`."""


def short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", short_form)

# LocalStack runs this by `exec`, where the name is that of the built-ins.
if __name__ in ("__main__", "builtins"):
    main()
