// One saved extractor, or one to be: edited beside what would come of it.
import { useEffect, useMemo, useState } from "preact/hooks";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { bytes } from "../../parts/numbers.ts";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { go, to } from "../../router.ts";
import { may } from "../../session.ts";
import { written } from "../editor/definition.ts";
import { Editor, listOf } from "../editor/editor.tsx";
import { Preview, usePreview } from "../editor/preview.tsx";
import { SaveDialog, type Saved } from "../editor/save.tsx";
import { Remove } from "./remove.tsx";

const NEW = written([
    {
        name: "invoice",
        fields: { number: { label: "Invoice no." }, total: { label: "Total", type: "money" } },
    },
]);

/** What it is tried with; kept while the page is not loaded anew, for all extractors alike. */
let kept = "Invoice no.: A-17\nTotal: 1,234.50 EUR";

export function Extractor({ name, version }: { name: string | undefined; version: number | undefined }) {
    const {
        data: read,
        error,
        reload,
    } = useLoad(
        (signal) => (name ? readVersion(name, version, signal) : Promise.resolve(undefined)),
        [name, version],
    );
    const [extract, setExtract] = useState(name ? "" : NEW);
    const [latest, setLatest] = useState<Saved>();
    useEffect(() => {
        if (!read) return;
        setExtract(read.text);
        setLatest(read.latest);
    }, [read]);
    const [sample, setSample] = useState(kept);
    kept = sample;
    const list = useMemo(() => listOf(extract), [extract]);
    const { data: limits } = useLoad((signal) => answer(api.GET("/api/v1/limits/", { signal })), []);
    const maxBytes = limits?.max_preview_bytes ?? Number.POSITIVE_INFINITY;
    const isTooLong = new Blob([sample]).size > maxBytes;
    const preview = usePreview(sample && !isTooLong ? { text: sample } : undefined, extract);
    const [dialog, setDialog] = useState<"save" | "remove">();
    const isChanged = read ? extract !== read.text : true;
    const mayWrite = may("extractors:write");
    return (
        <>
            <p class="small">
                <a href={to(["extractors"])}>All extractors</a>
            </p>
            <div class="bar">
                <h1>
                    {name ? <bdi>{name}</bdi> : "New extractor"}
                    {read && (
                        <span class="small">
                            {" "}
                            version {read.version}
                            {isChanged && ", changed"}
                        </span>
                    )}
                </h1>
                <div class="row-buttons">
                    {name && may("scan:write") && (
                        <a
                            class="button"
                            href={to(["start"], { extractor: version ? `${name}@${version}` : name })}
                        >
                            Start a job
                        </a>
                    )}
                    {name && mayWrite && (
                        <button type="button" class="danger" onClick={() => setDialog("remove")}>
                            Remove
                        </button>
                    )}
                    {mayWrite && (
                        <button
                            type="button"
                            class="primary"
                            disabled={!list || (!isChanged && !version)}
                            onClick={() => setDialog("save")}
                        >
                            Save …
                        </button>
                    )}
                </div>
            </div>
            <Problem error={error} again={reload} />
            {(read || !name) && (
                <div class="beside">
                    <section aria-label="Definition">
                        <Editor text={extract} onText={setExtract} flaws={preview.flaws} />
                        {name && <Versions name={name} shown={read?.version} latest={latest?.version} />}
                    </section>
                    <Preview of={preview}>
                        <label class="field">
                            A sample to try it with
                            <textarea
                                rows={6}
                                value={sample}
                                spellcheck={false}
                                onInput={(event) => setSample(event.currentTarget.value)}
                            />
                        </label>
                        {isTooLong && (
                            <p class="bad">A preview takes up to {bytes(maxBytes)}. Make it shorter.</p>
                        )}
                    </Preview>
                </div>
            )}
            {dialog === "save" && list && (
                <SaveDialog
                    extract={list}
                    saved={latest}
                    onClose={() => setDialog(undefined)}
                    onSaved={(saved) => {
                        if (saved.name === name && !version) reload();
                        else go(to(["extractors", saved.name]));
                    }}
                />
            )}
            {dialog === "remove" && name && (
                <Remove
                    name={name}
                    onClose={() => setDialog(undefined)}
                    onRemoved={() => go(to(["extractors"]), { replace: true })}
                />
            )}
        </>
    );
}

/** A version, and which one is the latest: what is saved replaces that one. */
async function readVersion(name: string, version: number | undefined, signal: AbortSignal) {
    const path = { name };
    const call = api.GET("/api/v1/extractors/{name}/", { params: { path }, signal });
    const newest = await answer(call);
    const etag = (await call).response.headers.get("etag") ?? "";
    const shown = version
        ? await answer(
              api.GET("/api/v1/extractors/{name}/", { params: { path, query: { version } }, signal }),
          )
        : newest;
    return {
        text: written(shown.extract),
        version: shown.version,
        latest: { name, version: newest.version, etag },
    };
}

function Versions(props: { name: string; shown: number | undefined; latest: number | undefined }) {
    const { name, shown, latest } = props;
    const pages = usePages([name]);
    const { cursor } = pages;
    const { data, error, reload } = useLoad(
        (signal) => {
            const query = { limit: 20, ...(cursor ? { cursor } : {}) };
            return answer(
                api.GET("/api/v1/extractors/{name}/versions/", { params: { path: { name }, query }, signal }),
            );
        },
        [name, latest, cursor],
    );
    return (
        <section aria-label="Versions">
            <h2>Versions</h2>
            <Problem error={error} again={reload} />
            <ul class="versions">
                {data?.versions.map(({ version, created_at }) => (
                    <li key={version}>
                        <a
                            href={to(["extractors", name], {
                                version: version === latest ? undefined : String(version),
                            })}
                            aria-current={version === shown ? "true" : undefined}
                        >
                            Version {version}
                        </a>{" "}
                        <span class="small">
                            <Time at={created_at} />
                            {version === latest && ", the latest"}
                        </span>
                    </li>
                ))}
            </ul>
            <Pager pages={pages} next={data?.next} what="versions" />
        </section>
    );
}
