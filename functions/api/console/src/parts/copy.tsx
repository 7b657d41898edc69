// A button that copies a text.
import { tell, tellFailure } from "./toast.tsx";

export function Copy({ text, what }: { text: string; what: string }) {
    const copy = () =>
        navigator.clipboard.writeText(text).then(
            () => tell(`Copied ${what}.`),
            (error: unknown) => tellFailure(`Could not copy ${what}`, error),
        );
    return (
        <button type="button" class="quiet" onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
            <svg class="sign" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M6 2h7v9H6zM3 5v9h7" fill="none" stroke="currentColor" stroke-width="1.5" />
            </svg>
        </button>
    );
}
