// What was found in a document's text, and where.
import { Offsets } from "./offsets.ts";
import type { Found, Place } from "./types.ts";

export interface Find {
    /** In UTF-16 units of the text. */
    start: number;
    end: number;
    /** By what it is coloured, filtered and called: the kind of an entity, the name of a field. */
    kind: string;
    /** The number of its record in the result. */
    record: number;
    /** Of a field: its pointer from the record. */
    pointer?: string;
    /** Where it stands as the API says it. */
    place: Place;
}

/**
 * The finds in a document, in the order of the text. Of a record of fields its values, for the record often spans the whole document; of any
 * other the record.
 */
export function findsOf(records: Found[], document: number, text: string): Find[] {
    const offsets = new Offsets(text);
    const finds: Find[] = [];
    records.forEach(({ kind, source }, record) => {
        if (source.document !== document) return;
        const add = (name: string, place: Place, pointer?: string) => {
            const start = offsets.units(place.start);
            const end = Math.min(offsets.units(place.end), text.length);
            if (start < end)
                finds.push({ start, end, kind: name, record, place, ...(pointer && { pointer }) });
        };
        const fields = Object.entries(source.fields ?? {});
        for (const [pointer, place] of fields) add(nameOf(pointer), place, pointer);
        if (fields.length === 0 && source.start != null && source.end != null)
            add(kind ?? "record", {
                start: source.start,
                end: source.end,
                ...(source.page != null && { page: source.page }),
            });
    });
    return finds.sort((one, other) => one.start - other.start || other.end - one.end);
}

/** The kinds, in the order in which they first occur, with how often they do. */
export function kindsOf(finds: Find[]): Map<string, number> {
    const kinds = new Map<string, number>();
    for (const { kind } of finds) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return kinds;
}

/** What a find says: the value of an entity or of a field. */
export function valueOf(find: Find, record: Found | undefined): unknown {
    if (!find.pointer) return record?.value ?? record?.raw ?? null;
    let value: unknown = record;
    for (const word of wordsOf(find.pointer)) value = (value as Record<string, unknown> | null)?.[word];
    return value;
}

/** A field's name of its pointer, the same for all items of a list: `/items/3/price` is `items.price`. */
export function nameOf(pointer: string): string {
    const words = wordsOf(pointer);
    const names = words.filter((word) => !/^\d+$/.test(word));
    return (names.length > 0 ? names : words).join(".");
}

function wordsOf(pointer: string): string[] {
    const words = pointer.split("/").slice(1);
    return words.map((word) => word.replaceAll("~1", "/").replaceAll("~0", "~"));
}
