// Who did what, newest first.
import type { components } from "openapi";
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { Pager, usePages } from "../../parts/pager.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { visible } from "../../parts/visible.ts";
import { go, to } from "../../router.ts";

type Event = components["schemas"]["AuditRecord"];

const PAGE = 50;

const EVENTS = [
    "key_created",
    "key_rotated",
    "key_revoked",
    "webhook_secret_created",
    "webhook_secret_removed",
    "dead_letter_redriven",
    "dead_letters_redriven",
    "dead_letter_discarded",
    "dead_letters_discarded",
    "quotas_set",
    "quotas_removed",
];

export function Audit({ query }: { query: URLSearchParams }) {
    const pages = usePages([query.toString()]);
    const cursor = pages.cursor;
    const asked = {
        limit: PAGE,
        ...given("event", query.get("event")),
        ...given("actor", query.get("actor")),
        ...given("created_after", instant(query.get("after"))),
        ...given("created_before", instant(query.get("before"))),
        ...given("cursor", cursor),
    };
    const { data, error, reload } = useLoad(
        (signal) => answer(api.GET("/api/v1/audit/", { params: { query: asked }, signal })),
        [query.toString(), cursor],
    );
    return (
        <>
            <Filters query={query} />
            <Problem error={error} again={reload} />
            {data && data.events.length === 0 && (
                <p class="calm">
                    {data.next ? "Nothing on this page; there may be more on the next." : "Nothing."}
                </p>
            )}
            {data && data.events.length > 0 && <Events events={data.events} />}
            <Pager pages={pages} next={data?.next} what="events" />
            <p class="small">
                What was done to keys, webhooks’ secrets, quotas and dead letters is kept for 400 days.
            </p>
        </>
    );
}

function Filters({ query }: { query: URLSearchParams }) {
    const value = (name: string) => query.get(name) ?? "";
    const change = (name: string) => (event: { currentTarget: { value: string } }) => {
        const changed = { ...Object.fromEntries(query), [name]: event.currentTarget.value.trim() };
        go(to(["keys", "audit"], changed), { replace: true });
    };
    return (
        <div class="filters" role="search" aria-label="Events">
            <label>
                What was done
                <select value={value("event")} onChange={change("event")}>
                    <option value="">anything</option>
                    {EVENTS.map((event) => (
                        <option key={event} value={event}>
                            {words(event)}
                        </option>
                    ))}
                </select>
            </label>
            <label>
                By whom
                <input
                    value={value("actor")}
                    placeholder="key:5f1d0c7a9e3b2468"
                    spellcheck={false}
                    autocapitalize="none"
                    onChange={change("actor")}
                />
            </label>
            <label>
                From
                <input type="datetime-local" value={value("after")} onChange={change("after")} />
            </label>
            <label>
                To
                <input type="datetime-local" value={value("before")} onChange={change("before")} />
            </label>
        </div>
    );
}

function Events({ events }: { events: Event[] }) {
    return (
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">When</th>
                    <th scope="col">What was done</th>
                    <th scope="col">To what</th>
                    <th scope="col">By whom</th>
                </tr>
            </thead>
            <tbody>
                {events.map((event) => (
                    <tr key={`${event.at} ${event.request_id} ${event.subject}`}>
                        <td data-label="When">
                            <Time at={event.at} exact />
                        </td>
                        <td data-label="What was done">{words(event.event)}</td>
                        <td data-label="To what">
                            <div>
                                <span class="mono">{visible(event.subject)}</span>
                                <div class="small">{details(event.details)}</div>
                            </div>
                        </td>
                        <td data-label="By whom">
                            <div>
                                <span class="mono">{visible(event.actor)}</span>
                                <div class="small">of {visible(event.actor_tenant ?? "–")}</div>
                            </div>
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

/** `key_created` as people say it. */
const words = (event: string): string => visible(event).replaceAll("_", " ");

/** What else is known: `name nightly import, scopes scan:read scan:write`. */
function details(known: unknown): string {
    const pairs = Object.entries((known ?? {}) as Record<string, unknown>);
    const told = pairs.filter(([, value]) => value !== null && value !== undefined);
    const text = (value: unknown) =>
        Array.isArray(value)
            ? value.join(" ")
            : typeof value === "object"
              ? JSON.stringify(value)
              : String(value);
    return visible(told.map(([name, value]) => `${name.replaceAll("_", " ")}: ${text(value)}`).join(", "));
}

/** A local time of a form's field as an instant; nothing where it is none. */
function instant(local: string | null): string | undefined {
    const at = local ? new Date(local) : undefined;
    return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}

function given<Name extends string>(
    name: Name,
    value: string | null | undefined,
): { [key in Name]?: string } {
    return value ? ({ [name]: value } as { [key in Name]?: string }) : {};
}
