// Saves what is extracted under a name.
import { useState } from "preact/hooks";
import { Failure, answer, api } from "../../api.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Problem } from "../../parts/problem.tsx";
import { tell } from "../../parts/toast.tsx";

/** A saved extractor as it was read; `etag` names that version. */
export interface Saved {
    name: string;
    version: number;
    etag: string;
}

/** Saves; with `over` only what replaces that version, without it only what is new. */
export async function save(
    name: string,
    extract: unknown[],
    over: Saved | "any" | undefined,
): Promise<Saved> {
    const condition =
        over === "any" ? {} : over?.name === name ? { "If-Match": over.etag } : { "If-None-Match": "*" };
    const call = api.PUT("/api/v1/extractors/{name}/", {
        params: { path: { name }, header: condition as never },
        body: { extract } as never,
    });
    const { response } = await call.catch(() => ({ response: undefined }));
    const saved = await answer(call);
    return { name: saved.name, version: saved.version, etag: response?.headers.get("etag") ?? "" };
}

/** Asks for the name. One that is taken, or was changed meanwhile, is saved over only where that is said again. */
export function SaveDialog(props: {
    extract: unknown[];
    saved: Saved | undefined;
    onSaved: (saved: Saved) => void;
    onClose: () => void;
}) {
    const { extract, saved, onSaved, onClose } = props;
    const [name, setName] = useState(saved?.name ?? "");
    const [error, setError] = useState<Error>();
    const [busy, setBusy] = useState(false);
    const isConflict = error instanceof Failure && error.status === 412;
    const act = async (over: Saved | "any" | undefined) => {
        setBusy(true);
        setError(undefined);
        try {
            const next = await save(name.trim(), extract, over);
            tell(`Saved ${next.name}, version ${next.version}.`);
            onSaved(next);
            onClose();
        } catch (failure) {
            setError(failure as Error);
        }
        setBusy(false);
    };
    return (
        <Dialog title="Save the extractor" onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void act(saved);
                }}
            >
                <label class="field">
                    Name
                    <input
                        value={name}
                        required
                        spellcheck={false}
                        autocapitalize="none"
                        placeholder="invoice"
                        onInput={(event) => {
                            setName(event.currentTarget.value);
                            setError(undefined);
                        }}
                    />
                </label>
                <p class="small">
                    Requests name it then: <code>"extractor": "{name || "invoice"}"</code>. Each definition
                    that differs is a new version; jobs keep the one that they were started with.
                </p>
                {isConflict ? (
                    <p class="problem" role="alert">
                        {saved?.name === name.trim()
                            ? `Somebody saved another version of ${name} since you read version ${saved.version}.`
                            : `There is an extractor ${name} already.`}{" "}
                        Saved over it, yours is its newest version; the others stay.
                    </p>
                ) : (
                    <Problem error={error} />
                )}
                <div class="buttons">
                    <button type="button" onClick={onClose}>
                        Not now
                    </button>
                    {isConflict ? (
                        <button type="button" class="danger" disabled={busy} onClick={() => act("any")}>
                            Save over it
                        </button>
                    ) : (
                        <button type="submit" class="primary" disabled={busy}>
                            Save
                        </button>
                    )}
                </div>
            </form>
        </Dialog>
    );
}
