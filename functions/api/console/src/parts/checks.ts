// Which rows of a table are chosen. What is no longer listed is no longer chosen.
import { useState } from "preact/hooks";

export interface Checks {
    chosen: string[];
    has: (id: string) => boolean;
    /** All that are listed. */
    all: boolean;
    set: (id: string, on: boolean) => void;
    setAll: (on: boolean) => void;
}

export function useChecks(listed: string[]): Checks {
    const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
    const chosen = listed.filter((id) => ids.has(id));
    return {
        chosen,
        has: (id) => ids.has(id),
        all: listed.length > 0 && chosen.length === listed.length,
        set: (id, on) => {
            const next = new Set(chosen);
            if (on) next.add(id);
            else next.delete(id);
            setIds(next);
        },
        setAll: (on) => setIds(new Set(on ? listed : [])),
    };
}
