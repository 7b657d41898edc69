// Signing in: the service says who holds a key.
import { answer, api } from "./api.ts";
import { actFor, endSession, farewell, keepKey, key, left, takesTokens, whoami } from "./session.ts";

/** Asks who we are, with the key that this tab has; without one, only where nobody needs one. */
export async function begin(): Promise<void> {
    try {
        if (!key.peek() && (await wantsKey())) {
            whoami.value = null;
            return;
        }
        whoami.value = await answer(api.GET("/api/v1/whoami/"));
        farewell.value = undefined;
    } catch (error) {
        endSession(farewell.peek() ?? (error as Error));
    }
}

/** Signs in with this key. `farewell` says why it is not taken. Whoever was signed out amid work goes on for the same tenant. */
export async function signIn(candidate: string): Promise<void> {
    const before = left.peek();
    key.value = candidate;
    farewell.value = undefined;
    actFor("");
    await begin();
    if (!whoami.peek()) return;
    keepKey();
    if (before && whoami.peek()?.operator) actFor(before);
    left.value = "";
}

/** What a caller has to have is asked of an operation for everybody: to be refused would be an error in the browser's log. */
async function wantsKey(): Promise<boolean> {
    const { auth } = await answer(api.GET("/api/v1/health/"));
    takesTokens.value = auth === "keys+jwt";
    return auth !== "open";
}
