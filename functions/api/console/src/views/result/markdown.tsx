// Markdown, drawn when it is asked for: what reads it is no part of the first load.
import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { plain } from "../../parts/numbers.ts";

/** What is read as Markdown at once; the rest on demand, and as its source. */
const MAX_DRAWN_CHARS = 200_000;

export function Markdown({ text }: { text: string }) {
    const [Drawn, setDrawn] = useState<ComponentType<{ text: string }>>();
    useEffect(() => {
        void import("./drawn.tsx").then(({ Drawn }) => setDrawn(() => Drawn));
    }, []);
    if (!Drawn) return <p class="wait">…</p>;
    const end = text.length <= MAX_DRAWN_CHARS ? text.length : text.lastIndexOf("\n\n", MAX_DRAWN_CHARS);
    const drawn = text.slice(0, end > 0 ? end : MAX_DRAWN_CHARS);
    return (
        <>
            <Drawn text={drawn} />
            {drawn.length < text.length && (
                <p class="small">
                    The first {plain(drawn.length)} of {plain(text.length)} characters are shown; the download
                    has all.
                </p>
            )}
        </>
    );
}
