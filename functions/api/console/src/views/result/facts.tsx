// What else is said of a document: links, metadata, structured data, its article, its chunks; and each document in a row.
import { useState } from "preact/hooks";
import { bytes, plain } from "../../parts/numbers.ts";
import { Json } from "./json.tsx";
import { Markdown } from "./markdown.tsx";
import { Outward } from "./outward.tsx";
import { placeWords } from "./text.tsx";
import { type Document, type Place, nameOf } from "./types.ts";
import { Value, Words } from "./value.tsx";
import { visible } from "./visible.ts";

const SHOWN = 200;

type OnPlace = ((place: Place) => void) | undefined;

export function Links({ links, onPlace }: { links: NonNullable<Document["links"]>; onPlace: OnPlace }) {
    const [shown, setShown] = useState(SHOWN);
    if (links.length === 0) return <p>No links.</p>;
    return (
        <>
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">Words</th>
                        <th scope="col">Leads to</th>
                        <th scope="col">Place</th>
                    </tr>
                </thead>
                <tbody>
                    {links.slice(0, shown).map(({ href, text, place }, at) => (
                        <tr key={at}>
                            <td data-label="Words">
                                {text ? <Words text={text} /> : <span class="small">–</span>}
                            </td>
                            <td data-label="Leads to">
                                <Outward href={href}>{visible(href)}</Outward>
                            </td>
                            <td data-label="Place" class="place">
                                <PlaceLink place={place} onPlace={onPlace} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
            <More of={links.length} shown={shown} onMore={setShown} />
        </>
    );
}

export function Metadata({ of }: { of: Record<string, unknown> }) {
    const entries = Object.entries(of);
    if (entries.length === 0) return <p>The document says nothing of itself.</p>;
    return (
        <dl class="facts">
            {entries.map(([name, value]) => (
                <>
                    <dt>
                        <bdi>{visible(name)}</bdi>
                    </dt>
                    <dd>
                        <Value of={value} />
                    </dd>
                </>
            ))}
        </dl>
    );
}

export function StructuredData({ items }: { items: NonNullable<Document["structured"]> }) {
    const [shown, setShown] = useState(SHOWN);
    if (items.length === 0) return <p>No structured data.</p>;
    return (
        <>
            {items.slice(0, shown).map(({ syntax, value }, at) => (
                <section key={at} class="extracted">
                    <p class="small">{syntax}</p>
                    <Json value={value} />
                </section>
            ))}
            <More of={items.length} shown={shown} onMore={setShown} />
        </>
    );
}

export function ArticleOf({
    article,
    onPlace,
}: {
    article: NonNullable<Document["article"]>;
    onPlace: OnPlace;
}) {
    const { title, byline, published, markdown, places } = article;
    return (
        <>
            <dl class="facts">
                {title && (
                    <>
                        <dt>Title</dt>
                        <dd>
                            <Words text={title} />
                        </dd>
                    </>
                )}
                {byline && (
                    <>
                        <dt>By</dt>
                        <dd>
                            <Words text={byline} />
                        </dd>
                    </>
                )}
                {published && (
                    <>
                        <dt>Published</dt>
                        <dd>{visible(published)}</dd>
                    </>
                )}
                <dt>Place</dt>
                <dd>
                    {places.slice(0, SHOWN).map((place) => (
                        <>
                            <PlaceLink place={place} onPlace={onPlace} />{" "}
                        </>
                    ))}
                </dd>
            </dl>
            <Markdown text={markdown} />
        </>
    );
}

export function Chunks({ chunks, onPlace }: { chunks: NonNullable<Document["chunks"]>; onPlace: OnPlace }) {
    const [shown, setShown] = useState(SHOWN);
    if (chunks.length === 0) return <p>No chunks.</p>;
    return (
        <>
            <ol class="chunks">
                {chunks.slice(0, shown).map(({ headings, text, place }, at) => (
                    <li key={at}>
                        <p class="small">
                            <bdi>{visible(headings.join(" › "))}</bdi>{" "}
                            <PlaceLink place={place} onPlace={onPlace} />
                        </p>
                        <pre>{visible(text)}</pre>
                    </li>
                ))}
            </ol>
            <More of={chunks.length} shown={shown} onMore={setShown} />
        </>
    );
}

/** Each document, those within others below them. */
export function Documents(props: {
    documents: Document[];
    selected: number;
    onSelect: (number: number) => void;
}) {
    const { documents, selected, onSelect } = props;
    const [shown, setShown] = useState(SHOWN);
    return (
        <>
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">Document</th>
                        <th scope="col">Type</th>
                        <th scope="col" class="number">
                            Size
                        </th>
                        <th scope="col">What there is to say</th>
                    </tr>
                </thead>
                <tbody>
                    {documents.slice(0, shown).map((document, number) => (
                        <tr key={number} class={number === selected ? "now" : undefined}>
                            <td data-label="Document">
                                <button type="button" class="link" onClick={() => onSelect(number)}>
                                    <bdi>{visible(nameOf(document, number))}</bdi>
                                </button>
                                {document.parent != null && (
                                    <p class="small">
                                        within{" "}
                                        <bdi>
                                            {visible(nameOf(documents[document.parent], document.parent))}
                                        </bdi>
                                    </p>
                                )}
                            </td>
                            <td data-label="Type">
                                {visible(document.media_type ?? "–")}
                                <p class="small">
                                    {[
                                        document.charset,
                                        document.language,
                                        document.pages != null &&
                                            `${plain(document.pages)} ${document.pages === 1 ? "page" : "pages"}`,
                                    ]
                                        .filter(Boolean)
                                        .join(", ")}
                                </p>
                            </td>
                            <td data-label="Size" class="number">
                                {bytes(document.bytes)}
                            </td>
                            <td data-label="What there is to say">
                                <Remarks of={document} />
                                {document.origin && (
                                    <Outward href={document.origin.final_url ?? document.origin.url} />
                                )}
                                {document.sha256 && (
                                    <details class="small">
                                        <summary>SHA-256</summary>
                                        <code>{document.sha256}</code>
                                    </details>
                                )}
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
            <More of={documents.length} shown={shown} onMore={setShown} />
        </>
    );
}

/** Why there is nothing of a document, or less than there might be. */
export function Remarks({ of: { error, warnings, not_modified } }: { of: Document }) {
    return (
        <>
            {error && (
                <p class="remark bad">
                    <strong>{visible(error.code)}</strong> <bdi>{visible(error.detail)}</bdi>
                </p>
            )}
            {not_modified && <p class="remark">Not modified since it was fetched before.</p>}
            {warnings && warnings.length > 0 && (
                <ul class="remark warn" aria-label="Warnings">
                    {warnings.map((warning) => (
                        <li key={warning}>
                            <bdi>{visible(warning)}</bdi>
                        </li>
                    ))}
                </ul>
            )}
        </>
    );
}

function PlaceLink({ place, onPlace }: { place: Place | null | undefined; onPlace: OnPlace }) {
    if (!place) return <span class="small">–</span>;
    if (!onPlace) return <span class="small">{placeWords(place)}</span>;
    return (
        <button type="button" class="link" title="Show it in the text" onClick={() => onPlace(place)}>
            {placeWords(place)}
        </button>
    );
}

function More({ of, shown, onMore }: { of: number; shown: number; onMore: (shown: number) => void }) {
    if (of <= shown) return null;
    return (
        <p>
            <button type="button" onClick={() => onMore(shown + SHOWN)}>
                More
            </button>{" "}
            <span class="small">
                {plain(shown)} of {plain(of)} are shown
            </span>
        </p>
    );
}
