// Which jobs are looked for. It stands in the address as the API names it, so that a list can be kept and passed on.
import { type JobStatus, STATUSES } from "../../parts/status.tsx";
import { to } from "../../router.ts";

/** Each as the address has it; empty where nothing is asked. */
export interface Filter {
    status: string;
    q: string;
    tag: string;
    media_type: string;
    created_after: string;
    created_before: string;
}

export const NOTHING: Filter = {
    status: "",
    q: "",
    tag: "",
    media_type: "",
    created_after: "",
    created_before: "",
};

const NAMES = Object.keys(NOTHING) as (keyof Filter)[];

export function read(query: URLSearchParams): Filter {
    const filter = { ...NOTHING };
    for (const name of NAMES) filter[name] = (query.get(name) ?? "").trim();
    return filter;
}

/** The address of the list of these jobs. */
export function listOf(filter: Partial<Filter>): string {
    return to(["jobs"], { ...filter });
}

/** How many things are asked for. */
export const asked = (filter: Filter): number => NAMES.filter((name) => filter[name]).length;

export function statuses({ status }: Filter): JobStatus[] {
    const named = status.split(",");
    return STATUSES.filter((known) => named.includes(known));
}

/** The same filter with this status asked for, or no longer. */
export function toggled(filter: Filter, status: JobStatus): Filter {
    const held = statuses(filter);
    const next = STATUSES.filter((known) => (known === status) !== held.includes(known));
    return { ...filter, status: next.join(",") };
}

/** What is wrong with it, by name: the service need not be asked to know it. */
export function flaws(filter: Filter): Partial<Filter> {
    const { status, q, tag, media_type, created_after, created_before } = filter;
    const colon = tag.indexOf(":");
    const isTag = colon > 0 && colon < tag.length - 1;
    const unknown = status.split(",").filter((name) => !STATUSES.includes(name as JobStatus));
    const wrong: Partial<Filter> = {};
    if (status && unknown.length > 0) wrong.status = `There is no such status: ${unknown.join(", ")}`;
    if (q && !beginsAnId(q)) wrong.q = "No id begins so";
    if (tag && !isTag) wrong.tag = "A name and a value, as batch:7";
    if (media_type && !/^[!-~]+\/[!-~]+$/.test(media_type))
        wrong.media_type = "A media type, as application/pdf";
    else if (/[;*,]/.test(media_type)) wrong.media_type = "One media type, without parameters";
    if (created_after && !isTime(created_after)) wrong.created_after = "A time, as 2026-09-01T00:00:00Z";
    if (created_before && !isTime(created_before)) wrong.created_before = "A time, as 2026-09-01T00:00:00Z";
    return wrong;
}

/** What the API is asked. */
export function parameters(filter: Filter) {
    const { q, tag, media_type, created_after, created_before } = filter;
    const held = statuses(filter);
    return {
        ...(held.length > 0 && { status: held }),
        ...(q && { q }),
        ...(tag && { tag: [tag] }),
        ...(media_type && { media_type }),
        ...(created_after && { created_after }),
        ...(created_before && { created_before }),
    };
}

const ID = "00000000-0000-0000-0000-000000000000";

export const isId = (text: string): boolean => text.length === ID.length && beginsAnId(text);

function beginsAnId(text: string): boolean {
    return /^[0-9a-f-]{1,36}$/i.test(text) && text.replace(/[0-9a-f]/gi, "0") === ID.slice(0, text.length);
}

function isTime(text: string): boolean {
    return (
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
        !Number.isNaN(Date.parse(text))
    );
}

/** A time as fields for it have it, by the clock of whoever looks. */
export function localOf(time: string): string {
    if (!isTime(time)) return "";
    const at = new Date(time);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The time that such a field says. */
export function timeOf(local: string): string {
    const at = new Date(local);
    return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
