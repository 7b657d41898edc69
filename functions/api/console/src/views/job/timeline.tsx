// What became of a job, in its order.
import type { ComponentChildren } from "preact";
import type { components } from "openapi";
import { isFinal } from "../../parts/status.tsx";
import { duration, Time } from "../../parts/time.tsx";
import { documentsOf } from "../jobs/words.ts";

type Job = components["schemas"]["JobStatus"];
type Delivery = components["schemas"]["Delivery"];

interface Moment {
    key: string;
    /** Undefined where it is not known. */
    at: string | undefined;
    look: "plain" | "good" | "bad" | "now" | "ahead";
    words: ComponentChildren;
}

export function Timeline({ job, deliveries }: { job: Job; deliveries: Delivery[] }) {
    const moments = [...ofJob(job), ...deliveries.flatMap(ofDelivery), ...expiry(job)];
    return (
        <ol class="timeline">
            {moments.map(({ key, at, look, words }) => (
                <li key={key} class={look}>
                    <span class="when">{at && <Time at={at} exact />}</span>
                    <span class="what">{words}</span>
                </li>
            ))}
        </ol>
    );
}

function ofJob(job: Job): Moment[] {
    const { status, attempt, started_at: started, finished_at: finished, last_error: before } = job;
    const moments: Moment[] = [
        { key: "accepted", at: job.created_at, look: "plain", words: `Accepted: ${documentsOf(job)}` },
    ];
    if (attempt > 1 || before) {
        const words = before ? (
            <>
                An attempt failed: <b>{before.title}</b>. {before.detail}
            </>
        ) : (
            `${attempt - 1} ${attempt > 2 ? "attempts" : "attempt"} before; their times are not kept`
        );
        // Each step of a job of several documents is an attempt: that there were some says nothing.
        if (before || !job.progress) moments.push({ key: "before", at: undefined, look: "bad", words });
    }
    if (started) {
        const wait = since(job.created_at, started);
        const words = job.progress
            ? "The latest step began"
            : `Attempt ${attempt} began${attempt === 1 ? `, after a wait of ${wait}` : ""}`;
        moments.push({ key: "started", at: started, look: isFinal(status) ? "plain" : "now", words });
    } else if (status === "pending") {
        const next = job.next_attempt_at;
        const words = next ? "The next attempt does not begin before this" : "Waits for a worker";
        moments.push({ key: "waits", at: next ?? undefined, look: "now", words });
    } else if (status === "running") {
        moments.push({ key: "runs", at: undefined, look: "now", words: "Document after document is read" });
    }
    if (finished) {
        const took = since(started && !job.progress ? started : job.created_at, finished);
        moments.push({
            key: "finished",
            at: finished,
            look: lookOf(job),
            words: `${ended(job)} after ${took}`,
        });
    }
    return moments;
}

function ended({ status, error }: Job): string {
    if (status === "failed") return error ? `Failed (${error.title}),` : "Failed";
    return status === "completed" ? "Completed" : "Cancelled";
}

function lookOf({ status }: Job): Moment["look"] {
    if (status === "completed") return "good";
    return status === "failed" ? "bad" : "plain";
}

function ofDelivery({ event, type, status, attempts, next_attempt_at: next }: Delivery): Moment[] {
    const tried = attempts.map((attempt, at): Moment => {
        const isGood = attempt.status_code != null && attempt.status_code >= 200 && attempt.status_code < 300;
        const came = attempt.status_code ?? attempt.error?.replace(/\.$/, "") ?? "no answer";
        return {
            key: `${event} ${at}`,
            at: attempt.at,
            look: isGood ? "good" : "bad",
            words: `Webhook ${type}: ${came} (${duration(attempt.milliseconds)})`,
        };
    });
    if (status !== "pending") return tried;
    const words = `Webhook ${type}: is told${next ? " not before this" : ""}`;
    return [...tried, { key: `${event} next`, at: next ?? undefined, look: "ahead", words }];
}

function expiry({ expires_at: at }: Job): Moment[] {
    return at ? [{ key: "expiry", at, look: "ahead", words: "May be forgotten from here on" }] : [];
}

const since = (begin: string, end: string): string =>
    duration(Math.max(0, Date.parse(end) - Date.parse(begin)));
