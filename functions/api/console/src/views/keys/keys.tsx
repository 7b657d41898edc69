// Access: who may call, who did what, how much a tenant may have, what webhooks are signed with.
import type { ComponentType } from "preact";
import { Subviews } from "../../parts/subviews.tsx";
import type { Route } from "../../router.ts";
import { whoami } from "../../session.ts";
import { Audit } from "./audit.tsx";
import { KeyList } from "./list.tsx";
import { Quotas } from "./quotas.tsx";
import { Webhooks } from "./webhooks.tsx";

interface Part {
    name: string;
    title: string;
    Shown: ComponentType<{ query: URLSearchParams }>;
}

const KEYS: Part = { name: "keys", title: "Keys", Shown: KeyList };

const PARTS: Part[] = [
    KEYS,
    { name: "quotas", title: "Quotas", Shown: Quotas },
    { name: "webhooks", title: "Webhooks", Shown: Webhooks },
    { name: "audit", title: "Audit", Shown: Audit },
];

export function Keys({ route: { path, query } }: { route: Route }) {
    const { name, Shown } = PARTS.find((part) => part.name === path[1]) ?? KEYS;
    return (
        <>
            <div class="bar">
                <h1>Access</h1>
                <span class="small">
                    of the tenant <code>{whoami.value?.tenant}</code>
                </span>
            </div>
            <Subviews label="Access" view="keys" parts={PARTS} here={name} />
            <Shown query={query} />
        </>
    );
}
