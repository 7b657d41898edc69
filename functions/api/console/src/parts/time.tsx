// Times and durations as people read them.
import { signal } from "@preact/signals";

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const ABSOLUTE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1_000],
];

const TICK_MS = 1_000;

/** The time by this machine's clock; whatever reads it is shown anew as it passes. */
export const now = signal(Date.now());
setInterval(() => {
    if (document.visibilityState === "visible") now.value = Date.now();
}, TICK_MS);

/** A time: how long ago it was, and when exactly. */
export function Time({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
    if (!at) return <>–</>;
    const when = new Date(at);
    const words = exact ? ABSOLUTE.format(when) : ago(when, now.value);
    return (
        <time dateTime={at} title={`${ABSOLUTE.format(when)} (${at})`}>
            {words}
        </time>
    );
}

export function ago(when: Date, from = Date.now()): string {
    const difference = when.getTime() - from;
    for (const [unit, ms] of UNITS) {
        if (Math.abs(difference) >= ms) return RELATIVE.format(Math.trunc(difference / ms), unit);
    }
    return "now";
}

/** A duration in milliseconds: `420 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(ms: number): string {
    if (ms < 1_000) return `${Math.round(ms)} ms`;
    if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
