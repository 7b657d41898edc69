"""An emulated AWS: ministack, which runs the bootstraps as they are, without containers."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import boto3
from botocore.config import Config

from deploy.wire import Wire
from product import DIRECT, Failure, expect, free_port

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
START_S = 60
# Of the emulator's root user: no secret, it listens on loopback only.
KEY = "test"


class Emulator:
    """Runs inside the block. It checks signatures and what functions' roles permit, as AWS does.

    `url` is where functions find AWS and clients the API: the wire, which counts. The test itself
    and the tools of an operator go past it.
    """

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.wire = Wire(self.port)
        self.url = self.wire.url
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self):
        self.log = Path(self.folder, "emulator.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [ROOT / ".tools/venv/bin/ministack"],
                cwd=self.folder,
                env={
                    **self.environment,
                    "BIND_HOST": "127.0.0.1",
                    "GATEWAY_PORT": str(self.port),
                    "MINISTACK_HOST": "localhost",
                    "AWS_ENDPOINT_URL": self.url,
                    "AUTH": "true",
                    # These two would listen on every address.
                    "IOT_MTLS_ENABLED": "0",
                    "SFTP_ENABLED": "0",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, which the functions' processes belong to.
                start_new_session=True,
            )
        try:
            self.wire.__enter__()
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            expect(self.process.poll() is None, f"the emulator has ended: {self.output()}")
            try:
                with DIRECT.open(f"{self.endpoint}/_ministack/ready", timeout=5):
                    return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise Failure(f"no emulator within {START_S} s: {self.output()}")

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        # With the functions' processes; none of them has anything to keep.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.wire.__exit__()

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def client(self, service, secure=True):
        """A client with all rights, past the wire, which is taken for one that uses TLS."""
        client = boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )
        if secure:
            client.meta.events.register("before-send", by_tls)
        return client

    def sam(self, *arguments):
        """Runs `sam`, as it is configured for everybody."""
        sam = Path(sys.executable).with_name("sam")
        command = [sam, *arguments, "--region", REGION, "--config-file", ROOT / "samconfig.toml"]
        ended, output = self.run(command)
        expect(ended == 0, f"sam {arguments[0]} ended with {ended}: {output}")

    def run(self, command):
        """Runs a tool of an operator's, with the emulator as AWS: exit status and output."""
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env={
                **self.environment,
                "AWS_ENDPOINT_URL": self.endpoint,
                "SAM_CLI_TELEMETRY": "0",
                "SAM_CLI_POLL_DELAY": "0.5",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout

    def listens_on_loopback_only(self):
        """Whether none of its processes can be reached from outside, where /proc tells."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                group = os.getpgid(int(process.name))
                if group == self.process.pid and any(reachable(process)):
                    return False
            except OSError:
                continue  # It has ended meanwhile.
        return True


def by_tls(request, **_):
    request.headers["X-Forwarded-Proto"] = "https"


def reachable(process):
    """Addresses that a process listens on, other than loopback, in the kernel's spelling."""
    sockets = {os.readlink(link) for link in process.glob("fd/*") if link.is_symlink()}
    for table in ("net/tcp", "net/tcp6"):
        for line in (process / table).read_text().splitlines()[1:]:
            fields = line.split()
            address, state, inode = fields[1], fields[3], fields[9]
            loopback = address.startswith(("0100007F", "00000000000000000000000001000000"))
            if state == "0A" and f"socket:[{inode}]" in sockets and not loopback:
                yield address
