"""Deletes the deployed product and all of its data, also what is in the bucket, where `sam` stops.

    .tools/sam/bin/python scripts/delete.py [--yes] [STACK]

STACK is a stack's name (default: samconfig.toml's). Asks first, unless --yes. A table under
DeletionProtection stops it before anything is touched. What fails on the way can be done again.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import boto3
import tomlkit
from botocore.exceptions import BotoCoreError, ClientError

ROOT = Path(__file__).resolve().parent.parent


def main():
    configured = tomlkit.parse((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "stack", nargs="?", default=configured["default"]["global"]["parameters"]["stack_name"]
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    wanted = parser.parse_args()
    try:
        resources = resources_of(wanted.stack)
        refuse_if_protected(resources)
        if not wanted.yes:
            ask(wanted.stack)
        stop_functions(resources)
        empty_bucket(resources)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"delete: {error}")
    sam = Path(sys.executable).with_name("sam")
    command = [sam, "delete", "--no-prompts", "--stack-name", wanted.stack]
    sys.exit(subprocess.run(command, cwd=ROOT).returncode)


def resources_of(stack):
    """The names of a stack's resources that are still there, by what the template calls them."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources")
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceStatus"] != "DELETE_COMPLETE"
    }


def refuse_if_protected(resources):
    if "Table" not in resources:
        return
    table = boto3.client("dynamodb").describe_table(TableName=resources["Table"])["Table"]
    if table.get("DeletionProtectionEnabled"):
        sys.exit(
            f"delete: the table {resources['Table']} is protected, and nothing was deleted. To\n"
            "delete it with all jobs, deploy with DeletionProtection=false before."
        )


def ask(stack):
    print(f"This deletes {stack} with all jobs, documents and results.")
    if input("To go on, type its name: ") != stack:
        sys.exit("delete: nothing was deleted")


def stop_functions(resources):
    """Nobody is to put anything into the bucket any more."""
    client = boto3.client("lambda")
    for name in ("Api", "Preview", "Worker", "Reaper", "Notifier"):
        function = f"{name}Function"
        if function in resources:
            client.put_function_concurrency(
                FunctionName=resources[function], ReservedConcurrentExecutions=0
            )


def empty_bucket(resources):
    if "Bucket" in resources:
        bucket = boto3.resource("s3").Bucket(resources["Bucket"])
        bucket.objects.delete()
        for upload in bucket.multipart_uploads.all():
            upload.abort()


if __name__ == "__main__":
    main()
