#!/usr/bin/env python3
"""Has the official client of docling-serve talk to the built product: it submits, polls and reads.

    docling_test.py [BINARY]

BINARY is the local runner (default: `local` where cargo has built it), with `scan` beside it: the
client has a key. Run with the Python of .tools/docling. A file goes through all four outputs, then
the whole corpus of the engine: the client reads each DoclingDocument by the model of docling-core,
which refuses whatever is not as it says.
"""

import os
import signal
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

# Whatever proxy the environment names, it is not for this machine's own servers.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

from docling.datamodel.base_models import ConversionStatus, OutputFormat
from docling.datamodel.service.options import ConvertDocumentsOptions
from docling.datamodel.service.targets import InBodyTarget
from docling.service_client import ConversionItem, DoclingServiceClient, StatusWatcherKind
from docling.service_client.exceptions import (
    ServiceError,
    TaskExecutionError,
    TaskNotFoundError,
)
from docling_core.types.doc import DocItemLabel, DoclingDocument
from product import DIRECT, Failure, Product, built_binary, expect, make_key

CORPUS = Path(__file__).resolve().parent.parent / "shared/extract/fixtures"
ALL = [OutputFormat.MARKDOWN, OutputFormat.TEXT, OutputFormat.HTML, OutputFormat.JSON]
PAGE = """<html lang="en"><title>Notes</title><h1>Harbour notes</h1>
<p>The <b>north</b> gate &amp; the <a href="https://test.com/lock">lock</a>.</p>
<ul><li>boats<ul><li>small</li></ul></li></ul>
<table><tr><th>Gate</th><th>Level</th></tr><tr><td>upper</td><td>212</td></tr></table></html>"""


def main():
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else built_binary()
    with tempfile.TemporaryDirectory(prefix="docling-") as folder:
        page = Path(folder, "notes.html")
        page.write_text(PAGE, encoding="utf-8")
        with ExitStack() as ends:
            product = ends.enter_context(
                Product(binary, Path(folder, "product"), AUTH_MODE="keys")
            )
            key = make_key(product)
            client = ends.enter_context(
                DoclingServiceClient(
                    product.url,
                    api_key=key,
                    status_watcher=StatusWatcherKind.POLLING,
                    poll_client_interval=0.05,
                )
            )
            submit_poll_result(client, page)
            every_output(client, page)
            as_it_is_by_default(product, key, page)
            refusals(client, page, Path(folder))
            clearing(product, key, client, page)
            documents = corpus(client)
    print(f"docling: the official client reads all outputs, and {documents} documents of the corpus")


def submit_poll_result(client, page):
    job = client.submit(page)
    status = job.poll(wait=20)
    expect(status.task_status == "success", f"a task that was waited for: {status}")
    expect(status.task_meta.num_succeeded == 1, f"{status.task_meta}")
    result = job.result()
    expect(result.status == ConversionStatus.SUCCESS, f"{result.status}")
    check_document(result.document)


def check_document(document):
    texts = [(item.label, item.text) for item in document.texts]
    for wanted in [
        (DocItemLabel.TITLE, "Harbour notes"),
        (DocItemLabel.TEXT, "north"),
        (DocItemLabel.LIST_ITEM, "boats"),
        (DocItemLabel.LIST_ITEM, "small"),
    ]:
        expect(wanted in texts, f"{wanted} is not among {texts}")
    lock = next(item for item in document.texts if item.text == "lock")
    expect(str(lock.hyperlink) == "https://test.com/lock", f"{lock.hyperlink}")
    [table] = document.tables
    cells = [[cell.text for cell in row] for row in table.data.grid]
    expect(cells == [["Gate", "Level"], ["upper", "212"]], f"{cells}")
    expect(table.data.grid[0][0].column_header, "the first row is a header")
    expect(document.origin.filename == "notes.html", f"{document.origin}")
    # What docling-core makes of the document by itself.
    markdown = document.export_to_markdown()
    for line in ["# Harbour notes", "- boats", "    - small", "[lock](https://test.com/lock)"]:
        expect(line in markdown, f"{line} is not in {markdown}")


def every_output(client, page):
    options = ConvertDocumentsOptions(to_formats=ALL)
    item = ConversionItem(source=page, options=options)
    [(_, result)] = client.submit_and_retrieve_each([item], target=InBodyTarget())
    document = getattr(result, "document", None)
    expect(document, f"no result: {result!r}")
    markdown = (
        "# Harbour notes\n\nThe **north** gate & the [lock](https://test.com/lock).\n\n"
        "- boats\n  - small\n\n| Gate | Level |\n| --- | --- |\n| upper | 212 |"
    )
    expect(document.md_content == markdown, f"Markdown: {document.md_content}")
    words = document.text_content.split()
    wanted = "Harbour notes The north gate & the lock. boats small Gate Level upper 212".split()
    expect([word for word in words if word != "•"] == wanted, f"text: {words}")
    for piece in [
        '<html lang="en">',
        "<h1>Harbour notes</h1>",
        '<p>The <strong>north</strong> gate &amp; the <a href="https://test.com/lock">lock</a>.</p>',
        "<tr><td>upper</td><td>212</td></tr>",
    ]:
        expect(piece in document.html_content, f"{piece} is not in {document.html_content}")
    check_document(document.json_content)
    expect(document.doctags_content is None, "doctags are not offered")


def as_it_is_by_default(product, key, page):
    """With a WebSocket, which is not there, and a target elsewhere, which is refused: it finds its way."""
    with DoclingServiceClient(product.url, api_key=key) as client:
        check_document(client.convert(page).document)


def refusals(client, page, folder):
    options = ConvertDocumentsOptions(to_formats=[OutputFormat.DOCTAGS])
    try:
        client.submit(page, options=options, target=InBodyTarget())
        raise Failure("doctags were taken")
    except ServiceError as error:
        expect(error.status_code == 422 and "doctags" in error.detail, f"{error.detail}")
    damaged = folder / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7\nnothing more")
    job = client.submit(damaged)
    try:
        job.result()
        raise Failure("a damaged file was read")
    except TaskExecutionError as error:
        expect(error.failure.details["code"] == "malformed", f"{error.failure}")


def clearing(product, key, client, page):
    job = client.submit(page)
    check_document(job.result().document)
    path = "/v1/clear/results?older_then=0"
    request = urllib.request.Request(product.url + path, headers={"X-Api-Key": key})
    with DIRECT.open(request, timeout=10) as answer:
        expect(answer.status == 200, f"clearing: {answer.status}")
    try:
        job.poll()
        raise Failure("a task that was cleared is there")
    except TaskNotFoundError:
        pass


def corpus(client):
    files = [file for file in sorted(CORPUS.glob("*/*")) if ".golden." not in file.name]
    options = ConvertDocumentsOptions(to_formats=ALL)
    items = [ConversionItem(source=file, options=options) for file in files]
    read = 0
    for item, result in client.submit_and_retrieve_each(items, target=InBodyTarget()):
        if isinstance(result, TaskExecutionError):
            continue
        document = getattr(result, "document", None)
        expect(document, f"{item.source.name}: {result!r}")
        expect(isinstance(document.json_content, DoclingDocument), f"{item.source.name}: no JSON")
        expect(document.html_content.startswith("<!DOCTYPE html>"), f"{item.source.name}: no HTML")
        document.json_content.export_to_markdown()
        read += 1
    expect(read > len(files) / 2, f"only {read} of {len(files)} files were read")
    return read


if __name__ == "__main__":
    # Ended as by Ctrl-C, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"docling: {error}")
