// Markdown as elements. HTML in it is shown as it is written, pictures by their words and addresses: nothing of a document is run or fetched.
import { type ComponentChildren, Fragment } from "preact";
import { useMemo } from "preact/hooks";
import type { Nodes, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { Outward } from "./outward.tsx";
import { visible } from "./visible.ts";

/** Deeper than people write; what lies deeper is left out, for the sake of the stack. */
const MAX_LEVELS = 60;

export function Drawn({ text }: { text: string }) {
    const root = useMemo(() => read(text), [text]);
    const places = useMemo(() => definitions(root), [root]);
    return <div class="markdown">{draw(root, places)}</div>;
}

/** What cannot be read is shown as it is written. */
function read(text: string): Nodes {
    try {
        return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    } catch {
        return { type: "root", children: [{ type: "code", value: text }] };
    }
}

/** Where the references of a text lead. */
type Definitions = Map<string, string>;

function definitions(root: Nodes): Definitions {
    const found: Definitions = new Map();
    const left: Nodes[] = [root];
    for (let node = left.pop(); node; node = left.pop()) {
        if (node.type === "definition") found.set(node.identifier, node.url);
        if ("children" in node) left.push(...node.children);
    }
    return found;
}

function draw(node: Nodes, places: Definitions, level = 0): ComponentChildren {
    if (level > MAX_LEVELS) return "…";
    const inner = (): ComponentChildren =>
        "children" in node
            ? node.children.map((child, at) => <Fragment key={at}>{draw(child, places, level + 1)}</Fragment>)
            : null;
    switch (node.type) {
        case "root":
            return inner();
        case "text":
            return visible(node.value);
        case "paragraph":
            return <p dir="auto">{inner()}</p>;
        case "heading": {
            // The page has a heading of its own, and the view one below it.
            const Level = `h${Math.min(node.depth + 2, 6)}` as "h3";
            return (
                <Level class={`level-${node.depth}`} dir="auto">
                    {inner()}
                </Level>
            );
        }
        case "emphasis":
            return <em>{inner()}</em>;
        case "strong":
            return <strong>{inner()}</strong>;
        case "delete":
            return <del>{inner()}</del>;
        case "break":
            return <br />;
        case "thematicBreak":
            return <hr />;
        case "blockquote":
            return <blockquote>{inner()}</blockquote>;
        case "list":
            return node.ordered ? <ol start={node.start ?? 1}>{inner()}</ol> : <ul>{inner()}</ul>;
        case "listItem":
            return (
                <li>
                    {typeof node.checked === "boolean" && (node.checked ? "☑ " : "☐ ")}
                    {inner()}
                </li>
            );
        case "inlineCode":
            return <code>{visible(node.value)}</code>;
        case "code":
            return <pre>{visible(node.value)}</pre>;
        case "html":
            return <code class="html">{visible(node.value)}</code>;
        case "link":
            return <Outward href={node.url}>{inner()}</Outward>;
        case "linkReference":
            return <Outward href={places.get(node.identifier) ?? ""}>{inner()}</Outward>;
        case "image":
            return <Picture words={node.alt} address={node.url} />;
        case "imageReference":
            return <Picture words={node.alt} address={places.get(node.identifier)} />;
        case "table":
            return <TableOf table={node} places={places} />;
        case "footnoteReference":
            return <sup>[{visible(node.identifier)}]</sup>;
        case "footnoteDefinition":
            return (
                <div class="small">
                    [{visible(node.identifier)}] {inner()}
                </div>
            );
        case "definition":
            return null;
        default:
            return "value" in node ? visible(String(node.value)) : inner();
    }
}

function Picture({ words, address }: { words?: string | null | undefined; address?: string | undefined }) {
    return (
        <span class="picture">
            Picture{words && `: ${visible(words)}`} {address && <code>{visible(address)}</code>}
        </span>
    );
}

function TableOf({ table, places }: { table: Table; places: Definitions }) {
    const [head, ...body] = table.children;
    const cells = (row: Table["children"][number], Cell: "td" | "th") =>
        row.children.map((cell, at) => (
            <Cell key={at} {...(Cell === "th" ? { scope: "col" } : {})}>
                {cell.children.map((child, number) => (
                    <Fragment key={number}>{draw(child, places)}</Fragment>
                ))}
            </Cell>
        ));
    return (
        <div class="scroll" role="region" aria-label="Table" tabIndex={0}>
            <table class="grid">
                {head && (
                    <thead>
                        <tr>{cells(head, "th")}</tr>
                    </thead>
                )}
                <tbody>
                    {body.map((row, at) => (
                        <tr key={at}>{cells(row, "td")}</tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
