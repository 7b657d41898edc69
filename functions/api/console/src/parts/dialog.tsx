// A dialog over the page: it keeps the focus, and Escape or a click beside it closes it.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Problem } from "./problem.tsx";

export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
    const { title, onClose, children } = props;
    const element = useRef<HTMLDialogElement>(null);
    const heading = useId();
    useEffect(() => {
        const dialog = element.current;
        dialog?.showModal();
        return () => dialog?.close();
    }, []);
    const onClick = (event: MouseEvent) => event.target === element.current && onClose();
    return (
        <dialog ref={element} aria-labelledby={heading} onClose={onClose} onClick={onClick}>
            <div class="sheet">
                <h2 id={heading}>{title}</h2>
                {children}
            </div>
        </dialog>
    );
}

/** Asks before something is done that cannot be undone. Stays, and says why, where it came to nothing. */
export function Confirm(props: {
    title: string;
    /** What the button that does it says. */
    verb: string;
    danger?: boolean;
    onDo: () => Promise<void>;
    onClose: () => void;
    children?: ComponentChildren;
}) {
    const { title, verb, danger = false, onDo, onClose, children } = props;
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<Error>();
    const act = async () => {
        setBusy(true);
        setError(undefined);
        try {
            await onDo();
            onClose();
        } catch (failure) {
            setError(failure as Error);
        }
        setBusy(false);
    };
    return (
        <Dialog title={title} onClose={onClose}>
            {children}
            <Problem error={error} />
            <div class="buttons">
                <button type="button" onClick={onClose}>
                    Not now
                </button>
                <button type="button" class={danger ? "danger" : "primary"} disabled={busy} onClick={act}>
                    {verb}
                </button>
            </div>
        </Dialog>
    );
}
