// A document's text with what was found in it, at its place. Finds are stepped through by buttons or keys, and filtered by their kind.
import { Component } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { plain } from "../../parts/numbers.ts";
import { type Find, kindsOf } from "./finds.ts";
import { type Piece, type Span, blocksOf, findsByBlock, indexAt, partsOf, piecesOf } from "./pieces.ts";
import type { Place } from "./types.ts";
import { visible } from "./visible.ts";

/** How many colours there are; further kinds share them, and are told by their labels. */
const COLOURS = 8;

/** What is to be shown: a find, or any other place in the text. `turn` differs each time that it is asked for. */
export interface Aim {
    span: Span;
    turn: number;
}

export function Text(props: {
    text: string;
    finds: Find[];
    aim: Aim | undefined;
    /** Shows the record of a find. */
    onRecord?: ((record: number) => void) | undefined;
    /** What a find says, in words. */
    words: (find: Find) => string;
}) {
    const { text, finds, aim, onRecord, words } = props;
    const kinds = useMemo(() => kindsOf(finds), [finds]);
    const colours = useMemo(
        () => new Map([...kinds.keys()].map((kind, at) => [kind, at % COLOURS])),
        [kinds],
    );
    const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
    const [labels, setLabels] = useState(true);
    const shown = useMemo(
        () => finds.flatMap(({ kind }, number) => (hidden.has(kind) ? [] : [number])),
        [finds, hidden],
    );

    const [now, setNow] = useState<Aim>();
    useEffect(() => setNow(aim), [aim]);
    const parts = useMemo(() => partsOf(text), [text]);
    const [part, setPart] = useState(0);
    const shownPart = Math.min(part, Math.max(parts.length - 1, 0));
    useEffect(() => {
        if (now) setPart(indexAt(parts, now.span.start));
    }, [now, parts]);

    // The find that is shown is kept by its place: it is the same one where others are hidden.
    const at = now ? shown.findIndex((number) => sameSpan(finds[number] as Find, now.span)) : -1;
    const show = (position: number) => {
        const find = finds[shown[position] ?? -1];
        if (find) setNow({ span: find, turn: (now?.turn ?? 0) + 1 });
    };
    const step = (by: 1 | -1) => {
        if (shown.length === 0) return;
        if (at >= 0) return show((at + by + shown.length) % shown.length);
        const here = now?.span.start ?? (by > 0 ? -1 : text.length);
        const after = shown.findIndex((number) => (finds[number] as Find).start > here);
        if (by > 0) show(after < 0 ? 0 : after);
        else show(after < 0 ? shown.length - 1 : (after - 1 + shown.length) % shown.length);
    };
    const onKeyDown = (event: KeyboardEvent) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const by = { n: 1, p: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        step(by as 1 | -1);
    };
    const find = finds[shown[at] ?? -1];

    return (
        <div class="result-text">
            {finds.length > 0 && (
                <Legend
                    kinds={kinds}
                    colours={colours}
                    hidden={hidden}
                    onHidden={setHidden}
                    labels={labels}
                    onLabels={setLabels}
                />
            )}
            {finds.length > 0 && (
                <div class="steps">
                    <button type="button" onClick={() => step(-1)} disabled={shown.length === 0}>
                        ← Previous find
                    </button>
                    <button type="button" onClick={() => step(1)} disabled={shown.length === 0}>
                        Next find →
                    </button>
                    <p aria-live="polite">
                        {find ? (
                            <>
                                {plain(at + 1)} of {plain(shown.length)}:{" "}
                                <span class={`kind k${colours.get(find.kind)}`}>{find.kind}</span>{" "}
                                <bdi>{visible(words(find))}</bdi>{" "}
                                <span class="small">{placeWords(find.place)}</span>
                            </>
                        ) : (
                            <span class="small">
                                {plain(shown.length)} {shown.length === 1 ? "find" : "finds"}; in the text,
                                keys <kbd>n</kbd> and <kbd>p</kbd> step too
                            </span>
                        )}
                    </p>
                    {find && onRecord && (
                        <button type="button" onClick={() => onRecord(find.record)}>
                            Its record
                        </button>
                    )}
                </div>
            )}
            <Parts parts={parts} part={shownPart} onPart={setPart} />
            <Part
                key={shownPart}
                text={text}
                part={parts[shownPart] ?? { start: 0, end: 0 }}
                finds={finds}
                hidden={hidden}
                colours={colours}
                labels={labels}
                now={now}
                onKeyDown={onKeyDown}
                onFind={(number) => show(shown.indexOf(number))}
            />
            <Parts parts={parts} part={shownPart} onPart={setPart} />
        </div>
    );
}

/** Where something stands, in words: `p. 2, 36–52`. */
export function placeWords({ page, start, end }: Place): string {
    return `${page ? `p. ${page}, ` : ""}${plain(start)}–${plain(end)}`;
}

function Legend(props: {
    kinds: Map<string, number>;
    colours: Map<string, number>;
    hidden: ReadonlySet<string>;
    onHidden: (hidden: ReadonlySet<string>) => void;
    labels: boolean;
    onLabels: (labels: boolean) => void;
}) {
    const { kinds, colours, hidden, onHidden, labels, onLabels } = props;
    const toggle = (kind: string) => {
        const next = new Set(hidden);
        if (!next.delete(kind)) next.add(kind);
        onHidden(next);
    };
    return (
        <div class="legend" role="group" aria-label="Kinds that are marked">
            {[...kinds].map(([kind, count]) => (
                <button
                    key={kind}
                    type="button"
                    class={`kind k${colours.get(kind)}`}
                    aria-pressed={!hidden.has(kind)}
                    onClick={() => toggle(kind)}
                >
                    <bdi>{visible(kind)}</bdi> <span class="count">{plain(count)}</span>
                </button>
            ))}
            {kinds.size > 1 && (
                <button
                    type="button"
                    class="quiet"
                    onClick={() => onHidden(hidden.size > 0 ? new Set() : new Set(kinds.keys()))}
                >
                    {hidden.size > 0 ? "All" : "None"}
                </button>
            )}
            <label class="check">
                <input
                    type="checkbox"
                    checked={labels}
                    onChange={(event) => onLabels(event.currentTarget.checked)}
                />
                Labels in the text
            </label>
        </div>
    );
}

function Parts(props: { parts: Span[]; part: number; onPart: (part: number) => void }) {
    const { parts, part, onPart } = props;
    if (parts.length < 2) return null;
    return (
        <nav class="pager" aria-label="Parts of the text">
            <button type="button" disabled={part === 0} onClick={() => onPart(part - 1)}>
                ← Before
            </button>
            <span>
                Part {plain(part + 1)} of {plain(parts.length)}
            </span>
            <button type="button" disabled={part === parts.length - 1} onClick={() => onPart(part + 1)}>
                After →
            </button>
        </nav>
    );
}

/** What is in the page of the text: as much as browsers take easily, in blocks that are laid out when they come into sight. */
function Part(props: {
    text: string;
    part: Span;
    finds: Find[];
    hidden: ReadonlySet<string>;
    colours: Map<string, number>;
    labels: boolean;
    now: Aim | undefined;
    onKeyDown: (event: KeyboardEvent) => void;
    onFind: (number: number) => void;
}) {
    const { text, part, finds, hidden, colours, labels, now, onKeyDown, onFind } = props;
    const blocks = useMemo(() => blocksOf(text, part), [text, part.start, part.end]);
    const lists = useMemo(
        () => findsByBlock(blocks, finds, ({ kind }) => !hidden.has(kind)),
        [blocks, finds, hidden],
    );
    const element = useRef<HTMLDivElement>(null);
    useEffect(() => {
        element.current?.querySelector(".now")?.scrollIntoView({ block: "center", inline: "nearest" });
    }, [now]);
    const onClick = (event: MouseEvent) => {
        const mark = (event.target as Element).closest("mark[data-find]");
        if (mark instanceof HTMLElement) onFind(Number(mark.dataset.find));
    };
    return (
        <div
            class={`words ${labels ? "labelled" : ""}`}
            role="region"
            aria-label="Text of the document"
            tabIndex={0}
            ref={element}
            onKeyDown={onKeyDown}
            onClick={onClick}
        >
            {blocks.map((block, at) => (
                <Block
                    key={block.start}
                    text={text}
                    block={block}
                    numbers={lists[at] as number[]}
                    finds={finds}
                    colours={colours}
                    now={
                        now && now.span.start < block.end && now.span.end > block.start ? now.span : undefined
                    }
                />
            ))}
        </div>
    );
}

interface BlockProps {
    text: string;
    block: Span;
    numbers: number[];
    finds: Find[];
    colours: Map<string, number>;
    now: Span | undefined;
}

/** Drawn anew only where something of it changes. */
class Block extends Component<BlockProps> {
    override shouldComponentUpdate(next: BlockProps): boolean {
        const { text, numbers, finds, colours, now } = this.props;
        return (
            text !== next.text ||
            numbers !== next.numbers ||
            finds !== next.finds ||
            colours !== next.colours ||
            now !== next.now
        );
    }

    override render({ text, block, numbers, finds, colours, now }: BlockProps) {
        // The place that is shown may be none of the finds: it is one for the time being.
        const isFind = now && numbers.some((number) => sameSpan(finds[number] as Find, now));
        const pieces = piecesOf(block, numbers, finds).flatMap((piece) =>
            now && !isFind ? split(piece, now) : piece,
        );
        return (
            <div class="block">
                {pieces.map((piece) => {
                    const words = visible(text.slice(piece.start, piece.end));
                    const isNow = now && piece.start >= now.start && piece.end <= now.end;
                    const number = piece.finds.at(-1);
                    if (number === undefined) return isNow ? <mark class="now">{words}</mark> : words;
                    const kinds = piece.finds.map((one) => (finds[one] as Find).kind);
                    const begun = piece.finds.filter((one) => (finds[one] as Find).start === piece.start);
                    const label = begun.map((one) => (finds[one] as Find).kind).join(" ");
                    return (
                        <mark
                            class={`find k${colours.get(kinds.at(-1) as string)}${piece.finds.length > 1 ? " several" : ""}${isNow ? " now" : ""}`}
                            data-find={number}
                            data-kind={label || undefined}
                            title={kinds.join(", ")}
                        >
                            {words}
                        </mark>
                    );
                })}
            </div>
        );
    }
}

function split(piece: Piece, { start, end }: Span): Piece[] {
    const edges = [piece.start, start, end, piece.end].filter(
        (edge) => edge >= piece.start && edge <= piece.end,
    );
    const sorted = [...new Set(edges)].sort((one, other) => one - other);
    return sorted
        .slice(1)
        .map((edge, at) => ({ start: sorted[at] as number, end: edge, finds: piece.finds }));
}

const sameSpan = (one: Span, other: Span): boolean => one.start === other.start && one.end === other.end;
