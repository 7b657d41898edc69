// The jobs of a page, a row each: cards on a phone.
import type { components } from "openapi";
import { useEffect, useRef } from "preact/hooks";
import { Copy } from "../../parts/copy.tsx";
import { Progress } from "../../parts/progress.tsx";
import { isFinal, Status } from "../../parts/status.tsx";
import { Tags } from "../../parts/tags.tsx";
import { duration, now, Time } from "../../parts/time.tsx";
import { to } from "../../router.ts";
import { listOf } from "./filter.ts";
import type { Selection } from "./selection.ts";
import { bare, documentsOf, shortId, took, typeName, waited } from "./words.ts";

type Job = components["schemas"]["JobStatus"];

/** Arrows, or j and k, go from job to job; x selects. */
export function JobTable({ jobs, selection }: { jobs: Job[]; selection: Selection | undefined }) {
    const onKeyDown = (event: KeyboardEvent) => {
        const row = event.target instanceof Element ? event.target.closest("tbody tr") : null;
        if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
        const to: Record<string, Element | null> = {
            j: row.nextElementSibling,
            ArrowDown: row.nextElementSibling,
            k: row.previousElementSibling,
            ArrowUp: row.previousElementSibling,
        };
        if (event.key === "x") {
            row.querySelector<HTMLElement>("input[type=checkbox]")?.click();
        } else if (event.key in to) {
            to[event.key]?.querySelector<HTMLElement>("a.job")?.focus();
        } else {
            return;
        }
        event.preventDefault();
    };
    return (
        <div class="scroll">
            <table class="cards jobs" onKeyDown={onKeyDown}>
                <thead>
                    <tr>
                        {selection && (
                            <th>
                                <All jobs={jobs} selection={selection} />
                            </th>
                        )}
                        <th scope="col">Job</th>
                        <th scope="col">Status</th>
                        <th scope="col">Documents</th>
                        <th scope="col">Tags</th>
                        <th scope="col">Created</th>
                        <th scope="col" class="number">
                            Waited
                        </th>
                        <th scope="col" class="number">
                            Took
                        </th>
                        <th scope="col" class="number">
                            Attempts
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {jobs.map((job) => (
                        <Row key={job.job_id} job={job} selection={selection} />
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function All({ jobs, selection }: { jobs: Job[]; selection: Selection }) {
    const box = useRef<HTMLInputElement>(null);
    const isAll = selection.size === jobs.length;
    useEffect(() => {
        if (box.current) box.current.indeterminate = selection.size > 0 && !isAll;
    });
    return (
        <input
            ref={box}
            type="checkbox"
            aria-label="Select all jobs of this page"
            checked={isAll}
            onChange={() => selection.all(!isAll)}
        />
    );
}

function Row({ job, selection }: { job: Job; selection: Selection | undefined }) {
    const { job_id: id, status, media_type: type } = job;
    return (
        <tr class={selection?.has(id) ? "selected" : ""}>
            {selection && (
                <td class="select">
                    <input
                        type="checkbox"
                        aria-label={`Select job ${id}`}
                        checked={selection.has(id)}
                        onClick={(event) => selection.toggle(id, event.shiftKey)}
                    />
                </td>
            )}
            <td class="together">
                <span>
                    <a class="mono job" href={to(["jobs", id])} title={id}>
                        {shortId(id)}
                    </a>
                    <Copy text={id} what="the job's id" />
                </span>
            </td>
            <td class="stands">
                <span>
                    <Status of={status} />
                    <Progress of={job.progress} isOver={isFinal(status)} />
                    <Why job={job} />
                </span>
            </td>
            <td data-label="Documents">
                <span>
                    {(job.documents !== 1 || !type) && <span class="documents">{documentsOf(job)} </span>}
                    {type && (
                        <a href={listOf({ media_type: bare(type) })} class="plain" title={type}>
                            {typeName(type)}
                        </a>
                    )}
                </span>
            </td>
            <td data-label="Tags" class={job.tags ? "" : "nothing"}>
                <Tags of={job.tags} />
            </td>
            <td data-label="Created" class="together">
                <Time at={job.created_at} />
            </td>
            <Lasted name="Waited" ms={waited(job, now.value)} />
            <Lasted name="Took" ms={took(job, now.value)} />
            <td data-label="Attempts" class={`number together ${job.progress ? "nothing" : ""}`}>
                {job.progress ? "–" : `${job.attempt} of ${job.max_attempts}`}
            </td>
        </tr>
    );
}

/** Why it failed, or has to be attempted again. */
function Why({ job: { error, last_error: before } }: { job: Job }) {
    const failure = error ?? before;
    if (!failure) return null;
    return (
        <span class="why small" title={failure.detail}>
            {error ? failure.title : `again, after: ${failure.title}`}
        </span>
    );
}

function Lasted({ name, ms }: { name: string; ms: number | undefined }) {
    return (
        <td data-label={name} class={`number together ${ms === undefined ? "nothing" : ""}`}>
            {ms === undefined ? "–" : duration(ms)}
        </td>
    );
}
