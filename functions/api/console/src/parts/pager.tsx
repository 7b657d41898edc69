// Pages by cursor: forward by the cursor of the page after, back by those that were come from.
import { useEffect, useState } from "preact/hooks";

export interface Pages {
    /** Where the page that is shown begins; undefined for the first one. */
    cursor: string | undefined;
    number: number;
    forward: (next: string) => void;
    back: () => void;
}

/** Starts from the first page again whenever one of `on` changes. */
export function usePages(on: readonly unknown[]): Pages {
    const [cursors, setCursors] = useState<string[]>([]);
    useEffect(() => setCursors((before) => (before.length > 0 ? [] : before)), on);
    return {
        cursor: cursors.at(-1),
        number: cursors.length + 1,
        forward: (next) => setCursors((before) => [...before, next]),
        back: () => setCursors((before) => before.slice(0, -1)),
    };
}

export function Pager({
    pages,
    next,
    what,
}: {
    pages: Pages;
    next: string | null | undefined;
    what: string;
}) {
    if (pages.number === 1 && !next) return null;
    return (
        <nav class="pager" aria-label={`Pages of ${what}`}>
            <button type="button" disabled={pages.number === 1} onClick={pages.back}>
                ← Before
            </button>
            <span>Page {pages.number}</span>
            <button type="button" disabled={!next} onClick={() => next && pages.forward(next)}>
                After →
            </button>
        </nav>
    );
}
