// One thing done to many jobs: a few at a time, with what it came to.
import type { components } from "openapi";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "../../api.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { tell } from "../../parts/toast.tsx";
import type { Action } from "./actions.ts";
import { jobs as words } from "./words.ts";

type Job = components["schemas"]["JobStatus"];

/** How many calls are under way at once. */
const AT_ONCE = 4;

interface Refusal {
    id: string;
    why: string;
}

/** Asks first where the action has a warning. Closes by itself when all went well. */
export function Batch(props: { action: Action; jobs: Job[]; onClose: () => void }) {
    const { action, jobs, onClose } = props;
    const [isAgreed, setIsAgreed] = useState(!action.warning);
    const [done, setDone] = useState(0);
    const [refusals, setRefusals] = useState<Refusal[]>([]);
    const isStopped = useRef(false);

    useEffect(() => {
        if (!isAgreed) return;
        const refused = (refusal: Refusal) => setRefusals((before) => [...before, refusal]);
        const dealt = () => setDone((before) => before + 1);
        void each(jobs, action, isStopped, refused, dealt);
        return () => {
            isStopped.current = true;
        };
    }, [isAgreed]);

    const isOver = done === jobs.length;
    useEffect(() => {
        if (!isOver || refusals.length > 0) return;
        tell(`${action.done} ${words(jobs.length)}.`);
        onClose();
    }, [isOver]);

    if (!isAgreed) {
        return (
            <Dialog title={`${action.verb} ${words(jobs.length)}?`} onClose={onClose}>
                <p>{action.warning}</p>
                <div class="buttons">
                    <button type="button" onClick={onClose}>
                        Not now
                    </button>
                    <button type="button" class="danger" onClick={() => setIsAgreed(true)}>
                        {action.verb} {words(jobs.length)}
                    </button>
                </div>
            </Dialog>
        );
    }
    return (
        <Dialog title={`${action.doing} ${words(jobs.length)}`} onClose={onClose}>
            <p class="batch-progress">
                <progress value={done} max={jobs.length} aria-label={action.doing} />
                <span role="status">
                    {done} of {jobs.length}
                    {refusals.length > 0 && `, ${refusals.length} refused`}
                </span>
            </p>
            {refusals.length > 0 && (
                <ul class="refusals">
                    {refusals.map(({ id, why }) => (
                        <li key={id}>
                            <span class="mono">{id}</span> {why}
                        </li>
                    ))}
                </ul>
            )}
            <div class="buttons">
                <button type="button" onClick={onClose}>
                    {isOver ? "Close" : "Stop"}
                </button>
            </div>
        </Dialog>
    );
}

async function each(
    jobs: Job[],
    action: Action,
    isStopped: { current: boolean },
    refused: (refusal: Refusal) => void,
    dealt: () => void,
): Promise<void> {
    const left = [...jobs];
    const work = async () => {
        for (let job = left.shift(); job && !isStopped.current; job = left.shift()) {
            const { job_id: id } = job;
            await action.act(id).catch((error: unknown) => refused({ id, why: why(error) }));
            dealt();
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function why(error: unknown): string {
    return error instanceof Failure ? error.detail || error.title : String(error);
}
