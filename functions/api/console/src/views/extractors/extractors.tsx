// Saved extractors: the list of them, and one of them with its versions.
import { useState } from "preact/hooks";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { type Route, to } from "../../router.ts";
import { may } from "../../session.ts";
import { Extractor } from "./extractor.tsx";
import { Remove } from "./remove.tsx";

export function Extractors({ route: { path, query } }: { route: Route }) {
    const name = path[1];
    if (name) return <Extractor key={name} name={name} version={Number(query.get("version")) || undefined} />;
    if (query.has("new")) return <Extractor key="" name={undefined} version={undefined} />;
    return <List />;
}

function List() {
    const pages = usePages([]);
    const { cursor } = pages;
    const { data, error, loading, reload } = useLoad(
        (signal) => {
            const query = { limit: 50, ...(cursor ? { cursor } : {}) };
            return answer(api.GET("/api/v1/extractors/", { params: { query }, signal }));
        },
        [cursor],
    );
    const [removed, setRemoved] = useState<string>();
    return (
        <>
            <div class="bar">
                <h1>Extractors</h1>
                {may("extractors:write") && (
                    <a class="button primary" href={to(["extractors"], { new: "yes" })}>
                        New extractor
                    </a>
                )}
            </div>
            <p class="small">
                What to extract, saved under a name that requests can use: <code>"extractor": "invoice"</code>
                .
            </p>
            <Problem error={error} again={reload} />
            {!data && loading && <p class="wait">…</p>}
            {data?.extractors.length === 0 && <p>None is saved yet.</p>}
            {data && data.extractors.length > 0 && (
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">Name</th>
                            <th scope="col">Version</th>
                            <th scope="col">Saved</th>
                            <th scope="col">
                                <span class="only-read">What can be done</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {data.extractors.map(({ name, version, created_at }) => (
                            <tr key={name}>
                                <td data-label="Name">
                                    <a href={to(["extractors", name])}>
                                        <bdi>{name}</bdi>
                                    </a>
                                </td>
                                <td data-label="Version">{version}</td>
                                <td data-label="Saved">
                                    <Time at={created_at} />
                                </td>
                                <td class="row-buttons">
                                    {may("scan:write") && (
                                        <a class="button" href={to(["start"], { extractor: name })}>
                                            Start a job
                                            <span class="only-read"> with {name}</span>
                                        </a>
                                    )}
                                    {may("extractors:write") && (
                                        <button type="button" class="danger" onClick={() => setRemoved(name)}>
                                            Remove<span class="only-read"> {name}</span>
                                        </button>
                                    )}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            )}
            <Pager pages={pages} next={data?.next} what="extractors" />
            {removed && <Remove name={removed} onClose={() => setRemoved(undefined)} onRemoved={reload} />}
        </>
    );
}
