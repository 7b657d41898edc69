// JSON to look into: objects and lists fold, and draw what is in them when they are opened.
import { useState } from "preact/hooks";
import { plain } from "../../parts/numbers.ts";
import { visible } from "./visible.ts";

/** Members that are drawn at once; more on demand. */
const SHOWN_MEMBERS = 200;
const SHOWN_CHARS = 20_000;

export function Json({ value, name, open = true }: { value: unknown; name?: string; open?: boolean }) {
    const [isOpen, setOpen] = useState(open);
    const [shown, setShown] = useState(SHOWN_MEMBERS);
    const key = name === undefined ? null : <Key name={name} />;
    if (typeof value !== "object" || value === null) {
        return (
            <div class="json">
                {key}
                <Leaf value={value} />
            </div>
        );
    }
    const isList = Array.isArray(value);
    const members = Object.entries(value);
    const [left, right] = isList ? "[]" : "{}";
    if (members.length === 0) {
        return (
            <div class="json">
                {key}
                {left}
                {right}
            </div>
        );
    }
    const count = isList
        ? members.length === 1
            ? "item"
            : "items"
        : members.length === 1
          ? "member"
          : "members";
    return (
        <details class="json" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>
                {key}
                {left}
                <span class="small">
                    {plain(members.length)} {count}
                </span>
                {right}
            </summary>
            {isOpen &&
                members
                    .slice(0, shown)
                    .map(([member, inner]) => (
                        <Json
                            key={member}
                            name={member}
                            value={inner}
                            open={members.length <= 20 && isShallow(inner)}
                        />
                    ))}
            {isOpen && members.length > shown && (
                <button type="button" onClick={() => setShown(shown + SHOWN_MEMBERS)}>
                    {plain(members.length - shown)} more
                </button>
            )}
        </details>
    );
}

function Key({ name }: { name: string }) {
    return (
        <>
            <bdi class="key">{visible(name)}</bdi>:{" "}
        </>
    );
}

function Leaf({ value }: { value: unknown }) {
    if (typeof value !== "string") return <span class="literal">{String(value)}</span>;
    const words = visible(value.slice(0, SHOWN_CHARS));
    return (
        <bdi class="string">
            {JSON.stringify(words)}
            {value.length > SHOWN_CHARS && ` … ${plain(value.length - SHOWN_CHARS)} more characters`}
        </bdi>
    );
}

/** Opened by itself if there is little in it. */
function isShallow(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return true;
    const members = Object.values(value);
    return members.length <= 10 && members.every((inner) => typeof inner !== "object" || inner === null);
}
