// The tenant's keys: making, rotating and revoking them.
import { useState } from "preact/hooks";
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Once } from "../../parts/once.tsx";
import { plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { tell } from "../../parts/toast.tsx";
import { visible } from "../../parts/visible.ts";
import { endSession, whoami } from "../../session.ts";
import { MakeKey } from "./make.tsx";
import { RevokeKey, RotateKey } from "./change.tsx";

export type Key = components["schemas"]["Key"];
export type MadeKey = components["schemas"]["MadeKey"];

type Doing = { what: "make" } | { what: "rotate" | "revoke"; key: Key };

export function KeyList() {
    const [doing, setDoing] = useState<Doing>();
    const [made, setMade] = useState<{ title: string; key: string }>();
    const { data, error, reload } = useLoad((signal) => answer(api.GET("/api/v1/keys/", { signal })), []);
    const close = () => setDoing(undefined);
    const show = (title: string, { key }: MadeKey) => {
        setMade({ title, key });
        reload();
    };
    const revoked = ({ id, name }: Key) => {
        if (isOwn(id)) return endSession();
        tell(`Revoked “${name}”. It is good for nothing within a minute.`);
        reload();
    };
    return (
        <>
            <div class="bar">
                <p class="small">
                    Who has a key may do what its scopes permit, for this tenant. A key that has ended is
                    listed for 30 days more.
                </p>
                <button type="button" class="primary" onClick={() => setDoing({ what: "make" })}>
                    Make a key…
                </button>
            </div>
            {made && (
                <Once title={made.title} what="the key" secret={made.key} onKept={() => setMade(undefined)} />
            )}
            <Problem error={error} again={reload} />
            {data?.keys.length === 0 && (
                <p class="calm">No keys yet. One for each program and person makes it plain who did what.</p>
            )}
            {data && data.keys.length > 0 && (
                <Rows
                    keys={data.keys}
                    onRotate={(key) => setDoing({ what: "rotate", key })}
                    onRevoke={(key) => setDoing({ what: "revoke", key })}
                />
            )}
            {doing?.what === "make" && (
                <MakeKey onMade={(key) => show(`The key of “${key.name}”`, key)} onClose={close} />
            )}
            {doing?.what === "rotate" && (
                <RotateKey
                    of={doing.key}
                    onMade={(key) => show(`The successor of “${key.name}”`, key)}
                    onClose={close}
                />
            )}
            {doing?.what === "revoke" && (
                <RevokeKey
                    of={doing.key}
                    isOwn={isOwn(doing.key.id)}
                    onRevoked={() => revoked(doing.key)}
                    onClose={close}
                />
            )}
        </>
    );
}

function Rows(props: { keys: Key[]; onRotate: (key: Key) => void; onRevoke: (key: Key) => void }) {
    const { keys, onRotate, onRevoke } = props;
    const active = keys.filter(({ state }) => state === "active").length;
    return (
        <table class="cards keys">
            <caption class="small">
                {plain(active)} active, {plain(keys.length - active)} ended
            </caption>
            <thead>
                <tr>
                    <th scope="col">Name</th>
                    <th scope="col">State</th>
                    <th scope="col">May</th>
                    <th scope="col">Last used</th>
                    <th scope="col">Expires</th>
                    <th scope="col">Made</th>
                    <th scope="col">
                        <span class="only-read">What can be done</span>
                    </th>
                </tr>
            </thead>
            <tbody>
                {keys.map((key) => (
                    <tr key={key.id} class={key.state === "active" ? undefined : "ended"}>
                        <td data-label="Name">
                            <div>
                                {visible(key.name)}
                                {isOwn(key.id) && <strong class="small"> (yours)</strong>}
                                <div class="small mono">{key.id}</div>
                            </div>
                        </td>
                        <td data-label="State">
                            <State of={key} />
                        </td>
                        <td data-label="May">
                            <span class="scopes">
                                {key.scopes.map((scope) => (
                                    <code key={scope}>{scope}</code>
                                ))}
                            </span>
                        </td>
                        <td data-label="Last used">{key.last_used ?? "never"}</td>
                        <td data-label="Expires">
                            {key.expires_at ? <Time at={key.expires_at} /> : "never"}
                        </td>
                        <td data-label="Made">
                            <div>
                                <Time at={key.created_at} />
                                <div class="small mono">{visible(key.created_by)}</div>
                            </div>
                        </td>
                        <td>
                            {key.state === "active" && (
                                <span class="row-buttons">
                                    {!key.replaced_by && (
                                        <button
                                            type="button"
                                            aria-label={`Rotate ${key.name}`}
                                            onClick={() => onRotate(key)}
                                        >
                                            Rotate…
                                        </button>
                                    )}
                                    <button
                                        type="button"
                                        class="danger"
                                        aria-label={`Revoke ${key.name}`}
                                        onClick={() => onRevoke(key)}
                                    >
                                        Revoke…
                                    </button>
                                </span>
                            )}
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function State({ of }: { of: Key }) {
    const { state, replaced_by, revoked_at } = of;
    const shape = state === "active" ? "completed" : state === "revoked" ? "failed" : "cancelled";
    return (
        <div>
            <span class={`status ${shape}`}>{state}</span>
            {replaced_by && (
                <div class="small">
                    succeeded by <span class="mono">{replaced_by}</span>
                </div>
            )}
            {revoked_at && (
                <div class="small">
                    <Time at={revoked_at} />
                </div>
            )}
        </div>
    );
}

/** Whether it is the key that this tab is signed in with. */
const isOwn = (id: string): boolean => whoami.value?.actor === `key:${id}`;
