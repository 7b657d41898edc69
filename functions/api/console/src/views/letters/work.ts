// Trying dead letters again or discarding them: chosen ones one by one, all that match a hundred a call.
import type { components } from "openapi";
import { Failure, answer, api } from "../../api.ts";

export type Letter = components["schemas"]["Letter"];

export type Verb = "redrive" | "discard";

/** What has become of letters so far. */
export interface Outcome {
    verb: Verb;
    done: number;
    /** How many there are to do; unknown where all that match are. */
    of?: number;
    /** Those that are gone, where they were named. */
    gone: string[];
    /** Those that are still there, and why. */
    refused: { name: string; detail: string }[];
    state: "going" | "stopped" | "ended";
    /** What ended it before its end. */
    error?: Error;
}

/** What to call a letter: its job, or when its message was sent. */
export function nameOf({ id, job_id, sent_at }: Letter): string {
    if (job_id) return `job ${job_id}`;
    return sent_at ? `the message of ${sent_at}` : `the message ${id}`;
}

/** Does it to these letters, one after the other. A letter that cannot be is told, and the next one taken. */
export async function doEach(
    verb: Verb,
    letters: Letter[],
    signal: AbortSignal,
    tell: (outcome: Outcome) => void,
): Promise<void> {
    let outcome: Outcome = { verb, done: 0, of: letters.length, gone: [], refused: [], state: "going" };
    tell(outcome);
    for (const letter of letters) {
        if (signal.aborted) break;
        const name = nameOf(letter);
        try {
            await doOne(verb, letter.id);
            outcome = { ...outcome, done: outcome.done + 1, gone: [...outcome.gone, name] };
        } catch (error) {
            if (!(error instanceof Failure)) throw error;
            const detail = error.detail || error.title;
            outcome = { ...outcome, refused: [...outcome.refused, { name, detail }] };
            if (error.status === 0 || error.status === 401) {
                tell({ ...outcome, state: "stopped", error });
                return;
            }
        }
        tell(outcome);
    }
    tell({ ...outcome, state: signal.aborted ? "stopped" : "ended" });
}

/** Does it to all letters of this reason, or to all, call after call. */
export async function doAll(
    verb: Verb,
    reason: string,
    signal: AbortSignal,
    tell: (outcome: Outcome) => void,
): Promise<void> {
    let outcome: Outcome = { verb, done: 0, gone: [], refused: [], state: "going" };
    let cursor: string | null | undefined;
    tell(outcome);
    do {
        const query = { ...(reason ? { reason } : {}), ...(cursor ? { cursor } : {}) };
        try {
            const { done, refused, next } = await doPage(verb, query);
            const more = refused.map(({ id, detail }) => ({ name: `the letter ${id}`, detail }));
            outcome = { ...outcome, done: outcome.done + done, refused: [...outcome.refused, ...more] };
            cursor = next;
        } catch (error) {
            tell({ ...outcome, state: "stopped", error: error as Error });
            return;
        }
        tell(outcome);
    } while (cursor && !signal.aborted);
    tell({ ...outcome, state: cursor ? "stopped" : "ended" });
}

async function doOne(verb: Verb, id: string): Promise<void> {
    const params = { path: { letter_id: id } };
    if (verb === "redrive") {
        await answer(api.POST("/api/v1/dead-letters/{letter_id}/redrive/", { params }));
    } else {
        await answer(api.DELETE("/api/v1/dead-letters/{letter_id}/", { params }));
    }
}

async function doPage(verb: Verb, query: { reason?: string; cursor?: string }) {
    if (verb === "redrive") {
        const told = await answer(api.POST("/api/v1/dead-letters/redrive/", { params: { query } }));
        return { done: told.redriven, refused: told.refused, next: told.next };
    }
    const told = await answer(api.DELETE("/api/v1/dead-letters/", { params: { query } }));
    return { done: told.discarded, refused: [], next: told.next };
}
