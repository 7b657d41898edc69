// What a view shows of the API: asked for when it is first shown, when what it depends on changes, and again and again where it is live.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
    /** The latest answer; kept while another one is awaited, or where the latest call failed. */
    data: T | undefined;
    /** Why the latest call came to nothing. */
    error: Error | undefined;
    loading: boolean;
    /** Whether `data` answers what was asked before. */
    isOld: boolean;
    /** Asks anew. */
    reload: () => void;
}

/**
 * Loads by `ask` whenever one of `on` changes. With `everyMs` it asks again so long after each answer, while the page is seen.
 * An answer that comes too late, for something else is shown by then, is dropped.
 * With `keep` the answer to what was asked before stays until there is one to what is asked now; `isOld` says so.
 */
export function useLoad<T>(
    ask: (signal: AbortSignal) => Promise<T>,
    on: readonly unknown[],
    { everyMs, keep = false }: { everyMs?: number | undefined; keep?: boolean } = {},
): Loaded<T> {
    const [state, setState] = useState<State<T>>({ loading: true, isOld: false });
    const [turn, setTurn] = useState(0);
    const latest = useRef(ask);
    latest.current = ask;
    const shown = useRef<readonly unknown[] | undefined>(undefined);

    useEffect(() => {
        const abort = new AbortController();
        const isSame =
            shown.current !== undefined && shown.current.every((value, at) => Object.is(value, on[at]));
        shown.current = on;
        setState((before) => begun(before, isSame, keep));
        let timer: ReturnType<typeof setTimeout> | undefined;
        const round = async () => {
            const next = await latest.current(abort.signal).then(
                (data) => ({ data, error: undefined, isOld: false }),
                (error: unknown) => ({ error: error as Error }),
            );
            if (abort.signal.aborted) return;
            setState((before) => ({ ...before, ...next, loading: false }));
            if (everyMs !== undefined) timer = setTimeout(whenSeen, everyMs);
        };
        const whenSeen = () => {
            if (document.visibilityState === "visible") void round();
            else document.addEventListener("visibilitychange", whenSeen, { once: true });
        };
        void round();
        return () => {
            abort.abort();
            clearTimeout(timer);
            document.removeEventListener("visibilitychange", whenSeen);
        };
    }, [...on, turn, everyMs]);

    const reload = useCallback(() => setTurn((before) => before + 1), []);
    const { data, error, loading, isOld } = state;
    return { data, error, loading, isOld, reload };
}

interface State<T> {
    data?: T | undefined;
    error?: Error | undefined;
    loading: boolean;
    isOld: boolean;
}

/** What is shown while an answer is awaited. */
function begun<T>(before: State<T>, isSame: boolean, keep: boolean): State<T> {
    if (isSame) return { ...before, loading: true };
    if (keep && before.data !== undefined) return { data: before.data, loading: true, isOld: true };
    return { loading: true, isOld: false };
}
