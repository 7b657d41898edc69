// A link that a document holds: followed only by a click, only to where a browser may go without harm, and without telling from where.
import type { ComponentChildren } from "preact";
import { visible } from "./visible.ts";

const SAFE = new Set(["http:", "https:", "mailto:"]);

export function Outward({ href, children }: { href: string; children?: ComponentChildren }) {
    const words = <bdi>{children ?? visible(href)}</bdi>;
    if (!isSafe(href)) return words;
    return (
        <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={visible(href)}>
            {words}
        </a>
    );
}

/** Absolute, for anything else would lead somewhere in the console. */
function isSafe(href: string): boolean {
    try {
        return SAFE.has(new URL(href).protocol);
    } catch {
        return false;
    }
}
