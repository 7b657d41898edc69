// JSON to be written: with the numbers of the lines, and at the right one what is wrong.
import { useId, useMemo, useRef } from "preact/hooks";
import type { Flaw } from "../../api.ts";
import { NoJson, type Spot, lineAt, spotOf, spotsOf } from "./pointers.ts";

/** What is wrong, with the line that it is wrong in. */
interface Fault {
    line: number;
    spot: Spot;
    detail: string;
}

export function Code(props: {
    label: string;
    text: string;
    onText: (text: string) => void;
    /** By pointers into the text. */
    flaws: Flaw[];
    readOnly?: boolean;
}) {
    const { label, text, onText, flaws, readOnly = false } = props;
    const faults = useMemo(() => faultsOf(text, flaws), [text, flaws]);
    const area = useRef<HTMLTextAreaElement>(null);
    const list = useId();
    const lines = text.split("\n").length;
    const bad = new Set(faults.map(({ line }) => line));
    const select = ({ start, end }: Spot) => {
        area.current?.focus();
        area.current?.setSelectionRange(start, end);
    };
    return (
        <div class="code-box">
            <div class="code">
                <div class="gutter" aria-hidden="true">
                    {Array.from({ length: lines }, (_, at) => (
                        <div key={at} class={bad.has(at + 1) ? "bad" : undefined}>
                            {bad.has(at + 1) ? `✗ ${at + 1}` : at + 1}
                        </div>
                    ))}
                </div>
                <textarea
                    ref={area}
                    aria-label={label}
                    aria-invalid={faults.length > 0}
                    aria-describedby={faults.length > 0 ? list : undefined}
                    spellcheck={false}
                    autocapitalize="none"
                    autocomplete="off"
                    wrap="off"
                    rows={Math.max(lines, 3)}
                    readOnly={readOnly}
                    value={text}
                    onInput={(event) => onText(event.currentTarget.value)}
                />
            </div>
            {faults.length > 0 && (
                <ul class="faults" id={list} aria-live="polite">
                    {faults.map(({ line, spot, detail }) => (
                        <li key={`${line} ${detail}`}>
                            <button type="button" class="link" onClick={() => select(spot)}>
                                Line {line}
                            </button>
                            : {detail}
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

function faultsOf(text: string, flaws: Flaw[]): Fault[] {
    try {
        const spots = spotsOf(text);
        return flaws.map(({ pointer, detail }) => {
            const spot = spotOf(spots, pointer ?? "");
            return { line: lineAt(text, spot.start), spot, detail };
        });
    } catch (error) {
        if (!(error instanceof NoJson)) throw error;
        const { message, at } = error;
        return [
            {
                line: lineAt(text, at),
                spot: { start: at, end: at + 1 },
                detail: `This is no JSON. ${message}`,
            },
        ];
    }
}
