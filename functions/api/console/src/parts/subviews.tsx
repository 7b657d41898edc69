// What a view is divided into, each part with an address of its own.
import { to } from "../router.ts";

export function Subviews({
    label,
    view,
    parts,
    here,
}: {
    label: string;
    view: string;
    parts: { name: string; title: string }[];
    here: string;
}) {
    return (
        <nav class="subviews" aria-label={label}>
            {parts.map(({ name, title }, at) => (
                <a
                    key={name}
                    href={to(at === 0 ? [view] : [view, name])}
                    aria-current={name === here ? "page" : undefined}
                >
                    {title}
                </a>
            ))}
        </nav>
    );
}
