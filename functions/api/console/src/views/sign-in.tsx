// Signing in with a key.
import { useEffect, useRef, useState } from "preact/hooks";
import { begin, signIn } from "../identify.ts";
import { Problem } from "../parts/problem.tsx";
import { Failure } from "../api.ts";
import { takesTokens } from "../session.ts";

/** Asks for a key. `why` is the reason for which nobody is signed in any more, or for which a key was not taken. */
export function SignIn({ why }: { why?: Error | undefined }) {
    const [candidate, setCandidate] = useState("");
    const [busy, setBusy] = useState(false);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => field.current?.focus(), []);
    const submit = async (event: Event) => {
        event.preventDefault();
        setBusy(true);
        await signIn(candidate.trim());
        setBusy(false);
    };
    const unreached = why instanceof Failure && why.status !== 401;
    return (
        <main class="sign-in">
            <h1>Data extraction</h1>
            <Problem error={why} again={unreached ? () => void begin() : undefined} />
            <form onSubmit={submit}>
                <label>
                    Key
                    <input
                        ref={field}
                        type="password"
                        name="key"
                        autocomplete="current-password"
                        required
                        spellcheck={false}
                        value={candidate}
                        onInput={(event) => setCandidate(event.currentTarget.value)}
                    />
                </label>
                <button type="submit" class="primary" disabled={busy}>
                    Sign in
                </button>
            </form>
            <p class="small">
                The key is kept in this tab alone, until the tab is closed. An admin's key shows everything;
                the first one is made by <code>make key</code>, others by an admin.
                {takesTokens.value && " A token of your identity provider is as good."}
            </p>
            <p class="small">
                <a href="../api/docs/">The API, described and to be tried</a>
            </p>
        </main>
    );
}
