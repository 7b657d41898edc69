// Short words on what was just done. They go by themselves; what went wrong stays until it is put away.
import { signal } from "@preact/signals";
import { Failure } from "../api.ts";

interface Toast {
    id: number;
    words: string;
    bad: boolean;
}

const SHOWN_MS = 6_000;

const toasts = signal<Toast[]>([]);
let count = 0;

export function tell(words: string): void {
    const id = show(words, false);
    setTimeout(() => putAway(id), SHOWN_MS);
}

export function tellFailure(what: string, error: unknown): void {
    const why =
        error instanceof Failure ? error.detail || error.title : String((error as Error)?.message ?? error);
    show(`${what}: ${why}`, true);
}

export function Toasts() {
    return (
        <div class="toasts" aria-live="polite">
            {toasts.value.map(({ id, words, bad }) => (
                <p key={id} class={bad ? "toast bad" : "toast"}>
                    {words}
                    <button type="button" class="quiet" aria-label="Put away" onClick={() => putAway(id)}>
                        ×
                    </button>
                </p>
            ))}
        </div>
    );
}

function show(words: string, bad: boolean): number {
    count += 1;
    toasts.value = [...toasts.value, { id: count, words, bad }];
    return count;
}

function putAway(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
