// Fields for what is looked for. Each change goes into the address; texts once nothing more is typed for a moment.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { STATUSES } from "../../parts/status.tsx";
import { go, to } from "../../router.ts";
import { asked, type Filter, flaws, isId, listOf, localOf, statuses, timeOf, toggled } from "./filter.ts";

const TYPED_MS = 300;

export function FilterForm({ filter, mediaTypes }: { filter: Filter; mediaTypes: string[] }) {
    const [isOpen, setIsOpen] = useState(false);
    const search = useRef<HTMLInputElement>(null);
    const wrong = flaws(filter);
    const count = asked(filter);
    const more = asked({ ...filter, status: "", q: "" });
    const types = useId();
    const put = (change: Partial<Filter>) => go(listOf({ ...filter, ...change }), { replace: true });

    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            if (event.key !== "/" || isTyping(event)) return;
            event.preventDefault();
            search.current?.focus();
        };
        document.addEventListener("keydown", onKey);
        return () => document.removeEventListener("keydown", onKey);
    }, []);

    const submit = (event: Event) => {
        event.preventDefault();
        const id = search.current?.value.trim() ?? "";
        if (isId(id)) go(to(["jobs", id]));
    };
    return (
        <form class={`job-filters ${isOpen ? "open" : ""}`} role="search" aria-label="Jobs" onSubmit={submit}>
            <div class="first">
                <Field title="Job" flaw={wrong.q}>
                    {(attributes) => (
                        <Typed
                            {...attributes}
                            type="search"
                            value={filter.q}
                            onTyped={(q) => put({ q })}
                            element={search}
                            placeholder="Id, or how it begins   /"
                            maxLength={36}
                            class="mono"
                        />
                    )}
                </Field>
                <fieldset class="statuses">
                    <legend class="only-read">Status</legend>
                    {STATUSES.map((status) => (
                        <label key={status} class={`status ${status}`}>
                            <input
                                type="checkbox"
                                checked={statuses(filter).includes(status)}
                                onChange={() => go(listOf(toggled(filter, status)))}
                            />
                            {status}
                        </label>
                    ))}
                </fieldset>
                <button
                    type="button"
                    class="more"
                    aria-expanded={isOpen}
                    onClick={() => setIsOpen((before) => !before)}
                >
                    Filters{more > 0 && ` (${more})`}
                </button>
            </div>
            <div class="rest">
                <Field title="Tag" flaw={wrong.tag}>
                    {(attributes) => (
                        <Typed
                            {...attributes}
                            value={filter.tag}
                            onTyped={(tag) => put({ tag })}
                            placeholder="name:value"
                        />
                    )}
                </Field>
                <Field title="Media type" flaw={wrong.media_type}>
                    {(attributes) => (
                        <Typed
                            {...attributes}
                            value={filter.media_type}
                            onTyped={(media_type) => put({ media_type })}
                            placeholder="application/pdf"
                            list={types}
                        />
                    )}
                </Field>
                <datalist id={types}>
                    {mediaTypes.map((type) => (
                        <option key={type} value={type} />
                    ))}
                </datalist>
                <Field title="Created from" flaw={wrong.created_after}>
                    {(attributes) => (
                        <input
                            {...attributes}
                            type="datetime-local"
                            value={localOf(filter.created_after)}
                            onChange={({ currentTarget: { value } }) => put({ created_after: timeOf(value) })}
                        />
                    )}
                </Field>
                <Field title="Created before" flaw={wrong.created_before}>
                    {(attributes) => (
                        <input
                            {...attributes}
                            type="datetime-local"
                            value={localOf(filter.created_before)}
                            onChange={({ currentTarget: { value } }) =>
                                put({ created_before: timeOf(value) })
                            }
                        />
                    )}
                </Field>
                {count > 0 && (
                    <a class="button" href={to(["jobs"])}>
                        Clear filters
                    </a>
                )}
            </div>
            {/* For Enter: a form of several fields is not submitted by it without a button. */}
            <button type="submit" class="only-read" tabIndex={-1}>
                Search
            </button>
            {wrong.status && <p class="flaw">{wrong.status}</p>}
        </form>
    );
}

interface FieldAttributes {
    id: string;
    "aria-invalid": boolean;
    "aria-describedby"?: string;
}

/** A field with its name, and what is wrong with what it holds. */
function Field(props: {
    title: string;
    flaw: string | undefined;
    children: (attributes: FieldAttributes) => ComponentChildren;
}) {
    const id = useId();
    const described = props.flaw ? { "aria-describedby": `${id}-flaw` } : {};
    return (
        <div class="field">
            <label for={id}>{props.title}</label>
            {props.children({ id, "aria-invalid": Boolean(props.flaw), ...described })}
            {props.flaw && (
                <span class="flaw" id={`${id}-flaw`}>
                    {props.flaw}
                </span>
            )}
        </div>
    );
}

/** A text that is told of when nothing more is typed for a moment, and at once when it is done with. */
function Typed(
    props: FieldAttributes & {
        value: string;
        onTyped: (value: string) => void;
        element?: { current: HTMLInputElement | null };
        type?: string;
        placeholder: string;
        list?: string;
        maxLength?: number;
        class?: string;
    },
) {
    const { value, onTyped, element, ...attributes } = props;
    const [typed, setTyped] = useState(value);
    const told = useRef(value);
    const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

    useEffect(() => {
        if (value !== told.current) setTyped(value);
        told.current = value;
    }, [value]);
    useEffect(() => () => clearTimeout(timer.current), []);

    const tellOf = (text: string) => {
        clearTimeout(timer.current);
        const next = text.trim();
        if (next === told.current) return;
        told.current = next;
        onTyped(next);
    };
    const onInput = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
        const text = currentTarget.value;
        setTyped(text);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => latest.current(text), TYPED_MS);
    };
    // By then another field may have been filled in: what is told goes to the form as it is then.
    const latest = useRef(tellOf);
    latest.current = tellOf;
    return (
        <input
            spellcheck={false}
            autocomplete="off"
            autocapitalize="none"
            {...(attributes as JSX.IntrinsicElements["input"])}
            ref={element ?? null}
            value={typed}
            onInput={onInput}
            onChange={() => tellOf(typed)}
        />
    );
}

function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    const isField = target instanceof HTMLElement && target.matches("input, textarea, select, dialog *");
    const isOther = target instanceof HTMLInputElement && target.type === "checkbox";
    return ctrlKey || metaKey || altKey || (isField && !isOther);
}
