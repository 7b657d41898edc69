#!/usr/bin/env python3
"""Asks others what selectors select, and writes their answers beside the questions.

CSS is asked of Chromium (querySelectorAll), XPath of libxml2 (through lxml). Elements are named by their number in the
order of the document, counted from 0; attributes by their local name and value; texts by their words.

    pip install lxml && ./make.py
"""

import html
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from lxml import etree

HERE = Path(__file__).parent
CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom",
]
ASK = """<script>
const all = [...document.querySelectorAll('*')];
const questions = %s;
const answers = questions.map(question => {
  try { return [...document.querySelectorAll(question)].map(element => all.indexOf(element)); }
  catch (error) { return null; }
});
document.documentElement.textContent = 'ANSWERS' + JSON.stringify(answers) + 'END';
</script>"""


def questions(name):
    """The lines of a file, but for comments. `!` and what follows belongs to the file's form and is asked as well."""
    return [line for line in (HERE / name).read_text().split("\n") if not line.startswith("# ")]


def css():
    asked = [line for line in questions("css.txt")[:-1] if line != "!"]
    page = (HERE / "shop.html").read_text()
    # The script is the last element: the numbers of the others stay.
    page = page.replace("</body>", ASK % json.dumps(asked).replace("</", "<\\/") + "</body>")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page)
        command = [*CHROMIUM, f"--user-data-dir={folder}/profile", path.as_uri()]
        dom = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    answers = json.loads(html.unescape(re.search("ANSWERS(.*)END", dom, re.S)[1]))
    script = len(re.findall("<[a-zA-Z]", page.split("<script>")[0])) - 1
    cases = []
    for question, answer in zip(asked, answers, strict=True):
        answer = answer and [number for number in answer if number <= script]
        cases.append({"selector": question, "elements": answer})
    write("css.json", cases)


def xpath():
    cases, document, tree = [], None, None
    for line in questions("xpath.txt")[:-1]:
        if line == "!":
            continue
        if line.startswith("@ "):
            document = line[2:]
            data = (HERE / document).read_bytes()
            parser = etree.HTMLParser(encoding="utf-8") if document.endswith("html") else etree.XMLParser()
            tree = etree.fromstring(data, parser).getroottree()
            continue
        prefixes = {} if document.endswith("html") else {
            "cat": "urn:cat", "dc": "http://purl.org/dc/elements/1.1/", "x": "urn:x",
        }
        cases.append({"document": document, "expression": line, **answer(tree, line, prefixes)})
    write("xpath.json", cases)


def answer(tree, expression, prefixes):
    try:
        # Asked of the document, not of its root element.
        ask = etree.XPathDocumentEvaluator(tree, namespaces=prefixes)
        result = ask(expression)
        if isinstance(result, bool):
            return {"value": str(result).lower()}
        if isinstance(result, float):
            return {"value": ask(f"string({expression})")}
        if isinstance(result, str):
            return {"value": str(result)}
    except etree.XPathError:
        return {"refused": True}
    return {"nodes": [described(node) for node in result]}


def described(node):
    if isinstance(node, tuple):
        return ["value", node[1]]
    if getattr(node, "is_attribute", False):
        return ["attribute", etree.QName(node.attrname).localname, str(node)]
    if isinstance(node, str):
        return ["text", " ".join(node.split())]
    if node.tag is etree.Comment:
        return ["comment", " ".join(node.text.split())]
    if node.tag is etree.ProcessingInstruction:
        return ["instruction", node.target]
    return ["element", int(node.xpath("count(preceding::*|ancestor::*)"))]


def write(name, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (HERE / name).write_text(f"[\n{lines}\n]\n")
    print(f"{name}: {len(cases)} cases")


if __name__ == "__main__":
    os.chdir(HERE)
    css()
    xpath()
