// Where in a JSON text something stands that a JSON pointer names.

export interface Spot {
    /** In UTF-16 units of the text. */
    start: number;
    end: number;
}

/** What is no JSON, from where it is none. */
export class NoJson extends Error {
    constructor(
        detail: string,
        readonly at: number,
    ) {
        super(detail);
    }
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANK = /[ \t\r\n]*/y;

/**
 * The places of all values by their pointers; `NoJson` where the text is none, for browsers do not agree on how to say where. A member's place
 * begins with its name, so that it is found also where its value is on another line.
 */
export function spotsOf(text: string): Map<string, Spot> {
    const spots = new Map<string, Spot>();
    let at = 0;
    const take = (pattern: RegExp): string | undefined => {
        pattern.lastIndex = at;
        const found = pattern.exec(text)?.[0];
        at += found?.length ?? 0;
        return found;
    };
    /** The next sign, behind blanks, if it is one of these. */
    const next = (signs: string): string | undefined => {
        take(BLANK);
        const sign = text.charAt(at);
        if (!sign || !signs.includes(sign)) return undefined;
        at += 1;
        return sign;
    };
    const need = <T>(found: T | undefined, what: string): T => {
        if (found === undefined)
            throw new NoJson(`${at < text.length ? "Here" : "At the end"} is missing: ${what}.`, at);
        return found;
    };
    const value = (pointer: string, from: number) => {
        const open = next("{[");
        if (!open) need(take(STRING) ?? take(LITERAL), "a value");
        const close = open === "{" ? "}" : "]";
        for (let number = 0; open && !(number === 0 && next(close)); number += 1) {
            take(BLANK);
            const start = at;
            let name = String(number);
            if (open === "{") {
                name = JSON.parse(need(take(STRING), 'a name in `"`')) as string;
                need(next(":"), "`:`");
                take(BLANK);
            }
            value(`${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, start);
            if (need(next(`,${close}`), `\`,\` or \`${close}\``) === close) break;
        }
        spots.set(pointer, { start: from, end: at });
    };
    take(BLANK);
    value("", at);
    take(BLANK);
    if (at < text.length) throw new NoJson("Nothing may follow here.", at);
    return spots;
}

/** The place of what a pointer names, or of what is nearest around it: what is missing has none. */
export function spotOf(spots: Map<string, Spot>, pointer: string): Spot {
    for (let rest = pointer; ; rest = rest.slice(0, rest.lastIndexOf("/"))) {
        const spot = spots.get(rest);
        if (spot) return spot;
        if (!rest.includes("/")) return { start: 0, end: 0 };
    }
}

/** The number of the line, from 1. */
export function lineAt(text: string, place: number): number {
    return text.slice(0, place).split("\n").length;
}
