// Who was told of a job's end, and how that went.
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { tell, tellFailure } from "../../parts/toast.tsx";
import { Time } from "../../parts/time.tsx";
import { visible } from "../../parts/visible.ts";
import { may } from "../../session.ts";

type Told = components["schemas"]["JobWebhooks"];

export const readDeliveries = (id: string, signal: AbortSignal): Promise<Told> =>
    answer(api.GET("/api/v1/scan/webhooks/{job_id}/", { params: { path: { job_id: id } }, signal }));

export function Deliveries({ told, onReplay }: { told: Told; onReplay: () => void }) {
    const replay = (event: string) =>
        answer(
            api.POST("/api/v1/scan/webhooks/{job_id}/replay/", {
                params: { path: { job_id: told.job_id }, query: { event } },
            }),
        ).then(
            () => {
                tell("It is told once more.");
                onReplay();
            },
            (error: unknown) => tellFailure("Not told again", error),
        );
    return (
        <>
            <p>
                <span class="mono">{visible(told.url ?? "")}</span>
            </p>
            {told.deliveries.length === 0 && <p class="small">It is told when the job ends.</p>}
            <ul class="deliveries">
                {told.deliveries.map(({ event, type, status, attempts, next_attempt_at: next }) => (
                    <li key={event}>
                        <b>{type}</b> <span class={status === "failed" ? "bad" : ""}>{status}</span>
                        {`, ${attempts.length} ${attempts.length === 1 ? "attempt" : "attempts"}`}
                        {next && (
                            <>
                                , next <Time at={next} />
                            </>
                        )}{" "}
                        {may("scan:write") && (
                            <button type="button" onClick={() => replay(event)}>
                                Tell again
                            </button>
                        )}
                    </li>
                ))}
            </ul>
        </>
    );
}
