// How far back the view looks.

export interface Range {
    name: string;
    words: string;
    ms: number;
    /** Length of a stretch, where jobs are counted one by one; none where the service counts them by day. */
    step?: number;
    /** Days (UTC) that the service is asked for. */
    days: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTH: Range = { name: "30d", words: "30 days", ms: 30 * DAY, days: 30 };

export const RANGES: Range[] = [
    { name: "1h", words: "an hour", ms: HOUR, step: MINUTE, days: 1 },
    { name: "24h", words: "a day", ms: DAY, step: HOUR, days: 2 },
    { name: "7d", words: "7 days", ms: 7 * DAY, days: 7 },
    MONTH,
    { name: "90d", words: "90 days", ms: 90 * DAY, days: 90 },
];

export const rangeOf = (name: string | null): Range => RANGES.find((range) => range.name === name) ?? MONTH;

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const SHORT_DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const LOCAL_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A day of the service's, `2026-09-01`, in words. */
export const dayWords = (date: string): string => DATE.format(new Date(`${date}T00:00:00Z`));
export const dayTick = (date: string): string => SHORT_DATE.format(new Date(`${date}T00:00:00Z`));

export const timeWords = (at: number): string => TIME.format(at);
export const timeTick = (at: number, step: number): string => (step >= DAY ? LOCAL_DAY : CLOCK).format(at);

/** The newest so many days (UTC), the oldest first. */
export function lastDays(count: number, now = Date.now()): string[] {
    const day = (back: number) => new Date(now - back * DAY).toISOString().slice(0, 10);
    return Array.from({ length: count }, (_, at) => day(count - 1 - at));
}
