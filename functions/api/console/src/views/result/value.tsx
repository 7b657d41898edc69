// A value of a record in a cell: as people read it, with what is deep in it to unfold.
import { Json } from "./json.tsx";
import { visible } from "./visible.ts";

const SHOWN_CHARS = 400;

export function Value({ of }: { of: unknown }) {
    if (of === null || of === undefined) return <span class="small">–</span>;
    if (typeof of === "string") return <Words text={of} />;
    if (typeof of !== "object") return <>{String(of)}</>;
    const flat = inWords(of);
    if (flat !== undefined) return <Words text={flat} />;
    return <Json value={of} open={false} />;
}

/** A text that may be long, or written from the right to the left. */
export function Words({ text }: { text: string }) {
    if (text.length <= SHOWN_CHARS) return <bdi class="value">{visible(text)}</bdi>;
    return (
        <details class="long">
            <summary>
                <bdi>{visible(text.slice(0, SHOWN_CHARS))}…</bdi>
            </summary>
            <bdi class="value">{visible(text.slice(SHOWN_CHARS))}</bdi>
        </details>
    );
}

/** Small objects and lists in a line: `1234.50 EUR`, `Kitchen, Steel`. */
export function inWords(value: unknown): string | undefined {
    if (Array.isArray(value)) {
        const isFlat = value.every((item) => item === null || typeof item !== "object");
        return isFlat ? value.map((item) => item ?? "–").join(", ") : undefined;
    }
    if (typeof value !== "object" || value === null) return undefined;
    const entries = Object.entries(value);
    const isMoney = entries.length === 2 && "amount" in value && "currency" in value;
    return isMoney ? `${value.amount} ${value.currency ?? ""}`.trim() : undefined;
}
