// What webhooks are signed with, and receivers that are told nothing any more.
import { useState } from "preact/hooks";
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { Once } from "../../parts/once.tsx";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { tell, tellFailure } from "../../parts/toast.tsx";
import { visible } from "../../parts/visible.ts";

type Secret = components["schemas"]["Secret"];
type Endpoint = components["schemas"]["Endpoint"];

export function Webhooks() {
    return (
        <>
            <Secrets />
            <Disabled />
        </>
    );
}

function Secrets() {
    const [making, setMaking] = useState(false);
    const [doomed, setDoomed] = useState<Secret>();
    const [made, setMade] = useState<string>();
    const { data, error, reload } = useLoad(
        (signal) => answer(api.GET("/api/v1/webhooks/secrets/", { signal })),
        [],
    );
    const secrets = [...(data?.secrets ?? [])].sort((one, other) =>
        one.created_at < other.created_at ? 1 : -1,
    );
    const make = async () => {
        const { secret } = await answer(api.POST("/api/v1/webhooks/secrets/"));
        setMade(secret);
        reload();
    };
    const remove = async ({ id }: Secret) => {
        const params = { path: { secret_id: id } };
        await answer(api.DELETE("/api/v1/webhooks/secrets/{secret_id}/", { params }));
        tell("Removed the secret. Nothing is signed with it any more.");
        reload();
    };
    return (
        <>
            <div class="bar">
                <h2>Secrets that sign</h2>
                <button type="button" class="primary" onClick={() => setMaking(true)}>
                    Make a secret…
                </button>
            </div>
            {made && (
                <Once
                    title="The new secret"
                    what="the secret"
                    secret={made}
                    onKept={() => setMade(undefined)}
                />
            )}
            <Problem error={error} again={reload} />
            {data && secrets.length === 0 && (
                <p class="calm">
                    No secret yet. Jobs can name a webhook once there is one; receivers check by it that a
                    message is ours.
                </p>
            )}
            {secrets.length > 0 && (
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">Secret</th>
                            <th scope="col">Made</th>
                            <th scope="col">Signs</th>
                            <th scope="col">
                                <span class="only-read">What can be done</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {secrets.map((secret, at) => (
                            <tr key={secret.id}>
                                <td data-label="Secret" class="mono">
                                    {secret.id}
                                </td>
                                <td data-label="Made">
                                    <Time at={secret.created_at} />
                                </td>
                                <td data-label="Signs">
                                    {at === 0
                                        ? "all webhooks, until another is made"
                                        : "along, for a day after the next was made"}
                                </td>
                                <td>
                                    {at > 0 && (
                                        <button
                                            type="button"
                                            class="danger"
                                            aria-label={`Remove ${secret.id}`}
                                            onClick={() => setDoomed(secret)}
                                        >
                                            Remove…
                                        </button>
                                    )}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            )}
            {making && (
                <Confirm title="Make a secret?" verb="Make it" onDo={make} onClose={() => setMaking(false)}>
                    <p>
                        Webhooks are signed with it from now on. The one before signs along for a day, so that
                        receivers can be given the new one and miss nothing.
                    </p>
                </Confirm>
            )}
            {doomed && (
                <Confirm
                    title="Remove this secret?"
                    verb="Remove"
                    danger
                    onDo={() => remove(doomed)}
                    onClose={() => setDoomed(undefined)}
                >
                    <p>
                        At once, for one that has leaked: receivers that know no other refuse what comes.
                        Secret <code>{doomed.id}</code>.
                    </p>
                </Confirm>
            )}
        </>
    );
}

function Disabled() {
    const pages = usePages([]);
    const cursor = pages.cursor;
    const { data, error, reload } = useLoad(
        (signal) =>
            answer(
                api.GET("/api/v1/webhooks/disabled/", {
                    params: { query: cursor ? { cursor } : {} },
                    signal,
                }),
            ),
        [cursor],
    );
    const enable = async ({ id, url }: Endpoint) => {
        try {
            const params = { path: { endpoint_id: id } };
            await answer(api.DELETE("/api/v1/webhooks/disabled/{endpoint_id}/", { params }));
            tell(`${visible(url)} is told again.`);
        } catch (failure) {
            tellFailure(`Could not enable ${visible(url)}`, failure);
        }
        reload();
    };
    return (
        <>
            <h2>Receivers that are told nothing</h2>
            <p class="small">
                They answered a webhook with 410, Gone. What happens meanwhile is noted with each job and can
                be sent again from there.
            </p>
            <Problem error={error} again={reload} />
            {data && data.endpoints.length === 0 && <p class="calm">None: every receiver is told.</p>}
            {data && data.endpoints.length > 0 && (
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">Receiver</th>
                            <th scope="col">Since</th>
                            <th scope="col">
                                <span class="only-read">What can be done</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {data.endpoints.map((endpoint) => (
                            <tr key={endpoint.id}>
                                <td data-label="Receiver" class="mono">
                                    {visible(endpoint.url)}
                                </td>
                                <td data-label="Since">
                                    <Time at={endpoint.disabled_at} />
                                </td>
                                <td>
                                    <button
                                        type="button"
                                        aria-label={`Tell ${endpoint.url} again`}
                                        onClick={() => void enable(endpoint)}
                                    >
                                        Tell again
                                    </button>
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            )}
            <Pager pages={pages} next={data?.next} what="receivers" />
        </>
    );
}
