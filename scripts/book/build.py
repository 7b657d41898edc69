"""Builds the book: puts its pages side by side, links made to fit, and has mdBook write HTML."""

import os
import shutil
import subprocess
from pathlib import Path

from links import LINK, outside_fences
from pages import DOCS, FENCE, ROOT
from reference import write_reference

BOOK = ROOT / "target/book"
# Where pages that are not in docs/ stand in the book.
PLACES = {
    "docs/README.md": "introduction.md",
    "ARCHITECTURE.md": "architecture.md",
    "SECURITY.md": "security.md",
    "localstack/README.md": "localstack.md",
}
# What stands above a block by its role; above others their file's name does.
CAPTIONS = {
    "answer": "Answer",
    "problem": "Answer: a problem",
    "request": "Request",
    "extract": "extract.json",
    "records": "Records",
}


def build(mdbook):
    """Writes target/book/html."""
    source = BOOK / "source"
    shutil.rmtree(BOOK, ignore_errors=True)
    (source / "src").mkdir(parents=True)
    shutil.copy(DOCS / "book.toml", source)
    shutil.copytree(DOCS / "theme", source / "theme")
    pages = [ROOT / name for name in PLACES if not name.startswith("docs/")]
    for page in [*pages, *DOCS.rglob("*.md")]:
        target = source / "src" / in_book(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(for_book(page, source / "src"), encoding="utf-8")
    add_written(source / "src")
    subprocess.run([mdbook, "build", "--dest-dir", BOOK / "html", source], check=True)
    return BOOK / "html"


def add_written(source):
    """Lists pages that programs write: those of the API's reference, written here, and that of `scan`."""
    pages = write_reference(ROOT / "openapi/openapi.json", source / "reference")
    reference = [f"  - [{title}](reference/{name})" for name, title in pages.items()]
    commands = ["  - [All commands](cli.md)"] if (source / "cli.md").exists() else []
    below = {"- [API reference](reference/index.md)": reference, "- [Command line](command-line.md)": commands}
    summary = source / "SUMMARY.md"
    lines = summary.read_text(encoding="utf-8").splitlines()
    summary.write_text("\n".join(each for line in lines for each in [line, *below.get(line, [])]), encoding="utf-8")


def in_book(path):
    """Where a file of the repository stands in the book's source."""
    name = str(path.relative_to(ROOT))
    return PLACES.get(name, name.removeprefix("docs/").replace("/README.md", "/index.md"))


def for_book(page, source):
    """A page whose links lead to where things stand in the book, and which says what is not run."""
    here = Path(in_book(page)).parent
    lines = [
        LINK.sub(lambda link: relinked(link, page, here, source), line) if is_prose else line
        for line, is_prose in outside_fences(page.read_text(encoding="utf-8"))
    ]
    return "\n".join(with_captions(lines)) + "\n"


def relinked(link, page, here, source):
    words, target, anchor = link["words"], link["target"], link["anchor"] or ""
    if not target or "://" in target or target.startswith("mailto:"):
        return link[0]
    file = (page.parent / target).resolve()
    if file.is_dir():
        return words
    place = in_book(file)
    if file.suffix != ".md":
        # Shown by the browser as it is.
        place = f"files/{file.relative_to(ROOT)}".replace("/.", "/dot") + ".txt"
        (source / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, source / place)
    elif place == "README.md" or not (file.is_relative_to(DOCS) or place in PLACES.values()):
        return words
    return f"[{words}]({os.path.relpath(place, here)}{anchor})"


def with_captions(lines):
    """Above a block it says what it is, and below one that is not run it says why."""
    within, reason = False, None
    for line in lines:
        fence = FENCE.match(line)
        if fence and not within:
            within = True
            indent, info = fence[1], fence[3].split()
            word = info[1] if len(info) > 1 else None
            if word == "not-run":
                reason = " ".join(info[2:])
            elif word:
                yield f'{indent}<p class="block-name">{CAPTIONS.get(word, word)}</p>\n'
            yield line
        elif fence:
            within = False
            yield line
            if reason:
                yield f'{indent}<p class="not-run">Not tried when this book is built: {reason}.</p>\n'
            reason = None
        else:
            yield line
