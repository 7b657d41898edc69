// Whether all answers that the service stands on, how much waits, and the limits in force.
import { useRef } from "preact/hooks";
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import { type Route, to } from "../../router.ts";
import { isOperator, may } from "../../session.ts";
import { Advice } from "./advice.tsx";
import { Limits } from "./limits.tsx";

export type System = components["schemas"]["System"];
type Part = components["schemas"]["SystemPart"];
type Queue = components["schemas"]["SystemQueue"];

const LIVE_MS = 5_000;

export function Health(_: { route: Route }) {
    return (
        <>
            <div class="bar">
                <h1>Health</h1>
            </div>
            {isOperator.value ? <ForOperators /> : <ForOthers />}
            {may("scan:read") && <Limits />}
        </>
    );
}

function ForOperators() {
    const { data, error, reload } = useLoad((signal) => answer(api.GET("/api/v1/system/", { signal })), [], {
        everyMs: LIVE_MS,
    });
    // What is so for a moment is no fault: it takes two looks.
    const looks = useRef<System[]>([]);
    if (data && looks.current.at(-1) !== data) looks.current = [...looks.current.slice(-1), data];
    return (
        <>
            <Problem error={error} again={reload} />
            {data && <Advice now={data} before={looks.current.length > 1 ? looks.current[0] : undefined} />}
            {data && <Answers system={data} />}
            {data && <Queues queues={data.queues} />}
            <Kept />
            {data && <p class="small">Version {data.version}; looked at every few seconds.</p>}
        </>
    );
}

function Answers({ system: { table, storage } }: { system: System }) {
    return (
        <table class="health">
            <caption class="only-read">What answers</caption>
            <thead>
                <tr>
                    <th scope="col">Part</th>
                    <th scope="col">State</th>
                    <th scope="col" class="number">
                        Answered in
                    </th>
                </tr>
            </thead>
            <tbody>
                <Row name="Table" part={table} />
                <Row name="Storage" part={storage} />
            </tbody>
        </table>
    );
}

function Row({ name, part: { status, milliseconds } }: { name: string; part: Part }) {
    return (
        <tr>
            <th scope="row">{name}</th>
            <td>
                <Reach of={status} />
            </td>
            <td class="number">
                {milliseconds === undefined || milliseconds === null ? "–" : `${milliseconds} ms`}
            </td>
        </tr>
    );
}

function Queues({ queues }: { queues: System["queues"] }) {
    const { jobs, dead_letters, webhooks, webhook_dead_letters } = queues;
    const rows: [string, Queue | null | undefined][] = [
        ["Jobs", jobs],
        ["Jobs given up on", dead_letters],
        ["Notices to webhooks", webhooks],
        ["Notices given up on", webhook_dead_letters],
    ];
    return (
        <>
            <h2>Queues</h2>
            <p class="small">Messages of all tenants, about.</p>
            <table class="health">
                <thead>
                    <tr>
                        <th scope="col">Queue</th>
                        <th scope="col">State</th>
                        <th scope="col" class="number">
                            Waiting
                        </th>
                        <th scope="col" class="number">
                            Taken
                        </th>
                        <th scope="col" class="number">
                            Delayed
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {rows.map(([name, queue]) =>
                        queue ? (
                            <tr key={name}>
                                <th scope="row">{name}</th>
                                <td>
                                    <Reach of={queue.status} />
                                </td>
                                <td class="number">{count(queue.waiting)}</td>
                                <td class="number">{count(queue.in_flight)}</td>
                                <td class="number">{count(queue.delayed)}</td>
                            </tr>
                        ) : null,
                    )}
                </tbody>
            </table>
        </>
    );
}

/** Dead letters that wait for a person. */
function Kept() {
    const { data } = useLoad(
        (signal) => answer(api.GET("/api/v1/dead-letters/", { params: { query: { limit: 100 } }, signal })),
        [],
    );
    if (!data) return null;
    const kept = data.dead_letters.length;
    const words = data.next ? `More than ${plain(kept)}` : kept === 0 ? "No" : plain(kept);
    return (
        <p>
            {words} dead {kept === 1 && !data.next ? "letter is" : "letters are"} kept for a person to look
            at: <a href={to(["letters"])}>dead letters</a>.
        </p>
    );
}

function ForOthers() {
    const health = useLoad((signal) => answer(api.GET("/api/v1/health/", { signal })), [], {
        everyMs: LIVE_MS,
    });
    return (
        <>
            <Problem error={health.error} again={health.reload} />
            {health.data && !health.error && (
                <p class="verdict good" role="status">
                    <strong>The service is up.</strong> Version {health.data.version}.
                </p>
            )}
            {may("scan:read") && <InFlight />}
            <p class="small">
                Operators, admins of the tenant default, also see its queues and what it stands on.
            </p>
        </>
    );
}

function InFlight() {
    const { data } = useLoad(
        async (signal) => {
            const query = { days: 1 };
            const used = await answer(api.GET("/api/v1/usage/", { params: { query }, signal }));
            return (used as components["schemas"]["Usage"]).jobs;
        },
        [],
        { everyMs: LIVE_MS },
    );
    if (!data) return null;
    return (
        <p>
            {plain(data.in_flight)} {data.in_flight === 1 ? "job" : "jobs"} of this tenant in flight; today
            (UTC) {plain(data.completed)} completed, {plain(data.failed)} failed.{" "}
            <a href={to(["usage"], { range: "24h" })}>Usage</a>
        </p>
    );
}

function Reach({ of }: { of: System["table"]["status"] }) {
    return of === "ok" ? (
        <span class="status completed">answers</span>
    ) : (
        <span class="status failed">does not answer</span>
    );
}

const count = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : plain(value);
