"""The pages of the documentation, and the fenced blocks in them.

What becomes of a block, its first line says:

    ```sh                          commands, run one after the other against a running product
    ```sh not-run REASON           commands that cannot be run here; the book says so below them
    ```text invoice.txt            a file with this name (any language) for the blocks that follow
    ```json answer                 what the block of commands before it has answered; also text, csv
    ```json problem                the same, of a command that has to be refused
    ```json request                a request for a preview
    ```json extract                what a preview is to extract from the last file
    ```json records                the records that the preview has answered with
    ```json                        shown only; has to be JSON
    ```text                        shown only, as any other language without a further word

`<!-- product: AUTH_MODE=keys -->` between blocks starts a new product with these variables, for
what follows on the page. In answers `…` stands for anything.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Pages outside docs/, which stand in the book as well or are tried like it.
BESIDE = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "SECURITY.md")]
LOCALSTACK = ROOT / "localstack/README.md"

FENCE = re.compile(r"^(\s*)(```+)(.*)$")
PRODUCT = re.compile(r"^<!-- product:(.*)-->$")
COMMAND = re.compile(r"^(?:\$ |curl |make |scan |cargo |aws )", re.MULTILINE)
# Languages of a block that is run.
RUN = {"sh", "python"}
ROLES = {"answer", "problem", "request", "extract", "records"}


@dataclass
class Block:
    """A fenced block; or, with the language `product`, a comment that starts a new one."""

    page: Path
    line: int
    language: str
    words: list[str]
    text: str

    @property
    def role(self):
        return self.words[0] if self.words else None

    @property
    def is_file(self):
        return self.role is not None and self.role not in ROLES and self.role != "not-run"

    @property
    def reason(self):
        """Why it is not run."""
        return " ".join(self.words[1:])

    @property
    def place(self):
        return f"{os.path.relpath(self.page, ROOT)}:{self.line}"


def all_pages():
    return [*BESIDE, LOCALSTACK, *sorted(DOCS.rglob("*.md"))]


def blocks(page):
    """The blocks of a page, in order."""
    found = []
    fence = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if fence:
            indent, ticks = fence
            if mark and mark[2] == ticks and not mark[3].strip():
                fence = None
            else:
                found[-1].text += line.removeprefix(indent) + "\n"
        elif mark:
            fence = mark[1], mark[2]
            language, *words = mark[3].split() or [""]
            found.append(Block(page, number, language, words, ""))
        elif comment := PRODUCT.match(line):
            found.append(Block(page, number, "product", comment[1].split(), ""))
    return found


def check(block):
    """What is wrong with how a block is marked, or None."""
    if block.language == "" and COMMAND.search(block.text):
        return "commands need the language `sh`, so that they are run"
    if block.role == "not-run" and not block.reason:
        return "why is it not run?"
    if block.language in RUN and block.words and block.role != "not-run":
        return None if "." in block.role else f"`{block.role}` is no role of commands"
    if block.is_file and block.language != "product" and "." not in block.role:
        return f"`{block.role}` is neither a role nor the name of a file"
    return None
