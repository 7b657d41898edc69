// What is wrong, and what to do about it.
import { plain } from "../../parts/numbers.ts";
import { to } from "../../router.ts";
import type { System } from "./health.tsx";

interface Fault {
    what: string;
    todo: string;
}

export function Advice({ now, before }: { now: System; before: System | undefined }) {
    const faults = found(now, before);
    if (faults.length === 0) {
        return (
            <p class="verdict good" role="status">
                <strong>All is well.</strong> Everything answers, and work is taken from the queues.
            </p>
        );
    }
    return (
        <div class="verdict bad" role="status">
            <strong>
                {faults.length === 1 ? "One thing is wrong." : `${plain(faults.length)} things are wrong.`}
            </strong>
            <ul>
                {faults.map(({ what, todo }) => (
                    <li key={what}>
                        <strong>{what}</strong> {todo}
                    </li>
                ))}
            </ul>
            <p class="small">
                More is in <code>docs/operations.md</code>, under alarms and what to do. What was failed by a
                fault that is mended can be <a href={to(["jobs"], { status: "failed" })}>retried</a>.
            </p>
        </div>
    );
}

function found(now: System, before: System | undefined): Fault[] {
    const { table, storage, queues } = now;
    const { jobs, dead_letters, webhooks, webhook_dead_letters } = queues;
    const faults: Fault[] = [];
    const unless = (isSo: boolean, what: string, todo: string) => {
        if (!isSo) faults.push({ what, todo });
    };
    const answers = (part: { status: string } | null | undefined) => !part || part.status === "ok";
    unless(
        answers(table),
        "The table does not answer.",
        "Jobs can be neither accepted nor read. Nothing is lost: calls are tried again. Look at DynamoDB’s health in this region, and in the API’s log for “cannot be reached”.",
    );
    unless(
        answers(storage),
        "The storage does not answer.",
        "Large documents and results can be neither kept nor read; jobs wait and are tried again. Look at S3’s health, and in the API’s log for “cannot be reached”.",
    );
    unless(
        answers(jobs),
        "The queue of jobs does not answer.",
        "Jobs are accepted only when it does. Look at SQS’s health, and in the API’s log for “cannot be reached”.",
    );
    unless(
        answers(webhooks) && answers(dead_letters) && answers(webhook_dead_letters),
        "Another queue does not answer.",
        "Webhooks or dead letters are late, and none is lost. Look in the API’s log for “cannot be reached”.",
    );
    unless(
        !isStuck(now) || !before || !isStuck(before),
        jobs.waiting === 1
            ? "A job waits, and is not taken."
            : `${plain(jobs.waiting ?? 0)} jobs wait, and none is taken.`,
        "Workers fail, are throttled or switched off: look in the worker’s log, and whether its event source mapping is enabled (on one machine: WORKER).",
    );
    unless(
        !hasLetters(now) || !before || !hasLetters(before),
        "Dead letters stay in their queue.",
        "The reaper takes them within seconds, and cannot do its work: look in its log. After 14 days they are lost.",
    );
    unless(
        !webhook_dead_letters?.waiting,
        `Notices to webhooks were given up on: ${plain(webhook_dead_letters?.waiting ?? 0)}.`,
        "Look in the notifier’s log; when the cause is mended, move them back with “aws sqs start-message-move-task”.",
    );
    return faults;
}

/** Whether jobs wait of which none is taken. */
const isStuck = ({ queues: { jobs } }: System): boolean => (jobs.waiting ?? 0) > 0 && jobs.in_flight === 0;

const hasLetters = ({ queues: { dead_letters } }: System): boolean => (dead_letters?.waiting ?? 0) > 0;
