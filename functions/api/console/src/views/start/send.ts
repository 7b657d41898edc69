// Sends a job: documents go with the request where they fit into it, else they are uploaded first.
import { answer, api } from "../../api.ts";
import type { Source } from "../editor/preview.tsx";
import {
    type Given,
    addressesOf,
    base64Length,
    choicesOf,
    inlineSource,
    labels,
    sourceOf,
    textSource,
} from "./given.ts";

/** What is asked of a job beside its documents. */
export interface Wishes {
    /** One of the two. */
    extract?: unknown[];
    extractor?: string;
    tags: Record<string, string>;
    webhook: string;
}

/** What a request may be long beside its documents: the list of what is extracted, tags, names. */
const REST_BYTES = 100_000;

/** How far an upload is. */
export type Progress = (file: File, sent: number) => void;

/** Starts a job. The same call with the same key starts no other one. */
export async function send(
    given: Given,
    wishes: Wishes,
    key: string,
    context: { maxRequestBytes: number; signal: AbortSignal; onProgress: Progress },
): Promise<string> {
    const body = { ...(await documentsOf(given, key, context)), ...restOf(wishes) };
    const accepted = await answer(
        api.POST("/api/v1/scan/start/", {
            body: body as never,
            headers: { "Content-Type": "application/json", "Idempotency-Key": key },
            signal: context.signal,
        }),
    );
    return accepted.job_id;
}

/** A key that nobody else has. `randomUUID` is not there where the console is not served by HTTPS. */
export function newKey(): string {
    const words = crypto.getRandomValues(new Uint32Array(4));
    return `console-${[...words].map((word) => word.toString(16).padStart(8, "0")).join("")}`;
}

/** The request without its documents. */
export function restOf({ extract, extractor, tags, webhook }: Wishes): Record<string, unknown> {
    return {
        ...(extractor ? { extractor } : { extract }),
        ...(Object.keys(tags).length > 0 && { tags }),
        ...(webhook && { webhook: { url: webhook } }),
    };
}

type Context = Parameters<typeof send>[3];

async function documentsOf(given: Given, key: string, context: Context): Promise<Record<string, unknown>> {
    const as = choicesOf(given).includes(given.as) ? given.as : "document";
    const sources = await sourcesOf(given, as, key, context);
    const [source] = sources;
    if (as === "prefix") return { collection: source };
    if (as === "archive") {
        const { upload, s3 } = source ?? {};
        return { collection: { archive: upload ? { upload } : { s3 } } };
    }
    return sources.length === 1 ? { source } : { sources };
}

async function sourcesOf(given: Given, as: Given["as"], key: string, context: Context): Promise<Source[]> {
    if (given.kind === "text") return [textSource(given)];
    if (given.kind === "addresses") return addressesOf(given).map(sourceOf);
    const length = given.files.reduce((sum, { size }) => sum + base64Length(size), REST_BYTES);
    const fits = as === "document" && length <= context.maxRequestBytes;
    if (fits) return Promise.all(given.files.map(inlineSource));
    const sources: Source[] = [];
    for (const [at, file] of given.files.entries()) sources.push(await upload(file, `${key}-${at}`, context));
    return sources;
}

/** Puts a file into the storage. */
async function upload(file: File, key: string, { signal, onProgress }: Context): Promise<Source> {
    const allowed = await answer(
        api.POST("/api/v1/uploads/", {
            body: { bytes: file.size, ...labels(file) } as never,
            headers: { "Content-Type": "application/json", "Idempotency-Key": key },
            signal,
        }),
    );
    await put(file, allowed, signal, (sent) => onProgress(file, sent));
    return { upload: allowed.upload };
}

/** By XMLHttpRequest, for `fetch` does not tell how far it is. */
function put(
    file: File,
    { url, method, headers }: { url: string; method: string; headers: Record<string, string> },
    signal: AbortSignal,
    onSent: (bytes: number) => void,
): Promise<void> {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const stop = () => request.abort();
        request.open(method, url);
        for (const [name, value] of Object.entries(headers)) {
            // The browser writes it itself, and lets nobody else do so.
            if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
        }
        request.upload.onprogress = ({ loaded }) => onSent(loaded);
        request.onload = () => {
            if (request.status < 300) resolve();
            else reject(new Error(`The storage did not take ${file.name}: status ${request.status}.`));
        };
        request.onerror = () => reject(new Error(`${file.name} did not reach the storage.`));
        request.onabort = () => reject(new DOMException("Stopped.", "AbortError"));
        request.onloadend = () => signal.removeEventListener("abort", stop);
        signal.addEventListener("abort", stop);
        // Without a type of its own: it would be no part of what was signed.
        request.send(file.slice());
    });
}
