// Fields as a form: a name, the ways in which it is found, and what it is. Fields within fields are a form in it.
import { useId, useState } from "preact/hooks";
import type { Flaw } from "../../api.ts";
import {
    EACHES,
    HOWS,
    type Json,
    TYPES,
    type Way,
    eachOf,
    freshName,
    isGroup,
    isObject,
    renamed,
    waysOf,
    withEach,
    withMember,
    withWays,
} from "./definition.ts";

const NEW_FIELD = { label: "" };
const NEW_GROUP = { each: { rows: true }, fields: { field: { column: "" } } };

/** An item of fields: what its records are called, what they are repeated for, and their fields. */
export function FieldsItem(props: {
    item: Json;
    number: number;
    pointer: string;
    flaws: Flaw[];
    onItem: (item: Json) => void;
    onRemove: () => void;
}) {
    const { item, number, pointer, flaws, onItem, onRemove } = props;
    return (
        <fieldset class="fields-item">
            <legend>Fields{number > 0 ? ` ${number + 1}` : ""}</legend>
            <div class="filters">
                <label>
                    Records are called
                    <input
                        value={text(item.name)}
                        placeholder="fields"
                        size={12}
                        spellcheck={false}
                        onInput={(event) => onItem(withMember(item, "name", event.currentTarget.value))}
                    />
                </label>
                <label>
                    Locale
                    <input
                        value={text(item.locale)}
                        placeholder="de-AT"
                        size={6}
                        spellcheck={false}
                        onInput={(event) => onItem(withMember(item, "locale", event.currentTarget.value))}
                    />
                </label>
                <button type="button" class="quiet" onClick={onRemove}>
                    Remove these fields
                </button>
            </div>
            <Each item={item} onItem={onItem} />
            <Flaws
                flaws={flaws}
                at={[pointer, `${pointer}/name`, `${pointer}/locale`]}
                below={`${pointer}/each`}
            />
            <FieldList group={item} pointer={pointer} flaws={flaws} onGroup={onItem} />
        </fieldset>
    );
}

/** What the fields are looked for in, again and again. */
function Each({ item, onItem }: { item: Json; onItem: (item: Json) => void }) {
    const ways = eachOf(item);
    return (
        <div class="each">
            <label class="check">
                <input
                    type="checkbox"
                    checked={"each" in item}
                    onChange={(event) =>
                        onItem(
                            withEach(item, event.currentTarget.checked ? [{ how: "rows", pattern: "" }] : []),
                        )
                    }
                />
                Once for each
            </label>
            {"each" in item && (
                <Ways
                    ways={ways}
                    hows={EACHES}
                    what="Each"
                    isAlike
                    onWays={(next) => onItem(withEach(item, next))}
                />
            )}
        </div>
    );
}

function FieldList(props: { group: Json; pointer: string; flaws: Flaw[]; onGroup: (group: Json) => void }) {
    const { group, pointer, flaws, onGroup } = props;
    const fields = isObject(group.fields) ? group.fields : {};
    const set = (next: Json) => onGroup({ ...group, fields: next });
    return (
        <>
            <ol class="fields">
                {Object.entries(fields).map(([name, field], at) => {
                    const shared = {
                        name,
                        pointer: `${pointer}/fields/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
                        flaws,
                        onName: (next: string) => {
                            if (next && (next === name || !(next in fields))) set(renamed(fields, at, next));
                        },
                        onField: (next: Json) => set({ ...fields, [name]: next }),
                        onRemove: () =>
                            set(Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name))),
                    };
                    return (
                        <li key={at}>
                            {isGroup(field) ? (
                                <Group group={field} {...shared} />
                            ) : (
                                <Field field={isObject(field) ? field : {}} {...shared} />
                            )}
                        </li>
                    );
                })}
            </ol>
            <div class="add">
                <button
                    type="button"
                    onClick={() => set({ ...fields, [freshName(fields, "field")]: NEW_FIELD })}
                >
                    Add a field
                </button>
                <button
                    type="button"
                    onClick={() => set({ ...fields, [freshName(fields, "items")]: NEW_GROUP })}
                >
                    Add a list of objects
                </button>
            </div>
        </>
    );
}

interface Shared {
    name: string;
    pointer: string;
    flaws: Flaw[];
    onName: (name: string) => void;
    onField: (field: Json) => void;
    onRemove: () => void;
}

function Field(props: Shared & { field: Json }) {
    const { name, field, pointer, flaws, onName, onField, onRemove } = props;
    const set = (member: string, value: unknown) => onField(withMember(field, member, value));
    const ways = waysOf(field);
    return (
        <div class="one-field" role="group" aria-label={`Field ${name}`}>
            <Name name={name} onName={onName} />
            <Ways
                ways={ways}
                hows={HOWS}
                what="How it is found"
                onWays={(next) => onField(withWays(field, next))}
            />
            <select
                aria-label="Type"
                value={text(field.type) || "string"}
                onChange={(event) => {
                    const type = event.currentTarget.value;
                    set("type", type === "string" ? undefined : type);
                }}
            >
                {TYPES.map((type) => (
                    <option key={type}>{type}</option>
                ))}
            </select>
            <div class="flags">
                <Check label="required" of={field} onField={onField} />
                <Check label="list" member="many" of={field} onField={onField} />
                <details class="more">
                    <summary>more</summary>
                    <div class="filters">
                        <label>
                            Locale
                            <input
                                value={text(field.locale)}
                                size={6}
                                placeholder="en-US"
                                onInput={(event) => set("locale", event.currentTarget.value)}
                            />
                        </label>
                        <label>
                            What of the text counts (a pattern)
                            <input
                                value={text(field.match)}
                                onInput={(event) => set("match", event.currentTarget.value)}
                            />
                        </label>
                        {(field.default === undefined || typeof field.default === "string") && (
                            <label>
                                Where there is nothing
                                <input
                                    value={text(field.default)}
                                    onInput={(event) => set("default", event.currentTarget.value)}
                                />
                            </label>
                        )}
                    </div>
                </details>
                <button
                    type="button"
                    class="quiet"
                    onClick={onRemove}
                    aria-label={`Remove ${name}`}
                    title="Remove"
                >
                    ×
                </button>
            </div>
            <Flaws flaws={flaws} at={[pointer]} below={pointer} />
        </div>
    );
}

function Group(props: Shared & { group: Json }) {
    const { name, group, pointer, flaws, onName, onField, onRemove } = props;
    return (
        <fieldset class="group">
            <legend class="only-read">{name}</legend>
            <div class="filters">
                <Name name={name} onName={onName} />
                <Each item={group} onItem={onField} />
                <button
                    type="button"
                    class="quiet"
                    onClick={onRemove}
                    aria-label={`Remove ${name}`}
                    title="Remove"
                >
                    ×
                </button>
            </div>
            <Flaws
                flaws={flaws}
                at={[pointer, `${pointer}/fields`, `${pointer}/required`]}
                below={`${pointer}/each`}
            />
            <FieldList group={group} pointer={pointer} flaws={flaws} onGroup={onField} />
        </fieldset>
    );
}

/** Half a name may be another field's: until it is one of its own, the field keeps the one that it had. */
function Name({ name, onName }: { name: string; onName: (name: string) => void }) {
    const [typed, setTyped] = useState<string>();
    return (
        <input
            class="name"
            aria-label="Name of the field"
            value={typed ?? name}
            size={12}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => {
                setTyped(event.currentTarget.value);
                onName(event.currentTarget.value.trim());
            }}
            onBlur={() => setTyped(undefined)}
        />
    );
}

/** Ways that are tried in order. */
function Ways(props: {
    ways: Way[];
    hows: [string, string][];
    what: string;
    /** Whether all have to be of one kind. */
    isAlike?: boolean;
    onWays: (ways: Way[]) => void;
}) {
    const { ways, hows, what, isAlike = false, onWays } = props;
    const id = useId();
    const set = (at: number, way: Way) =>
        onWays(
            ways.map((one, number) => {
                if (number === at) return way;
                return isAlike ? { ...one, how: way.how } : one;
            }),
        );
    return (
        <div class="ways">
            {ways.map(({ how, pattern }, at) => (
                <div class="way" key={at}>
                    <select
                        aria-label={what}
                        id={`${id}-${at}`}
                        value={how}
                        onChange={(event) => set(at, { how: event.currentTarget.value, pattern })}
                    >
                        {hows.map(([one]) => (
                            <option key={one}>{one}</option>
                        ))}
                    </select>
                    <input
                        class="mono"
                        aria-label={how}
                        value={pattern}
                        placeholder={hows.find(([one]) => one === how)?.[1]}
                        spellcheck={false}
                        autocapitalize="none"
                        onInput={(event) => set(at, { how, pattern: event.currentTarget.value })}
                    />
                    {ways.length > 1 && (
                        <button
                            type="button"
                            class="quiet"
                            aria-label="Remove this way"
                            onClick={() => onWays(ways.filter((_, number) => number !== at))}
                        >
                            ×
                        </button>
                    )}
                    {at === ways.length - 1 && (
                        <button
                            type="button"
                            class="quiet"
                            title="Add an alternative, for where this finds nothing"
                            aria-label="Add an alternative"
                            onClick={() => onWays([...ways, { how, pattern: "" }])}
                        >
                            + or
                        </button>
                    )}
                </div>
            ))}
            {ways.length === 0 && (
                <button type="button" onClick={() => onWays([{ how: hows[0]?.[0] ?? "label", pattern: "" }])}>
                    Say how
                </button>
            )}
        </div>
    );
}

function Check(props: { label: string; member?: string; of: Json; onField: (field: Json) => void }) {
    const { label, member = label, of, onField } = props;
    return (
        <label class="check">
            <input
                type="checkbox"
                checked={of[member] === true}
                onChange={(event) => onField(withMember(of, member, event.currentTarget.checked))}
            />
            {label}
        </label>
    );
}

/** What is wrong at these places, and anywhere below one. */
function Flaws({ flaws, at, below }: { flaws: Flaw[]; at: string[]; below: string }) {
    const here = flaws.filter(({ pointer }) => {
        const place = pointer ?? "";
        return at.includes(place) || place === below || place.startsWith(`${below}/`);
    });
    if (here.length === 0) return null;
    return (
        <ul class="faults">
            {here.map(({ detail }) => (
                <li key={detail}>{detail}</li>
            ))}
        </ul>
    );
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
