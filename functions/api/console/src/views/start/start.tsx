// Starts a job: what is to be read, what is to be extracted from it, and what would come of that.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { bytes, plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import { tell } from "../../parts/toast.tsx";
import { type Route, go, to } from "../../router.ts";
import { may } from "../../session.ts";
import { DEFAULT, written } from "../editor/definition.ts";
import { Editor, listOf } from "../editor/editor.tsx";
import { Preview, type Source, flawsOf, usePreview } from "../editor/preview.tsx";
import { SaveDialog, type Saved } from "../editor/save.tsx";
import { Documents } from "./documents.tsx";
import { type Given, NONE, inlineSource, isEmpty, textSource } from "./given.ts";
import { likeJob, readExtractor } from "./like.ts";
import { newKey, send } from "./send.ts";
import { Tags } from "./tags.tsx";

/** All that is filled in. */
export interface Draft {
    given: Given;
    extract: string;
    /** The saved extractor that it was read from, and what that says. */
    saved: (Saved & { extract: string }) | undefined;
    tags: [string, string][];
    webhook: string;
    /** A text to preview with, where the document itself cannot be. */
    sample: string;
}

const FRESH: Draft = {
    given: NONE,
    extract: written(DEFAULT),
    saved: undefined,
    tags: [],
    webhook: "",
    sample: "",
};

/** What was filled in is there again when one comes back, as long as the page is not loaded anew. */
let kept = FRESH;

export function Start({ route: { query } }: { route: Route }) {
    const [draft, setDraft] = useState(kept);
    const put = (next: Draft) => {
        kept = next;
        setDraft(next);
    };
    const set = (change: Partial<Draft>) => put({ ...kept, ...change });
    const limits = useLoad((signal) => answer(api.GET("/api/v1/limits/", { signal })), []);
    const [readError, setReadError] = useState<Error>();

    // A job like another one, or with a saved extractor.
    const [like, extractor] = [query.get("like"), query.get("extractor")];
    useEffect(() => {
        const read = like ? likeJob(like) : extractor ? readExtractor(extractor) : undefined;
        read?.then((change) => set(change)).catch(setReadError);
    }, [like, extractor]);

    const list = useMemo(() => listOf(draft.extract), [draft.extract]);
    const { source, why } = usePreviewed(draft, limits.data?.max_preview_bytes);
    const preview = usePreview(source, draft.extract);
    const sending = useSending(draft, list, limits.data?.max_request_bytes ?? 0, (ids) => {
        set({ given: { ...NONE, kind: draft.given.kind } });
        if (ids.length > 1) tell(`Started ${plain(ids.length)} jobs.`);
        go(ids.length === 1 ? to(["jobs", ids[0] as string]) : to(["jobs"]));
    });
    const startFlaws = flawsOf(sending.error);
    const flaws = preview.flaws.length > 0 ? preview.flaws : startFlaws;
    const [isSaving, setSaving] = useState(false);
    const isReady = list !== undefined && !isEmpty(draft.given) && limits.data !== undefined && !sending.busy;
    const mayEach = draft.given.kind === "files" && draft.given.files.length > 1;

    return (
        <>
            <div class="bar">
                <h1>Start a job</h1>
                <button type="button" class="quiet" onClick={() => put(FRESH)}>
                    Clear all
                </button>
            </div>
            <Problem error={readError} />
            {!limits.data && <Problem error={limits.error} again={limits.reload} />}
            <div class="start">
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        void sending.start(false);
                    }}
                >
                    <section aria-label="What is read">
                        <h2>What is read</h2>
                        <Documents
                            given={draft.given}
                            onGiven={(given) => set({ given })}
                            maxUploadBytes={limits.data?.max_upload_bytes}
                        />
                    </section>
                    <section aria-label="What is extracted">
                        <div class="bar">
                            <h2>What is extracted</h2>
                            <SavedChoice draft={draft} onDraft={set} onError={setReadError} />
                        </div>
                        <Editor text={draft.extract} onText={(extract) => set({ extract })} flaws={flaws} />
                        {may("extractors:write") && list && (
                            <p>
                                <button type="button" onClick={() => setSaving(true)}>
                                    Save as an extractor …
                                </button>
                            </p>
                        )}
                    </section>
                    <details class="more-wishes" open={draft.tags.length > 0 || draft.webhook !== ""}>
                        <summary>Tags and webhook</summary>
                        <Tags tags={draft.tags} onTags={(tags) => set({ tags })} />
                        <label class="field">
                            Who is told of the end (a URL)
                            <input
                                type="url"
                                value={draft.webhook}
                                placeholder="https://example.org/hook"
                                onInput={(event) => set({ webhook: event.currentTarget.value })}
                            />
                        </label>
                    </details>
                    {startFlaws.length === 0 && <Problem error={sending.error} />}
                    <div class="buttons send">
                        {sending.progress && (
                            <label class="field sent">
                                {sending.progress.words}
                                <progress max={sending.progress.of} value={sending.progress.sent} />
                            </label>
                        )}
                        {sending.busy && (
                            <button type="button" onClick={sending.stop}>
                                Stop
                            </button>
                        )}
                        {mayEach && (
                            <button type="button" disabled={!isReady} onClick={() => sending.start(true)}>
                                Start a job for each
                            </button>
                        )}
                        <button type="submit" class="primary" disabled={!isReady}>
                            {mayEach ? "Start one job for all" : "Start"}
                        </button>
                    </div>
                </form>
                <Preview of={preview}>
                    {why && (
                        <p class="small">
                            {why === "empty" ? "Of what is read, once there is something." : why}
                        </p>
                    )}
                    {why && why !== "empty" && (
                        <label class="field">
                            A sample to try it with
                            <textarea
                                rows={6}
                                value={draft.sample}
                                spellcheck={false}
                                onInput={(event) => set({ sample: event.currentTarget.value })}
                            />
                        </label>
                    )}
                </Preview>
            </div>
            {isSaving && list && (
                <SaveDialog
                    extract={list}
                    saved={draft.saved}
                    onSaved={(saved) => set({ saved: { ...saved, extract: draft.extract } })}
                    onClose={() => setSaving(false)}
                />
            )}
        </>
    );
}

/** The saved extractors, to begin with one. */
function SavedChoice(props: {
    draft: Draft;
    onDraft: (change: Partial<Draft>) => void;
    onError: (error: Error | undefined) => void;
}) {
    const { draft, onDraft, onError } = props;
    const { data } = useLoad(
        (signal) => answer(api.GET("/api/v1/extractors/", { params: { query: { limit: 100 } }, signal })),
        [draft.saved?.version],
    );
    if (!data?.extractors.length) return null;
    const isChanged = draft.saved && draft.saved.extract !== draft.extract;
    return (
        <label class="field inline">
            Saved
            <select
                value={draft.saved?.name ?? ""}
                onChange={(event) => {
                    const name = event.currentTarget.value;
                    onError(undefined);
                    if (name) readExtractor(name).then(onDraft, onError);
                    else onDraft({ saved: undefined });
                }}
            >
                <option value="">none of them</option>
                {data.extractors.map(({ name, version }) => (
                    <option key={name} value={name}>
                        {name} (version {name === draft.saved?.name ? draft.saved.version : version}
                        {isChanged && name === draft.saved?.name ? ", changed" : ""})
                    </option>
                ))}
            </select>
        </label>
    );
}

/** What is tried: the document itself, if it may be; else a sample, and why. Nothing until it is known what may be. */
function usePreviewed(
    { given, sample }: Draft,
    maxBytes: number | undefined,
): { source: Source | undefined; why: string | undefined } {
    const [file] = given.files;
    const [read, setRead] = useState<{ file: File; source: Source }>();
    const fits = file !== undefined && maxBytes !== undefined && file.size <= maxBytes;
    useEffect(() => {
        if (file && fits)
            void inlineSource(file).then(
                (source) => setRead({ file, source }),
                () => undefined,
            );
    }, [file, fits]);
    const bySample = (why: string) => ({ source: sample ? { text: sample } : undefined, why });
    if (isEmpty(given)) return { source: undefined, why: "empty" };
    if (given.kind === "addresses")
        return bySample("A preview fetches nothing. Paste a piece of the document:");
    if (maxBytes === undefined) return { source: undefined, why: undefined };
    const limit = `A preview takes a document of up to ${bytes(maxBytes)}`;
    if (given.kind === "text") {
        const tooLong = new Blob([given.text]).size > maxBytes;
        return tooLong
            ? bySample(`${limit}. Paste a piece of it:`)
            : { source: textSource(given), why: undefined };
    }
    if (!fits) return bySample(`${limit}; ${file?.name} is longer. Paste a piece of it:`);
    return { source: read?.file === file ? read?.source : undefined, why: undefined };
}

interface Sending {
    busy: boolean;
    error: Error | undefined;
    progress: { words: string; sent: number; of: number } | undefined;
    start: (each: boolean) => Promise<void>;
    stop: () => void;
}

/** Sends the draft, as one job or as one for each file. What is sent again after an error is the same job, not another one. */
function useSending(
    draft: Draft,
    list: unknown[] | undefined,
    maxRequestBytes: number,
    onStarted: (ids: string[]) => void,
): Sending {
    const [state, setState] = useState<Pick<Sending, "busy" | "error" | "progress">>({
        busy: false,
        error: undefined,
        progress: undefined,
    });
    const abort = useRef<AbortController | undefined>(undefined);
    const key = useRef("");
    const started = useRef<string[]>([]);
    useEffect(() => {
        key.current = newKey();
        started.current = [];
    }, [draft]);
    useEffect(() => () => abort.current?.abort(), []);

    const start = async (each: boolean) => {
        // A second click comes before the button is drawn as disabled.
        if (abort.current || !list || isEmpty(draft.given)) return;
        const controller = new AbortController();
        abort.current = controller;
        setState({ busy: true, error: undefined, progress: undefined });
        const { given, saved } = draft;
        const parts = each ? given.files.map((file): Given => ({ ...given, files: [file] })) : [given];
        const isSaved = saved !== undefined && saved.extract === draft.extract;
        const wishes = {
            ...(isSaved ? { extractor: `${saved.name}@${saved.version}` } : { extract: list }),
            tags: Object.fromEntries(draft.tags.filter(([name]) => name)),
            webhook: draft.webhook.trim(),
        };
        try {
            for (const [at, part] of parts.entries()) {
                // Those that were started before one of them was refused are not started again.
                if (each && started.current[at]) continue;
                started.current[at] = await send(part, wishes, `${key.current}-${each ? at : "all"}`, {
                    maxRequestBytes,
                    signal: controller.signal,
                    onProgress: (file, sent) =>
                        setState((before) => ({
                            ...before,
                            progress: {
                                words: `${file.name}: ${bytes(sent)} of ${bytes(file.size)} uploaded`,
                                sent,
                                of: file.size,
                            },
                        })),
                });
            }
            abort.current = undefined;
            setState({ busy: false, error: undefined, progress: undefined });
            onStarted(started.current);
        } catch (error) {
            abort.current = undefined;
            const isStopped = error instanceof DOMException && error.name === "AbortError";
            setState({ busy: false, error: isStopped ? undefined : (error as Error), progress: undefined });
        }
    };
    return { ...state, start, stop: () => abort.current?.abort() };
}
