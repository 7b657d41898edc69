// What would come of it: the extraction is tried while it is being written.
import { useEffect, useState } from "preact/hooks";
import { Failure, type Flaw, answer, api } from "../../api.ts";
import { Problem } from "../../parts/problem.tsx";
import type { ScanResult } from "../result/types.ts";
import { View } from "../result/view.tsx";
import { namedBy } from "./definition.ts";
import { listOf } from "./editor.tsx";

/** So long after the last key. */
const PAUSE_MS = 350;

/** A document as a request names it. */
export type Source = Record<string, string>;

export interface Previewed {
    result: ScanResult | undefined;
    error: Error | undefined;
    /** What is wrong with the list, by pointers into it. */
    flaws: Flaw[];
    loading: boolean;
    again: () => void;
}

/** Tries what is to be extracted from a document, anew whenever one of the two changes. What is shown stays until there is something newer. */
export function usePreview(source: Source | undefined, extract: string): Previewed {
    const [state, setState] = useState<Omit<Previewed, "again">>(NOTHING);
    const [turn, setTurn] = useState(0);
    const key = source && JSON.stringify(source);
    useEffect(() => {
        const list = listOf(extract);
        if (!source || !list) {
            setState((before) => (source ? { ...before, loading: false, flaws: [] } : NOTHING));
            return;
        }
        const abort = new AbortController();
        setState((before) => ({ ...before, loading: true }));
        const ask = async () => {
            // The text is asked for too, for the finds are shown in it; behind all else, so that pointers stay as they are.
            const hasText = list.length === 0 || list.some((item) => namedBy(item) === "text");
            const body = { source, extract: hasText ? list : [...list, "text"] };
            const call = api.POST("/api/v1/extractors/preview/", {
                body: body as never,
                headers: { "Content-Type": "application/json" },
                signal: abort.signal,
            });
            const next = await answer(call).then(
                (result) => ({ result: result as ScanResult, error: undefined, flaws: [] as Flaw[] }),
                (error: unknown) => refused(error as Error),
            );
            if (!abort.signal.aborted) setState((before) => ({ ...before, ...next, loading: false }));
        };
        const timer = setTimeout(() => void ask(), PAUSE_MS);
        return () => {
            clearTimeout(timer);
            abort.abort();
        };
    }, [key, extract, turn]);
    return { ...state, again: () => setTurn((before) => before + 1) };
}

export function Preview({ of, children }: { of: Previewed; children?: preact.ComponentChildren }) {
    const { result, error, flaws, loading, again } = of;
    const isOld = loading || error !== undefined || flaws.length > 0;
    return (
        <section class="preview" aria-label="Preview" aria-busy={loading}>
            <div class="bar">
                <h2>Preview</h2>
                <span class="small" role="status">
                    {loading ? "Trying …" : flaws.length > 0 ? "What is wrong is said beside it." : ""}
                </span>
            </div>
            {children}
            <Problem error={error} again={again} />
            {result && (
                <div class={isOld ? "outdated" : undefined}>
                    <View result={result} />
                </div>
            )}
        </section>
    );
}

const NOTHING = { result: undefined, error: undefined, flaws: [], loading: false };

/** What is wrong with the list belongs into the editor, all else above the result. */
function refused(error: Error): { error: Error | undefined; flaws: Flaw[] } {
    const flaws = flawsOf(error);
    return flaws.length > 0 ? { error: undefined, flaws } : { error, flaws: [] };
}

/** What an answer says is wrong with the list, by pointers into the list. */
export function flawsOf(error: unknown): Flaw[] {
    if (!(error instanceof Failure)) return [];
    return error.flaws
        .filter(({ pointer }) => pointer === "/extract" || pointer?.startsWith("/extract/"))
        .map((flaw) => ({ ...flaw, pointer: flaw.pointer?.slice("/extract".length) ?? "" }));
}
