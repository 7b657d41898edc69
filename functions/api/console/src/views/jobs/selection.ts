// Which of the jobs that are shown are selected.
import { useEffect, useRef, useState } from "preact/hooks";

export interface Selection {
    has: (id: string) => boolean;
    size: number;
    /** Selects it, or no longer; with `isRange` all from the one that was toggled before up to it. */
    toggle: (id: string, isRange: boolean) => void;
    all: (selected: boolean) => void;
    clear: () => void;
}

/** Of these ids, in the order in which they are shown. Whatever is no longer shown is no longer selected. */
export function useSelection(ids: string[]): Selection {
    const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
    const latest = useRef<string>(undefined);

    useEffect(() => {
        setSelected((before) => {
            const kept = ids.filter((id) => before.has(id));
            return kept.length === before.size ? before : new Set(kept);
        });
    }, [ids.join(" ")]);

    const toggle = (id: string, isRange: boolean) => {
        const [from, to] = [ids.indexOf(latest.current ?? ""), ids.indexOf(id)];
        const range = isRange && from >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
        latest.current = id;
        setSelected((before) => {
            const after = new Set(before);
            for (const each of range) {
                if (before.has(id)) after.delete(each);
                else after.add(each);
            }
            return after;
        });
    };
    return {
        has: (id) => selected.has(id),
        size: selected.size,
        toggle,
        all: (isOn) => setSelected(new Set(isOn ? ids : [])),
        clear: () => setSelected(new Set()),
    };
}
