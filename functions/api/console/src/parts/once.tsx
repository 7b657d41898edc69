// A secret that is shown this once: on this page alone, in no address, no storage and no log.
import { useEffect, useRef } from "preact/hooks";
import { Copy } from "./copy.tsx";

export function Once(props: { title: string; what: string; secret: string; onKept: () => void }) {
    const { title, what, secret, onKept } = props;
    const element = useRef<HTMLElement>(null);
    useEffect(() => element.current?.focus(), [secret]);
    return (
        <section class="once" ref={element} tabIndex={-1} aria-label={title}>
            <h2>{title}</h2>
            <p>
                <strong>It is shown this once.</strong> Copy it to where it is used, or to a store of secrets:
                nobody can read it again, not even here.
            </p>
            <p class="secret">
                <code>{secret}</code>
                <Copy text={secret} what={what} />
            </p>
            <button type="button" class="primary" onClick={onKept}>
                I have kept it
            </button>
        </section>
    );
}
