// A text cut into what is drawn: parts that are shown one at a time, blocks that the browser lays out when they come into sight, and pieces
// that are marked by the same finds.
import type { Find } from "./finds.ts";

export interface Span {
    start: number;
    end: number;
}

/** The most that is in the page at once, so that texts of many megabytes stay usable. UTF-16 units. */
export const MAX_PART_UNITS = 400_000;

const BLOCK_UNITS = 3_000;

/** Blocks end with a line where there is one to end with, and never amid a character. */
export function blocksOf(text: string, { start, end }: Span): Span[] {
    return cut(text, start, end, BLOCK_UNITS);
}

export function partsOf(text: string): Span[] {
    return cut(text, 0, text.length, MAX_PART_UNITS);
}

function cut(text: string, from: number, to: number, units: number): Span[] {
    const spans: Span[] = [];
    for (let start = from; start < to;) {
        let end = Math.min(start + units, to);
        if (end < to) {
            const line = text.lastIndexOf("\n", end - 1) + 1;
            if (line > start + units / 2) end = line;
            else if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
        }
        spans.push({ start, end });
        start = end;
    }
    return spans;
}

export interface Piece extends Span {
    /** The numbers of the finds that it belongs to, the innermost last. */
    finds: number[];
}

/** The number of the span that holds a place. */
export function indexAt(spans: Span[], place: number): number {
    let [low, high] = [0, spans.length - 1];
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((spans[middle] as Span).end <= place) low = middle + 1;
        else high = middle;
    }
    return low;
}

/** Which finds each block shows something of, by their numbers. */
export function findsByBlock(blocks: Span[], finds: Find[], shown: (find: Find) => boolean): number[][] {
    const lists: number[][] = blocks.map(() => []);
    const [first, last] = [blocks[0], blocks.at(-1)];
    if (!first || !last) return lists;
    finds.forEach((find, number) => {
        if (find.end <= first.start || find.start >= last.end || !shown(find)) return;
        const from = indexAt(blocks, Math.max(find.start, first.start));
        for (let at = from; at < blocks.length && (blocks[at] as Span).start < find.end; at += 1)
            lists[at]?.push(number);
    });
    return lists;
}

/** A block in pieces, each marked by the same finds from its start to its end. */
export function piecesOf(block: Span, numbers: number[], finds: Find[]): Piece[] {
    const edges = new Set([block.start, block.end]);
    for (const number of numbers) {
        const { start, end } = finds[number] as Find;
        edges.add(Math.max(start, block.start));
        edges.add(Math.min(end, block.end));
    }
    const sorted = [...edges].sort((one, other) => one - other);
    const pieces: Piece[] = [];
    let next = 0;
    let open: number[] = [];
    for (let at = 0; at + 1 < sorted.length; at += 1) {
        const [start, end] = [sorted[at] as number, sorted[at + 1] as number];
        open = open.filter((number) => (finds[number] as Find).end > start);
        for (; next < numbers.length; next += 1) {
            const number = numbers[next] as number;
            if ((finds[number] as Find).start > start) break;
            open.push(number);
        }
        pieces.push({ start, end, finds: [...open] });
    }
    return pieces;
}
