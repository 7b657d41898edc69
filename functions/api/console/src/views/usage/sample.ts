// The newest jobs, and what their times say.
import type { components } from "openapi";
import { answer, api } from "../../api.ts";

export type Job = components["schemas"]["JobStatus"];

/** Most jobs that are looked at, and of one page. */
export const MOST_JOBS = 1_000;
const PAGE = 200;

export interface Sample {
    /** The newest first. */
    jobs: Job[];
    /** Whether there are older ones in the time that was asked for. */
    isCut: boolean;
}

/** The newest jobs that were accepted since then. */
export async function newest(since: Date, signal: AbortSignal): Promise<Sample> {
    const jobs: Job[] = [];
    let cursor: string | null | undefined;
    do {
        const query = { limit: PAGE, created_after: since.toISOString(), ...(cursor ? { cursor } : {}) };
        const page = await answer(api.GET("/api/v1/scan/", { params: { query }, signal }));
        jobs.push(...page.jobs);
        cursor = page.next;
    } while (cursor && jobs.length < MOST_JOBS);
    return { jobs, isCut: Boolean(cursor) };
}

export type Measure = "wait" | "duration";

/**
 * How long a job waited in the queue, or how long its extraction took, in milliseconds; undefined where that is not known of it.
 * A wait is known of first attempts alone: later ones wait on purpose. So is the duration of what is done in several steps.
 */
export function measured(
    { created_at, started_at, finished_at, attempt, status, progress }: Job,
    measure: Measure,
) {
    if (!started_at) return undefined;
    const started = Date.parse(started_at);
    if (measure === "wait") return attempt === 1 ? Math.max(0, started - Date.parse(created_at)) : undefined;
    const isWhole = status === "completed" && finished_at && !progress;
    return isWhole ? Math.max(0, Date.parse(finished_at) - started) : undefined;
}

export const PERCENTS = [50, 90, 99];

/** The value that so many percent of the values do not pass: the nearest rank. */
export function percentile(values: number[], percent: number): number | undefined {
    const sorted = [...values].sort((one, other) => one - other);
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

/** A stretch of time. */
export interface Stretch {
    from: number;
    to: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lengths of stretches that people think in. */
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY];

/** Stretches of this length, the last of which holds `to`, back to the one that holds `from`. */
export function stretches(from: number, to: number, step: number): Stretch[] {
    const shift = new Date(to).getTimezoneOffset() * MINUTE;
    const begin = (time: number) => Math.floor((time - shift) / step) * step + shift;
    const found: Stretch[] = [];
    for (let at = begin(from); at <= to; at += step) found.push({ from: at, to: at + step });
    return found;
}

/** The shortest of the usual steps that makes at most so many stretches. */
export function stepFor(from: number, to: number, most: number): number {
    return STEPS.find((step) => (to - from) / step < most - 1) ?? (STEPS.at(-1) as number);
}

export const within = (jobs: Job[], { from, to }: Stretch): Job[] =>
    jobs.filter(({ created_at }) => {
        const at = Date.parse(created_at);
        return at >= from && at < to;
    });
