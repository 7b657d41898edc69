// How a job stands, by word, colour and shape.
import type { components } from "openapi";

export type JobStatus = components["schemas"]["Status"];

export const STATUSES: JobStatus[] = ["pending", "running", "completed", "failed", "cancelled"];

export const isFinal = (status: JobStatus): boolean => status !== "pending" && status !== "running";

export function Status({ of }: { of: JobStatus }) {
    return <span class={`status ${of}`}>{of}</span>;
}
