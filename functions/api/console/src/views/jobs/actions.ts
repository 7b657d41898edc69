// What can be done to jobs.
import type { components } from "openapi";
import { answer, api, Failure } from "../../api.ts";
import { isFinal } from "../../parts/status.tsx";

type Job = components["schemas"]["JobStatus"];

export interface Action {
    verb: string;
    doing: string;
    done: string;
    /** What has to be known before it is done; it is done at once where there is nothing. */
    warning?: string;
    isPossible: (job: Job) => boolean;
    act: (id: string) => Promise<unknown>;
}

const by = (id: string) => ({ params: { path: { job_id: id } } });

export const CANCEL: Action = {
    verb: "Cancel",
    doing: "Cancelling",
    done: "Cancelled",
    isPossible: ({ status }) => !isFinal(status),
    act: (id) => answer(api.POST("/api/v1/scan/cancel/{job_id}/", by(id))),
};

export const RETRY: Action = {
    verb: "Retry",
    doing: "Retrying",
    done: "Retrying",
    isPossible: ({ status }) => status === "failed" || status === "cancelled",
    act: (id) => answer(api.POST("/api/v1/scan/retry/{job_id}/", by(id))),
};

export const REMOVE: Action = {
    verb: "Remove",
    doing: "Removing",
    done: "Removed",
    warning: "Documents and results go with it, also where it has not ended. Nothing brings them back.",
    isPossible: () => true,
    act: (id) => answer(api.DELETE("/api/v1/scan/remove/{job_id}/", by(id))).catch(unlessGone),
};

export const ACTIONS = [CANCEL, RETRY, REMOVE];

/** What is gone already need not be removed. */
function unlessGone(error: unknown): void {
    if (!(error instanceof Failure) || error.status !== 404) throw error;
}
