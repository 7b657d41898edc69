"""Whether the figures of docs/comparison.md are those that were measured."""

import json

from pages import DOCS, ROOT

SCORES = ROOT / "shared/extract/quality/scores.json"
HELD_OUT = "-holdout/"


def wrong_figures():
    """Rows that differ from what is recorded elsewhere."""
    shown = rows(DOCS / "comparison.md")
    return [*wrong_scores(shown), *wrong_times(shown)]


def wrong_scores(shown):
    scores = json.loads(SCORES.read_text(encoding="utf-8"))
    found = [row for row in shown if row[0].strip("`") in scores]
    if not found:
        yield "docs/comparison.md: the scores are missing"
    for name, *figures in found:
        name = name.strip("`")
        recorded = []
        for key in (name, name.replace("/", HELD_OUT, 1)):
            score = scores.get(key, {})
            recorded += [f"{score[of]:.2f}" if score else "-" for of in ("precision", "recall")]
        if figures != recorded:
            yield f"docs/comparison.md: {name} is {recorded} in {SCORES.name}"


def wrong_times(shown):
    measured = {row[0]: row for row in rows(DOCS / "extraction-speed.md")}
    for name, ours, theirs, *_ in (row for row in shown if row[0] in measured and len(row) == 4):
        _, _, *figures = measured[name]
        if figures[:2] != [ours, theirs]:
            yield f"docs/comparison.md: {name} is {figures} in extraction-speed.md"


def rows(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if not row[0].startswith("--")]
