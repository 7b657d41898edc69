// The API, as its description says it is: `api.GET("/api/v1/scan/", …)` knows its parameters and its answers by type.
import type { paths } from "openapi";
import createClient, { type Middleware } from "openapi-fetch";
import { endSession, key, tenant } from "./session.ts";

export type { components } from "openapi";

/** Where the service is, whatever stands before it: a stage, a base path, a function's name. The page is at `admin/` below it. */
export const root = new URL("../", location.href.split("#")[0]).href.replace(/\/$/, "");

export const api = createClient<paths>({
    baseUrl: root,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
});

/** A part of a request that is wrong, and what would be right. */
export interface Flaw {
    pointer?: string | null;
    parameter?: string | null;
    field?: string | null;
    header?: string | null;
    detail: string;
}

/** Why a call came to nothing, in words for whoever reads the page. */
export class Failure extends Error {
    constructor(
        readonly title: string,
        readonly detail: string,
        /** 0 where there was no answer. */
        readonly status: number,
        readonly flaws: Flaw[] = [],
        readonly type = "about:blank",
        readonly requestId: string | null = null,
    ) {
        super(detail || title);
    }
}

/** What headers say who calls, and for whom. */
export function identity(): Record<string, string> {
    return {
        ...(key.value ? { Authorization: `Bearer ${key.value}` } : {}),
        ...(tenant.value ? { "X-Tenant": tenant.value } : {}),
    };
}

const asCaller: Middleware = {
    onRequest({ request }) {
        for (const [name, value] of Object.entries(identity())) request.headers.set(name, value);
        return request;
    },
};
api.use(asCaller);

/** The answer to a call, or a `Failure`. A key that is no longer good ends the session. */
export async function answer<T>(
    call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
    const { data, error, response } = await call.catch(unreached);
    if (!response.ok) throw refused(response, error);
    return data as T;
}

/** The same for a call made by `fetch`: of forms that are not JSON. */
export async function fetched(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...identity(), ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(root + path, {
        cache: "no-store",
        credentials: "omit",
        ...init,
        headers,
    }).catch(unreached);
    if (!response.ok) throw refused(response, await response.json().catch(() => undefined));
    return response;
}

function refused(response: Response, problem: unknown): Failure {
    const told = (typeof problem === "object" && problem !== null ? problem : {}) as Record<string, unknown>;
    const words = (name: string) => (typeof told[name] === "string" ? (told[name] as string) : "");
    const failure = new Failure(
        words("title") || response.statusText || `Status ${response.status}`,
        words("detail"),
        response.status,
        Array.isArray(told.errors) ? (told.errors as Flaw[]) : [],
        words("type"),
        response.headers.get("x-request-id"),
    );
    if (response.status === 401 && key.peek()) endSession(failure);
    return failure;
}

function unreached(cause: unknown): never {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Failure(
        "No answer",
        "The service cannot be reached. It is tried again by itself where the page is live.",
        0,
    );
}
