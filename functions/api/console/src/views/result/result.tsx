// What came of a job: all of it, what there is so far, or what can be shown of what is too large.
import { useState } from "preact/hooks";
import { useLoad } from "../../load.ts";
import { bytes, plain } from "../../parts/numbers.ts";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { isFinal } from "../../parts/status.tsx";
import { Downloads } from "./downloads.tsx";
import { PagedRecords } from "./records.tsx";
import { readLarge, readPartial, readResult } from "./read.ts";
import { type JobStatus, type Manifest, type Numbered, type ScanResult, nameOf } from "./types.ts";
import { View } from "./view.tsx";
import { visible } from "./visible.ts";

const LIVE_MS = 3_000;

export function Result({ job }: { job: JobStatus }) {
    const isMany = job.documents !== 1;
    if (job.status === "completed") return <Whole id={job.job_id} isMany={isMany} />;
    if (isMany) return <SoFar job={job} />;
    return <p class="small">{isFinal(job.status) ? "There is no result." : "There is no result yet."}</p>;
}

function Whole({ id, isMany }: { id: string; isMany: boolean }) {
    const { data, error, loading, reload } = useLoad((signal) => readResult(id, signal), [id]);
    return (
        <>
            <Problem error={error} again={reload} />
            {!data && loading && <p class="wait">…</p>}
            {data?.way === "whole" && (
                <>
                    <Downloads job={id} />
                    <View result={data.result} />
                </>
            )}
            {data?.way === "manifest" && <OfCollection id={id} manifest={data.manifest} />}
            {data?.way === "large" && <Large id={id} isMany={isMany} />}
        </>
    );
}

/** The manifest, and the documents one by one. */
function OfCollection({ id, manifest }: { id: string; manifest: Manifest }) {
    return (
        <>
            <Downloads job={id} forms={["JSON", "NDJSON"]} />
            <p>
                {plain(manifest.documents)} documents: {plain(manifest.done)} done, {plain(manifest.failed)}{" "}
                failed. The merged result has {bytes(manifest.result.bytes)}, a line for each document.
            </p>
            <details class="small">
                <summary>
                    Manifest: {plain(manifest.parts.length)}{" "}
                    {manifest.parts.length === 1 ? "stretch" : "stretches"} of the merged result
                </summary>
                <p>
                    SHA-256 of all of it: <code>{manifest.result.sha256}</code>
                </p>
                <div class="scroll" role="region" aria-label="Stretches of the merged result" tabIndex={0}>
                    <table class="grid">
                        <thead>
                            <tr>
                                <th scope="col">Documents</th>
                                <th scope="col">Failed</th>
                                <th scope="col">Offset</th>
                                <th scope="col">Bytes</th>
                                <th scope="col">SHA-256</th>
                            </tr>
                        </thead>
                        <tbody>
                            {manifest.parts
                                .slice(0, 1_000)
                                .map(({ first, documents, failed, offset, bytes, sha256 }) => (
                                    <tr key={offset}>
                                        <td>
                                            {plain(first + 1)} to {plain(first + documents)}
                                        </td>
                                        <td>{plain(failed)}</td>
                                        <td class="number">{plain(offset)}</td>
                                        <td class="number">{plain(bytes)}</td>
                                        <td>
                                            <code>{sha256}</code>
                                        </td>
                                    </tr>
                                ))}
                        </tbody>
                    </table>
                </div>
            </details>
            <OneByOne id={id} />
        </>
    );
}

/** Its records in pages, or its documents one by one; all of it where that is asked for. */
function Large({ id, isMany }: { id: string; isMany: boolean }) {
    const [result, setResult] = useState<ScanResult>();
    const [error, setError] = useState<Error>();
    const [busy, setBusy] = useState(false);
    const load = async () => {
        setBusy(true);
        setError(undefined);
        await readLarge(id).then(setResult, setError);
        setBusy(false);
    };
    return (
        <>
            <Downloads job={id} forms={["JSON", "CSV", "NDJSON"]} isLarge />
            {result ? (
                <View result={result} />
            ) : (
                <>
                    <p>
                        The result is too large for one answer.{" "}
                        {isMany
                            ? "Its documents are shown one by one."
                            : "Its records are shown page by page; the text and the rest come with all of it."}{" "}
                        <button type="button" disabled={busy} onClick={load}>
                            {busy ? "Loading …" : "Load all of it"}
                        </button>
                    </p>
                    <Problem error={error} />
                    {isMany ? <OneByOne id={id} /> : <PagedRecords job={id} />}
                </>
            )}
        </>
    );
}

function SoFar({ job }: { job: JobStatus }) {
    return (
        <>
            <p class="small">
                {isFinal(job.status)
                    ? "The job did not complete. What was done of it:"
                    : "The job is under way. What is done so far:"}
            </p>
            <OneByOne id={job.job_id} everyMs={isFinal(job.status) ? undefined : LIVE_MS} />
        </>
    );
}

/** The documents' own results, in pages of some megabytes. */
function OneByOne({ id, everyMs }: { id: string; everyMs?: number | undefined }) {
    const pages = usePages([id]);
    const { cursor } = pages;
    const [chosen, setChosen] = useState<number>();
    const { data, error, loading, reload } = useLoad(
        (signal) => readPartial(id, cursor, signal),
        [id, cursor],
        {
            everyMs,
        },
    );
    const one = data?.results.find(({ number }) => number === chosen) ?? data?.results[0];
    return (
        <>
            <Problem error={error} again={reload} />
            {!data && loading && <p class="wait">…</p>}
            {data?.results.length === 0 && <p>No document is done.</p>}
            {data && one && (
                <>
                    <div class="filters">
                        <label>
                            Document of the job
                            <select
                                value={one.number}
                                onChange={(event) => setChosen(Number(event.currentTarget.value))}
                            >
                                {data.results.map((result) => (
                                    <option key={result.number} value={result.number}>
                                        {titleOf(result)}
                                    </option>
                                ))}
                            </select>
                        </label>
                        <button type="button" onClick={() => setChosen(beside(data.results, one, -1))}>
                            ←<span class="only-read">Previous document</span>
                        </button>
                        <button type="button" onClick={() => setChosen(beside(data.results, one, 1))}>
                            →<span class="only-read">Next document</span>
                        </button>
                    </div>
                    <Stable key={one.number} result={one} />
                </>
            )}
            <Pager pages={pages} next={data?.next} what="documents" />
        </>
    );
}

/** A document that is done does not change, though it is read again and again while others are not. */
function Stable({ result }: { result: Numbered }) {
    const [kept] = useState(result);
    return <View result={kept} />;
}

function beside(results: Numbered[], one: Numbered, by: 1 | -1): number | undefined {
    const at = results.indexOf(one);
    return (results[at + by] ?? one).number;
}

function titleOf({ number, name, documents, records }: Numbered): string {
    const error = documents[0]?.error;
    const words = error
        ? error.code
        : `${plain(records.length)} ${records.length === 1 ? "record" : "records"}`;
    return `${number + 1} · ${visible(name ?? nameOf(documents[0], number))} – ${words}`;
}
