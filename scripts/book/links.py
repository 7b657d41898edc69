"""Whether links inside of the documentation lead somewhere: in the repository, and in the built book."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pages import DOCS, ROOT, all_pages

LINK = re.compile(r"(?<!!)\[(?P<words>(?:[^\[\]]|\[[^\]]*\])+)\]\((?P<target>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^\s*```")
HEADING = re.compile(r"^#{1,6} (.*)$")
# Needs no place in the table of contents: itself, and what build.py puts there.
UNLISTED = {"SUMMARY.md", "cli.md"}
# Of an element, what the browser fetches by itself.
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
REMOTE_STYLE = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"]?https?:")


def outside_fences(text):
    """The lines of a page, and whether each is prose."""
    within = False
    for line in text.splitlines():
        is_fence = FENCE.match(line) is not None
        yield line, not (within or is_fence)
        within ^= is_fence


def in_repository():
    """Links of pages that lead nowhere where the repository is read."""
    listed = (DOCS / "SUMMARY.md").read_text(encoding="utf-8")
    wrong = [
        f"{page.relative_to(ROOT)} is not in SUMMARY.md, so not in the book"
        for page in DOCS.rglob("*.md")
        if f"({page.relative_to(DOCS)})" not in listed and page.name not in UNLISTED
    ]
    anchors = {page: page_anchors(page) for page in all_pages()}
    for page in anchors:
        for line, is_prose in outside_fences(page.read_text(encoding="utf-8")):
            for link in LINK.finditer(re.sub(r"`[^`]*`", "`", line)) if is_prose else ():
                target = link["target"]
                if "://" in target or target.startswith("mailto:"):
                    continue
                file = (page.parent / target).resolve() if target else page
                if not file.exists():
                    wrong.append(f"{page.relative_to(ROOT)}: {target} does not exist")
                elif link["anchor"] and file.suffix == ".md":
                    known = anchors.get(file) or page_anchors(file)
                    if link["anchor"][1:] not in known:
                        wrong.append(f"{page.relative_to(ROOT)}: {target} has no {link['anchor']}")
    return wrong


def page_anchors(page):
    lines = outside_fences(page.read_text(encoding="utf-8"))
    headings = (HEADING.match(line) for line, is_prose in lines if is_prose)
    return slugs(heading[1] for heading in headings if heading)


def slugs(headings):
    """The anchors of a page's headings, as hosts of repositories make them."""
    found = {}
    for heading in headings:
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    numbered = {f"{slug}-{number}" for slug, last in found.items() for number in range(1, last + 1)}
    return found.keys() | numbered


def in_book(html):
    """Links of the built book that lead nowhere, and what it would fetch from elsewhere."""
    wrong = []
    pages = {page: Page(page) for page in html.rglob("*.html")}
    for page, read in pages.items():
        name = page.relative_to(html)
        wrong += [f"{name}: {address} is fetched from elsewhere" for address in read.remote]
        for address in read.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not file.exists():
                wrong.append(f"{name}: {address} does not exist")
            elif parts.fragment and file in pages and unquote(parts.fragment) not in pages[file].anchors:
                wrong.append(f"{name}: {address} has no such place")
    for style in html.rglob("*.css"):
        if REMOTE_STYLE.search(style.read_text(encoding="utf-8")):
            wrong.append(f"{style.relative_to(html)} fetches from elsewhere")
    return wrong


class Page(HTMLParser):
    """The links, the anchors and the remote assets of a page."""

    def __init__(self, file):
        super().__init__()
        self.links, self.anchors, self.remote = [], set(), []
        self.feed(Path(file).read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        address = attributes.get(FETCHED.get(tag))
        if address and urlsplit(address).netloc:
            self.remote.append(address)
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        elif address:
            self.links.append(address)
