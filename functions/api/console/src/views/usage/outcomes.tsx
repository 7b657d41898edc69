// Jobs over time, by what came of them: by day as the service counts them, and for the last hour or day out of the newest jobs.
import { Bars } from "../../charts/bars.tsx";
import type { Point } from "../../charts/frame.tsx";
import type { Series } from "../../charts/look.tsx";
import { plain, short } from "../../parts/numbers.ts";
import type { Usage } from "./amounts.tsx";
import { type Range, dayTick, dayWords, lastDays, timeTick, timeWords } from "./ranges.ts";
import { type Job, MOST_JOBS, type Sample, stretches, within } from "./sample.ts";

const ENDED: Series[] = [
    { name: "completed", colour: 1 },
    { name: "failed", colour: 2, pattern: "hatched" },
    { name: "cancelled", colour: 3, pattern: "dotted" },
];

const ALL: Series[] = [...ENDED, { name: "under way", colour: 4, pattern: "open" }];

export function Outcomes({ used, sample, range }: { used: Usage; sample: Sample; range: Range }) {
    const { step } = range;
    return step === undefined ? (
        <Bars
            title="Jobs by outcome"
            description="By the day (UTC) on which they ended."
            series={ENDED}
            points={byDay(used, range.days)}
            axis="Day (UTC)"
            format={plain}
            short={short}
            whole
        />
    ) : (
        <Bars
            title="Jobs by outcome"
            description={`By when they were accepted, and how they stand now. ${lookedAt(sample)}`}
            series={ALL}
            points={byStretch(sample.jobs, range.ms, step)}
            axis="From"
            format={plain}
            short={short}
            whole
        />
    );
}

/** Which jobs are counted. */
export function lookedAt({ jobs, isCut }: Sample): string {
    const [newest, oldest] = [jobs[0], jobs.at(-1)];
    if (!newest || !oldest) return "No job was accepted in this time.";
    const time = (job: Job) => timeWords(Date.parse(job.created_at));
    const count = isCut
        ? `the newest ${plain(MOST_JOBS)} jobs`
        : `all ${plain(jobs.length)} jobs of this time`;
    const rest = isCut ? "; older ones are not counted" : "";
    return `Of ${count}, accepted from ${time(oldest)} to ${time(newest)}${rest}.`;
}

function byDay({ days }: Usage, count: number): Point[] {
    const known = new Map(days.map((day) => [day.date, day]));
    return lastDays(count).map((date) => {
        const day = known.get(date);
        const values = [day?.completed ?? 0, day?.failed ?? 0, day?.cancelled ?? 0];
        return { label: dayWords(date), tick: dayTick(date), values };
    });
}

function byStretch(jobs: Job[], ms: number, step: number): Point[] {
    const now = Date.now();
    return stretches(now - ms, now, step).map((stretch) => {
        const these = within(jobs, stretch);
        const count = (status: string) => these.filter((job) => job.status === status).length;
        const ended = ENDED.map(({ name }) => count(name));
        const values = [...ended, count("pending") + count("running")];
        return { label: timeWords(stretch.from), tick: timeTick(stretch.from, step), values };
    });
}
