// Places in a text. The API counts Unicode scalar values, JavaScript UTF-16 units: they differ behind each character beyond U+FFFF.

export class Offsets {
    /** Where such characters stand, in scalar values. */
    readonly #wide: number[] = [];

    constructor(text: string) {
        const pairs = /[\ud800-\udbff][\udc00-\udfff]/g;
        for (const { index } of text.matchAll(pairs)) this.#wide.push(index - this.#wide.length);
    }

    /** The place in UTF-16 units of a place in scalar values. */
    units(scalars: number): number {
        let [low, high] = [0, this.#wide.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((this.#wide[middle] as number) < scalars) low = middle + 1;
            else high = middle;
        }
        return scalars + low;
    }
}

/** `text[start..end]`, counted in scalar values. */
export function slice(text: string, start: number, end: number): string {
    const offsets = new Offsets(text);
    return text.slice(offsets.units(start), offsets.units(end));
}
