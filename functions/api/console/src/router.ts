// Which view is shown: `#/jobs?status=failed`, `#/jobs/<id>`. In the fragment, for the page may stand behind any prefix.
import { computed, signal } from "@preact/signals";

export interface Route {
    /** The words between the slashes: `["jobs", "<id>"]`. */
    path: string[];
    query: URLSearchParams;
}

const fragment = signal(location.hash);
addEventListener("hashchange", () => {
    fragment.value = location.hash;
});

export const route = computed<Route>(() => {
    const [path = "", query = ""] = fragment.value.replace(/^#\/?/, "").split("?", 2);
    return { path: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query) };
});

/** The address of a view. Parameters without a value are left out. */
export function to(path: string[], query: Record<string, string | undefined> = {}): string {
    const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
    const search = new URLSearchParams(given).toString();
    return `#/${path.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

/** Shows another view. In the place of this one, where going back should not come by here. */
export function go(address: string, { replace = false } = {}): void {
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    fragment.value = location.hash;
}

addEventListener("popstate", () => {
    fragment.value = location.hash;
});

function decoded(word: string): string {
    try {
        return decodeURIComponent(word);
    } catch {
        return word;
    }
}
