// What is to be extracted, as a form and as its JSON; each follows the other.
import { useMemo, useState } from "preact/hooks";
import type { Flaw } from "../../api.ts";
import { Tabs } from "../../parts/tabs.tsx";
import { Code } from "./code.tsx";
import { type Json, NAMED, isFieldsItem, namedBy, toggled, written } from "./definition.ts";
import { FieldsItem } from "./fields.tsx";

const NEW_FIELDS = { name: "fields", fields: { field: { label: "" } } };

export function Editor(props: {
    /** The list as JSON. */
    text: string;
    onText: (text: string) => void;
    /** What the API says is wrong with it, by pointers into it. */
    flaws: Flaw[];
}) {
    const { text, onText, flaws } = props;
    const [tab, setTab] = useState("form");
    const list = useMemo(() => listOf(text), [text]);
    const set = (next: unknown[]) => onText(written(next));
    return (
        <Tabs
            label="What is extracted"
            selected={tab}
            onSelect={setTab}
            tabs={[
                { name: "form", title: "Form" },
                { name: "json", title: flaws.length > 0 || !list ? "JSON ✗" : "JSON" },
            ]}
        >
            {tab === "json" && (
                <>
                    <Code label="What is extracted, as JSON" text={text} onText={onText} flaws={flaws} />
                    <p class="small">
                        <a href="../api/v1/extractors/schema/" target="_blank" rel="noreferrer">
                            The language as a JSON Schema
                        </a>
                    </p>
                </>
            )}
            {tab === "form" && !list && <p class="bad">The JSON cannot be read as a list. Mend it there.</p>}
            {tab === "form" && list && <Form list={list} flaws={flaws} onList={set} />}
        </Tabs>
    );
}

function Form(props: { list: unknown[]; flaws: Flaw[]; onList: (list: unknown[]) => void }) {
    const { list, flaws, onList } = props;
    const names = new Set(list.map(namedBy));
    const withOptions = new Set(list.filter((item) => typeof item !== "string").map(namedBy));
    const first = list.findIndex(isFieldsItem);
    return (
        <>
            <fieldset class="named">
                <legend class="only-read">Extractors</legend>
                {NAMED.map(([name, what]) => (
                    <label key={name} class="check">
                        <input
                            type="checkbox"
                            checked={names.has(name)}
                            onChange={() => onList(toggled(list, name))}
                        />
                        <span>
                            {name}
                            <span class="small">
                                {" "}
                                {what}
                                {withOptions.has(name) && " – with options, in the JSON"}
                            </span>
                        </span>
                    </label>
                ))}
            </fieldset>
            <OtherFlaws flaws={flaws} list={list} />
            {list.map(
                (item, at) =>
                    isFieldsItem(item) && (
                        <FieldsItem
                            key={at}
                            item={item}
                            number={at - first}
                            pointer={`/${at}`}
                            flaws={flaws}
                            onItem={(next: Json) =>
                                onList(list.map((one, number) => (number === at ? next : one)))
                            }
                            onRemove={() => onList(list.filter((_, number) => number !== at))}
                        />
                    ),
            )}
            <button type="button" onClick={() => onList([...list, NEW_FIELDS])}>
                {first < 0 ? "Add fields of your own" : "Add more fields, for other records"}
            </button>
        </>
    );
}

/** What is wrong with what the form has no place for. */
function OtherFlaws({ flaws, list }: { flaws: Flaw[]; list: unknown[] }) {
    const others = flaws.filter(
        ({ pointer }) => !isFieldsItem(list[Number(pointer?.split("/")[1] || Number.NaN)]),
    );
    if (others.length === 0) return null;
    return (
        <ul class="faults">
            {others.map(({ pointer, detail }) => (
                <li key={detail}>
                    {pointer && <code>{pointer}</code>} {detail}
                </li>
            ))}
        </ul>
    );
}

/** The list, if the text is one. */
export function listOf(text: string): unknown[] | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return Array.isArray(value) ? value : undefined;
    } catch {
        return undefined;
    }
}
