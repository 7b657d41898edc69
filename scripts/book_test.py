#!/usr/bin/env python3
"""Whether the test of the book sees what is wrong in a page.

    book_test.py [BINARY]

A page with a fault in each of its examples is tried against the built product, and one without any.
"""

import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "book"))

import links
from compare import differences, parse, text_matches
from examples import Tally, run_page
from product import Failure, built_binary, expect

FENCE = "```"
PREVIEW = "curl -F file=@a.txt localhost:8000/api/v1/extractors/preview/ | jq .records[0].value"
RIGHT = f"""
{FENCE}text a.txt
Write to ann@example.com.
{FENCE}
{FENCE}sh
{PREVIEW}
{FENCE}
{FENCE}json answer
"ann@…"
{FENCE}
{FENCE}sh
curl --data-binary @a.txt -H 'Content-Type: text/plain' localhost:8000/api/v1/scan/start/
curl localhost:8000/api/v1/scan/result/<job_id>/ | jq '.records | length'
{FENCE}
{FENCE}json answer
1
{FENCE}
{FENCE}sh not-run it is not there
no-such-program
{FENCE}
"""
# Each with what has to be said of it.
WRONG = {
    f"{FENCE}sh\nfalse\n{FENCE}": "ended with 1",
    f"{FENCE}sh\nfalse | true\n{FENCE}": "ended with 1",
    f"{FENCE}sh\ncurl localhost:8000/api/v1/nothing/\n{FENCE}": "was refused",
    f"{FENCE}sh\ncurl localhost:8000/api/v1/health/\n{FENCE}\n{FENCE}json problem\n…\n{FENCE}": "not refused",
    f"{FENCE}sh\necho 2\n{FENCE}\n{FENCE}json answer\n1\n{FENCE}": "2 came, 1 is shown",
    f"{FENCE}sh\necho b\n{FENCE}\n{FENCE}text answer\na\n{FENCE}": "this came",
    f"{FENCE}\ncurl localhost:8000/\n{FENCE}": "need the language",
    f"{FENCE}sh not-run\nls\n{FENCE}": "why is it not run",
    f"{FENCE}json anwser\n1\n{FENCE}": "neither a role",
    f"{FENCE}json\n{{\n{FENCE}": "Expecting",
}


def main():
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else built_binary()
    compared()
    anchors()
    with tempfile.TemporaryDirectory(prefix="book-test-") as folder:
        page = Path(folder, "page.md")
        tally = tried(page, RIGHT, binary)
        expect(not tally.wrong, f"a page without faults: {tally.wrong}")
        counts = (tally.ran, tally.compared, sum(tally.not_run.values()))
        expect(counts == (2, 2, 1), f"counted {counts}")
        for text, said in WRONG.items():
            wrong = tried(page, text, binary).wrong
            expect(any(said in line for line in wrong), f"{text}\nis said to be {wrong}")
    print("book: its test sees what is wrong")


def tried(page, text, binary):
    page.write_text(text, encoding="utf-8")
    tally = Tally()
    run_page(page, binary, tally)
    return tally


def compared():
    same = [
        ('{"a": 1, …}', {"a": 1, "b": 2}),
        ("[1, …]", [1, 2, 3]),
        ('{"a": …}', {"a": [1]}),
        ('{"job_id": "01a206d8-d99e-7eea-ac6d-7ba9257b3841"}', {"job_id": "01a209ce-bf9e-7eb5-b639-45cd4dd0d6b3"}),
        ('{"created_at": "2026-11-23T12:00:00.123Z"}', {"created_at": "2027-01-01T00:00:00.5Z"}),
    ]
    other = [
        ('{"a": 1}', {"a": 1, "b": 2}),
        ('{"a": 1, "b": 2}', {"a": 1}),
        ("[1]", [1, 2]),
        ("[1, 2, …]", [1]),
        ("1", True),
        ('{"at": "2026-03-09T14:30:00Z"}', {"at": "2026-03-09T14:30:01Z"}),
        ('"2d5c8f3e-1111-4222-8333-444455556666"', "2d5c8f3e-1111-4222-8333-444455556667"),
    ]
    for shown, came in same:
        expect(not differences(parse(shown), came), f"{shown} is not {came}")
    for shown, came in other:
        expect(differences(parse(shown), came), f"{shown} is {came}")
    expect(text_matches("a … c", "a b\nb c"), "… is not any text")
    expect(not text_matches("a … c", "a b d"), "… hides what follows")


def anchors():
    with tempfile.TemporaryDirectory(prefix="book-test-") as folder:
        page = Path(folder, "page.html")
        page.write_text('<script src="https://a.example/x.js"></script><a href="#no">x</a><a href="no.html">y</a>')
        wrong = links.in_book(Path(folder))
        expect(len(wrong) == 3, f"of three links two are dead and one is remote: {wrong}")
    expect("its-name-and-more" in links.slugs(["Its *name*, and more"]), "an anchor is not made as it should be")


if __name__ == "__main__":
    # Ended as by Ctrl-C, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit(f"book: {error}")
