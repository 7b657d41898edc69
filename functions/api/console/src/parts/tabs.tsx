// Tabs by the pattern of the ARIA Authoring Practices: arrows, Home and End move among them, Tab leaves them.
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";

export interface Tab {
    name: string;
    title: ComponentChildren;
}

export function Tabs(props: {
    label: string;
    tabs: Tab[];
    selected: string;
    onSelect: (name: string) => void;
    /** What the selected tab shows. */
    children: ComponentChildren;
}) {
    const { label, tabs, selected, onSelect, children } = props;
    const id = useId();
    const list = useRef<HTMLDivElement>(null);
    const move = (event: KeyboardEvent) => {
        const at = tabs.findIndex(({ name }) => name === selected);
        const targets: Record<string, number> = {
            ArrowLeft: (at + tabs.length - 1) % tabs.length,
            ArrowRight: (at + 1) % tabs.length,
            Home: 0,
            End: tabs.length - 1,
        };
        const target = tabs[targets[event.key] ?? -1];
        if (!target) return;
        event.preventDefault();
        onSelect(target.name);
        list.current?.querySelector<HTMLElement>(`[data-tab="${target.name}"]`)?.focus();
    };
    return (
        <div class="tabs">
            <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
                {tabs.map(({ name, title }) => (
                    <button
                        key={name}
                        type="button"
                        role="tab"
                        id={`${id}-${name}`}
                        data-tab={name}
                        aria-selected={name === selected}
                        aria-controls={`${id}-panel`}
                        tabIndex={name === selected ? 0 : -1}
                        onClick={() => onSelect(name)}
                    >
                        {title}
                    </button>
                ))}
            </div>
            <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${selected}`}>
                {children}
            </div>
        </div>
    );
}
