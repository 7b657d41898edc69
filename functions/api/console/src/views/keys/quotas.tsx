// How much the tenant may have, and has had; operators set it.
import { useState } from "preact/hooks";
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Meter } from "../../parts/meter.tsx";
import { bytes, plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import { ago } from "../../parts/time.tsx";
import { tell } from "../../parts/toast.tsx";
import { isOperator, whoami } from "../../session.ts";

type All = components["schemas"]["Quotas"];
type New = components["schemas"]["NewQuotas"];
type Name = keyof New;

const QUOTAS: { name: Name; label: string; words: (value: number) => string }[] = [
    { name: "requests_per_second", label: "Requests a second", words: plain },
    { name: "jobs_in_flight", label: "Jobs in flight", words: plain },
    { name: "bytes_per_day", label: "Bytes a day", words: bytes },
    { name: "pages_per_day", label: "Pages a day", words: plain },
];

/** What is used is up to a minute old anyway. */
const LIVE_MS = 10_000;

export function Quotas() {
    const [doing, setDoing] = useState<"set" | "reset">();
    const { data, error, reload } = useLoad((signal) => answer(api.GET("/api/v1/quotas/", { signal })), [], {
        everyMs: LIVE_MS,
    });
    const reset = async () => {
        await answer(api.DELETE("/api/v1/quotas/"));
        tell("The tenant has what all have, within a minute.");
        reload();
    };
    const isSet = data && QUOTAS.some(({ name }) => data[name].source === "tenant");
    return (
        <>
            <div class="bar">
                <p class="small">What is over a quota is refused; what is there already stays readable.</p>
                {isOperator.value && data && (
                    <span class="row-buttons">
                        <button type="button" onClick={() => setDoing("set")}>
                            Set…
                        </button>
                        <button
                            type="button"
                            class="danger"
                            disabled={!isSet}
                            onClick={() => setDoing("reset")}
                        >
                            As for all…
                        </button>
                    </span>
                )}
            </div>
            <Problem error={error} again={reload} />
            {data && <Levels all={data} />}
            {!isOperator.value && <p class="small">Operators, admins of the tenant default, set quotas.</p>}
            {doing === "set" && data && (
                <SetQuotas all={data} onSet={reload} onClose={() => setDoing(undefined)} />
            )}
            {doing === "reset" && (
                <Confirm
                    title={`Let ${whoami.value?.tenant} have what all have?`}
                    verb="Forget what was set"
                    danger
                    onDo={reset}
                    onClose={() => setDoing(undefined)}
                >
                    <p>What was set for this tenant is forgotten, everywhere within a minute.</p>
                </Confirm>
            )}
        </>
    );
}

/** What may be had and has been had, as bars. */
export function Levels({ all }: { all: All }) {
    const window = all.request_window_seconds;
    return (
        <div class="meters">
            {QUOTAS.map(({ name, label, words }) => {
                const { limit, used, source, resets_at } = all[name];
                const most =
                    limit === "unlimited" ? limit : name === "requests_per_second" ? limit * window : limit;
                const within = name === "requests_per_second" ? ` in ${window} s` : "";
                const told =
                    most === "unlimited"
                        ? `${words(used)}${within}, no limit`
                        : `${words(used)} of ${words(most)}${within}`;
                return (
                    <div key={name}>
                        <Meter label={label} used={used} limit={most} words={told} />
                        <p class="small">
                            {source === "tenant" ? "set for this tenant" : "as for all"}
                            {resets_at && `; all of it is left again ${ago(new Date(resets_at))}`}
                        </p>
                    </div>
                );
            })}
        </div>
    );
}

/** As a form has them: empty is as for all. */
type Draft = Record<Name, string>;

function SetQuotas({ all, onSet, onClose }: { all: All; onSet: () => void; onClose: () => void }) {
    const [draft, setDraft] = useState<Draft>(() => draftOf(all));
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<Error>();
    const submit = async (event: Event) => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        try {
            await answer(api.PUT("/api/v1/quotas/", { body: quotasOf(draft) }));
            tell("Set. It is in force everywhere within a minute.");
            onSet();
            onClose();
        } catch (failure) {
            setError(failure as Error);
        }
        setBusy(false);
    };
    return (
        <Dialog title={`Quotas of ${whoami.value?.tenant}`} onClose={onClose}>
            <form class="stack" onSubmit={submit}>
                <p class="small">
                    A whole number, or <code>unlimited</code>. What is left empty is as for all tenants.
                </p>
                {QUOTAS.map(({ name, label }) => (
                    <label key={name} class="field">
                        {label}
                        <input
                            value={draft[name]}
                            placeholder="as for all"
                            pattern="\s*([0-9][0-9_,]*|unlimited)?\s*"
                            title="A whole number, or unlimited"
                            spellcheck={false}
                            autocapitalize="none"
                            onInput={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
                        />
                    </label>
                ))}
                <Problem error={error} />
                <div class="buttons">
                    <button type="button" onClick={onClose}>
                        Not now
                    </button>
                    <button type="submit" class="primary" disabled={busy}>
                        Set
                    </button>
                </div>
            </form>
        </Dialog>
    );
}

function draftOf(all: All): Draft {
    const text = (name: Name) => (all[name].source === "tenant" ? String(all[name].limit) : "");
    return Object.fromEntries(QUOTAS.map(({ name }) => [name, text(name)])) as Draft;
}

function quotasOf(draft: Draft): New {
    const quota = (text: string) => {
        const words = text.trim().replace(/[_,]/g, "");
        return words === "" ? null : words === "unlimited" ? ("unlimited" as const) : Number(words);
    };
    return Object.fromEntries(QUOTAS.map(({ name }) => [name, quota(draft[name])]));
}
