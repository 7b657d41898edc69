"""Whether what has come is what a page shows.

In what is shown `…` stands for anything: a value, the rest of a string, of a list or of an object.
What differs from run to run (ids of jobs, times of their events, keys) is compared by its shape.
"""

import json
import re

ANY = "…"
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|…|[{}\[\],:]|[^\s{}\[\],:"…]+')
# UUIDs of version 7, which only we make; times with a fraction; keys; secrets of webhooks; hours that links hold.
SHAPES = [
    ("<id>", re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")),
    ("<time>", re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")),
    ("<key>", re.compile(r"\bkey:[0-9a-f]{16}\b")),
    ("<key>", re.compile(r"\bdx_(?:[0-9A-Za-z_]+|…)")),
    ("<secret>", re.compile(r"\bwhsec_[0-9A-Za-z+/=]+")),
    ("<signed>", re.compile(r"\?X-Amz-[^\s\"]+")),
]
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def parse(text):
    """JSON in which `…` may stand for a value, a further element, or further members."""
    written, open_brackets, before = [], [], ""
    for token in TOKEN.findall(text):
        if token == ANY:
            is_member = open_brackets and open_brackets[-1] == "{" and before in "{,"
            written.append(f'"{ANY}": "{ANY}"' if is_member else f'"{ANY}"')
        else:
            written.append(token)
        if token in "{[":
            open_brackets.append(token)
        elif token in "}]":
            open_brackets.pop()
        before = token
    return json.loads(" ".join(written))


def differences(shown, came, at=""):
    """Where JSON differs, as lines; none if it is as shown."""
    if shown == ANY:
        return []
    if isinstance(shown, dict) and isinstance(came, dict):
        return list(_objects(shown, came, at))
    if isinstance(shown, list) and isinstance(came, list):
        return list(_lists(shown, came, at))
    if isinstance(shown, str) and isinstance(came, str):
        is_event = at.endswith("_at") and TIME.match(shown) and TIME.match(came)
        same = is_event or text_matches(shown, came)
    else:
        same = shown == came and isinstance(shown, bool) == isinstance(came, bool)
    return [] if same else [f"{at or '/'}: {_short(came)} came, {_short(shown)} is shown"]


def _objects(shown, came, at):
    for name in shown.keys() - came.keys() - {ANY}:
        yield f"{at}/{name} is shown and did not come"
    if ANY not in shown:
        for name in came.keys() - shown.keys():
            yield f"{at}/{name} is not shown: {_short(came[name])}"
    for name in shown.keys() & came.keys():
        yield from differences(shown[name], came[name], f"{at}/{name}")


def _lists(shown, came, at):
    rest = bool(shown) and shown[-1] == ANY
    elements = shown[:-1] if rest else shown
    if len(came) < len(elements) or (len(came) > len(elements) and not rest):
        yield f"{at}: {len(came)} elements came, {len(elements)} are shown"
    for number, (element, other) in enumerate(zip(elements, came, strict=False)):
        yield from differences(element, other, f"{at}/{number}")


def text_matches(shown, came):
    """Whether a text is as shown, with `…` for any part of it."""
    parts = [re.escape(part) for part in _by_shape(shown).split(ANY)]
    return re.fullmatch(".*".join(parts), _by_shape(came), re.DOTALL) is not None


def _by_shape(text):
    for name, shape in SHAPES:
        text = shape.sub(name, text)
    return text


def _short(value):
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) < 300 else f"{written[:300]}…"
