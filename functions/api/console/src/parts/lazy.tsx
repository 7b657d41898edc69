// A part of the console that comes when it is first shown.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export interface LazyPart<Props> {
    /** Undefined while it is loaded. */
    Part: ComponentType<Props> | undefined;
    /** That it could not be loaded. */
    isLost: boolean;
}

/** Loads the part again whenever `load` is another. */
export function useLazy<Props>(load: (() => Promise<ComponentType<Props>>) | undefined): LazyPart<Props> {
    const [state, setState] = useState<{ by: unknown; Part?: ComponentType<Props>; isLost: boolean }>();
    useEffect(() => {
        let isCurrent = true;
        load?.().then(
            (Part) => isCurrent && setState({ by: load, Part, isLost: false }),
            () =>
                void isReplaced().then((isOld) => {
                    if (isOld) location.reload();
                    else if (isCurrent) setState({ by: load, isLost: true });
                }),
        );
        return () => {
            isCurrent = false;
        };
    }, [load]);
    const isMine = state?.by === load;
    return { Part: isMine ? state?.Part : undefined, isLost: isMine && state?.isLost === true };
}

export function Lost() {
    return (
        <div class="problem" role="alert">
            <strong>A part of the console could not be loaded</strong>
            <p>The service cannot be reached, or a newer console has taken the place of this one.</p>
            <button type="button" onClick={() => location.reload()}>
                Load the page again
            </button>
        </div>
    );
}

/** Whether another console is served by now: its page names other files. */
async function isReplaced(): Promise<boolean> {
    const own = document.querySelector<HTMLScriptElement>("script[type=module]")?.src.split("/").at(-1);
    try {
        const page = await fetch(location.pathname, { cache: "no-store", credentials: "omit" });
        return page.ok && own !== undefined && !(await page.text()).includes(own);
    } catch {
        return false;
    }
}
