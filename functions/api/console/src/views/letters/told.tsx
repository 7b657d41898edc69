// What has become of dead letters that were tried again or discarded, each by its name.
import { plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import type { Outcome } from "./work.ts";

export function Told(props: { outcome: Outcome | undefined; onStop: () => void; onClose: () => void }) {
    const { outcome, onStop, onClose } = props;
    if (!outcome) return null;
    const { done, of, gone, refused, state, error } = outcome;
    const past = outcome.verb === "redrive" ? "tried again" : "discarded";
    return (
        <section class="told" aria-label="What became of them">
            <div class="bar">
                <p role="status">
                    <strong>
                        {plain(done)} {past}
                    </strong>
                    {refused.length > 0 && `, ${plain(refused.length)} could not be`}
                    {state === "going" && of !== undefined && ` of ${plain(of)}`}
                    {state === "going" && " …"}
                    {state === "stopped" && ". Stopped before the end; the rest is as it was"}.
                </p>
                {state === "going" ? (
                    <button type="button" onClick={onStop}>
                        Stop
                    </button>
                ) : (
                    <button type="button" class="quiet" onClick={onClose} aria-label="Put away">
                        ×
                    </button>
                )}
            </div>
            {state === "going" && of !== undefined && (
                <progress aria-label="Done" max={of} value={done + refused.length} />
            )}
            <Problem error={error} />
            {refused.length > 0 && (
                <ul>
                    {refused.map(({ name, detail }) => (
                        <li key={name}>
                            <span class="mono">{name}</span>: {detail}
                        </li>
                    ))}
                </ul>
            )}
            {gone.length > 0 && (
                <details>
                    <summary>Those that were {past}</summary>
                    <ul>
                        {gone.map((name) => (
                            <li key={name} class="mono">
                                {name}
                            </li>
                        ))}
                    </ul>
                </details>
            )}
        </section>
    );
}
