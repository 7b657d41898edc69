// Making a key: what it is for, what its holder may do, until when.
import { useState } from "preact/hooks";
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Problem } from "../../parts/problem.tsx";
import type { MadeKey } from "./list.tsx";

type Scope = components["schemas"]["KeyRequest"]["scopes"][number];

const SCOPES: { name: Scope; permits: string }[] = [
    { name: "scan:read", permits: "jobs, results, lists, usage, limits, saved extractors" },
    { name: "scan:write", permits: "start, cancel, retry and remove jobs; uploads; previews" },
    { name: "extractors:write", permits: "save and remove extractors" },
    { name: "admin", permits: "all that, and keys, webhooks’ secrets, dead letters and the audit" },
];

/** Days after which a key expires; none for never. */
const LIVES: { days: number | undefined; words: string }[] = [
    { days: 30, words: "in 30 days" },
    { days: 90, words: "in 90 days" },
    { days: 365, words: "in a year" },
    { days: undefined, words: "never" },
];

const USUAL_DAYS = 90;

export function MakeKey({ onMade, onClose }: { onMade: (key: MadeKey) => void; onClose: () => void }) {
    const [name, setName] = useState("");
    const [scopes, setScopes] = useState<Scope[]>(["scan:read", "scan:write"]);
    const [days, setDays] = useState<number | undefined>(USUAL_DAYS);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<Error>();
    const submit = async (event: Event) => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        const body = { name, scopes, ...(days === undefined ? {} : { expires_in_days: days }) };
        try {
            onMade(await answer(api.POST("/api/v1/keys/", { body })));
            onClose();
        } catch (failure) {
            setError(failure as Error);
        }
        setBusy(false);
    };
    const check = (scope: Scope, on: boolean) =>
        setScopes((before) => (on ? [...before, scope] : before.filter((other) => other !== scope)));
    return (
        <Dialog title="Make a key" onClose={onClose}>
            <form class="stack" onSubmit={submit}>
                <label class="field">
                    Name: what it is for
                    <input
                        required
                        maxLength={100}
                        autocomplete="off"
                        placeholder="nightly import"
                        value={name}
                        onInput={(event) => setName(event.currentTarget.value)}
                    />
                </label>
                <fieldset>
                    <legend>Its holder may</legend>
                    {SCOPES.map((scope) => (
                        <label key={scope.name} class="choice">
                            <input
                                type="checkbox"
                                checked={scopes.includes(scope.name)}
                                onChange={(event) => check(scope.name, event.currentTarget.checked)}
                            />
                            <span>
                                <code>{scope.name}</code> <span class="small">{scope.permits}</span>
                            </span>
                        </label>
                    ))}
                </fieldset>
                <label class="field">
                    Expires
                    <select
                        value={days ?? ""}
                        onChange={(event) => setDays(Number(event.currentTarget.value) || undefined)}
                    >
                        {LIVES.map((life) => (
                            <option key={life.words} value={life.days ?? ""}>
                                {life.words}
                            </option>
                        ))}
                    </select>
                </label>
                <Problem error={error} />
                <div class="buttons">
                    <button type="button" onClick={onClose}>
                        Not now
                    </button>
                    <button type="submit" class="primary" disabled={busy || scopes.length === 0}>
                        Make it
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
