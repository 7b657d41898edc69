// What a job to come begins with: what was asked of another one, or a saved extractor.
import { answer, api, fetched } from "../../api.ts";
import { tell } from "../../parts/toast.tsx";
import { written } from "../editor/definition.ts";
import { type Given, NONE, UPLOAD } from "./given.ts";
import type { Draft } from "./start.tsx";

/** What the API says was asked of a job. */
interface JobRequest {
    extract: unknown[];
    extractor?: { name: string; version: number };
    tags?: Record<string, string>;
    webhook?: { url: string };
    documents: { kind: string; name?: string; url?: string; upload?: string; s3?: string }[];
    collection?: { kind: "prefix" | "archive"; s3?: string; upload?: string };
}

/** The same again, but for bytes that came with the request: those have to be given anew. */
export async function likeJob(id: string): Promise<Partial<Draft>> {
    const response = await fetched(`/api/v1/scan/request/${encodeURIComponent(id)}/`);
    const request = (await response.json()) as JobRequest;
    const extract = written(request.extract);
    const saved = request.extractor
        ? await readExtractor(`${request.extractor.name}@${request.extractor.version}`).catch(() => undefined)
        : undefined;
    const gone = request.documents.filter(({ kind }) => kind === "inline").length;
    if (gone > 0) tell("Documents that came with the request are not kept: give them again.");
    return {
        extract,
        saved: undefined,
        ...saved,
        given: givenBy(request),
        tags: Object.entries(request.tags ?? {}),
        webhook: request.webhook?.url ?? "",
    };
}

/** A saved extractor: `invoice`, or `invoice@3` for one of its versions. */
export async function readExtractor(reference: string): Promise<Pick<Draft, "extract" | "saved">> {
    const [name = "", version] = reference.split("@");
    const query = version ? { version: Number(version) } : {};
    const call = api.GET("/api/v1/extractors/{name}/", { params: { path: { name }, query } });
    const read = await answer(call);
    const etag = (await call).response.headers.get("etag") ?? "";
    const extract = written(read.extract);
    return { extract, saved: { name: read.name, version: read.version, etag, extract } };
}

function givenBy({ documents, collection }: JobRequest): Given {
    if (collection) {
        const { kind, s3, upload } = collection;
        return { ...NONE, kind: "addresses", addresses: s3 ?? UPLOAD + upload, as: kind };
    }
    const addresses = documents.flatMap(
        ({ url, s3, upload }) => url ?? s3 ?? (upload ? UPLOAD + upload : []),
    );
    return addresses.length > 0 ? { ...NONE, kind: "addresses", addresses: addresses.join("\n") } : NONE;
}
