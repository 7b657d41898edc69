// How long jobs waited, or took: percentiles over time, and by media type.
import { Lines } from "../../charts/lines.tsx";
import type { Point } from "../../charts/frame.tsx";
import type { Series } from "../../charts/look.tsx";
import { plain } from "../../parts/numbers.ts";
import { duration } from "../../parts/time.tsx";
import { visible } from "../../parts/visible.ts";
import { lookedAt } from "./outcomes.tsx";
import { timeTick, timeWords } from "./ranges.ts";
import {
    type Job,
    type Measure,
    PERCENTS,
    type Sample,
    measured,
    percentile,
    stepFor,
    stretches,
    within,
} from "./sample.ts";

const SERIES: Series[] = [
    { name: "p50", colour: 1 },
    { name: "p90", colour: 5, dashes: "6 3" },
    { name: "p99", colour: 2, dashes: "2 3" },
];

const MEASURES: { name: Measure; words: string; means: string }[] = [
    {
        name: "wait",
        words: "Wait in the queue",
        means: "From acceptance to the beginning of the first attempt; jobs that were attempted again are left out.",
    },
    {
        name: "duration",
        words: "Extraction",
        means: "From the beginning of the attempt to the result, of completed jobs that are done in one step.",
    },
];

/** Stretches of time that a chart of percentiles has at most. */
const MOST_STRETCHES = 24;

/** Media types that are told of; the rest is rare. */
const MOST_TYPES = 20;

export function Times(props: { sample: Sample; measure: Measure; onMeasure: (measure: Measure) => void }) {
    const { sample, measure, onMeasure } = props;
    const chosen = MEASURES.find(({ name }) => name === measure);
    const known = sample.jobs.filter((job) => measured(job, measure) !== undefined);
    return (
        <>
            <Lines
                title="How long jobs wait and take"
                description={`${chosen?.means} Half of the jobs are not over p50, 99 in 100 not over p99. ${lookedAt(sample)}`}
                series={SERIES}
                points={overTime(known, measure)}
                axis="From"
                format={duration}
            >
                <fieldset class="choices">
                    <legend class="only-read">What is measured</legend>
                    {MEASURES.map(({ name, words }) => (
                        <label key={name} class="choice">
                            <input
                                type="radio"
                                name="measure"
                                checked={name === measure}
                                onChange={() => onMeasure(name)}
                            />
                            {words}
                        </label>
                    ))}
                </fieldset>
            </Lines>
            <ByType jobs={known} measure={measure} words={chosen?.words ?? ""} />
        </>
    );
}

function ByType({ jobs, measure, words }: { jobs: Job[]; measure: Measure; words: string }) {
    const types = new Map<string, Job[]>();
    for (const job of jobs) {
        const type = job.media_type ?? "not said";
        types.set(type, [...(types.get(type) ?? []), job]);
    }
    const rows = [...types].sort(([, one], [, other]) => other.length - one.length);
    if (rows.length === 0) return null;
    return (
        <>
            <h2>{words} by media type</h2>
            <table class="types">
                <thead>
                    <tr>
                        <th scope="col">Media type</th>
                        <th scope="col" class="number">
                            Jobs
                        </th>
                        {PERCENTS.map((percent) => (
                            <th key={percent} scope="col" class="number">
                                p{percent}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.slice(0, MOST_TYPES).map(([type, these]) => (
                        <tr key={type}>
                            <th scope="row" class="mono">
                                {visible(type)}
                            </th>
                            <td class="number">{plain(these.length)}</td>
                            {percentiles(these, measure).map((value, at) => (
                                <td key={PERCENTS[at]} class="number">
                                    {value === undefined ? "–" : duration(value)}
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
            {rows.length > MOST_TYPES && (
                <p class="small">And {plain(rows.length - MOST_TYPES)} rarer ones.</p>
            )}
        </>
    );
}

function overTime(jobs: Job[], measure: Measure): Point[] {
    const times = jobs.map(({ created_at }) => Date.parse(created_at));
    if (times.length === 0) return [];
    const [from, to] = [Math.min(...times), Math.max(...times)];
    const step = stepFor(from, to, MOST_STRETCHES);
    return stretches(from, to, step).map((stretch) => ({
        label: timeWords(stretch.from),
        tick: timeTick(stretch.from, step),
        values: percentiles(within(jobs, stretch), measure),
    }));
}

function percentiles(jobs: Job[], measure: Measure): (number | undefined)[] {
    const values = jobs.flatMap((job) => measured(job, measure) ?? []);
    return PERCENTS.map((percent) => percentile(values, percent));
}
