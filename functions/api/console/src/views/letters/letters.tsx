// Dead letters: what the queue gave up on, to be tried again or discarded.
import { useEffect, useRef, useState } from "preact/hooks";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { type Checks, useChecks } from "../../parts/checks.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { plain } from "../../parts/numbers.ts";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { visible } from "../../parts/visible.ts";
import { type Route, go, to } from "../../router.ts";
import { Told } from "./told.tsx";
import { type Letter, type Outcome, type Verb, doAll, doEach, nameOf } from "./work.ts";

const PAGE = 50;

/** Letters come and go by themselves, a few at a time. */
const LIVE_MS = 10_000;

/** The reasons that every installation knows; a job's own last error is one as well. */
const REASONS = ["undeliverable", "unreadable_message"];

/** Letters that somebody wants to be rid of: some by name, or all that match. */
type Doomed = Letter[] | "all";

export function Letters({ route: { query } }: { route: Route }) {
    const reason = query.get("reason") ?? "";
    const pages = usePages([reason]);
    const cursor = pages.cursor;
    const [outcome, setOutcome] = useState<Outcome>();
    const [doomed, setDoomed] = useState<Doomed>();
    const going = outcome?.state === "going";
    const stop = useRef<AbortController>(undefined);
    // Nobody would see what became of the rest.
    useEffect(() => () => stop.current?.abort(), []);
    const asked = { limit: PAGE, ...(reason ? { reason } : {}), ...(cursor ? { cursor } : {}) };
    const { data, error, reload } = useLoad(
        (signal) => answer(api.GET("/api/v1/dead-letters/", { params: { query: asked }, signal })),
        [reason, cursor],
        { everyMs: going ? undefined : LIVE_MS },
    );
    const letters = data?.dead_letters ?? [];
    const checks = useChecks(letters.map(({ id }) => id));

    const work = async (verb: Verb, which: Doomed) => {
        const { signal } = (stop.current = new AbortController());
        if (which === "all") await doAll(verb, reason, signal, setOutcome);
        else await doEach(verb, which, signal, setOutcome);
        checks.setAll(false);
        reload();
    };
    const chosen = letters.filter(({ id }) => checks.has(id));
    return (
        <>
            <div class="bar">
                <h1>Dead letters</h1>
                <Filter reason={reason} seen={letters.map((letter) => letter.reason)} />
            </div>
            <p class="small">
                What the queue gave up on after delivering it again and again. <em>Try again</em> retries its
                job, or puts the message back into the queue; <em>discard</em> forgets the letter and leaves
                the job as it is. Letters are kept for 30 days.
            </p>
            <Told
                outcome={outcome}
                onStop={() => stop.current?.abort()}
                onClose={() => setOutcome(undefined)}
            />
            <Problem error={error} again={reload} />
            {data && letters.length === 0 && <Empty reason={reason} hasMore={Boolean(data.next)} />}
            {letters.length > 0 && (
                <>
                    <Actions
                        chosen={chosen}
                        reason={reason}
                        disabled={going}
                        onRedrive={(which) => void work("redrive", which)}
                        onDiscard={setDoomed}
                    />
                    <List letters={letters} checks={checks} />
                </>
            )}
            <Pager pages={pages} next={data?.next} what="dead letters" />
            {doomed && (
                <Confirm
                    title={`Discard ${words(doomed, reason)}?`}
                    verb="Discard"
                    danger
                    onDo={async () => void work("discard", doomed)}
                    onClose={() => setDoomed(undefined)}
                >
                    <p>
                        What they say is gone for good. Jobs stay as they are, and can be retried one by one
                        for as long as they are kept.
                    </p>
                </Confirm>
            )}
        </>
    );
}

function Filter({ reason, seen }: { reason: string; seen: string[] }) {
    const reasons = [...new Set([...REASONS, ...seen, ...(reason ? [reason] : [])])].sort();
    return (
        <label class="inline">
            Reason{" "}
            <select
                value={reason}
                onChange={(event) => go(to(["letters"], { reason: event.currentTarget.value }))}
            >
                <option value="">all</option>
                {reasons.map((name) => (
                    <option key={name} value={name}>
                        {name}
                    </option>
                ))}
            </select>
        </label>
    );
}

function Empty({ reason, hasMore }: { reason: string; hasMore: boolean }) {
    if (hasMore) return <p>None on this page; there may be some on the next.</p>;
    if (reason) {
        return (
            <p>
                No dead letters with the reason <code>{reason}</code>.{" "}
                <a href={to(["letters"])}>All dead letters</a>
            </p>
        );
    }
    return <p class="calm">No dead letters. Nothing was given up on.</p>;
}

function Actions(props: {
    chosen: Letter[];
    reason: string;
    disabled: boolean;
    onRedrive: (which: Doomed) => void;
    onDiscard: (which: Doomed) => void;
}) {
    const { chosen, reason, disabled, onRedrive, onDiscard } = props;
    const which: Doomed = chosen.length > 0 ? chosen : "all";
    const what = words(which, reason);
    return (
        <div class="buttons start" role="group" aria-label="What to do">
            <button type="button" class="primary" disabled={disabled} onClick={() => onRedrive(which)}>
                Try {what} again
            </button>
            <button type="button" class="danger" disabled={disabled} onClick={() => onDiscard(which)}>
                Discard {what}…
            </button>
        </div>
    );
}

function List({ letters, checks }: { letters: Letter[]; checks: Checks }) {
    return (
        <table class="cards letters">
            <thead>
                <tr>
                    <th scope="col">
                        <input
                            type="checkbox"
                            aria-label="Choose all on this page"
                            checked={checks.all}
                            onChange={(event) => checks.setAll(event.currentTarget.checked)}
                        />
                    </th>
                    <th scope="col">Reason</th>
                    <th scope="col">Job or message</th>
                    <th scope="col">Sent</th>
                </tr>
            </thead>
            <tbody>
                {letters.map((letter) => (
                    <tr key={letter.id}>
                        <td data-label="Choose">
                            <input
                                type="checkbox"
                                aria-label={`Choose ${nameOf(letter)}`}
                                checked={checks.has(letter.id)}
                                onChange={(event) => checks.set(letter.id, event.currentTarget.checked)}
                            />
                        </td>
                        <td data-label="Reason">
                            <div>
                                <code>{letter.reason}</code>
                                <div class="small">{letter.detail}</div>
                            </div>
                        </td>
                        <td data-label="Job or message">
                            <About letter={letter} />
                        </td>
                        <td data-label="Sent">
                            <Time at={letter.sent_at} />
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function About({ letter: { job_id, body } }: { letter: Letter }) {
    if (job_id) {
        return (
            <a class="mono" href={to(["jobs", job_id])}>
                {job_id}
            </a>
        );
    }
    return (
        <details class="body">
            <summary>
                <span class="small">no job’s:</span>{" "}
                <span class="mono">{visible(body?.slice(0, 60) ?? "") || "empty"}</span>
            </summary>
            <pre>{visible(body ?? "")}</pre>
        </details>
    );
}

function words(which: Doomed, reason: string): string {
    if (which === "all") return reason ? `all “${reason}”` : "all";
    return which.length === 1 ? "the chosen one" : `the ${plain(which.length)} chosen`;
}
