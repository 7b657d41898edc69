// Jobs in words.
import type { components } from "openapi";
import { isFinal } from "../../parts/status.tsx";

type Job = components["schemas"]["JobStatus"];

/** How ids are shown where there is little room. They begin with the time: what tells neighbours apart is at the end. */
export const shortId = (id: string): string => (id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

/** How many milliseconds it waited for its only attempt, or waits for its first; undefined where attempts came before. */
export function waited(job: Job, now: number): number | undefined {
    const isOnlyAttempt = job.attempt <= 1 && !job.progress;
    if (job.attempt === 0) return since(job.created_at, job.finished_at ? Date.parse(job.finished_at) : now);
    if (isOnlyAttempt && job.started_at) return since(job.created_at, Date.parse(job.started_at));
    return undefined;
}

/** How many milliseconds its latest attempt took, or takes. Of one that is done in steps, and of one that failed: since it was accepted. */
export function took(job: Job, now: number): number | undefined {
    if (job.attempt === 0) return undefined;
    const begin = (job.progress ? undefined : job.started_at) ?? job.created_at;
    if (isFinal(job.status)) return job.finished_at ? since(begin, Date.parse(job.finished_at)) : undefined;
    return job.status === "running" || job.progress ? since(begin, now) : undefined;
}

const since = (begin: string, end: number): number => Math.max(0, end - Date.parse(begin));

/** What it reads. */
export function documentsOf({ documents }: Job): string {
    if (documents == null) return "collection";
    return documents === 1 ? "1 document" : `${documents} documents`;
}

const OFFICE: Record<string, string> = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.ms-excel": "xls",
};

/** A media type without its parameters. */
export const bare = (type: string): string => (type.split(";", 1)[0] ?? type).trim();

/** A media type as people name it; those of office files are too long for that. */
export const typeName = (type: string): string => OFFICE[bare(type).toLowerCase()] ?? bare(type);

/** `1 job`, `12 jobs`. */
export const jobs = (count: number): string => (count === 1 ? "1 job" : `${count} jobs`);
