"""Pages of reference, written from the OpenAPI document: one for each tag, one for all objects."""

import json
import re
from pathlib import Path

METHODS = ("get", "put", "post", "patch", "delete")
# Problems that are the same for every operation that can have them.
COMMON = {"401", "403", "408", "414", "429", "431", "500", "503"}
OPENING = """# API reference

Written from the OpenAPI document, which the service itself gives at `/api/schema/`. To try the operations out in a browser, open
`/api/docs/`. What they are for, with examples that were run, is in [Using the API](../api.md).

All paths also answer without their last slash. Parameters and members that are not known are refused. Times are UTC, in RFC 3339.

## Operations

"""
PROBLEMS = """
## Common problems

Errors are problem details (RFC 9457, `application/problem+json`): an object of [ProblemDetails](objects.md#problemdetails). `type`
says what it is and never changes; `detail` says what is wrong in this case, and what would be right. These can come from any
operation that has a caller, a body, or work to do, and are not repeated there:

| status | `type` | for example |
| --- | --- | --- |
"""
OBJECTS = """# Objects

What requests and answers are made of. Members in **bold** are always there, or have to be given.
"""


def write_reference(description, folder):
    """Writes the pages into a folder; those below its index, with their titles."""
    spec = json.loads(Path(description).read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    by_tag = {tag["name"]: [] for tag in spec["tags"]}
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if operation := operations.get(method):
                by_tag[operation["tags"][0]].append((method.upper(), path, operation))
    pages = {"index.md": overview(spec, by_tag)}
    for tag in spec["tags"]:
        pages[page_of(tag["name"])] = tag_page(spec, tag, by_tag[tag["name"]])
    pages["objects.md"] = objects(spec)
    for name, text in pages.items():
        Path(folder, name).write_text(text, encoding="utf-8")
    return {name: text.split("\n", 1)[0].removeprefix("# ") for name, text in pages.items() if name != "index.md"}


def page_of(tag):
    return f"{tag.replace(' ', '-')}.md"


def overview(spec, by_tag):
    written = [OPENING]
    for tag in spec["tags"]:
        page = page_of(tag["name"])
        written.append(f"**[{title(tag)}]({page}).** {tag['description']}\n\n| | |\n| --- | --- |\n")
        for method, path, operation in by_tag[tag["name"]]:
            anchor = slug(operation["summary"])
            written.append(f"| `{method} {path}` | [{operation['summary']}]({page}#{anchor}) |\n")
        written.append("\n")
    written.append(PROBLEMS)
    common = {}
    for _, _, operation in [each for operations in by_tag.values() for each in operations]:
        for status in COMMON & operation["responses"].keys():
            for problem in problems_of(operation["responses"][status]):
                common.setdefault((status, problem["type"]), problem["detail"])
    for (status, kind), detail in sorted(common.items()):
        written.append(f"| {status} | `{kind}` | {cell(detail)} |\n")
    return "".join(written)


def tag_page(spec, tag, operations):
    written = [f"# {title(tag)}\n\n{tag['description']}\n"]
    for method, path, operation in operations:
        written.append(f"\n## {operation['summary']}\n\n`{method} {path}`\n\n")
        if description := operation.get("description"):
            written.append(f"{description}\n\n")
        written.append(f"{who(operation)}\n")
        written.append(parameters(operation))
        written.append(body(spec, operation))
        written.append(answers(operation))
        written.append(problems(operation))
    return "".join(written)


def title(tag):
    return tag["name"].capitalize()


def who(operation):
    scopes = {scope for each in operation.get("security", []) for of in each.values() for scope in of}
    if "security" not in operation:
        return "For everybody."
    if not scopes:
        return "For any caller."
    return f"For callers with the scope {', '.join(f'`{scope}`' for scope in sorted(scopes))}."


def parameters(operation):
    rows = [
        f"| {name_of(each['name'], each.get('required'))} | {each['in']} | {without_null(each['schema'])} "
        f"| {cell(each.get('description', ''))}{example(each)} |\n"
        for each in operation.get("parameters", [])
    ]
    head = "\n**Parameters**\n\n| name | in | type | |\n| --- | --- | --- | --- |\n"
    return head + "".join(rows) if rows else ""


def body(spec, operation):
    asked = operation.get("requestBody")
    if not asked:
        return ""
    written = [f"\n**Body.** {asked.get('description', '')}\n\n| media type | object |\n| --- | --- |\n"]
    for media_type, content in asked["content"].items():
        written.append(f"| `{media_type}` | {type_of(content.get('schema', {}))} |\n")
    reference = asked["content"].get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = spec["components"]["schemas"].get(reference.rpartition("/")[2], {})
    written.append(members(schema))
    written += examples_of(asked["content"].get("application/json", {}), "For example")
    return "".join(written)


def answers(operation):
    written = ["\n**Answers**\n\n| status | | body |\n| --- | --- | --- |\n"]
    shown = []
    for status, answer in operation["responses"].items():
        if status >= "400":
            continue
        headers = [
            f"`{name}`: {cell(header['description'])}"
            for name, header in answer.get("headers", {}).items()
            if header.get("description")
        ]
        about = f"{cell(answer['description'])}{'<br>' if headers else ''}{'<br>'.join(headers)}"
        kinds = {
            f"{type_of(content['schema'])}, `{media_type}`" if "schema" in content else f"`{media_type}`"
            for media_type, content in answer.get("content", {}).items()
        }
        written.append(f"| {status} | {about} | {'<br>'.join(sorted(kinds))} |\n")
        shown += examples_of(answer.get("content", {}).get("application/json", {}), f"{status}")
    return "".join(written + shown)


def problems(operation):
    rows = []
    for status, answer in operation["responses"].items():
        if status >= "400" and status not in COMMON:
            for problem in problems_of(answer):
                rows.append(f"| {status} | `{problem['type']}` | {cell(problem['detail'])} |\n")
    common = sorted(COMMON & operation["responses"].keys())
    if not rows:
        return f"\n**Problems:** [common ones](index.md#common-problems) ({', '.join(common)}).\n"
    return (
        "\n**Problems**\n\n| status | `type` | for example |\n| --- | --- | --- |\n"
        + "".join(rows)
        + f"\nand [common ones](index.md#common-problems): {', '.join(common)}.\n"
    )


def problems_of(answer):
    content = answer.get("content", {}).get("application/problem+json", {})
    values = [each.get("value") for each in content.get("examples", {}).values()]
    return [value for value in [*values, content.get("example")] if value]


def examples_of(content, heading):
    named = [
        (each.get("summary") or name.replace("_", " "), each.get("value"))
        for name, each in content.get("examples", {}).items()
    ]
    if "example" in content:
        named.append((None, content["example"]))
    for summary, value in named:
        about = f"{heading}, {summary[0].lower()}{summary[1:]}" if summary else heading
        yield f"\n{about}:\n\n```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```\n"


def objects(spec):
    written = [OBJECTS]
    for name, schema in sorted(spec["components"]["schemas"].items(), key=lambda each: each[0].lower()):
        written.append(f"\n## {name}\n\n{schema.get('description', '')}\n")
        listed = members(schema)
        if not listed:
            listed = f"\n{type_of(schema)}\n"
        written.append(listed)
    return "".join(written)


def members(schema):
    """A table of the members of an object, or of each of the objects that it may be."""
    required = schema.get("required", [])
    rows = [
        f"| {name_of(name, name in required)} | {type_of(of)} | {cell(description_of(of))}{example(of)} |\n"
        for name, of in schema.get("properties", {}).items()
    ]
    written = "\n| member | type | |\n| --- | --- | --- |\n" + "".join(rows) if rows else ""
    for part in schema.get("allOf", []):
        written += members(part) if "properties" in part else f"\nAnd the members of {type_of(part)}.\n"
    return written


def description_of(schema):
    if "description" in schema:
        return schema["description"]
    return next((each["description"] for each in variants(schema) if "description" in each), "")


def variants(schema):
    return schema.get("oneOf", schema.get("anyOf", []))


def type_of(schema):
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{name}](objects.md#{slug(name)})"
    if among := variants(schema):
        return " or ".join(dict.fromkeys(type_of(each) for each in among))
    if "allOf" in schema:
        return " and ".join(type_of(each) for each in schema["allOf"])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kinds = schema.get("type", "anything")
    return " or ".join(_one_type(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _one_type(kind, schema):
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_of(schema['additionalProperties'])}"
    if kind == "object" and schema.get("properties"):
        return f"object of {', '.join(f'`{name}`' for name in schema['properties'])}"
    return f"{kind} ({schema['format']})" if "format" in schema and kind != "null" else kind


def without_null(schema):
    """The type of a parameter: one that is not given needs no name for it."""
    return type_of(schema).removesuffix(" or null")


def name_of(name, required):
    return f"**`{name}`**" if required else f"`{name}`"


def example(schema):
    if "example" not in schema:
        return ""
    return f" Example: `{cell(json.dumps(schema['example'], ensure_ascii=False))}`"


def cell(text):
    return re.sub(r"\s*\n\s*", " ", text).replace("|", "\\|").strip()


def slug(words):
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
