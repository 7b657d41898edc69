// What was asked of a job.
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Copy } from "../../parts/copy.tsx";
import { bytes } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import { visible } from "../../parts/visible.ts";

type Named = components["schemas"]["NamedDocument"];

/** Of jobs of many documents, so many are listed at once. */
const LISTED = 100;

export function Asked({ id }: { id: string }) {
    const { data, error, reload } = useLoad(
        (signal) =>
            answer(api.GET("/api/v1/scan/request/{job_id}/", { params: { path: { job_id: id } }, signal })),
        [id],
    );
    if (error) return <Problem error={error} again={reload} />;
    if (!data) return <p class="wait">…</p>;
    const extract = JSON.stringify(data.extract, null, 2);
    const { collection, documents, extractor, webhook } = data;
    return (
        <>
            <dl class="facts">
                {collection && (
                    <>
                        <dt>Collection</dt>
                        <dd>
                            {collection.kind}{" "}
                            <span class="mono">{visible(collection.s3 ?? collection.upload ?? "")}</span>
                        </dd>
                    </>
                )}
                {documents.length > 0 && (
                    <>
                        <dt>Documents</dt>
                        <dd>
                            <ol class="documents">
                                {documents.slice(0, LISTED).map((document, at) => (
                                    <li key={at}>{words(document)}</li>
                                ))}
                            </ol>
                            {documents.length > LISTED && `and ${documents.length - LISTED} more`}
                        </dd>
                    </>
                )}
                {extractor && (
                    <>
                        <dt>Extractor</dt>
                        <dd>
                            {extractor.name}, version {extractor.version}
                        </dd>
                    </>
                )}
                {webhook && (
                    <>
                        <dt>Webhook</dt>
                        <dd class="mono">{visible(webhook.url)}</dd>
                    </>
                )}
                <dt>Extract</dt>
                <dd>
                    <Copy text={extract} what="what is extracted" />
                    <pre class="extract" tabIndex={0} aria-label="What is extracted">
                        {extract}
                    </pre>
                </dd>
            </dl>
        </>
    );
}

function words({ kind, name, media_type: type, bytes: size, url, s3, upload }: Named): string {
    const place = url ?? s3 ?? (upload ? `upload ${upload}` : kind);
    const known = [name, place, type, size == null ? undefined : bytes(size)];
    return known
        .filter((each) => each != null)
        .map((each) => visible(`${each}`))
        .join(" · ");
}
