"""Builds the book and tries it: every example is run, every link followed, every figure looked up.

    python3 scripts/book [--binary LOCAL] [--mdbook MDBOOK] [--no-html] [PAGE …]

With pages only their examples are run. The product is the one that cargo has built unless another
is named. What is not run is counted, by the reason that stands beside it.
"""

import argparse
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import links  # noqa: E402
from build import build  # noqa: E402
from examples import Tally, run_page  # noqa: E402
from figures import wrong_figures  # noqa: E402
from pages import all_pages  # noqa: E402
from product import built_binary  # noqa: E402

# Pages that are tried at once.
AT_ONCE = 2
TOOLS = ["bash", "curl", "jq", "openssl", "xxd"]


def main():
    arguments = parser().parse_args()
    for tool in TOOLS:
        if not shutil.which(tool):
            sys.exit(f"book: {tool} is missing, which the examples use: install it")
    wrong = []
    if not arguments.pages:
        wrong += [*links.in_repository(), *wrong_figures()]
        if not arguments.no_html:
            html = build(arguments.mdbook)
            wrong += links.in_book(html)
            print(f"book: {html / 'index.html'}")
    pages = [page.resolve() for page in arguments.pages] or all_pages()
    tally = Tally()
    binary = arguments.binary.resolve() if arguments.binary else built_binary()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda page: run_page(page, binary, tally), pages))
    report(tally, wrong)


def parser():
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("pages", nargs="*", type=Path, metavar="PAGE")
    made.add_argument("--binary", type=Path, metavar="LOCAL")
    made.add_argument("--mdbook", default=ROOT / ".tools/venv/bin/mdbook", metavar="MDBOOK")
    made.add_argument("--no-html", action="store_true", help="try the examples alone")
    return made


def report(tally, wrong):
    for line in [*wrong, *tally.wrong]:
        print(f"book: {line}", file=sys.stderr)
    left_out = sum(tally.not_run.values())
    print(f"book: {tally.ran} examples run, {tally.compared} answers as shown, {left_out} not run")
    for reason, number in sorted(tally.not_run.items(), key=lambda each: (-each[1], each[0])):
        print(f"  {number:3} {reason}")
    if wrong or tally.wrong:
        sys.exit(f"book: {len(wrong) + len(tally.wrong)} things are wrong")


if __name__ == "__main__":
    # Ended as by Ctrl-C, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
