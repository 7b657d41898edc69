// What a result holds, by the names that the views use.
import type { components } from "../../api.ts";

export type JobStatus = components["schemas"]["JobStatus"];
export type ScanResult = components["schemas"]["ScanResult"];
export type Found = components["schemas"]["ResultRecord"];
export type RecordsPage = components["schemas"]["RecordsPage"];
export type Document = components["schemas"]["DocumentResult"];
export type FieldProblem = components["schemas"]["FieldProblem"];
export type Place = components["schemas"]["Place"];
export type TableOf = components["schemas"]["Table"];

/** A document's own result, of a job of many. */
export interface Numbered extends ScanResult {
    /** Its number in the job. */
    number: number;
    name?: string;
}

/** What is done so far of a job of many documents, in pages. */
export interface PartialResult {
    complete: boolean;
    progress?: { done: number; failed: number; total?: number };
    results: Numbered[];
    next: string | null;
}

/** What came of a collection: how many documents, and where in the merged result they are. */
export interface Manifest {
    documents: number;
    done: number;
    failed: number;
    result: { media_type: string; bytes: number; sha256: string };
    parts: {
        first: number;
        documents: number;
        done: number;
        failed: number;
        offset: number;
        bytes: number;
        sha256: string;
    }[];
}

/** What is said of a document in a word. */
export function nameOf(document: Document | undefined, number: number): string {
    return document?.name || document?.origin?.url || `Document ${number + 1}`;
}
