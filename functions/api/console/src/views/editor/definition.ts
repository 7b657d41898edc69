// What is to be extracted, as the editor's form sees it. The JSON is the truth: what the form does not know stays in it as it is.

export type Json = Record<string, unknown>;

/** Extractors that need only be named, with what they give. */
export const NAMED: [string, string][] = [
    ["entities", "e-mail addresses, amounts, dates and 18 kinds more"],
    ["text", "the whole text in reading order"],
    ["metadata", "what the document says of itself"],
    ["tables", "tables, row by row"],
    ["links", "links with their words"],
    ["markdown", "the text with headings, lists, tables"],
    ["article", "the main content of a page"],
    ["structured", "JSON-LD, microdata, RDFa, OpenGraph"],
    ["chunks", "the text in pieces for retrieval"],
    ["html", "the text as an HTML page"],
    ["docling", "the text as a DoclingDocument"],
];

export const DEFAULT = ["entities", "text", "metadata"];

/** How a value is found, with an example of a pattern. */
export const HOWS: [string, string][] = [
    ["label", "Total"],
    ["regex", "No\\. (\\d+)"],
    ["css", "h1::text"],
    ["xpath", "//item/title"],
    ["jsonpath", "$.order.id"],
    ["column", "Unit price"],
    ["meta", "title"],
    ["jsonld", "Product.offers.price"],
];

/** What fields are repeated for. */
export const EACHES: [string, string][] = [
    ["rows", "Item (empty: any table)"],
    ["css", ".item"],
    ["xpath", "//item"],
    ["jsonpath", "$.orders[*]"],
    ["regex", "(?m)^ERROR .*$"],
];

export const TYPES = [
    "string",
    "integer",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "money",
    "url",
    "email",
    "phone",
];

/** A way to find a value. */
export interface Way {
    how: string;
    pattern: string;
}

export function isObject(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isFieldsItem(item: unknown): item is Json {
    return isObject(item) && ("fields" in item || "each" in item);
}

export function isGroup(field: unknown): field is Json {
    return isFieldsItem(field);
}

/** The name of an extractor in the list, with or without options. */
export function namedBy(item: unknown): string | undefined {
    if (typeof item === "string") return item;
    if (!isObject(item) || isFieldsItem(item)) return undefined;
    return Object.keys(item)[0];
}

/** The list with an extractor or without it; one with options is taken out with them. */
export function toggled(list: unknown[], name: string): unknown[] {
    const without = list.filter((item) => namedBy(item) !== name);
    if (without.length < list.length) return without;
    const firstFields = list.findIndex(isFieldsItem);
    const at = firstFields < 0 ? list.length : firstFields;
    return [...list.slice(0, at), name, ...list.slice(at)];
}

/** The ways in which a field is found, tried in order. */
export function waysOf(field: Json): Way[] {
    if (Array.isArray(field.any)) return field.any.filter(isObject).flatMap(waysOf);
    for (const [how] of HOWS) if (how in field) return patternsOf(how, field[how]);
    return [];
}

/** The field with these ways in the place of its own. */
export function withWays(field: Json, ways: Way[]): Json {
    const others = Object.fromEntries(
        Object.entries(field).filter(([name]) => name !== "any" && !HOWS.some(([how]) => how === name)),
    );
    const [first] = ways;
    if (!first) return others;
    const isAlike = ways.every(({ how }) => how === first.how);
    if (!isAlike) return { any: ways.map(({ how, pattern }) => ({ [how]: pattern })), ...others };
    const patterns = ways.map(({ pattern }) => pattern);
    return { [first.how]: patterns.length === 1 ? patterns[0] : patterns, ...others };
}

/** What the fields are repeated for; nothing if there is but one record. */
export function eachOf({ each }: Json): Way[] {
    if (!isObject(each)) return [];
    const [how, patterns] = Object.entries(each)[0] ?? ["rows", true];
    return patterns === true ? [{ how, pattern: "" }] : patternsOf(how, patterns);
}

export function withEach(item: Json, ways: Way[]): Json {
    const { each: _, required, ...others } = item;
    const [first] = ways;
    if (!first) return others;
    const patterns = ways.map(({ pattern }) => pattern);
    const isAny = first.how === "rows" && patterns.every((pattern) => !pattern);
    const value = isAny ? true : patterns.length === 1 ? patterns[0] : patterns;
    const kept = required === undefined ? {} : { required };
    return { ...others, each: { [first.how]: value }, ...kept };
}

/** The object with a member changed, where it was; without it where the value is nothing. */
export function withMember(object: Json, name: string, value: unknown): Json {
    const { [name]: _, ...others } = object;
    if (value === undefined || value === "" || value === false) return others;
    return name in object ? { ...object, [name]: value } : { ...object, [name]: value };
}

/** The object with its member number `at` renamed, all in their order. */
export function renamed(object: Json, at: number, name: string): Json {
    return Object.fromEntries(
        Object.entries(object).map(([old, value], number) => [number === at ? name : old, value]),
    );
}

/** A name that is not taken yet. */
export function freshName(object: Json, stem: string): string {
    if (!(stem in object)) return stem;
    for (let number = 2; ; number += 1) if (!(`${stem}_${number}` in object)) return `${stem}_${number}`;
}

/** As people write it: what is short stays in its line. */
export function written(value: unknown, indent = ""): string {
    const short = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, " ") ?? "null";
    if (typeof value !== "object" || value === null) return short;
    const hasDeep = Object.values(value).some(
        (inner) => isObject(inner) && Object.values(inner).some(isObject),
    );
    if (short.length + indent.length <= 80 && !hasDeep)
        return short.replace(/^([{[]) (.*) ([}\]])$/, "$1$2$3");
    const inner = `${indent}  `;
    if (Array.isArray(value)) {
        return `[\n${value.map((item) => inner + written(item, inner)).join(",\n")}\n${indent}]`;
    }
    const members = Object.entries(value).map(
        ([name, member]) => `${inner}${JSON.stringify(name)}: ${written(member, inner)}`,
    );
    return `{\n${members.join(",\n")}\n${indent}}`;
}

function patternsOf(how: string, patterns: unknown): Way[] {
    const list = Array.isArray(patterns) ? patterns : [patterns];
    return list.map((pattern) => ({ how, pattern: String(pattern ?? "") }));
}
