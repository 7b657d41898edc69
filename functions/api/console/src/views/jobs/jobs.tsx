// The jobs, newest first, as they go on.
import type { components } from "openapi";
import { useEffect, useRef, useState } from "preact/hooks";
import { answer, api, root } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Pager } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { key, may } from "../../session.ts";
import { to } from "../../router.ts";
import { type Action, ACTIONS } from "./actions.ts";
import { Batch } from "./batch.tsx";
import { asked, type Filter, flaws, parameters, read } from "./filter.ts";
import { FilterForm } from "./filter-form.tsx";
import { addressedPages, sawList } from "./pages.ts";
import { type Selection, useSelection } from "./selection.ts";
import { JobTable } from "./table.tsx";
import { bare, jobs as words } from "./words.ts";

type Job = components["schemas"]["JobStatus"];

const LIVE_MS = 3_000;
const PAGE_JOBS = 50;

export function Jobs({ query }: { query: URLSearchParams }) {
    const filter = read(query);
    const pages = addressedPages(query);
    useEffect(() => sawList(query), [query.toString()]);
    const isWrong = Object.keys(flaws(filter)).length > 0;
    const [isLive, setIsLive] = useState(true);
    const { data, error, isOld, reload } = useLoad(
        async (signal) => (isWrong ? undefined : await page(filter, pages.cursor, signal)),
        [JSON.stringify(filter), pages.cursor],
        { everyMs: isLive && !isWrong ? LIVE_MS : undefined, keep: true },
    );
    const [busy, setBusy] = useState<{ action: Action; jobs: Job[] }>();
    const { jobs, fresh, selection } = useRows(data?.jobs ?? []);
    const selected = jobs.filter(({ job_id: id }) => selection.has(id));
    const close = () => {
        setBusy(undefined);
        selection.clear();
        reload();
    };
    return (
        <>
            <div class="bar">
                <h1>Jobs</h1>
                <label class="switch">
                    <input
                        type="checkbox"
                        role="switch"
                        checked={isLive}
                        onChange={() => setIsLive((before) => !before)}
                    />
                    Live
                </label>
            </div>
            <FilterForm filter={filter} mediaTypes={typesOf(jobs)} />
            <Problem error={error} again={reload} />
            {data === undefined && !error && !isWrong && <p class="wait">…</p>}
            {data && !isWrong && (
                <div class={isOld ? "stale" : ""} aria-busy={isOld}>
                    {fresh > 0 && (
                        <p class="small" role="status">
                            {words(fresh)} more; shown when nothing is selected any more.
                        </p>
                    )}
                    {jobs.length > 0 ? (
                        <JobTable jobs={jobs} selection={may("scan:write") ? selection : undefined} />
                    ) : (
                        <Empty filter={filter} isEnd={!data.next} isFirst={pages.number === 1} />
                    )}
                    {selected.length > 0 && (
                        <SelectionBar jobs={selected} selection={selection} onAct={setBusy} />
                    )}
                    <Pager pages={pages} next={data.next} what="jobs" />
                </div>
            )}
            {busy && <Batch action={busy.action} jobs={busy.jobs} onClose={close} />}
        </>
    );
}

function page(filter: Filter, cursor: string | undefined, signal: AbortSignal) {
    const query = { ...parameters(filter), limit: PAGE_JOBS, ...(cursor && { cursor }) };
    return answer(api.GET("/api/v1/scan/", { params: { query }, signal }));
}

/** The rows. While some are selected none comes or goes, so that nobody hits the wrong one; `fresh` are those that wait to be shown. */
function useRows(latest: Job[]): { jobs: Job[]; fresh: number; selection: Selection } {
    const shown = useRef<Job[]>([]);
    const isHeld = useRef(false);
    const byId = new Map(latest.map((job) => [job.job_id, job]));
    const jobs = isHeld.current ? shown.current.map((job) => byId.get(job.job_id) ?? job) : latest;
    const selection = useSelection(jobs.map(({ job_id: id }) => id));
    useEffect(() => {
        shown.current = jobs;
        isHeld.current = selection.size > 0;
    });
    const held = new Set(jobs.map(({ job_id: id }) => id));
    return { jobs, fresh: latest.filter(({ job_id: id }) => !held.has(id)).length, selection };
}

function SelectionBar(props: {
    jobs: Job[];
    selection: Selection;
    onAct: (what: { action: Action; jobs: Job[] }) => void;
}) {
    const { jobs, selection, onAct } = props;
    return (
        <div class="selection" role="group" aria-label="Selected jobs">
            <span role="status">{words(jobs.length)} selected</span>
            {ACTIONS.map((action) => {
                const possible = jobs.filter(action.isPossible);
                if (possible.length === 0) return null;
                return (
                    <button
                        key={action.verb}
                        type="button"
                        class={action.warning ? "danger" : ""}
                        onClick={() => onAct({ action, jobs: possible })}
                    >
                        {action.verb} {possible.length}
                    </button>
                );
            })}
            <button type="button" class="quiet" onClick={selection.clear}>
                Select none
            </button>
        </div>
    );
}

/** Where there is nothing to show: what there might be, and how one comes to it. */
function Empty({ filter, isEnd, isFirst }: { filter: Filter; isEnd: boolean; isFirst: boolean }) {
    if (!isEnd) {
        return (
            <p class="empty">
                None of the jobs that this page looked through matches. There are older ones: go on to the
                next page.
            </p>
        );
    }
    if (asked(filter) > 0 || !isFirst) {
        return (
            <p class="empty">
                {isFirst ? "No job matches." : "There are no more jobs."}{" "}
                <a href={to(["jobs"])}>Show all jobs</a>
            </p>
        );
    }
    return (
        <div class="empty">
            <h2>No jobs yet</h2>
            <p>
                A job reads documents and extracts what was asked for.{" "}
                {may("scan:write") && <a href={to(["start"])}>Start one here</a>} or from a shell:
            </p>
            <pre>{`curl ${key.value ? `-H "Authorization: Bearer $KEY" ` : ""}--data-binary @invoice.pdf ${root}/api/v1/scan/start/`}</pre>
            <p class="small">
                It is shown here the moment it is accepted; jobs that have ended are kept for a week.
            </p>
        </div>
    );
}

function typesOf(jobs: Job[]): string[] {
    return [...new Set(jobs.flatMap(({ media_type: type }) => (type ? [bare(type)] : [])))];
}
