// What is used, how many jobs come to which end, how long they wait and take.
import { answer, api, fetched } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { bytes, plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import { duration } from "../../parts/time.tsx";
import { tellFailure } from "../../parts/toast.tsx";
import { type Route, go, to } from "../../router.ts";
import { Amounts, type Usage as Used, dollars } from "./amounts.tsx";
import { Outcomes } from "./outcomes.tsx";
import { RANGES, type Range, rangeOf } from "./ranges.ts";
import { newest } from "./sample.ts";
import { Times } from "./times.tsx";

export function Usage({ route: { query } }: { route: Route }) {
    const range = rangeOf(query.get("range"));
    const used = useLoad((signal) => days(range, signal), [range]);
    const sample = useLoad((signal) => newest(new Date(Date.now() - range.ms), signal), [range]);
    const reload = () => {
        used.reload();
        sample.reload();
    };
    const show = (changed: Record<string, string>) =>
        go(to(["usage"], { ...Object.fromEntries(query), ...changed }), { replace: true });
    return (
        <>
            <div class="bar">
                <h1>Usage</h1>
                <div class="row-buttons">
                    <label class="inline">
                        The last{" "}
                        <select
                            value={range.name}
                            onChange={(event) => show({ range: event.currentTarget.value })}
                        >
                            {RANGES.map(({ name, words }) => (
                                <option key={name} value={name}>
                                    {words}
                                </option>
                            ))}
                        </select>
                    </label>
                    <button type="button" disabled={used.loading || sample.loading} onClick={reload}>
                        Look again
                    </button>
                    <button type="button" onClick={() => void download(range)}>
                        Days as CSV
                    </button>
                </div>
            </div>
            <Problem error={used.error} again={used.reload} />
            {used.data && <Totals used={used.data} range={range} />}
            <Problem error={sample.error} again={sample.reload} />
            {used.data && sample.data ? (
                <>
                    <Outcomes used={used.data} sample={sample.data} range={range} />
                    <Times
                        sample={sample.data}
                        measure={query.get("time") === "duration" ? "duration" : "wait"}
                        onMeasure={(time) => show({ time })}
                    />
                    <Amounts
                        used={used.data}
                        days={range.days}
                        what={query.get("what")}
                        onWhat={(what) => show({ what })}
                    />
                </>
            ) : (
                !used.error && !sample.error && <p class="wait">Looking at the newest jobs …</p>
            )}
        </>
    );
}

async function days({ days }: Range, signal: AbortSignal): Promise<Used> {
    const used = await answer(api.GET("/api/v1/usage/", { params: { query: { days } }, signal }));
    // The other form in which it could be is CSV, which was not asked for.
    return used as Used;
}

function Totals({ used: { jobs, total }, range }: { used: Used; range: Range }) {
    const facts: [string, string][] = [
        ["in flight now", plain(jobs.in_flight)],
        ["completed", plain(jobs.completed)],
        ["failed", plain(jobs.failed)],
        ["cancelled", plain(jobs.cancelled)],
        ["documents", plain(total.documents)],
        ["pages", plain(total.pages)],
        ["records", plain(total.records)],
        ["read", bytes(total.bytes)],
        ["of extraction", duration(total.compute_ms)],
        ["USD at AWS, about", dollars(total.estimated_cost_usd)],
    ];
    const days = range.days === 1 ? "today" : `in the last ${range.days} days`;
    return (
        <>
            <dl class="tiles">
                {facts.map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
            <p class="small">
                Ended and used {days} (UTC), near the truth and no account: what was done in the last minutes
                may be missing.
            </p>
        </>
    );
}

async function download({ days }: Range): Promise<void> {
    try {
        const response = await fetched(`/api/v1/usage/?days=${days}`, { headers: { Accept: "text/csv" } });
        const url = URL.createObjectURL(await response.blob());
        const link = Object.assign(document.createElement("a"), { href: url, download: "usage.csv" });
        link.click();
        URL.revokeObjectURL(url);
    } catch (error) {
        tellFailure("Could not read the days", error);
    }
}
