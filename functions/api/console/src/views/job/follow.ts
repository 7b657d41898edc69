// A job as it goes on, until it is over.
import type { components } from "openapi";
import { useCallback, useEffect, useState } from "preact/hooks";
import { Failure, answer, api, fetched } from "../../api.ts";
import { events } from "../../events.ts";
import { isFinal } from "../../parts/status.tsx";

type Job = components["schemas"]["JobStatus"];

/** How long the first event may take. It is there at once, unless something on the way gathers what is streamed. */
const FIRST_EVENT_MS = 5_000;
/** How long a call for the status waits for the job's end, where events do not come through. */
const WAIT_SECONDS = 10;
/** After which it is tried again if there was no answer. */
const AGAIN_MS = 3_000;

export interface Followed {
    job: Job | undefined;
    /** Why there is no news; it is tried again by itself, unless there is no such job. */
    error: Error | undefined;
    /** Looks anew, also where the job was over. */
    again: () => void;
}

export function useJob(id: string): Followed {
    const [job, setJob] = useState<Job>();
    const [error, setError] = useState<Error>();
    const [turn, setTurn] = useState(0);

    useEffect(() => {
        const abort = new AbortController();
        const see = (seen: Job) => {
            if (abort.signal.aborted) return;
            setJob(seen);
            setError(undefined);
        };
        follow(id, see, setError, abort.signal).catch((failure: unknown) => {
            if (!abort.signal.aborted) setError(failure as Error);
        });
        return () => abort.abort();
    }, [id, turn]);

    const again = useCallback(() => setTurn((before) => before + 1), []);
    return { job, error, again };
}

/** Ends when the job does, or fails where there is no such job. */
async function follow(
    id: string,
    see: (job: Job) => void,
    missed: (why: Error) => void,
    signal: AbortSignal,
): Promise<void> {
    let last = "";
    let isStreamed = true;
    while (!signal.aborted) {
        try {
            const ways = isStreamed ? stream(id, last, see, signal) : wait(id, see, signal);
            const { isOver, seen, comeBackMs } = await ways;
            if (isOver) return;
            last = seen;
            await pause(comeBackMs, signal);
        } catch (failure) {
            if (signal.aborted) return;
            if (failure instanceof Failure && [401, 403, 404, 422].includes(failure.status)) throw failure;
            // A stream that came to nothing need not mean that the service did.
            if (isStreamed) isStreamed = false;
            else missed(failure as Error);
            await pause(failure instanceof Late ? 0 : AGAIN_MS, signal);
        }
        await whenSeen(signal);
    }
}

interface Round {
    isOver: boolean;
    /** The id of the event that was seen last. */
    seen: string;
    comeBackMs: number;
}

class Late extends Error {}

/** By one stream of events, from the one after `last`. It is given up while nobody looks: browsers open few connections to one place. */
async function stream(
    id: string,
    last: string,
    see: (job: Job) => void,
    signal: AbortSignal,
): Promise<Round> {
    const own = new AbortController();
    const end = () => own.abort();
    const hide = () => document.visibilityState === "hidden" && end();
    signal.addEventListener("abort", end);
    document.addEventListener("visibilitychange", hide);
    const timer = setTimeout(() => own.abort(new Late("No event has come.")), FIRST_EVENT_MS);
    const round = { isOver: false, seen: last, comeBackMs: AGAIN_MS };
    try {
        const response = await fetched(`/api/v1/scan/events/${encodeURIComponent(id)}/`, {
            headers: last ? { "Last-Event-ID": last } : {},
            signal: own.signal,
        });
        if (response.status === 204) return { ...round, isOver: true };
        for await (const { id: event, data, retryMs } of events(response)) {
            clearTimeout(timer);
            round.comeBackMs = retryMs ?? round.comeBackMs;
            if (!data) continue;
            const job = JSON.parse(data) as Job;
            round.seen = event;
            see(job);
            if (isFinal(job.status)) return { ...round, isOver: true };
        }
        return round;
    } catch (failure) {
        if (own.signal.reason instanceof Late) throw own.signal.reason;
        if (own.signal.aborted) return { ...round, comeBackMs: 0 };
        throw failure;
    } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        document.removeEventListener("visibilitychange", hide);
        own.abort();
    }
}

/** By a call that waits for the job's end. */
async function wait(id: string, see: (job: Job) => void, signal: AbortSignal): Promise<Round> {
    const params = { path: { job_id: id }, query: { wait: WAIT_SECONDS } };
    const job = await answer(api.GET("/api/v1/scan/status/{job_id}/", { params, signal }));
    see(job);
    return { isOver: isFinal(job.status), seen: "", comeBackMs: 0 };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((done) => {
        const timer = setTimeout(done, ms);
        signal.addEventListener("abort", () => {
            clearTimeout(timer);
            done();
        });
    });
}

/** At once where the page is seen, else when it is. */
function whenSeen(signal: AbortSignal): Promise<void> {
    return new Promise((done) => {
        const look = () => {
            if (document.visibilityState !== "visible" && !signal.aborted) return;
            document.removeEventListener("visibilitychange", look);
            done();
        };
        document.addEventListener("visibilitychange", look);
        signal.addEventListener("abort", look);
        look();
    });
}
