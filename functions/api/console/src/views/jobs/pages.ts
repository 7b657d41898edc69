// The pages of the list, in the address: whoever comes back from a job, or is sent the address, sees the same page.
import type { Pages } from "../../parts/pager.tsx";
import { go, to } from "../../router.ts";

let list = to(["jobs"]);

/** The address of the list as it was seen last. */
export const lastList = (): string => list;

export function sawList(query: URLSearchParams): void {
    list = to(["jobs"], Object.fromEntries(query));
}

/** Where the page before begins, by where a page begins: for those that were gone through here. */
const before = new Map<string, string>();

export function addressedPages(query: URLSearchParams): Pages {
    const cursor = query.get("cursor") ?? "";
    const number = cursor ? Math.max(2, Number.parseInt(query.get("page") ?? "", 10) || 2) : 1;
    const show = (at: string, page: number) => {
        const rest = Object.fromEntries(query);
        const place = at ? { cursor: at, page: String(page) } : { cursor: undefined, page: undefined };
        go(to(["jobs"], { ...rest, ...place }));
    };
    return {
        cursor: cursor || undefined,
        number,
        forward: (next) => {
            before.set(next, cursor);
            show(next, number + 1);
        },
        // Where the page before is not known, there is always the first.
        back: () => show(before.get(cursor) ?? "", number - 1),
    };
}
