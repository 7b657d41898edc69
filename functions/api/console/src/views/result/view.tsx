// A result that is here: tabs for what there is of it.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { plain } from "../../parts/numbers.ts";
import { Tabs } from "../../parts/tabs.tsx";
import { ArticleOf, Chunks, Documents, Links, Metadata, Remarks, StructuredData } from "./facts.tsx";
import { findsOf, valueOf } from "./finds.ts";
import { Json } from "./json.tsx";
import { Markdown } from "./markdown.tsx";
import { Offsets } from "./offsets.ts";
import { Records } from "./records.tsx";
import { Tables } from "./tables.tsx";
import { type Aim, Text } from "./text.tsx";
import { type Document, type Found, type Place, type ScanResult, nameOf } from "./types.ts";
import { inWords } from "./value.tsx";
import { visible } from "./visible.ts";

const SHOWN_SOURCE_CHARS = 200_000;

interface Part {
    name: string;
    title: ComponentChildren;
    draw: () => ComponentChildren;
}

export function View({ result, first = "records" }: { result: ScanResult; first?: string }) {
    const { records, documents } = result;
    const [chosen, setChosen] = useState(first);
    const [number, setNumber] = useState(0);
    const [aim, setAim] = useState<{ place: Place; turn: number }>();
    const [record, setRecord] = useState<number>();
    const at = Math.min(number, documents.length - 1);
    const document = documents[at];
    useEffect(() => {
        setAim(undefined);
        setRecord(undefined);
    }, [result]);

    const showPlace = (place: Place, of = at) => {
        setNumber(of);
        setAim((before) => ({ place, turn: (before?.turn ?? 0) + 1 }));
        setChosen("text");
    };
    const parts: Part[] = [
        {
            name: "records",
            title: <Counted title="Records" count={records.length} />,
            draw: () => (
                <Records
                    records={records}
                    documents={documents}
                    aim={record}
                    onPlace={(found, place) => showPlace(place, found.source.document)}
                />
            ),
        },
        ...(document
            ? partsOf(document, {
                  number: at,
                  records,
                  aim,
                  onPlace: document.text == null ? undefined : (place) => showPlace(place),
                  onRecord: (one) => {
                      setRecord(one);
                      setChosen("records");
                  },
              })
            : []),
        {
            name: "documents",
            title: (
                <Counted title={documents.length === 1 ? "Document" : "Documents"} count={documents.length} />
            ),
            draw: () => (
                <Documents
                    documents={documents}
                    selected={at}
                    onSelect={(one) => {
                        setNumber(one);
                        setAim(undefined);
                        if (documents[one]?.text != null) setChosen("text");
                    }}
                />
            ),
        },
        { name: "json", title: "JSON", draw: () => <Json value={result} /> },
    ];
    const selected = parts.find(({ name }) => name === chosen) ?? (parts[0] as Part);
    const isOfDocument = !["records", "documents", "json"].includes(selected.name);
    return (
        <div class="result">
            {documents.length > 1 && (
                <DocumentChoice
                    documents={documents}
                    number={at}
                    onNumber={(one) => {
                        setNumber(one);
                        setAim(undefined);
                    }}
                />
            )}
            <Tabs label="Parts of the result" tabs={parts} selected={selected.name} onSelect={setChosen}>
                {document && (isOfDocument || documents.length === 1) && <Remarks of={document} />}
                {selected.draw()}
            </Tabs>
        </div>
    );
}

/** What there is of a document. */
function partsOf(
    document: Document,
    context: {
        number: number;
        records: Found[];
        aim: { place: Place; turn: number } | undefined;
        onPlace: ((place: Place) => void) | undefined;
        onRecord: (record: number) => void;
    },
): Part[] {
    const { text, markdown, tables, links, metadata, structured, article, chunks, html, docling } = document;
    const { onPlace } = context;
    const parts: (Part | false | null | undefined)[] = [
        text != null && {
            name: "text",
            title: "Text",
            draw: () => <TextOf key={context.number} text={text} {...context} />,
        },
        tables && {
            name: "tables",
            title: <Counted title="Tables" count={tables.length} />,
            draw: () => <Tables key={context.number} tables={tables} onPlace={onPlace} />,
        },
        markdown != null && { name: "markdown", title: "Markdown", draw: () => <Markdown text={markdown} /> },
        article && {
            name: "article",
            title: "Article",
            draw: () => <ArticleOf article={article} onPlace={onPlace} />,
        },
        links && {
            name: "links",
            title: <Counted title="Links" count={links.length} />,
            draw: () => <Links key={context.number} links={links} onPlace={onPlace} />,
        },
        chunks && {
            name: "chunks",
            title: <Counted title="Chunks" count={chunks.length} />,
            draw: () => <Chunks key={context.number} chunks={chunks} onPlace={onPlace} />,
        },
        metadata && { name: "metadata", title: "Metadata", draw: () => <Metadata of={metadata} /> },
        structured && {
            name: "structured",
            title: <Counted title="Structured data" count={structured.length} />,
            draw: () => <StructuredData key={context.number} items={structured} />,
        },
        html != null && { name: "html", title: "HTML", draw: () => <Source text={html} /> },
        docling && { name: "docling", title: "Docling", draw: () => <Json value={docling} /> },
    ];
    return parts.filter((part): part is Part => Boolean(part));
}

function TextOf(props: {
    text: string;
    number: number;
    records: Found[];
    aim: { place: Place; turn: number } | undefined;
    onRecord: (record: number) => void;
}) {
    const { text, number, records, aim, onRecord } = props;
    const finds = useMemo(() => findsOf(records, number, text), [records, number, text]);
    const aimed = useMemo<Aim | undefined>(() => {
        if (!aim) return undefined;
        const offsets = new Offsets(text);
        const { start, end } = aim.place;
        return { span: { start: offsets.units(start), end: offsets.units(end) }, turn: aim.turn };
    }, [aim, text]);
    if (!text) return <p>The document has no text.</p>;
    return (
        <Text
            text={text}
            finds={finds}
            aim={aimed}
            onRecord={onRecord}
            words={(find) => {
                const value = valueOf(find, records[find.record]);
                const words =
                    typeof value === "object" ? (inWords(value) ?? JSON.stringify(value)) : String(value);
                return words.length > 120 ? `${words.slice(0, 120)}…` : words;
            }}
        />
    );
}

function DocumentChoice(props: {
    documents: Document[];
    number: number;
    onNumber: (number: number) => void;
}) {
    const { documents, number, onNumber } = props;
    const depth = (of: Document): number => {
        const parent = of.parent == null ? undefined : documents[of.parent];
        return parent && parent !== of ? 1 + depth(parent) : 0;
    };
    return (
        <div class="filters">
            <label>
                Document
                <select value={number} onChange={(event) => onNumber(Number(event.currentTarget.value))}>
                    {documents.map((document, at) => (
                        <option key={at} value={at}>
                            {`${"\u2003".repeat(Math.min(depth(document), 8))}${at + 1} · ${visible(nameOf(document, at))}`}
                            {document.error ? ` – ${document.error.code}` : ""}
                        </option>
                    ))}
                </select>
            </label>
        </div>
    );
}

function Source({ text }: { text: string }) {
    return (
        <>
            <pre>{visible(text.slice(0, SHOWN_SOURCE_CHARS))}</pre>
            {text.length > SHOWN_SOURCE_CHARS && (
                <p class="small">
                    The first {plain(SHOWN_SOURCE_CHARS)} of {plain(text.length)} characters are shown; the
                    download has all.
                </p>
            )}
        </>
    );
}

function Counted({ title, count }: { title: string; count: number }) {
    return (
        <>
            {title} <span class="count">{plain(count)}</span>
        </>
    );
}
