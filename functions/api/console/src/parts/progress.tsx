// How many of a job's documents are dealt with.
import type { components } from "openapi";
import { plain } from "./numbers.ts";

/** Without the bar where the job is over. */
export function Progress(props: {
    of: components["schemas"]["JobProgress"] | null | undefined;
    isOver: boolean;
}) {
    const { of, isOver } = props;
    if (!of) return null;
    const { done, failed, total } = of;
    const dealt = done + failed;
    const words = total == null ? `${plain(dealt)} so far` : `${plain(dealt)} of ${plain(total)}`;
    return (
        <span class="progress">
            {!isOver && (
                <progress
                    max={total ?? 1}
                    {...(total == null ? {} : { value: dealt })}
                    aria-label="Documents"
                />
            )}
            <span class="small">
                {words}
                {failed > 0 && <span class="bad">, {plain(failed)} failed</span>}
            </span>
        </span>
    );
}
