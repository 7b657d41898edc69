"""A shell in which the commands of a page are run, one by one, so that variables stay."""

import contextlib
import json
import os
import select
import subprocess
import time
from pathlib import Path

COMMAND_S = 60
# As a reader has curl, but that an answer which is a refusal fails the command.
CURLRC = "silent\nshow-error\nfail-with-body\n"
CURL_REFUSED = 22


class Shell:
    """bash in a folder. Leaving the block ends it and whatever it left in the background."""

    def __init__(self, folder, variables):
        self.folder = folder
        Path(folder, ".curlrc").write_text(CURLRC, encoding="utf-8")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            **variables,
        }
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        # What jq makes of a refusal is no success.
        self.process.stdin.write("set -o pipefail\n")
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def run(self, command):
        """Runs it; its exit status and what it wrote to standard output and error."""
        out, err = Path(self.folder, ".out"), Path(self.folder, ".err")
        self.process.stdin.write(f"eval {quoted(command)} >{out} 2>{err} </dev/null; echo $?\n")
        self.process.stdin.flush()
        status = self._line()
        return status, *(each.read_text(encoding="utf-8", errors="replace") for each in (out, err))

    def _line(self):
        end = time.monotonic() + COMMAND_S
        ready, _, _ = select.select([self.process.stdout], [], [], end - time.monotonic())
        if not ready:
            raise TimeoutError(f"a command takes more than {COMMAND_S} s")
        line = self.process.stdout.readline()
        if not line:
            raise OSError("a command has ended the shell")
        return int(line)


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def commands(text):
    """The commands of a block, each of one line or more."""
    lines = []
    for line in text.splitlines():
        if not lines and (not line.strip() or line.lstrip().startswith("#")):
            continue
        lines.append(line)
        if _is_whole("\n".join(lines)):
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _is_whole(text):
    if text.rstrip().endswith(("\\", "|", "&&", "||")):
        return False
    # A here-document that has no end is only a warning.
    tried = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True, check=False)
    return tried.returncode == 0 and "here-document" not in tried.stderr


def as_json(text):
    """The value of a text that is JSON, else None."""
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return None
