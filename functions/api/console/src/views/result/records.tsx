// Records as a table, page by page: of a result that is here, or from the API where it is too large.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { plain } from "../../parts/numbers.ts";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { placeWords } from "./text.tsx";
import { type Document, type FieldProblem, type Found, type Place, nameOf } from "./types.ts";
import { Value } from "./value.tsx";
import { visible } from "./visible.ts";

const PAGE_RECORDS = 100;

/** Shows the place of a record, or of one of its fields, in the text. */
export type ShowPlace = (record: Found, place: Place) => void;

/** Those of a result that is here; filtered by kind and by words. */
export function Records(props: {
    records: Found[];
    documents: Document[];
    onPlace: ShowPlace;
    /** The number of the record that is to be seen. */
    aim?: number | undefined;
}) {
    const { records, documents, onPlace, aim } = props;
    const [kind, setKind] = useState("");
    const [words, setWords] = useState("");
    const [start, setStart] = useState(0);
    const kinds = useMemo(() => [...new Set(records.map((record) => record.kind ?? "record"))], [records]);
    const shown = useMemo(() => {
        const sought = words.trim().toLowerCase();
        return records.flatMap((record, number) => {
            const isKind = !kind || (record.kind ?? "record") === kind;
            return isKind && (!sought || haystack(record).includes(sought)) ? [number] : [];
        });
    }, [records, kind, words]);
    useEffect(() => setStart(0), [records, kind, words]);
    useEffect(() => {
        if (aim === undefined) return;
        setKind("");
        setWords("");
        setStart(Math.floor(aim / PAGE_RECORDS) * PAGE_RECORDS);
    }, [aim]);
    const page = shown.slice(start, start + PAGE_RECORDS);
    if (records.length === 0) return <p>No records.</p>;
    return (
        <>
            <div class="filters">
                {kinds.length > 1 && (
                    <label>
                        Kind
                        <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
                            <option value="">All kinds</option>
                            {kinds.map((one) => (
                                <option key={one} value={one}>
                                    {visible(one)}
                                </option>
                            ))}
                        </select>
                    </label>
                )}
                <label>
                    Containing
                    <input
                        type="search"
                        value={words}
                        onInput={(event) => setWords(event.currentTarget.value)}
                    />
                </label>
                <p class="small count" aria-live="polite">
                    {shown.length === records.length
                        ? `${plain(records.length)} ${records.length === 1 ? "record" : "records"}`
                        : `${plain(shown.length)} of ${plain(records.length)} records`}
                </p>
            </div>
            <Rows
                records={page.map((number) => records[number] as Found)}
                numbers={page}
                documents={documents}
                onPlace={onPlace}
                aim={aim}
            />
            {shown.length > PAGE_RECORDS && (
                <nav class="pager" aria-label="Pages of records">
                    <button
                        type="button"
                        disabled={start === 0}
                        onClick={() => setStart(start - PAGE_RECORDS)}
                    >
                        ← Before
                    </button>
                    <span>
                        {plain(start + 1)} to {plain(start + page.length)} of {plain(shown.length)}
                    </span>
                    <button
                        type="button"
                        disabled={start + PAGE_RECORDS >= shown.length}
                        onClick={() => setStart(start + PAGE_RECORDS)}
                    >
                        After →
                    </button>
                </nav>
            )}
        </>
    );
}

/** Those of a result that is too large to be read whole: pages of the API. */
export function PagedRecords({ job }: { job: string }) {
    const pages = usePages([job]);
    const { cursor, number } = pages;
    const { data, error, loading, reload } = useLoad(
        async (signal) => {
            const query = { limit: PAGE_RECORDS, ...(cursor ? { cursor } : {}) };
            const path = { job_id: job };
            const page = await answer(
                api.GET("/api/v1/scan/result/{job_id}/", { params: { path, query }, signal }),
            );
            return page as { records: Found[]; next?: string | null };
        },
        [job, cursor],
    );
    const first = (number - 1) * PAGE_RECORDS;
    return (
        <>
            <Problem error={error} again={reload} />
            {!data && loading && <p class="wait">…</p>}
            {data && (
                <>
                    <p class="small" aria-live="polite">
                        {data.records.length === 0
                            ? "No records."
                            : `Records ${plain(first + 1)} to ${plain(first + data.records.length)}`}
                    </p>
                    <Rows
                        records={data.records}
                        numbers={data.records.map((_, at) => first + at)}
                        documents={[]}
                    />
                </>
            )}
            <Pager pages={pages} next={data?.next} what="records" />
        </>
    );
}

function Rows(props: {
    records: Found[];
    numbers: number[];
    documents: Document[];
    onPlace?: ShowPlace;
    aim?: number | undefined;
}) {
    const { records, numbers, documents, onPlace, aim } = props;
    const columns = useMemo(() => columnsOf(records), [records]);
    useEffect(() => {
        document.querySelector("tr.now")?.scrollIntoView({ block: "center" });
    }, [aim, records]);
    const problems = records.some(problemsOf);
    return (
        <div class="scroll">
            <table class="cards records">
                <thead>
                    <tr>
                        <th scope="col" class="number">
                            No.
                        </th>
                        {columns.map((column) => (
                            <th key={column} scope="col">
                                <bdi>{visible(column)}</bdi>
                            </th>
                        ))}
                        {problems && <th scope="col">Problems</th>}
                        <th scope="col">Place</th>
                    </tr>
                </thead>
                <tbody>
                    {records.map((record, at) => {
                        const number = numbers[at] as number;
                        return (
                            <tr key={number} class={number === aim ? "now" : undefined}>
                                <td class="number small" data-label="No.">
                                    {plain(number + 1)}
                                </td>
                                {columns.map((column) => (
                                    <td key={column} data-label={column}>
                                        <Cell record={record} column={column} onPlace={onPlace} />
                                    </td>
                                ))}
                                {problems && (
                                    <td data-label="Problems" class="problems">
                                        {problemsOf(record)}
                                    </td>
                                )}
                                <td data-label="Place" class="place">
                                    <PlaceOf record={record} documents={documents} onPlace={onPlace} />
                                </td>
                            </tr>
                        );
                    })}
                </tbody>
            </table>
        </div>
    );
}

/** A value; of a field a link to its own place. */
function Cell(props: { record: Found; column: string; onPlace?: ShowPlace | undefined }) {
    const { record, column, onPlace } = props;
    const value = record[column];
    if (column === "valid")
        return value === false ? <strong class="bad">no</strong> : <>{value === true ? "yes" : "–"}</>;
    const pointer = `/${column.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const place = record.source.fields?.[pointer];
    if (!place || !onPlace) return <Value of={value} />;
    return (
        <button type="button" class="link" title="Show it in the text" onClick={() => onPlace(record, place)}>
            <Value of={value} />
        </button>
    );
}

function PlaceOf(props: { record: Found; documents: Document[]; onPlace?: ShowPlace | undefined }) {
    const { record, documents, onPlace } = props;
    const { document, start, end, page } = record.source;
    const name = documents.length > 1 ? `${nameOf(documents[document], document)}, ` : "";
    if (start == null || end == null) return <bdi class="small">{visible(name) || "–"}</bdi>;
    const place: Place = { start, end, ...(page != null && { page }) };
    const words = (
        <>
            {visible(name) && <bdi>{visible(name)}</bdi>}
            {placeWords(place)}
        </>
    );
    const hasText = documents[document]?.text != null;
    if (!onPlace || !hasText) return <span class="small">{words}</span>;
    return (
        <button type="button" class="link" title="Show it in the text" onClick={() => onPlace(record, place)}>
            {words}
        </button>
    );
}

/** The members to be shown, in the order in which they come. What an entity says twice is shown once. */
function columnsOf(records: Found[]): string[] {
    const columns = new Set<string>(records.some(({ kind }) => kind != null) ? ["kind"] : []);
    for (const record of records) {
        for (const member of Object.keys(record)) {
            const isTwice = member === record.kind && "value" in record && record[member] === record.value;
            if (member !== "source" && member !== "problems" && !isTwice) columns.add(member);
        }
    }
    return [...columns];
}

function problemsOf(record: Found): ComponentChildren {
    const problems = (record.problems ?? []) as FieldProblem[];
    if (problems.length === 0) return null;
    return (
        <ul>
            {problems.map(({ field, detail }) => (
                <li key={`${field} ${detail}`}>
                    <code>{visible(field)}</code> <bdi>{visible(detail)}</bdi>
                </li>
            ))}
        </ul>
    );
}

function haystack({ source: _, ...members }: Found): string {
    return JSON.stringify(members).toLowerCase();
}
