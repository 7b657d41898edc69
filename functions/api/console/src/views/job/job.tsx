// A job: how it stands, what became of it, what was asked and what came of it.
import type { components } from "openapi";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Copy } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Lost, useLazy } from "../../parts/lazy.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Progress } from "../../parts/progress.tsx";
import { isFinal, Status } from "../../parts/status.tsx";
import { Tags } from "../../parts/tags.tsx";
import { tell, tellFailure } from "../../parts/toast.tsx";
import { visible } from "../../parts/visible.ts";
import { go, to } from "../../router.ts";
import { may } from "../../session.ts";
import { type Action, ACTIONS, REMOVE } from "../jobs/actions.ts";
import { isId } from "../jobs/filter.ts";
import { lastList } from "../jobs/pages.ts";
import { bare, documentsOf } from "../jobs/words.ts";
import { Asked } from "./asked.tsx";
import { Deliveries, readDeliveries } from "./deliveries.tsx";
import { useJob } from "./follow.ts";
import { Timeline } from "./timeline.tsx";

type Job = components["schemas"]["JobStatus"];

/** How often it is asked what became of a webhook that is yet to be told. */
const WEBHOOK_MS = 3_000;

export function Job({ id }: { id: string }) {
    if (!isId(id)) return <Gone why="That is no id of a job." />;
    return <KnownJob id={id} />;
}

function KnownJob({ id }: { id: string }) {
    const { job, error, again } = useJob(id);
    useEffect(() => {
        const before = document.title;
        document.title = `Job ${id} · Data extraction`;
        return () => {
            document.title = before;
        };
    }, [id]);
    const isGone = error instanceof Failure && (error.status === 404 || error.status === 422);
    return (
        <>
            <p class="path">
                <a href={lastList()}>← Jobs</a>
            </p>
            <div class="bar">
                <h1>
                    Job <span class="mono">{visible(id)}</span> <Copy text={id} what="the job's id" />
                </h1>
                {job && !isGone && <Doings job={job} onDone={again} />}
            </div>
            {isGone ? <Gone why={error.message} /> : <Problem error={error} again={again} />}
            {job && !isGone && <Details job={job} />}
            {!job && !error && <p class="wait">…</p>}
        </>
    );
}

function Details({ job }: { job: Job }) {
    const { job_id: id, status, error, progress } = job;
    const [isToldSoon, setIsToldSoon] = useState(false);
    /** The attempt that was the latest when it was to be told once more. */
    const replayedAfter = useRef<string>(undefined);
    const { data: told, reload } = useLoad(
        async (signal) => {
            const read = await readDeliveries(id, signal);
            setIsToldSoon(isAwaited(job, read) || latestOf(read) === replayedAfter.current);
            return read;
        },
        [id, status],
        { everyMs: isToldSoon ? WEBHOOK_MS : undefined, keep: true },
    );
    const onReplay = () => {
        replayedAfter.current = told && latestOf(told);
        reload();
    };
    return (
        <>
            <p class="standing" role="status">
                <Status of={status} /> <Progress of={progress} isOver={isFinal(status)} />
            </p>
            {error && <WhyFailed error={error} />}
            <div class="job-columns">
                <section aria-labelledby="timeline">
                    <h2 id="timeline">Timeline</h2>
                    <Timeline job={job} deliveries={told?.deliveries ?? []} />
                </section>
                <section aria-labelledby="facts">
                    <h2 id="facts">Facts</h2>
                    <Facts job={job} />
                    {told?.url && (
                        <>
                            <h2>Webhook</h2>
                            <Deliveries told={told} onReplay={onReplay} />
                        </>
                    )}
                </section>
            </div>
            <Request id={id} />
            <h2>Result</h2>
            <ResultOf job={job} />
        </>
    );
}

/** Whether something of telling its end is to come soon. */
function isAwaited(job: Job, { url, deliveries }: components["schemas"]["JobWebhooks"]): boolean {
    if (!url || !isFinal(job.status)) return false;
    return deliveries.length === 0 || deliveries.some(({ status }) => status === "pending");
}

/** When the latest attempt to tell its end began. */
function latestOf({ deliveries }: components["schemas"]["JobWebhooks"]): string {
    const all = deliveries.flatMap(({ attempts }) => attempts.map(({ at }) => at));
    return all.sort().at(-1) ?? "";
}

/** What can be done to it as it stands. */
function Doings({ job, onDone }: { job: Job; onDone: () => void }) {
    const [isAsking, setIsAsking] = useState(false);
    const [isBusy, setIsBusy] = useState(false);
    const id = job.job_id;
    if (!may("scan:write")) return null;
    const act = (action: Action) => {
        if (action.warning) return setIsAsking(true);
        setIsBusy(true);
        action
            .act(id)
            .then(
                () => tell(`${action.done}.`),
                (error: unknown) => tellFailure(`${action.verb} was refused`, error),
            )
            .then(() => {
                setIsBusy(false);
                onDone();
            });
    };
    const remove = async () => {
        await REMOVE.act(id);
        tell("Removed.");
        go(lastList());
    };
    return (
        <div class="doings">
            <a class="button" href={to(["start"], { like: id })}>
                Start another like it
            </a>
            {ACTIONS.filter(({ isPossible }) => isPossible(job)).map((action) => (
                <button
                    key={action.verb}
                    type="button"
                    class={action.warning ? "danger" : ""}
                    disabled={isBusy}
                    onClick={() => act(action)}
                >
                    {action.verb}
                </button>
            ))}
            {isAsking && (
                <Confirm
                    title="Remove this job?"
                    verb="Remove"
                    danger
                    onDo={remove}
                    onClose={() => setIsAsking(false)}
                >
                    <p>{REMOVE.warning}</p>
                </Confirm>
            )}
        </div>
    );
}

function WhyFailed({ error }: { error: components["schemas"]["JobFailure"] }) {
    return (
        <div class="problem">
            <strong>{error.title}</strong>
            <p>{visible(error.detail)}</p>
            <p class="small">
                <code>{error.type}</code> in the phase <code>{error.phase}</code>.{" "}
                {error.retryable
                    ? "It may succeed when it is retried."
                    : "It fails again when it is retried, unless something else has changed."}
            </p>
        </div>
    );
}

function Facts({ job }: { job: Job }) {
    const { media_type: type, extractor } = job;
    return (
        <dl class="facts">
            <dt>Documents</dt>
            <dd>
                {documentsOf(job)}
                {type && (
                    <>
                        {", "}
                        <a href={to(["jobs"], { media_type: bare(type) })}>{visible(type)}</a>
                    </>
                )}
            </dd>
            <dt>Attempts</dt>
            <dd>{job.progress ? "one for each step" : `${job.attempt} of ${job.max_attempts}`}</dd>
            {extractor && (
                <>
                    <dt>Extractor</dt>
                    <dd>
                        <a href={to(["extractors", extractor.name])}>{extractor.name}</a>, version{" "}
                        {extractor.version}
                    </dd>
                </>
            )}
            <dt>Tags</dt>
            <dd>
                <Tags of={job.tags} />
            </dd>
        </dl>
    );
}

/** Read when it is looked at: most who look at a job look for what came of it. */
function Request({ id }: { id: string }) {
    const [isOpen, setIsOpen] = useState(false);
    return (
        <details class="request" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
            <summary>Request</summary>
            {isOpen && <Asked id={id} />}
        </details>
    );
}

const loadResult = async () => (await import("../result/result.tsx")).Result;

function ResultOf({ job }: { job: Job }) {
    const isSomething = job.status === "completed" || job.documents !== 1;
    const { Part, isLost } = useLazy(isSomething ? loadResult : undefined);
    if (!isSomething) {
        return <p class="small">{isFinal(job.status) ? "There is no result." : "There is no result yet."}</p>;
    }
    if (isLost) return <Lost />;
    // One that was retried has another result.
    return Part ? <Part key={job.status} job={job} /> : <p class="wait">…</p>;
}

function Gone({ why }: { why: string }) {
    return (
        <div class="problem" role="alert">
            <strong>There is no such job</strong>
            <p>It was removed or forgotten, belongs to another tenant, or the id is not whole.</p>
            <p class="small">
                {why} <a href={lastList()}>All jobs</a>
            </p>
        </div>
    );
}
