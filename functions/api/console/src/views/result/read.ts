// Reading a result: whole where the API answers with it, else what there is in its place.
import { answer, api, fetched } from "../../api.ts";
import type { Manifest, PartialResult, ScanResult } from "./types.ts";

export type Read =
    | { way: "whole"; result: ScanResult }
    | { way: "manifest"; manifest: Manifest }
    /** It is too large to be answered; it lies at the storage. */
    | { way: "large"; link: string };

export async function readResult(job: string, signal: AbortSignal): Promise<Read> {
    const response = await fetched(`/api/v1/scan/result/${job}/?link=true`, { signal });
    return readOf((await response.json()) as Answer);
}

/** A result in some form; or where it lies, if it is too large to be answered. The link holds for some minutes. */
export async function readAs(job: string, mediaType: string): Promise<Blob | string> {
    const headers = { Accept: mediaType };
    const response = await fetched(`/api/v1/scan/result/${job}/?link=true`, { headers });
    const blob = await response.blob();
    const mayBeLink = blob.type.startsWith("application/json") && blob.size <= MAX_LINK_BYTES;
    const read = mayBeLink && readOf(JSON.parse(await blob.text()) as Answer);
    return read && read.way === "large" ? read.link : blob;
}

/** A result that is too large to be answered, straight from the storage. */
export async function readLarge(job: string): Promise<ScanResult> {
    const read = await readAs(job, "application/json");
    if (typeof read !== "string") return JSON.parse(await read.text()) as ScanResult;
    const response = await fetch(read, { credentials: "omit", referrerPolicy: "no-referrer" }).catch(() => {
        throw new Error("The storage lets no page read it. The download has it.");
    });
    if (!response.ok) throw new Error(`The storage answered with status ${response.status}.`);
    return (await response.json()) as ScanResult;
}

/** A link has less; so that a long result is not read for one. */
const MAX_LINK_BYTES = 10_000;

type Answer = ScanResult | Manifest | { location: string };

function readOf(json: Answer): Read {
    if ("location" in json) return { way: "large", link: json.location };
    return "parts" in json ? { way: "manifest", manifest: json } : { way: "whole", result: json };
}

/** A page of the results of a job's documents, as far as they are done. */
export async function readPartial(
    job: string,
    cursor: string | undefined,
    signal: AbortSignal,
): Promise<PartialResult> {
    const query = { partial: true, ...(cursor ? { cursor } : {}) };
    const path = { job_id: job };
    const page = await answer(api.GET("/api/v1/scan/result/{job_id}/", { params: { path, query }, signal }));
    return page as unknown as PartialResult;
}
