#!/usr/bin/env python3
"""AWS on this machine, with the table, the queues and the bucket of template.yaml in it.

    emulator.py [--on docker|pip|embedded] [--port PORT] [--data FOLDER]

It prints the environment in which functions, the AWS CLI and SDKs find it, and serves until Ctrl-C.

  docker    LocalStack in a container, by docker-compose.yml
  pip       LocalStack's SQS and S3 on Python 3.13; DynamoDB is the one that `local aws` embeds
  embedded  all three are those of `local aws`; the only one that keeps its data, in FOLDER

Without --on it is the first of docker and pip that can run here. PORT is LocalStack's (4566); the
three of `local aws` follow it.
"""

import argparse
import contextlib
import functools
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PLACE = Path(__file__).resolve().parent
ROOT = PLACE.parent
VENV = ROOT / ".tools" / "localstack"
UV = ROOT / ".tools" / "uv" / "bin" / "uv"
# Has boto3 and PyYAML, as LocalStack has, and is there in each of the three cases.
PROVISION = [ROOT / ".tools" / "sam" / "bin" / "python", PLACE / "init/ready.d/provision.py"]
START_S = 180
STOP_S = 20
# The keys that the embedded S3 asks for; the others take any. Some SDKs know the region by one name,
# some by the other.
IDENTITY = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local-secret",
}
# Whatever proxy the environment names, it is not for this machine's own servers.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--on", choices=list(EMULATORS), help="what plays AWS")
    parser.add_argument("--port", type=int, default=4566, help="LocalStack's port")
    parser.add_argument("--data", type=Path, default=ROOT / ".data/aws", help="of `embedded`")
    options = parser.parse_args()
    with running(options.on, options.port, options.data) as environment:
        print_environment(environment)
        print("# Ctrl-C ends it.", flush=True)
        wait_for_interrupt()


@contextlib.contextmanager
def running(kind, port, data):
    """The environment of an emulator that runs as long as the block, with everything made in it."""
    kind = kind or first_possible()
    if not all(Path(needed).exists() for needed in (UV, *PROVISION)):
        raise Failure("tools are missing: `make setup` installs them")
    if reason := EMULATORS[kind].missing():
        raise Failure(f"{kind} cannot run here: {reason}")
    with EMULATORS[kind](port, data).run() as environment:
        yield {**environment, **provisioned(environment)}


def first_possible():
    reasons = {kind: EMULATORS[kind].missing() for kind in ("docker", "pip")}
    for kind, reason in reasons.items():
        if not reason:
            return kind
    said = "".join(f"\n  {kind}: {reason}" for kind, reason in reasons.items())
    raise Failure(
        f"LocalStack can run here neither in a container nor on Python:{said}\n"
        "The embedded DynamoDB, SQS and S3 need neither: --on embedded (ON=embedded) chooses them."
    )


class Docker:
    """LocalStack in a container."""

    def __init__(self, port, _data):
        self.port = port
        self.compose = ["docker", "compose", "--file", PLACE / "docker-compose.yml"]
        if port != 4566:
            # One beside the usual one.
            self.compose += ["--project-name", f"data-extraction-{port}"]
        self.environment = {**os.environ, "LOCALSTACK_PORT": str(port)}

    @staticmethod
    def missing():
        if not shutil.which("docker"):
            return "there is no `docker`"
        for command, wanted in [
            (["docker", "compose", "version"], "Docker has no `docker compose`"),
            (["docker", "info"], "no Docker engine answers"),
        ]:
            asked = subprocess.run(command, capture_output=True, timeout=30, check=False)
            if asked.returncode:
                return wanted
        return None

    @contextlib.contextmanager
    def run(self):
        # One that runs already is somebody's, and goes on.
        theirs = self.call("ps", "--quiet", "--status", "running", stdout=subprocess.PIPE).stdout
        try:
            started = self.call("up", "--detach", "--wait", "--wait-timeout", str(START_S))
            if started.returncode:
                self.call("logs", "--tail", "50")
                raise Failure("LocalStack's container did not become healthy")
            yield localstack_environment(self.port)
        finally:
            if not theirs:
                self.call("down", "--volumes")

    def call(self, *arguments, **options):
        command = [*self.compose, *arguments]
        # Standard output is the environment's.
        options = {"stdout": sys.stderr, **options}
        return subprocess.run(command, env=self.environment, check=False, **options)


class Pip:
    """LocalStack's SQS and S3 on this machine's Python, with the embedded DynamoDB."""

    def __init__(self, port, _data):
        self.port = port

    @staticmethod
    def missing():
        if python_3_13():
            return None
        return (
            "LocalStack needs Python 3.13, which is not there: install it by `uv python install"
            " 3.13`, `pyenv install 3.13` or your system's packages; PYTHON313=… names one elsewhere"
        )

    @contextlib.contextmanager
    def run(self):
        install_localstack()
        # Neither may outlive the other: LocalStack keeps nothing, and jobs need their messages.
        with tempfile.TemporaryDirectory(prefix="localstack-") as folder, embedded(
            self.port + 1, Path(folder, "data")
        ) as aws:
            environment = localstack_environment(self.port)
            environment["AWS_ENDPOINT_URL_DYNAMODB"] = aws["AWS_ENDPOINT_URL_DYNAMODB"]
            with Process("LocalStack", *self.command(Path(folder), environment)) as process:
                process.wait_until(self.is_ready, START_S)
                yield environment

    def command(self, folder, environment):
        """LocalStack in `folder`, which is the root of all that it writes."""
        init = folder / "etc/localstack/init"
        init.parent.mkdir(parents=True)
        init.symlink_to(PLACE / "init")
        settings = {
            **clean_environment(),
            **environment,
            "TEMPLATE": str(ROOT / "template.yaml"),
            "SERVICES": "sqs,s3",
            "EAGER_SERVICE_LOADING": "1",
            "STRICT_SERVICE_LOADING": "1",
            "GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
            "LOCALSTACK_HOST": f"127.0.0.1:{self.port}",
            "SQS_ENDPOINT_STRATEGY": "path",
            "FILESYSTEM_ROOT": str(folder),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            # It reports to nobody, fetches nothing, and answers nobody's questions for names.
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DNS_ADDRESS": "0",
            # Even where this machine is a container itself.
            "OVERRIDE_IN_DOCKER": "0",
            "LS_LOG": "warning",
            "PYTHONWARNINGS": "ignore",
        }
        return [VENV / "bin/python", PLACE / "serve.py"], settings

    def is_ready(self):
        url = f"http://127.0.0.1:{self.port}/_localstack/init/ready"
        with DIRECT.open(url, timeout=5) as answer:
            found = json.load(answer)
        states = {script["state"] for script in found["scripts"]}
        if "ERROR" in states:
            raise Failure("LocalStack could not make what template.yaml names")
        return found["completed"] and states == {"SUCCESSFUL"}


class Embedded:
    """The DynamoDB, SQS and S3 that this product brings along."""

    def __init__(self, port, data):
        self.port = port
        self.data = data

    @staticmethod
    def missing():
        return None

    @contextlib.contextmanager
    def run(self):
        with embedded(self.port + 1, self.data) as environment:
            yield environment


EMULATORS = {"docker": Docker, "pip": Pip, "embedded": Embedded}


@contextlib.contextmanager
def embedded(port, data):
    """`local aws` on three ports from this one."""
    services = ["DYNAMODB", "SQS", "S3"]
    variables = {
        **clean_environment(),
        "AWS_PORTS": ",".join(str(port + at) for at in range(3)),
        "DATA_DIR": str(data),
        # It tells of each thing that it does not know, and provisioning asks for some.
        "LOG": "warn,s3s=off",
    }
    data.parent.mkdir(parents=True, exist_ok=True)
    command = [local_binary(), "aws"]
    # What it greets with is told below.
    with Process("local aws", command, variables, subprocess.DEVNULL) as process:
        urls = {name: f"http://127.0.0.1:{port + at}" for at, name in enumerate(services)}
        process.wait_until(lambda: all(answers(url) for url in urls.values()), START_S)
        yield {
            **{f"AWS_ENDPOINT_URL_{name}": url for name, url in urls.items()},
            **IDENTITY,
        }


def localstack_environment(port):
    return {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", **IDENTITY}


def provisioned(environment):
    """Makes everything, and says what the template gives its functions."""
    variables = {
        **clean_environment(),
        **environment,
        "TEMPLATE": str(ROOT / "template.yaml"),
        "STACK_NAME": os.environ.get("STACK_NAME", ""),
    }
    made = subprocess.run(PROVISION, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode:
        raise Failure("what template.yaml names cannot be made")
    return read_environment(made.stdout)


def print_environment(environment):
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)


def read_environment(text):
    """What lines for a shell export."""
    words = [shlex.split(line) for line in text.splitlines() if line.startswith("export ")]
    return dict(word.split("=", 1) for _, word in words)


def clean_environment():
    """The environment without what would lead to another AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    kept["AWS_EC2_METADATA_DISABLED"] = "true"
    return kept


@functools.cache
def local_binary():
    """`local`, built with all else if anything has changed."""
    # Of the whole workspace, as `make compile` and `cargo lambda watch` have it: of one package
    # alone, dependencies may have fewer features.
    command = ["cargo", "build", "--bins", "--message-format=json-render-diagnostics"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        raise Failure("the build failed")
    for message in map(json.loads, built.stdout.splitlines()):
        if message.get("executable") and message["target"]["name"] == "local":
            return message["executable"]
    raise Failure("cargo has built no `local`")


def python_3_13():
    """Where a Python 3.13 is, if there is one."""
    home = Path.home()
    candidates = [
        os.environ.get("PYTHON313"),
        shutil.which("python3.13"),
        sys.executable,
        *sorted((home / ".pyenv/versions").glob("3.13*/bin/python"), reverse=True),
        *sorted((home / ".local/share/uv/python").glob("cpython-3.13*/bin/python"), reverse=True),
    ]
    question = "import sys, venv; sys.exit(sys.version_info[:2] != (3, 13))"
    for candidate in filter(None, candidates):
        with contextlib.suppress(OSError):
            asked = [candidate, "-c", question]
            if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return candidate
    return None


def install_localstack():
    """LocalStack in a place of its own, unless it is there."""
    wanted, installed = PLACE / "requirements.txt", VENV / "requirements.txt"
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return
    print("# Installing LocalStack into .tools/localstack", file=sys.stderr, flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    for command in [
        [UV, "venv", "--quiet", "--python", python_3_13(), VENV],
        [UV, "pip", "install", "--quiet", "--python", VENV, "--require-hashes", "-r", wanted],
    ]:
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise Failure("LocalStack could not be installed")
    # Last, so that an install that was cut short is done again.
    shutil.copy(wanted, installed)


class Process:
    """A process of ours that runs as long as the block. What it says goes to standard error."""

    def __init__(self, name, command, environment, stdout=sys.stderr):
        self.name = name
        self.command = command
        self.environment = environment
        self.stdout = stdout

    def __enter__(self):
        # In a session of its own: Ctrl-C is for us, who end them in order.
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.stdout,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_S)
        # Whatever of it is left.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def check(self):
        if (code := self.process.poll()) is not None:
            raise Failure(f"{self.name} has ended with {code}")

    def wait_until(self, is_ready, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError):
                if is_ready():
                    return
            time.sleep(0.1)
        raise Failure(f"{self.name} was not ready within {seconds} s")


def answers(url):
    """Whether somebody answers there, whatever the answer is."""
    try:
        DIRECT.open(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    return True


def wait_for_interrupt(*processes):
    """Until Ctrl-C or SIGTERM, or until one of the processes ends, which is a failure."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            for process in processes:
                process.check()
            time.sleep(0.5)


class Failure(Exception):
    """Why it cannot go on."""


def guarded(main, name):
    """Runs `main`. SIGTERM ends it as Ctrl-C does, so that nothing is left running."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"{name}: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    guarded(main, "emulator")
