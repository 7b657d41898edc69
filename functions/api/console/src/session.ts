// Who uses the console, and for which tenant. The key stays in this tab: it is forgotten when the tab is closed.
import { computed, signal } from "@preact/signals";
import type { components } from "openapi";

type Whoami = components["schemas"]["Whoami"];

/** Where the tab keeps them. */
const KEY = "key";
const TENANT = "tenant";

/** The caller's key; empty where nobody is asked for one, and before somebody has signed in. */
export const key = signal(sessionStorage.getItem(KEY) ?? "");

/** The tenant that an operator acts for; empty for its own. */
export const tenant = signal(sessionStorage.getItem(TENANT) ?? "");

/** Who the service says we are; undefined until it has said it, null where it wants a key first. */
export const whoami = signal<Whoami | null | undefined>(undefined);

/** Why nobody is signed in any more, or why the service did not say who we are. */
export const farewell = signal<Error | undefined>(undefined);

/** For which tenant a session acted that the service ended; empty for none. */
export const left = signal("");

/** Whether a token of an identity provider is as good as a key. */
export const takesTokens = signal(false);

export const isOperator = computed(() => whoami.value?.operator === true);

/** Whether the caller may do what needs this scope. */
export function may(scope: "scan:read" | "scan:write" | "extractors:write" | "admin"): boolean {
    const scopes = whoami.value?.scopes ?? [];
    return scopes.some((held) => held === scope || held === "admin");
}

/** Keeps the key for as long as the tab is open. */
export function keepKey(): void {
    sessionStorage.setItem(KEY, key.peek());
}

/** Acts for this tenant from now on; for the operator's own if it is empty. */
export function actFor(name: string): void {
    tenant.value = name;
    if (name) sessionStorage.setItem(TENANT, name);
    else sessionStorage.removeItem(TENANT);
}

/** Forgets the key. `why` is given where it was not the user who wanted that. */
export function endSession(why?: Error): void {
    left.value = why ? tenant.peek() || left.peek() : "";
    sessionStorage.removeItem(KEY);
    sessionStorage.removeItem(TENANT);
    key.value = "";
    tenant.value = "";
    whoami.value = null;
    farewell.value = why;
}
