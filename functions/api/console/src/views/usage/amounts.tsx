// What was used by day: documents, pages, bytes, records, requests, capacity units, cost.
import type { components } from "openapi";
import { Bars } from "../../charts/bars.tsx";
import type { Series } from "../../charts/look.tsx";
import { bytes, plain, short } from "../../parts/numbers.ts";
import { duration } from "../../parts/time.tsx";
import { dayTick, dayWords, lastDays } from "./ranges.ts";

export type Usage = components["schemas"]["Usage"];

type Name = keyof components["schemas"]["Counts"];

interface Amount {
    name: string;
    words: string;
    of: { name: Name; words: string }[];
    format: (value: number) => string;
    short?: (value: number) => string;
    whole?: boolean;
}

const one = (name: Name, words: string, rest: Partial<Amount> = {}): Amount => ({
    name,
    words,
    of: [{ name, words: words.toLowerCase() }],
    format: plain,
    short,
    whole: true,
    ...rest,
});

const DOCUMENTS = one("documents", "Documents");

const AMOUNTS: Amount[] = [
    DOCUMENTS,
    one("pages", "Pages"),
    one("bytes", "Bytes", { format: bytes, short: bytes }),
    one("records", "Records"),
    one("requests", "Requests"),
    one("compute_ms", "Time of extraction", { format: duration, short: duration }),
    {
        name: "units",
        words: "Capacity units of the table",
        of: [
            { name: "read_units", words: "read units" },
            { name: "write_units", words: "write units" },
        ],
        format: plain,
        short,
    },
    one("estimated_cost_usd", "Estimated cost", { format: inDollars, short: dollars, whole: false }),
];

const LOOKS: Omit<Series, "name">[] = [{ colour: 4 }, { colour: 5, pattern: "hatched" }];

export function Amounts(props: {
    used: Usage;
    days: number;
    what: string | null;
    onWhat: (what: string) => void;
}) {
    const { used, days, what, onWhat } = props;
    const chosen = AMOUNTS.find(({ name }) => name === what) ?? DOCUMENTS;
    const known = new Map(used.days.map((day) => [day.date, day]));
    const points = lastDays(days).map((date) => ({
        label: dayWords(date),
        tick: dayTick(date),
        values: chosen.of.map(({ name }) => known.get(date)?.[name] ?? 0),
    }));
    return (
        <Bars
            title={`${chosen.words} by day`}
            description={describe(chosen)}
            series={chosen.of.map(({ words }, at) => ({ name: words, ...(LOOKS[at] ?? { colour: 4 }) }))}
            points={points}
            axis="Day (UTC)"
            format={chosen.format}
            short={chosen.short ?? chosen.format}
            whole={chosen.whole ?? false}
        >
            <label class="inline">
                By day{" "}
                <select
                    aria-label="By day"
                    value={chosen.name}
                    onChange={(event) => onWhat(event.currentTarget.value)}
                >
                    {AMOUNTS.map(({ name, words }) => (
                        <option key={name} value={name}>
                            {words}
                        </option>
                    ))}
                </select>
            </label>
        </Bars>
    );
}

function describe({ name }: Amount): string {
    if (name === "estimated_cost_usd") {
        return "About what AWS asks for it, by list prices; where nothing is paid, what it would ask. What is stored is not in it.";
    }
    return "Counted where a job, or a part of it, ends.";
}

function inDollars(value: number): string {
    return `${dollars(value)} USD`;
}

/** US dollars, small sums too. */
export function dollars(value: number): string {
    const digits = value === 0 || value >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(value)));
    return value.toFixed(digits);
}
