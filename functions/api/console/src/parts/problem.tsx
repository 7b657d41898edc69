// Why something came to nothing, with the places that are wrong and what would be right.
import { Failure, type Flaw } from "../api.ts";

export function Problem({ error, again }: { error: Error | undefined; again?: (() => void) | undefined }) {
    if (!error) return null;
    const failure = error instanceof Failure ? error : undefined;
    const isSaidBelow = failure?.flaws.length === 1 && failure.flaws[0]?.detail === failure.detail;
    return (
        <div class="problem" role="alert">
            <strong>{failure?.title ?? "This did not work"}</strong>
            {!isSaidBelow && <p>{failure ? failure.detail : error.message}</p>}
            {failure && failure.flaws.length > 0 && (
                <ul>
                    {failure.flaws.map((flaw) => (
                        <li key={`${place(flaw)} ${flaw.detail}`}>
                            {place(flaw) && <code>{place(flaw)}</code>} {flaw.detail}
                        </li>
                    ))}
                </ul>
            )}
            {failure?.requestId && <p class="small">Request {failure.requestId}</p>}
            {again && (
                <button type="button" onClick={again}>
                    Try again
                </button>
            )}
        </div>
    );
}

/** Where in the request it is wrong. */
export function place({ pointer, parameter, field, header }: Flaw): string {
    return pointer ?? parameter ?? field ?? header ?? "";
}
