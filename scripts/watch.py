#!/usr/bin/env python3
"""Runs the functions as Lambda does, on an AWS on this machine, and anew with each change of code.

    watch.py [--on docker|pip|embedded|environment] [--port PORT] [--aws-port PORT] [--data FOLDER]
             [--no-reload]

`cargo lambda watch` serves api, preview, worker, reaper and notifier; `local mapping` feeds the
last three from their queues; localstack/emulator.py says what plays AWS. `environment` is one that
runs already, where AWS_ENDPOINT_URL says. Without --on it is that where AWS_ENDPOINT_URL is set,
else LocalStack.

Settings, in the environment: AUTH_MODE and JWT_… (here `open`, for all listens on loopback; with
`keys`, `scan keys create --admin` makes the first one, in the environment that this prints), LOG,
MAX_REQUEST_BYTES, WORKER=off (jobs are accepted and wait), STACK_NAME (what the names of table,
queues and bucket begin with, default `local`).
"""

import argparse
import contextlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "localstack"))

import emulator  # noqa: E402
from emulator import Failure, Process  # noqa: E402

CARGO_LAMBDA = ROOT / ".tools" / "venv" / "bin" / "cargo-lambda"
# How long a function may take to be compiled and to answer.
START_S = 900
# What a developer sets goes before what the template says.
OWN = ("AUTH_MODE", "JWT_", "LOG", "MAX_REQUEST_BYTES")


def main():
    options = parse()
    if not CARGO_LAMBDA.exists():
        raise Failure("cargo lambda is missing: `make setup` installs it")
    # Pages of the API, and so the console, may follow links into the storage.
    names = ["127.0.0.1", "localhost"]
    pages = ",".join(f"http://{name}:{options.port}" for name in names)
    os.environ.setdefault("UPLOAD_ORIGINS", pages)
    with aws(options) as environment:
        own = {name: value for name, value in os.environ.items() if name.startswith(OWN)}
        environment = {**environment, "AUTH_MODE": "open", **own}
        emulator.print_environment(environment)
        variables = {**emulator.clean_environment(), **environment}
        with functions(options, variables) as served:
            worker = os.environ.get("WORKER", "on")
            with mapping(options.port, {**variables, "WORKER": worker}) as fed:
                print(greeting(options.port), flush=True)
                emulator.wait_for_interrupt(served, fed)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--on", choices=[*emulator.EMULATORS, "environment"], help="what plays AWS"
    )
    parser.add_argument("--port", type=int, default=9001, help="where functions are invoked")
    parser.add_argument("--aws-port", type=int, default=4566, help="LocalStack's port")
    parser.add_argument("--data", type=Path, default=ROOT / ".data/aws", help="of `embedded`")
    parser.add_argument("--no-reload", action="store_true", help="leave changes of the code alone")
    options = parser.parse_args()
    if options.on is None and "AWS_ENDPOINT_URL" in os.environ:
        options.on = "environment"
    return options


def aws(options):
    if options.on == "environment":
        return given()
    return emulator.running(options.on, options.aws_port, options.data)


@contextlib.contextmanager
def given():
    """What the environment names. Never AWS's own: tables and queues are made there."""
    found = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for service in ["DYNAMODB", "SQS", "S3"]:
        if not {"AWS_ENDPOINT_URL", f"AWS_ENDPOINT_URL_{service}"} & set(found):
            raise Failure(f"AWS_ENDPOINT_URL_{service} is not set, nor is AWS_ENDPOINT_URL")
    yield {**found, **emulator.provisioned(found)}


@contextlib.contextmanager
def functions(options, variables):
    """`cargo lambda watch`, once the API answers."""
    # A function that is compiled at its first call keeps its caller waiting, so this builds all.
    emulator.local_binary()
    # Its own answers to CORS would hide that AWS has none.
    command = [CARGO_LAMBDA, "lambda", "watch", "--disable-cors"]
    command += ["--invoke-address", "127.0.0.1", "--invoke-port", str(options.port)]
    if options.no_reload:
        command.append("--ignore-changes")
    with Process("cargo lambda watch", command, variables) as process:
        process.wait_until(lambda: is_healthy(options.port), START_S)
        yield process


def is_healthy(port):
    with emulator.DIRECT.open(f"{api(port)}/api/v1/health/", timeout=START_S) as answer:
        return answer.status == 200


@contextlib.contextmanager
def mapping(port, variables):
    variables = {**variables, "FUNCTIONS_URL": f"http://127.0.0.1:{port}"}
    command = [emulator.local_binary(), "mapping"]
    with Process("local mapping", command, variables, subprocess.DEVNULL) as process:
        yield process


def api(port):
    return f"http://127.0.0.1:{port}/lambda-url/api"


def greeting(port):
    url = api(port)
    return f"""
  API      {url}/api/v1/
  Docs     {url}/api/docs/
  Health   {url}/api/v1/health/
  Preview  http://127.0.0.1:{port}/lambda-url/preview/api/v1/extractors/preview/

  Try      curl -X POST {url}/api/v1/scan/start/
  Stop     Ctrl-C
"""


if __name__ == "__main__":
    emulator.guarded(main, "watch")
